// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/nn/layers.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// Planes (one channel of one image each) and the windows that slide over them.
struct PoolGeometry {
    std::int64_t planesPerImage, height, width, outHeight, outWidth, kernel, stride;

    template <typename Pool>
    PoolGeometry(const Pool& pool, const LayerShapes& shapes)
        : planesPerImage(shapes.input[0]),
          height(shapes.input[1]),
          width(shapes.input[2]),
          outHeight(shapes.output[1]),
          outWidth(shapes.output[2]),
          kernel(pool.kernel),
          stride(pool.stride) {}

    bool isTwoByTwo() const { return kernel == 2 && stride == 2; }

    /// Calls body(output index, input index of the window's first element) for one plane.
    /// A plane of large windows takes seconds, so it ends early once the team is stopped.
    template <typename Body>
    void forEachWindow(const ThreadTeam& team, const Body& body) const {
        for (std::int64_t y = 0; y < outHeight && !team.stopped(); ++y) {
            for (std::int64_t x = 0; x < outWidth; ++x) {
                body(y * outWidth + x, y * stride * width + x * stride);
            }
        }
    }

    /// Calls body(offset of the input plane, of the output plane) for every plane of the batch, one
    /// task an image.
    template <typename Body>
    void forEachPlane(const StepContext& context, const Body& body) const {
        context.team.run(context.images, [&](std::int64_t image, int) {
            const std::int64_t end = (image + 1) * planesPerImage;
            for (std::int64_t p = image * planesPerImage; p < end && !context.team.stopped(); ++p) {
                body(p * height * width, p * outHeight * outWidth);
            }
        });
    }
};

/// The first largest element of a window; NaN wins.
std::int64_t largestOf(const PoolGeometry& g, const float* x, std::int64_t first) {
    std::int64_t best = first;
    for (std::int64_t i = 0; i < g.kernel; ++i) {
        for (std::int64_t j = 0; j < g.kernel; ++j) {
            const std::int64_t index = first + i * g.width + j;
            if (x[index] > x[best] || (std::isnan(x[index]) && !std::isnan(x[best]))) {
                best = index;
            }
        }
    }
    return best;
}

class MaxPoolLayer final : public Layer {
public:
    MaxPoolLayer(const MaxPool2d& pool, const LayerShapes& shapes) : m_geometry(pool, shapes) {}

    void forward(const StepContext& context, const LayerTensors& t) override {
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x + in;
            float* y = t.y + out;
            if (g.isTwoByTwo()) {
                for (std::int64_t row = 0; row < g.outHeight; ++row, x += 2 * g.width) {
                    maxPoolRow(x, x + g.width, y + row * g.outWidth, g.outWidth);
                }
                return;
            }
            g.forEachWindow(context.team, [&](std::int64_t to, std::int64_t first) {
                y[to] = x[largestOf(g, x, first)];
            });
        });
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx == nullptr) {
            return;
        }
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x + in;
            const float* dy = t.dy + out;
            float* dx = t.dx + in;
            if (g.isTwoByTwo()) {
                twoByTwoBackward(x, t.y + out, dy, dx);
                return;
            }
            std::fill_n(dx, g.height * g.width, 0.0F);
            g.forEachWindow(context.team, [&](std::int64_t from, std::int64_t first) {
                dx[largestOf(g, x, first)] += dy[from];
            });
        });
    }

private:
    void twoByTwoBackward(const float* x, const float* y, const float* dy, float* dx) const {
        const auto& g = m_geometry;
        if (g.height % 2 != 0 || g.width % 2 != 0) {
            std::fill_n(dx, g.height * g.width, 0.0F);
        }
        for (std::int64_t row = 0; row < g.outHeight; ++row) {
            const std::int64_t in = 2 * row * g.width;
            maxPoolRowBackward(x + in, x + in + g.width, y + row * g.outWidth,
                               dy + row * g.outWidth, dx + in, dx + in + g.width, g.outWidth);
        }
    }

    PoolGeometry m_geometry;
};

class AvgPoolLayer final : public Layer {
public:
    AvgPoolLayer(const AvgPool2d& pool, const LayerShapes& shapes)
        : m_geometry(pool, shapes), m_share(1.0F / static_cast<float>(pool.kernel * pool.kernel)) {}

    void forward(const StepContext& context, const LayerTensors& t) override {
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x + in;
            g.forEachWindow(context.team, [&](std::int64_t to, std::int64_t first) {
                float sum = 0;
                for (std::int64_t i = 0; i < g.kernel; ++i) {
                    for (std::int64_t j = 0; j < g.kernel; ++j) {
                        sum += x[first + i * g.width + j];
                    }
                }
                t.y[out + to] = sum * m_share;
            });
        });
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx == nullptr) {
            return;
        }
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            float* dx = t.dx + in;
            std::fill_n(dx, g.height * g.width, 0.0F);
            g.forEachWindow(context.team, [&](std::int64_t from, std::int64_t first) {
                const float share = t.dy[out + from] * m_share;
                for (std::int64_t i = 0; i < g.kernel; ++i) {
                    for (std::int64_t j = 0; j < g.kernel; ++j) {
                        dx[first + i * g.width + j] += share;
                    }
                }
            });
        });
    }

private:
    PoolGeometry m_geometry;
    float m_share;
};

}  // namespace

std::unique_ptr<Layer> makeMaxPool2d(const MaxPool2d& pool, const LayerShapes& shapes) {
    return std::make_unique<MaxPoolLayer>(pool, shapes);
}

std::unique_ptr<Layer> makeAvgPool2d(const AvgPool2d& pool, const LayerShapes& shapes) {
    return std::make_unique<AvgPoolLayer>(pool, shapes);
}

}  // namespace mantissa::nn
