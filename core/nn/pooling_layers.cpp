// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "core/nn/layer_kind.h"
#include "core/nn/vector_ops.h"

namespace mantissa::nn {
namespace {

/// Planes (one channel of one image each) and the windows that slide over them.
struct PoolGeometry {
    std::int64_t planesPerImage, height, width, outHeight, outWidth, kernel, stride, padding;

    template <typename Pool>
    PoolGeometry(const Pool& pool, const LayerShapes& shapes)
        : planesPerImage(shapes.input[0]),
          height(shapes.input[1]),
          width(shapes.input[2]),
          outHeight(shapes.output[1]),
          outWidth(shapes.output[2]),
          kernel(pool.kernel),
          stride(pool.stride),
          padding(pool.padding) {}

    bool isTwoByTwo() const { return kernel == 2 && stride == 2 && padding == 0; }

    /// The part of a window that lies on the image.
    struct Rectangle {
        std::int64_t top, left, bottom, right;  ///< the latter two excluded
    };
    /// Calls body(output index, rectangle) for one plane. A plane of large windows takes seconds,
    /// so it ends early once the team is stopped.
    template <typename Body>
    void forEachWindow(const ThreadTeam& team, const Body& body) const {
        for (std::int64_t y = 0; y < outHeight && !team.stopped(); ++y) {
            const std::int64_t top = y * stride - padding;
            for (std::int64_t x = 0; x < outWidth; ++x) {
                const std::int64_t left = x * stride - padding;
                body(y * outWidth + x,
                     Rectangle{std::max<std::int64_t>(top, 0), std::max<std::int64_t>(left, 0),
                               std::min(top + kernel, height), std::min(left + kernel, width)});
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
std::int64_t largestOf(const PoolGeometry& g, const float* x,
                       const PoolGeometry::Rectangle& window) {
    std::int64_t best = window.top * g.width + window.left;
    for (std::int64_t row = window.top; row < window.bottom; ++row) {
        for (std::int64_t column = window.left; column < window.right; ++column) {
            const std::int64_t index = row * g.width + column;
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
    MemoryUse memoryUse() const override {
        return {.backwardReadsOutput = m_geometry.isTwoByTwo()};
    }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x() + in;
            float* y = t.y + out;
            if (g.isTwoByTwo()) {
                for (std::int64_t row = 0; row < g.outHeight; ++row, x += 2 * g.width) {
                    maxPoolRow(x, x + g.width, y + row * g.outWidth, g.outWidth);
                }
                return;
            }
            g.forEachWindow(context.team, [&](std::int64_t to, const auto& window) {
                y[to] = x[largestOf(g, x, window)];
            });
        });
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x() + in;
            const float* dy = t.dy + out;
            float* dx = t.dx() + in;
            if (g.isTwoByTwo()) {
                twoByTwoBackward(x, t.y + out, dy, dx);
                return;
            }
            std::fill_n(dx, g.height * g.width, 0.0F);
            g.forEachWindow(context.team, [&](std::int64_t from, const auto& window) {
                dx[largestOf(g, x, window)] += dy[from];
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
        : m_geometry(pool, shapes), m_countsPadding(pool.countPadding) {}
    MemoryUse memoryUse() const override { return {.backwardReadsInput = false}; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            const float* x = t.x() + in;
            g.forEachWindow(context.team, [&](std::int64_t to, const auto& window) {
                float sum = 0;
                for (std::int64_t row = window.top; row < window.bottom; ++row) {
                    for (std::int64_t column = window.left; column < window.right; ++column) {
                        sum += x[row * g.width + column];
                    }
                }
                t.y[out + to] = sum * shareOf(window);
            });
        });
    }

    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        const auto& g = m_geometry;
        g.forEachPlane(context, [&](std::int64_t in, std::int64_t out) {
            float* dx = t.dx() + in;
            std::fill_n(dx, g.height * g.width, 0.0F);
            g.forEachWindow(context.team, [&](std::int64_t from, const auto& window) {
                const float share = t.dy[out + from] * shareOf(window);
                for (std::int64_t row = window.top; row < window.bottom; ++row) {
                    for (std::int64_t column = window.left; column < window.right; ++column) {
                        dx[row * g.width + column] += share;
                    }
                }
            });
        });
    }

private:
    /// Of a pixel in its window's mean.
    float shareOf(const PoolGeometry::Rectangle& window) const {
        return 1.0F / static_cast<float>(m_countsPadding ? m_geometry.kernel * m_geometry.kernel
                                                         : (window.bottom - window.top) *
                                                               (window.right - window.left));
    }

    PoolGeometry m_geometry;
    bool m_countsPadding;
};

class GlobalAvgPoolLayer final : public Layer {
public:
    explicit GlobalAvgPoolLayer(const LayerShapes& shapes)
        : m_channels(shapes.input[0]), m_pixels(shapes.input[1] * shapes.input[2]) {}
    MemoryUse memoryUse() const override { return {.backwardReadsInput = false}; }

    void forward(const StepContext& context, const LayerTensors& t) override {
        forEachChannel(context, [&](std::int64_t c) {
            t.y[c] = static_cast<float>(sumOf(t.x() + c * m_pixels, m_pixels) /
                                        static_cast<double>(m_pixels));
        });
    }
    void backward(const StepContext& context, const LayerTensors& t) override {
        if (t.dx() == nullptr) {
            return;
        }
        const float share = 1.0F / static_cast<float>(m_pixels);
        forEachChannel(context, [&](std::int64_t c) {
            std::fill_n(t.dx() + c * m_pixels, m_pixels, t.dy[c] * share);
        });
    }

private:
    /// body(channel of the batch).
    template <typename Body>
    void forEachChannel(const StepContext& context, const Body& body) const {
        forEachRange(
            context.team, context.images * m_channels,
            [&](std::int64_t first, std::int64_t count) {
                for (std::int64_t c = first; c < first + count; ++c) {
                    body(c);
                }
            },
            m_pixels);
    }

    std::int64_t m_channels, m_pixels;
};

constexpr ParamSpec kKernel{.id = "kernel",
                            .label = "Window",
                            .help = "Height and width of the pooling window, in pixels.",
                            .minimum = 1,
                            .maximum = 64,
                            .defaultValue = 2};
constexpr ParamSpec kStride{.id = "stride",
                            .label = "Stride",
                            .help = "Pixels from one window to the next.",
                            .minimum = 1,
                            .maximum = 64,
                            .defaultValue = 2};
constexpr std::array kMaxPoolParams{
    bind<MaxPool2d, &MaxPool2d::kernel>(kKernel),
    bind<MaxPool2d, &MaxPool2d::stride>(kStride),
    bind<MaxPool2d, &MaxPool2d::padding>(
        {.id = "padding",
         .label = "Padding",
         .help = "Pixels added on each side, which are never the largest.",
         .minimum = 0,
         .maximum = 16,
         .quiet = true}),
};
constexpr std::array kAvgPoolParams{
    bind<AvgPool2d, &AvgPool2d::kernel>(kKernel),
    bind<AvgPool2d, &AvgPool2d::stride>(kStride),
    bind<AvgPool2d, &AvgPool2d::padding>({.id = "padding",
                                          .label = "Padding",
                                          .help = "Pixels of zeros added on each side.",
                                          .minimum = 0,
                                          .maximum = 16,
                                          .quiet = true}),
    bind<AvgPool2d, &AvgPool2d::countPadding>(
        {.id = "count_padding",
         .label = "Count padding",
         .help = "The mean is over the whole window, padding included; off: over the image's "
                 "pixels in it.",
         .kind = ParamKind::Boolean,
         .maximum = 1,
         .defaultValue = 1,
         .quiet = true}),
};

Result<LayerShapes> inferWindows(const LayerSpec& layer, const Shape& input, const Window& window) {
    auto output = slide(layer, input, window, input[0]);
    if (!output) {
        return tl::unexpected(output.error());
    }
    LayerShapes shapes;
    shapes.output = *output;
    return shapes;
}

template <typename Pool>
Result<LayerShapes> inferPool(const LayerSpec& layer, std::span<const Shape> inputs) {
    const auto& pool = std::get<Pool>(layer.params);
    if (pool.padding >= pool.kernel) {
        return wrongLayer(layer,
                          "a window of " + std::to_string(pool.kernel) +
                              " pixels may lie outside the image with padding " +
                              std::to_string(pool.padding),
                          "use less padding than the window");
    }
    return inferWindows(layer, inputs.front(),
                        {.kernel = pool.kernel, .stride = pool.stride, .padding = pool.padding});
}

Result<LayerShapes> inferGlobal(const LayerSpec& layer, std::span<const Shape> inputs) {
    if (auto image = checkIsImage(layer, inputs.front()); !image) {
        return tl::unexpected(image.error());
    }
    LayerShapes shapes;
    shapes.output = {inputs.front()[0]};
    return shapes;
}

VectorWork maxPoolWork(const LayerParams& params, const LayerShapes& shapes) {
    const auto& pool = std::get<MaxPool2d>(params);
    const int others = pool.kernel * pool.kernel - 1;
    const auto results = static_cast<double>(elementCount(shapes.output));
    return {.compares = results * others,
            .keptBits = results * std::bit_width(static_cast<unsigned>(others))};
}

/// Means over windows of `window` pixels.
VectorWork meanWork(const LayerShapes& shapes, double window) {
    const auto results = static_cast<double>(elementCount(shapes.output));
    return {.adds = results * (window - 1), .multiplies = results, .backwardMultiplies = results};
}

}  // namespace

const LayerKind& maxPool2dKind() {
    static const LayerKind kKind{{.id = "max_pool2d",
                                  .label = "Max pooling",
                                  .help = "Keeps the largest number of each window.",
                                  .stem = "pool",
                                  .parameters = kMaxPoolParams,
                                  .example = MaxPool2d{},
                                  .work = maxPoolWork},
                                 inferPool<MaxPool2d>,
                                 [](const LayerBuild& build) -> std::unique_ptr<Layer> {
                                     return std::make_unique<MaxPoolLayer>(
                                         build.params<MaxPool2d>(), build.shapes);
                                 }};
    return kKind;
}

const LayerKind& avgPool2dKind() {
    static const LayerKind kKind{
        {.id = "avg_pool2d",
         .label = "Average pooling",
         .help = "Keeps the mean of each window.",
         .stem = "pool",
         .parameters = kAvgPoolParams,
         .example = AvgPool2d{},
         .work =
             [](const LayerParams& params, const LayerShapes& shapes) {
                 const auto& pool = std::get<AvgPool2d>(params);
                 return meanWork(shapes, static_cast<double>(pool.kernel) * pool.kernel);
             }},
        inferPool<AvgPool2d>,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<AvgPoolLayer>(build.params<AvgPool2d>(), build.shapes);
        }};
    return kKind;
}

const LayerKind& globalAvgPoolKind() {
    static const LayerKind kKind{
        {.id = "global_avg_pool",
         .label = "Global average pooling",
         .help = "Keeps the mean of each channel, as features.",
         .stem = "pool",
         .parameters = {},
         .example = GlobalAvgPool{},
         .work =
             [](const LayerParams&, const LayerShapes& shapes) {
                 return meanWork(shapes, static_cast<double>(shapes.input[1] * shapes.input[2]));
             }},
        inferGlobal,
        [](const LayerBuild& build) -> std::unique_ptr<Layer> {
            return std::make_unique<GlobalAvgPoolLayer>(build.shapes);
        }};
    return kKind;
}

}  // namespace mantissa::nn
