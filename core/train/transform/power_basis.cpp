// SPDX-License-Identifier: GPL-3.0-or-later
// SmartExchange and SmartDeal (ISCA 2020; arXiv 2101.01163): the weights of each kernel are the
// product of sparse coefficients, powers of two, and a small basis.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/train/transform/kinds.h"
#include "core/train/transform/small_matrix.h"

namespace mantissa::train {
namespace {

constexpr int kBasisBits = 8;
constexpr int kRounds = 4;  ///< fits of the basis and of the coefficients, in turns
constexpr std::int64_t kWidestBasis = 8;

/// Extents of a kernel's matrices: `vectors` x `width`, the last vector filled up with zeros.
struct BasisShape {
    std::size_t kernels = 0;
    std::size_t weights = 0;  ///< of a kernel
    std::size_t width = 1;
    std::size_t vectors = 0;
};

/// Rows of a convolution's kernel are its vectors; those of a linear layer are as wide as the
/// recipe says.
BasisShape basisShape(const Recipe& recipe, const Shape& weight) {
    if (weight.empty()) {
        return {};
    }
    const bool spatial = weight.size() > 2 && weight.back() > 1;
    const auto width = spatial ? std::min(weight.back(), kWidestBasis)
                               : static_cast<std::int64_t>(recipe.basisSize);
    const auto each = elementCount(weight) / weight.front();
    return {static_cast<std::size_t>(weight.front()), static_cast<std::size_t>(each),
            static_cast<std::size_t>(width), static_cast<std::size_t>((each + width - 1) / width)};
}

/// One kernel: what is decided for an epoch.
struct Basis {
    SmallMatrix rows;     ///< width x width; seen = coefficients x rows
    SmallMatrix inverse;  ///< coefficients = kept x inverse, before they are rounded
};

class PowerBasis final : public WeightTransform {
public:
    PowerBasis(const Recipe& recipe, const Shape& weight)
        : m_shape(basisShape(recipe, weight)),
          m_bits(recipe.coefficientBits),
          m_density(recipe.density),
          m_bases(m_shape.kernels) {}

    void decide(std::span<const float> kept) override {
        m_keepsVector.assign(m_shape.kernels * m_shape.vectors, 0);
        for (std::size_t kernel = 0; kernel < m_shape.kernels; ++kernel) {
            decideKernel(kernel, kept.subspan(kernel * m_shape.weights, m_shape.weights));
        }
    }

    void apply(std::span<const float> kept, std::span<float> seen) const override {
        std::vector<double> vector(m_shape.width);
        for (std::size_t kernel = 0; kernel < m_shape.kernels; ++kernel) {
            const auto from = kept.subspan(kernel * m_shape.weights, m_shape.weights);
            const auto to = seen.subspan(kernel * m_shape.weights, m_shape.weights);
            for (std::size_t row = 0; row < m_shape.vectors; ++row) {
                if (keeps(kernel, row)) {
                    readVector(from, row, vector);
                    vector = roundedCoefficients(vector, m_bases[kernel].inverse);
                    vector = product(vector, m_bases[kernel].rows);
                } else {
                    std::fill(vector.begin(), vector.end(), 0.0);
                }
                writeVector(to, row, vector);
            }
        }
    }

    /// Straight through the rounding; vectors that are left out get none.
    void pullBack(std::span<float> gradient) const override {
        for (std::size_t kernel = 0; kernel < m_shape.kernels; ++kernel) {
            const auto own = gradient.subspan(kernel * m_shape.weights, m_shape.weights);
            for (std::size_t i = 0; i < m_shape.weights; ++i) {
                own[i] = keeps(kernel, i / m_shape.width) ? own[i] : 0.0F;
            }
        }
    }

private:
    bool keeps(std::size_t kernel, std::size_t row) const {
        return m_keepsVector[kernel * m_shape.vectors + row] != 0;
    }

    void readVector(std::span<const float> kernel, std::size_t row, std::vector<double>& to) const {
        for (std::size_t i = 0; i < m_shape.width; ++i) {
            const auto index = row * m_shape.width + i;
            to[i] = index < kernel.size() ? static_cast<double>(kernel[index]) : 0;
        }
    }

    void writeVector(std::span<float> kernel, std::size_t row,
                     const std::vector<double>& from) const {
        for (std::size_t i = 0; i < m_shape.width; ++i) {
            const auto index = row * m_shape.width + i;
            if (index < kernel.size()) {
                kernel[index] = static_cast<float>(from[i]);
            }
        }
    }

    std::vector<double> roundedCoefficients(const std::vector<double>& vector,
                                            const SmallMatrix& inverse) const {
        auto coefficients = product(vector, inverse);
        for (auto& one : coefficients) {
            one = nearestPower(one, m_bits);
        }
        return coefficients;
    }

    /// The vectors of largest norm stay; then basis and coefficients are fitted to them.
    void decideKernel(std::size_t kernel, std::span<const float> kept) {
        Vectors vectors(m_shape.vectors, std::vector<double>(m_shape.width));
        std::vector<float> norms(m_shape.vectors);
        for (std::size_t row = 0; row < m_shape.vectors; ++row) {
            readVector(kept, row, vectors[row]);
            double squares = 0;
            for (const double value : vectors[row]) {
                squares += value * value;
            }
            norms[row] = static_cast<float>(squares);
        }
        MagnitudeMask mask;
        mask.decide(norms, m_density);
        Vectors used;
        for (std::size_t row = 0; row < m_shape.vectors; ++row) {
            if (mask.keeps(row)) {
                m_keepsVector[kernel * m_shape.vectors + row] = 1;
                used.push_back(vectors[row]);
            }
        }
        m_bases[kernel] = fitted(used);
    }

    /// The best of the bases that fits in turns lead to, the first the unit basis, scaled.
    Basis fitted(const Vectors& vectors) const {
        auto coefficients = vectors;  // in the unit basis
        Basis best = made(scaledUnit(normaliseColumns(coefficients)));
        double least = errorOf(best, vectors);
        for (int round = 0; round < kRounds; ++round) {
            for (auto& vector : coefficients) {
                for (auto& one : vector) {
                    one = nearestPower(one, m_bits);
                }
            }
            const auto rows = leastSquares(coefficients, vectors);
            const auto inverse = inverseOf(rows);
            std::transform(vectors.begin(), vectors.end(), coefficients.begin(),
                           [&](const auto& vector) { return product(vector, inverse); });
            auto scaled = rows;
            const auto scales = normaliseColumns(coefficients);
            for (std::size_t i = 0; i < scaled.values.size(); ++i) {
                scaled.values[i] *= scales[i / m_shape.width];
            }
            auto next = made(scaled);
            if (const double error = errorOf(next, vectors); error < least) {
                least = error;
                best = std::move(next);
            }
        }
        return best;
    }

    static SmallMatrix scaledUnit(const std::vector<double>& scales) {
        auto matrix = SmallMatrix::unit(scales.size());
        for (std::size_t i = 0; i < scales.size(); ++i) {
            matrix.at(i, i) = scales[i];
        }
        return matrix;
    }

    static Basis made(SmallMatrix rows) {
        roundBasis(rows);
        auto inverse = inverseOf(rows);
        return {std::move(rows), std::move(inverse)};
    }

    double errorOf(const Basis& basis, const Vectors& vectors) const {
        double error = 0;
        for (const auto& vector : vectors) {
            const auto seen = product(roundedCoefficients(vector, basis.inverse), basis.rows);
            for (std::size_t i = 0; i < seen.size(); ++i) {
                error += (seen[i] - vector[i]) * (seen[i] - vector[i]);
            }
        }
        return error;
    }

    /// So that the largest of each column is 1, the largest power; returns what they were.
    std::vector<double> normaliseColumns(Vectors& coefficients) const {
        std::vector<double> largest(m_shape.width);
        for (const auto& vector : coefficients) {
            for (std::size_t i = 0; i < vector.size(); ++i) {
                largest[i] = std::max(largest[i], std::abs(vector[i]));
            }
        }
        for (auto& vector : coefficients) {
            for (std::size_t i = 0; i < vector.size(); ++i) {
                vector[i] = largest[i] > 0 ? vector[i] / largest[i] : 0;
            }
        }
        return largest;
    }

    /// To signed integers of 8 bits times one scale.
    static void roundBasis(SmallMatrix& rows) {
        double largest = 0;
        for (const double value : rows.values) {
            largest = std::max(largest, std::abs(value));
        }
        const double step = largest / ((1 << (kBasisBits - 1)) - 1);
        for (auto& value : rows.values) {
            value = step > 0 ? std::nearbyint(value / step) * step : 0;
        }
    }

    BasisShape m_shape;
    int m_bits;
    double m_density;
    std::vector<Basis> m_bases;
    std::vector<std::uint8_t> m_keepsVector;
};

}  // namespace

double nearestPower(double value, int bits) {
    if (value == 0) {
        return 0;
    }
    const int smallest = -((1 << (bits - 1)) - 2);
    int exponent = 0;
    const double fraction = std::frexp(std::abs(value), &exponent);  // in [0.5, 1)
    constexpr double kMiddle = 0.75;
    exponent = std::clamp(fraction < kMiddle ? exponent - 1 : exponent, smallest, 0);
    return std::copysign(std::ldexp(1.0, exponent), value);
}

MadeTransform makePowerBasis(const Recipe& recipe, const Shape& weight) {
    return std::make_unique<PowerBasis>(recipe, weight);
}

double powerBasisBits(const Recipe& recipe, const Shape& weight, const NumberBits& /*bits*/) {
    const auto shape = basisShape(recipe, weight);
    const auto vectors = static_cast<double>(shape.vectors);
    const auto width = static_cast<double>(shape.width);
    const double kept = std::ceil(recipe.density * vectors);
    return static_cast<double>(shape.kernels) *
           (kept * width * recipe.coefficientBits + vectors + width * width * kBasisBits);
}

WeightCode powerBasisCode(const Recipe& recipe, const Shape& weight) {
    return {.terms = static_cast<int>(basisShape(recipe, weight).width),
            .coefficientBits = recipe.coefficientBits,
            .basisBits = kBasisBits,
            .density = recipe.density};
}

}  // namespace mantissa::train
