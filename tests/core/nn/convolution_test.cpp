// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/convolution.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/core/nn/every_path.h"
#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

struct Case {
    Conv2d conv;
    Shape input;
};
std::vector<Case> cases() {
    return {{{.outChannels = 6, .kernel = 5, .stride = 1, .padding = 2}, {1, 28, 28}},
            {{.outChannels = 16, .kernel = 5, .stride = 1, .padding = 0}, {6, 14, 14}},
            {{.outChannels = 9, .kernel = 3, .stride = 1, .padding = 1}, {3, 7, 5}},
            {{.outChannels = 4, .kernel = 3, .stride = 2, .padding = 1}, {3, 8, 9}},
            {{.outChannels = 5, .kernel = 1, .stride = 2, .padding = 0}, {4, 7, 6}},
            {{.outChannels = 2, .kernel = 2, .stride = 3, .padding = 2}, {2, 5, 4}},
            {{.outChannels = 1, .kernel = 4, .stride = 5, .padding = 3}, {1, 1, 2}},
            {{.outChannels = 3, .kernel = 3, .padding = 2, .dilation = 2}, {2, 7, 9}},
            {{.outChannels = 3, .kernel = 3, .stride = 2, .padding = 3, .dilation = 3}, {2, 9, 8}},
            {{.outChannels = 70, .kernel = 1, .stride = 1, .padding = 0}, {67, 8, 6}},
            {{.outChannels = 3, .kernel = 3, .stride = 1, .padding = 1}, {2, 4, 37}},
            {{.outChannels = 9, .kernel = 3, .stride = 1, .padding = 1}, {2, 5, 16}},
            {{.outChannels = 2, .kernel = 5, .stride = 1, .padding = 0}, {3, 6, 36}},
            {{.outChannels = 5, .kernel = 3, .stride = 2, .padding = 1}, {2, 7, 64}},
            {{.outChannels = 4, .kernel = 3, .stride = 1, .padding = 1}, {5, 8, 8}},
            {{.outChannels = 4, .kernel = 3, .stride = 1, .padding = 1}, {2, 2, 2}},
            {{.outChannels = 17, .kernel = 1, .stride = 1, .padding = 0}, {7, 1, 1}}};
}

/// The three passes by their definition, in double precision.
struct Expected {
    std::vector<double> y, dx, dw;
};
Expected reference(const ConvGeometry& g, const std::vector<float>& x, const std::vector<float>& w,
                   const std::vector<float>& bias, const std::vector<float>& dy) {
    Expected e{std::vector<double>(dy.size()), std::vector<double>(x.size()),
               std::vector<double>(w.size())};
    std::size_t out = 0;
    for (std::int64_t o = 0; o < g.outChannels; ++o) {
        for (std::int64_t oy = 0; oy < g.outHeight; ++oy) {
            for (std::int64_t ox = 0; ox < g.outWidth; ++ox, ++out) {
                e.y[out] = bias[static_cast<std::size_t>(o)];
                for (std::int64_t tap = 0; tap < g.taps; ++tap) {
                    const std::int64_t c = tap / (g.kernel * g.kernel);
                    const std::int64_t iy =
                        oy * g.stride - g.padding + tap / g.kernel % g.kernel * g.dilation;
                    const std::int64_t ix = ox * g.stride - g.padding + tap % g.kernel * g.dilation;
                    if (iy < 0 || iy >= g.height || ix < 0 || ix >= g.width) {
                        continue;
                    }
                    const auto in = static_cast<std::size_t>((c * g.height + iy) * g.width + ix);
                    const auto k = static_cast<std::size_t>(o * g.taps + tap);
                    e.y[out] += static_cast<double>(w[k]) * static_cast<double>(x[in]);
                    e.dx[in] += static_cast<double>(w[k]) * static_cast<double>(dy[out]);
                    e.dw[k] += static_cast<double>(x[in]) * static_cast<double>(dy[out]);
                }
            }
        }
    }
    return e;
}

void expectNear(const std::vector<float>& actual, const std::vector<double>& expected,
                const std::string& what) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(actual[i]), expected[i], 2e-5) << what << " [" << i << "]";
    }
}

std::vector<float> packedFilters(const ConvGeometry& g, const std::vector<float>& weight) {
    std::vector<float> packed(static_cast<std::size_t>(packedFilterFloats(g)), NAN);
    for (std::int64_t channel = 0; channel < g.outChannels; ++channel) {
        packFilter(g, weight.data(), channel, packed.data());
    }
    return packed;
}

struct Results {
    std::vector<float> y, dx, dw;
};
Results run(const ConvGeometry& g, const std::vector<float>& x, const std::vector<float>& w,
            const std::vector<float>& bias, const std::vector<float>& dy) {
    const ThreadTeam team;
    Results r{std::vector<float>(dy.size()), std::vector<float>(x.size()),
              std::vector<float>(w.size())};
    std::vector<float> scratch(static_cast<std::size_t>(convScratchFloats(g)), NAN);
    convForward(g, packedFilters(g, w).data(), bias.data(), x.data(), r.y.data(), scratch.data(),
                team);
    convInputGradient(g, w.data(), dy.data(), r.dx.data(), scratch.data(), team);
    convWeightGradient(g, x.data(), dy.data(), 1, r.dw.data(), scratch.data(), team);
    return r;
}

TEST(Convolution, MatchesItsDefinitionOnEveryPathWithTheSameBytes) {
    for (const auto& [conv, input] : cases()) {
        const ConvGeometry g = convGeometry(conv, input);
        const std::string what = shapeText(input) + " kernel " + std::to_string(conv.kernel) +
                                 " stride " + std::to_string(conv.stride);
        const auto x = randomValues(g.inputFloats(), 1);
        const auto w = randomValues(g.outChannels * g.taps, 2, -0.2F, 0.2F);
        const auto bias = randomValues(g.outChannels, 3);
        const auto dy = randomValues(g.outputFloats(), 4, -0.1F, 0.1F);
        const Expected expected = reference(g, x, w, bias, dy);
        std::vector<Results> results;
        onEveryPath([&] {
            results.push_back(run(g, x, w, bias, dy));
            EXPECT_EQ(results.back().y, results.front().y) << what;
            EXPECT_EQ(results.back().dx, results.front().dx) << what;
            EXPECT_EQ(results.back().dw, results.front().dw) << what;
        });
        expectNear(results.front().y, expected.y, "y of " + what);
        expectNear(results.front().dx, expected.dx, "dx of " + what);
        expectNear(results.front().dw, expected.dw, "dw of " + what);
    }
}

TEST(Convolution, OfTheErrorWithTurnedFiltersIsTheInputGradient) {
    const ThreadTeam team;
    int turnedCases = 0;
    for (const auto& [conv, input] : cases()) {
        const ConvGeometry g = convGeometry(conv, input);
        const auto turned = turnedGeometry(g);
        if (!turned) {
            continue;
        }
        ++turnedCases;
        const auto x = randomValues(g.inputFloats(), 1);
        const auto w = randomValues(g.outChannels * g.taps, 2, -0.2F, 0.2F);
        const auto bias = randomValues(g.outChannels, 3);
        const auto dy = randomValues(g.outputFloats(), 4, -0.1F, 0.1F);
        std::vector<float> filters(static_cast<std::size_t>(packedFilterFloats(*turned)), NAN);
        for (std::int64_t c = 0; c < g.channels; ++c) {
            packTurnedFilter(g, w.data(), c, filters.data());
        }
        std::vector<float> dx(x.size());
        std::vector<float> scratch(static_cast<std::size_t>(convScratchFloats(*turned)), NAN);
        convForward(*turned, filters.data(), nullptr, dy.data(), dx.data(), scratch.data(), team);
        expectNear(dx, reference(g, x, w, bias, dy).dx, "dx of " + shapeText(input));
    }
    EXPECT_EQ(turnedCases, 10) << "all of stride one, but where nothing is copied";
}

TEST(Convolution, PaddingBeyondTheWindowHasNoTurnedGeometry) {
    EXPECT_FALSE(
        turnedGeometry(convGeometry({.outChannels = 1, .kernel = 2, .padding = 2}, {1, 4, 4})));
}

// Images of a group stand among other groups; many of them, to fill more than what is summed
// together.
TEST(Convolution, AddsTheWeightGradientsOfManyImagesWithTheSameBytesOnEveryPath) {
    const ThreadTeam team;
    for (auto [conv, input] : cases()) {
        constexpr std::int64_t kImages = 70;
        constexpr int kGroups = 3;
        conv.groups = kGroups;
        conv.outChannels *= kGroups;
        input[0] *= kGroups;
        const ConvGeometry g = convGeometry(conv, input);
        const auto x = randomValues(kImages * g.inputStride, 1);
        const auto dy = randomValues(kImages * g.outputStride, 2, -0.1F, 0.1F);
        std::vector<double> expected(static_cast<std::size_t>(g.outChannels * g.taps), 0.5);
        const std::vector<float> unused(std::max(expected.size(), std::size_t{1000}));
        for (std::int64_t i = 0; i < kImages; ++i) {
            const auto image = x.begin() + i * g.inputStride;
            const auto error = dy.begin() + i * g.outputStride;
            const Expected one = reference(g, {image, image + g.inputFloats()}, unused, unused,
                                           {error, error + g.outputFloats()});
            for (std::size_t k = 0; k < expected.size(); ++k) {
                expected[k] += one.dw[k];
            }
        }
        std::vector<float> first;
        onEveryPath([&] {
            std::vector<float> dw(expected.size(), 0.5F);
            std::vector<float> scratch(static_cast<std::size_t>(convScratchFloats(g)), NAN);
            convWeightGradient(g, x.data(), dy.data(), kImages, dw.data(), scratch.data(), team);
            first = first.empty() ? dw : first;
            EXPECT_EQ(dw, first) << shapeText(input);
        });
        for (std::size_t k = 0; k < first.size(); ++k) {
            EXPECT_NEAR(static_cast<double>(first[k]), expected[k], 1e-3) << shapeText(input);
        }
    }
}

}  // namespace
}  // namespace mantissa::nn
