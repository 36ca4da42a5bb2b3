// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/channel_ops.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/nn/read_ahead.h"

// Highway re-includes this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/nn/channel_ops.cpp"
#include <hwy/foreach_target.h>
// These need the target that foreach_target.h has set.
#include "core/nn/vector_runs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mantissa::nn::HWY_NAMESPACE {

constexpr std::int64_t kChains = 16;
constexpr std::int64_t kChainSamples = 1024;

/// Calls body(offset of a run, distance to the run whose lines are to be asked for).
template <typename Body>
HWY_INLINE void forEachRun(const ChannelRuns& runs, const Body& body) {
    const std::int64_t ahead = std::max<std::int64_t>(1, kAheadFloats / runs.length);
    for (std::int64_t run = 0; run < runs.runs; ++run) {
        body(run * runs.stride, run + ahead < runs.runs ? ahead * runs.stride : 0);
    }
}

// What a rectifier does to y, and which gradients it lets through.

struct Unrectified {
    template <class D, class V>
    static HWY_INLINE V value(D /*d*/, V y) {
        return y;
    }
    template <class D, class V>
    static HWY_INLINE V passed(D /*d*/, V /*y*/, V gradient) {
        return gradient;
    }
};

struct ReluRectified {
    template <class D, class V>
    static HWY_INLINE V value(D d, V y) {
        return hn::IfThenZeroElse(hn::Lt(y, hn::Zero(d)), y);
    }
    template <class D, class V>
    static HWY_INLINE V passed(D d, V y, V gradient) {
        return hn::IfThenElseZero(hn::Gt(y, hn::Zero(d)), gradient);
    }
};

struct Relu6Rectified {
    template <class D, class V>
    static HWY_INLINE V value(D d, V y) {
        const auto six = hn::Set(d, 6.0F);
        y = hn::IfThenZeroElse(hn::Lt(y, hn::Zero(d)), y);
        return hn::IfThenElse(hn::Gt(y, six), six, y);
    }
    template <class D, class V>
    static HWY_INLINE V passed(D d, V y, V gradient) {
        const auto inside = hn::And(hn::Gt(y, hn::Zero(d)), hn::Lt(y, hn::Set(d, 6.0F)));
        return hn::IfThenElseZero(inside, gradient);
    }
};

template <class D, class V>
HWY_INLINE V unrectified(D d, const ChannelMap& map, V x) {
    const auto centred = hn::Sub(x, hn::Set(d, map.centre));
    return hn::Add(hn::Mul(centred, hn::Set(d, map.scale)), hn::Set(d, map.shift));
}

/// Calls body with the map's rectifier.
template <typename Body>
HWY_INLINE auto withRectifier(const ChannelMap& map, const Body& body) {
    switch (map.rectifier) {
        case Rectifier::Relu:
            return body(ReluRectified());
        case Rectifier::Relu6:
            return body(Relu6Rectified());
        case Rectifier::None:
            break;
    }
    return body(Unrectified());
}

template <std::size_t Sums>
struct Chains {
    static constexpr std::size_t kStep = hn::MaxLanes(Tag());
    static constexpr std::size_t kParts = kChains / kStep;
    hn::Vec<Tag> parts[kParts][Sums];
    std::array<double, Sums> totals{};

    HWY_INLINE void clear() {
        for (auto& part : parts) {
            for (auto& sum : part) {
                sum = hn::Zero(Tag());
            }
        }
    }
    HWY_INLINE void addUp() {
        for (std::size_t s = 0; s < Sums; ++s) {
            alignas(64) float chains[kChains];
            for (std::size_t part = 0; part < kParts; ++part) {
                hn::Store(parts[part][s], Tag(), chains + part * kStep);
            }
            double total = 0;
            for (const float chain : chains) {
                total += static_cast<double>(chain);
            }
            totals[s] += total;
        }
        clear();
    }
};

/// Adds up terms(i, vectors) over all samples, i their offset; ahead(i) asks for lines.
template <std::size_t Sums, typename Terms, typename Ahead>
HWY_INLINE std::array<double, Sums> sumInChains(const ChannelRuns& runs, const Terms& terms,
                                                const Ahead& ahead) {
    using C = Chains<Sums>;
    constexpr auto kStep = static_cast<std::int64_t>(C::kStep);
    C chains;
    chains.clear();
    std::int64_t gathered = 0;
    hn::Vec<Tag> vectors[Sums];
    forEachRun(runs, [&](std::int64_t at, std::int64_t next) HWY_ATTR {
        std::int64_t i = 0;
        for (; i + kChains <= runs.length; i += kChains) {
            ahead(at + i + next);
            for (std::size_t part = 0; part < C::kParts; ++part) {
                terms(at + i + static_cast<std::int64_t>(part) * kStep, Tag(), vectors);
                for (std::size_t s = 0; s < Sums; ++s) {
                    chains.parts[part][s] = hn::Add(chains.parts[part][s], vectors[s]);
                }
            }
        }
        gathered += runs.length;
        if (i < runs.length) {
            alignas(64) float last[Sums][kChains] = {};
            for (std::int64_t chain = 0; i < runs.length; ++i, ++chain) {
                hn::Vec<One> single[Sums];
                terms(at + i, One(), single);
                for (std::size_t s = 0; s < Sums; ++s) {
                    last[s][chain] = hn::GetLane(single[s]);
                }
            }
            for (std::size_t part = 0; part < C::kParts; ++part) {
                for (std::size_t s = 0; s < Sums; ++s) {
                    chains.parts[part][s] =
                        hn::Add(chains.parts[part][s], hn::Load(Tag(), last[s] + part * C::kStep));
                }
            }
        }
        if (gathered >= kChainSamples) {
            chains.addUp();
            gathered = 0;
        }
    });
    chains.addUp();
    return chains.totals;
}

double sumChannel(const ChannelRuns& runs, const float* x) {
    return sumInChains<1>(
        runs, [&](std::int64_t i, auto d, auto* term) HWY_ATTR { term[0] = hn::LoadU(d, x + i); },
        [&](std::int64_t i) HWY_ATTR { hwy::Prefetch(x + i); })[0];
}

double sumChannelSquares(const ChannelRuns& runs, const float* x, float centre) {
    return sumInChains<1>(
        runs,
        [&](std::int64_t i, auto d, auto* term) HWY_ATTR {
            const auto distance = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, centre));
            term[0] = hn::Mul(distance, distance);
        },
        [&](std::int64_t i) HWY_ATTR { hwy::Prefetch(x + i); })[0];
}

GradientSums sumGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                          const float* dy) {
    const auto sums = withRectifier(map, [&](auto rectified) HWY_ATTR {
        return sumInChains<2>(
            runs,
            [&](std::int64_t i, auto d, auto* terms) HWY_ATTR {
                const auto from = hn::LoadU(d, x + i);
                terms[0] = rectified.passed(d, unrectified(d, map, from), hn::LoadU(d, dy + i));
                terms[1] = hn::Mul(terms[0], hn::Sub(from, hn::Set(d, map.centre)));
            },
            [&](std::int64_t i) HWY_ATTR {
                hwy::Prefetch(x + i);
                hwy::Prefetch(dy + i);
            });
    });
    return {sums[0], sums[1]};
}

void mapChannel(const ChannelRuns& runs, const ChannelMap& map, const float* x, float* y) {
    withRectifier(map, [&](auto rectified) HWY_ATTR {
        forEachRun(runs, [&](std::int64_t at, std::int64_t next) HWY_ATTR {
            forEach(runs.length, [&](auto d, std::int64_t i) HWY_ATTR {
                hwy::Prefetch(x + at + next + i);
                hwy::Prefetch(y + at + next + i);
                const auto value = unrectified(d, map, hn::LoadU(d, x + at + i));
                hn::StoreU(rectified.value(d, value), d, y + at + i);
            });
        });
    });
}

void centreGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                     const float* dy, float meanGradient, float slope, float* dx) {
    withRectifier(map, [&](auto rectified) HWY_ATTR {
        forEachRun(runs, [&](std::int64_t at, std::int64_t next) HWY_ATTR {
            forEach(runs.length, [&](auto d, std::int64_t i) HWY_ATTR {
                hwy::Prefetch(dx + at + next + i);
                const auto from = hn::LoadU(d, x + at + i);
                const auto gradient =
                    rectified.passed(d, unrectified(d, map, from), hn::LoadU(d, dy + at + i));
                const auto moved = hn::Sub(gradient, hn::Set(d, meanGradient));
                const auto centred = hn::Sub(from, hn::Set(d, map.centre));
                hn::StoreU(hn::Sub(hn::Mul(moved, hn::Set(d, map.scale)),
                                   hn::Mul(centred, hn::Set(d, slope))),
                           d, dx + at + i);
            });
        });
    });
}

}  // namespace mantissa::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mantissa::nn {

HWY_EXPORT(sumChannel);
HWY_EXPORT(sumChannelSquares);
HWY_EXPORT(sumGradients);
HWY_EXPORT(mapChannel);
HWY_EXPORT(centreGradients);

double sumOf(const ChannelRuns& runs, const float* x) {
    return HWY_DYNAMIC_DISPATCH(sumChannel)(runs, x);
}
double sumOfSquares(const ChannelRuns& runs, const float* x, float centre) {
    return HWY_DYNAMIC_DISPATCH(sumChannelSquares)(runs, x, centre);
}
GradientSums sumGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                          const float* dy) {
    return HWY_DYNAMIC_DISPATCH(sumGradients)(runs, map, x, dy);
}
void mapChannel(const ChannelRuns& runs, const ChannelMap& map, const float* x, float* y) {
    HWY_DYNAMIC_DISPATCH(mapChannel)(runs, map, x, y);
}
void centreGradients(const ChannelRuns& runs, const ChannelMap& map, const float* x,
                     const float* dy, float meanGradient, float slope, float* dx) {
    HWY_DYNAMIC_DISPATCH(centreGradients)(runs, map, x, dy, meanGradient, slope, dx);
}

}  // namespace mantissa::nn
#endif
