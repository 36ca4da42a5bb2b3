// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/nn/integer_products.h"
#include "core/numerics/dot.h"

namespace mantissa::nn {
namespace {

using numerics::IntegerNumber;

/// An output as its chain goes on.
class Chain {
public:
    Chain(const IntegerSum& sum, float start) : m_sum(sum), m_partial(start) {}

    void add(const IntegerNumber& a, const IntegerNumber& b) {
        if (a.step == IntegerNumber::kNone || b.step == IntegerNumber::kNone) {
            m_isNaN = true;
            return;
        }
        m_step = a.step + b.step;
        m_integer = numerics::addInteger(m_integer, std::int64_t{a.code} * b.code,
                                         m_sum.accumulator.bits, m_sum.accumulator.overflow);
    }

    /// A zero beyond the image's rim in place of the other factor.
    void addPadding(const IntegerNumber& a) { m_isNaN = m_isNaN || a.step == IntegerNumber::kNone; }

    void endRun() {
        if (!m_sum.whole) {
            join();
        }
    }

    float end() {
        if (m_sum.whole) {
            join();
        }
        return m_partial;
    }

private:
    void join() {
        const double term =
            m_isNaN ? std::numeric_limits<double>::quiet_NaN()
                    : std::ldexp(static_cast<double>(static_cast<float>(m_integer)), m_step);
        m_partial = numerics::addRounded(m_partial, term, m_sum.accumulator.sum);
        m_integer = 0;
        m_isNaN = false;
    }

    const IntegerSum& m_sum;
    float m_partial;
    std::int64_t m_integer = 0;
    int m_step = 0;
    bool m_isNaN = false;
};

/// A pixel of the other side that a tap connects, if it is in the image.
struct Place {
    std::int64_t row, column;
};

std::optional<Place> inputOf(const ConvGeometry& g, std::int64_t row, std::int64_t column,
                             std::int64_t tap) {
    const Place place{row * g.stride + tap / g.kernel * g.dilation - g.padding,
                      column * g.stride + tap % g.kernel * g.dilation - g.padding};
    return place.row >= 0 && place.row < g.height && place.column >= 0 && place.column < g.width
               ? std::optional(place)
               : std::nullopt;
}

std::optional<Place> outputOf(const ConvGeometry& g, std::int64_t row, std::int64_t column,
                              std::int64_t tap) {
    const std::int64_t y = row + g.padding - tap / g.kernel * g.dilation;
    const std::int64_t x = column + g.padding - tap % g.kernel * g.dilation;
    return y >= 0 && x >= 0 && y % g.stride == 0 && x % g.stride == 0 &&
                   y / g.stride < g.outHeight && x / g.stride < g.outWidth
               ? std::optional(Place{y / g.stride, x / g.stride})
               : std::nullopt;
}

}  // namespace

void integerForwardRef(const IntegerPass& pass, const IntegerNumber* weight, const IntegerNumber* x,
                       const float* start, float* y) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t taps = g.kernel * g.kernel;
    const auto output = [&](const IntegerNumber* image, std::int64_t o, std::int64_t pixel) {
        Chain chain(pass.sum, start == nullptr ? 0.0F : start[o]);
        for (std::int64_t first = 0; first < g.channels; first += pass.sum.run) {
            const std::int64_t last = std::min(first + pass.sum.run, g.channels);
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const auto from = inputOf(g, pixel / g.outWidth, pixel % g.outWidth, tap);
                for (std::int64_t c = first; c < last; ++c) {
                    const IntegerNumber& w = weight[(o * g.channels + c) * taps + tap];
                    if (from) {
                        chain.add(w, image[(c * g.height + from->row) * g.width + from->column]);
                    } else {
                        chain.addPadding(w);
                    }
                }
                chain.endRun();
            }
        }
        return chain.end();
    };
    const std::int64_t pixels = g.outHeight * g.outWidth;
    for (std::int64_t image = 0; image < pass.images; ++image) {
        for (std::int64_t i = 0; i < g.outputFloats(); ++i) {
            y[image * g.outputStride + i] =
                output(x + image * g.inputStride, i / pixels, i % pixels);
        }
    }
}

void integerInputGradientRef(const IntegerPass& pass, const IntegerNumber* weight,
                             const IntegerNumber* dy, float* dx) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t taps = g.kernel * g.kernel;
    const auto output = [&](const IntegerNumber* image, std::int64_t c, std::int64_t pixel) {
        Chain chain(pass.sum, 0);
        for (std::int64_t first = 0; first < g.outChannels; first += pass.sum.run) {
            const std::int64_t last = std::min(first + pass.sum.run, g.outChannels);
            for (std::int64_t tap = 0; tap < taps; ++tap) {
                const auto from = outputOf(g, pixel / g.width, pixel % g.width, tap);
                for (std::int64_t o = first; o < last; ++o) {
                    const IntegerNumber& w = weight[(o * g.channels + c) * taps + tap];
                    if (from) {
                        chain.add(w,
                                  image[(o * g.outHeight + from->row) * g.outWidth + from->column]);
                    } else {
                        chain.addPadding(w);
                    }
                }
                chain.endRun();
            }
        }
        return chain.end();
    };
    const std::int64_t pixels = g.height * g.width;
    for (std::int64_t image = 0; image < pass.images; ++image) {
        for (std::int64_t i = 0; i < g.inputFloats(); ++i) {
            dx[image * g.inputStride + i] =
                output(dy + image * g.outputStride, i / pixels, i % pixels);
        }
    }
}

void integerWeightGradientRef(const IntegerPass& pass, std::int64_t mostParts,
                              const IntegerNumber* x, const IntegerNumber* dy, float* dw) {
    const ConvGeometry& g = pass.geometry;
    const std::int64_t taps = g.kernel * g.kernel;
    const std::int64_t pixels = g.outHeight * g.outWidth;
    const std::int64_t share =
        (pass.sum.whole ? g.outHeight : rowsOfPart(g, mostParts)) * g.outWidth;
    const auto part = [&](std::int64_t o, std::int64_t c, std::int64_t tap, std::int64_t begin) {
        Chain chain(pass.sum, 0);
        for (std::int64_t pixel = begin; pixel < std::min(begin + share, pixels); ++pixel) {
            const auto from = inputOf(g, pixel / g.outWidth, pixel % g.outWidth, tap);
            for (std::int64_t first = 0; first < pass.images; first += pass.sum.run) {
                for (std::int64_t n = first; n < std::min(first + pass.sum.run, pass.images); ++n) {
                    const IntegerNumber& e = dy[n * g.outputStride + o * pixels + pixel];
                    if (from) {
                        chain.add(e, x[n * g.inputStride + (c * g.height + from->row) * g.width +
                                       from->column]);
                    } else {
                        chain.addPadding(e);
                    }
                }
                chain.endRun();
            }
        }
        return chain.end();
    };
    for (std::int64_t i = 0; i < g.outChannels * g.taps; ++i) {
        const std::int64_t o = i / g.taps;
        const std::int64_t c = i % g.taps / taps;
        dw[i] = part(o, c, i % taps, 0);
        for (std::int64_t begin = share; begin < pixels; begin += share) {
            dw[i] = numerics::addRounded(dw[i], static_cast<double>(part(o, c, i % taps, begin)),
                                         pass.sum.accumulator.sum);
        }
    }
}

}  // namespace mantissa::nn
