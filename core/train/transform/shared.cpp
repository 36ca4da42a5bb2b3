// SPDX-License-Identifier: GPL-3.0-or-later
// Weight sharing (Deep Compression, Han et al., ICLR 2016): the weights of a layer are indices into
// few values, pruned ones are zero.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/train/transform/kinds.h"

namespace mantissa::train {
namespace {

constexpr int kMostRounds = 50;

/// Where each distinct one of the sorted values begins, then their count, once more for each
/// cluster that is left; empty if there are more of them than clusters.
std::vector<std::size_t> distinct(const std::vector<float>& sorted, std::size_t clusters) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            starts.push_back(i);
        }
    }
    if (starts.size() > clusters) {
        return {};
    }
    starts.resize(clusters + 1, sorted.size());
    return starts;
}

/// Boundaries between the clusters of sorted values. No more values than clusters, as an epoch
/// leaves them to the next one, are a cluster each; else Lloyd's rounds from centres that stand
/// evenly between the smallest and the largest. Cluster k has the values from boundary k to k + 1.
std::vector<std::size_t> clustersOf(const std::vector<float>& sorted, std::size_t clusters) {
    if (auto values = distinct(sorted, clusters); !values.empty()) {
        return values;
    }
    const auto count = sorted.size();
    std::vector<double> sums(count + 1);
    for (std::size_t i = 0; i < count; ++i) {
        sums[i + 1] = sums[i] + static_cast<double>(sorted[i]);
    }
    const double low = sorted.front();
    const double step = clusters > 1 ? (static_cast<double>(sorted.back()) - low) /
                                           static_cast<double>(clusters - 1)
                                     : 0;
    std::vector<double> centres(clusters);
    for (std::size_t k = 0; k < clusters; ++k) {
        centres[k] = low + step * static_cast<double>(k);
    }
    std::vector<std::size_t> bounds(clusters + 1, 0);
    for (int round = 0; round < kMostRounds; ++round) {
        auto next = bounds;
        next.back() = count;
        for (std::size_t k = 1; k < clusters; ++k) {
            const double middle = (centres[k - 1] + centres[k]) / 2;
            next[k] = static_cast<std::size_t>(
                std::lower_bound(sorted.begin(), sorted.end(), middle) - sorted.begin());
        }
        if (next == bounds) {
            break;
        }
        bounds = std::move(next);
        for (std::size_t k = 0; k < clusters; ++k) {
            if (bounds[k + 1] > bounds[k]) {
                centres[k] = (sums[bounds[k + 1]] - sums[bounds[k]]) /
                             static_cast<double>(bounds[k + 1] - bounds[k]);
            }
        }
    }
    return bounds;
}

/// A shared value is the mean of the kept weights that have it, so its gradient is shared evenly
/// among them: each kept weight gets the mean. That is the exact gradient of what is seen, and the
/// step of a shared value is the mean of the steps of its weights, whose sum Deep Compression
/// takes: the learning rate keeps its meaning for any number of weights.
class Shared final : public WeightTransform {
public:
    Shared(int bits, double density)
        : m_clusters(std::size_t{1} << static_cast<unsigned>(bits)), m_density(density) {}

    void decide(std::span<const float> kept) override {
        m_mask.decide(kept, m_density);
        std::vector<float> sorted;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (m_mask.keeps(i)) {
                sorted.push_back(kept[i]);
            }
        }
        std::sort(sorted.begin(), sorted.end());
        const auto bounds = clustersOf(sorted, m_clusters);
        std::vector<float> firsts;  // the smallest value of each cluster that has any
        for (std::size_t k = 0; k < m_clusters; ++k) {
            if (bounds[k + 1] > bounds[k]) {
                firsts.push_back(sorted[bounds[k]]);
            }
        }
        m_cluster.assign(kept.size(), kPruned);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (m_mask.keeps(i)) {
                m_cluster[i] = static_cast<int>(
                    std::upper_bound(firsts.begin(), firsts.end(), kept[i]) - firsts.begin() - 1);
            }
        }
    }

    void apply(std::span<const float> kept, std::span<float> seen) const override {
        means(kept, seen);
    }

    void pullBack(std::span<float> gradient) const override { means(gradient, gradient); }

private:
    static constexpr int kPruned = -1;

    /// What each cluster has on average in the place of each of its values, 0 elsewhere.
    void means(std::span<const float> values, std::span<float> result) const {
        std::vector<double> sums(m_clusters);
        std::vector<double> counts(m_clusters);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (m_cluster[i] != kPruned) {
                const auto cluster = static_cast<std::size_t>(m_cluster[i]);
                sums[cluster] += static_cast<double>(values[i]);
                counts[cluster] += 1;
            }
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto cluster = static_cast<std::size_t>(std::max(m_cluster[i], 0));
            result[i] = m_cluster[i] == kPruned
                            ? 0.0F
                            : static_cast<float>(sums[cluster] / counts[cluster]);
        }
    }

    std::size_t m_clusters;
    double m_density;
    MagnitudeMask m_mask;
    std::vector<int> m_cluster;
};

double codebookBits(const Recipe& recipe, const NumberBits& bits) {
    return std::exp2(recipe.sharedBits) * (bits.own + bits.shared);
}

}  // namespace

MadeTransform makeShared(const Recipe& recipe, const Shape& /*weight*/) {
    return std::make_unique<Shared>(recipe.sharedBits, 1);
}

double sharedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits) {
    return static_cast<double>(elementCount(weight)) * recipe.sharedBits +
           codebookBits(recipe, bits);
}

WeightCode sharedCode(const Recipe& recipe, const Shape& /*weight*/) {
    return {.indexBits = recipe.sharedBits};
}

MadeTransform makePrunedShared(const Recipe& recipe, const Shape& /*weight*/) {
    return std::make_unique<Shared>(recipe.sharedBits, recipe.density);
}

double prunedSharedBits(const Recipe& recipe, const Shape& weight, const NumberBits& bits) {
    return prunedBits(recipe, weight, {.own = 1.0 * recipe.sharedBits}) +
           codebookBits(recipe, bits);
}

WeightCode prunedSharedCode(const Recipe& recipe, const Shape& /*weight*/) {
    return {.runBits = kRunBits, .indexBits = recipe.sharedBits, .density = recipe.density};
}

}  // namespace mantissa::train
