// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/weight_transform.h"

#include <cmath>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "core/train/checkpoint.h"
#include "core/train/evaluation.h"
#include "core/train/transform/kinds.h"
#include "core/train/transform/small_matrix.h"
#include "tests/core/train/tiny_problem.h"

namespace mantissa::train {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

std::vector<float> normal(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> draw;
    std::vector<float> values(count);
    for (auto& value : values) {
        value = draw(random);
    }
    return values;
}

Recipe recipeOf(WeightTransformKind kind, double density = 0.25) {
    Recipe recipe;
    recipe.weightTransform = kind;
    recipe.density = density;
    recipe.denseEpochs = 0;
    return recipe;
}

constexpr auto kKinds = {WeightTransformKind::Pruned, WeightTransformKind::Shared,
                         WeightTransformKind::PrunedShared, WeightTransformKind::PowerBasis,
                         WeightTransformKind::Complementary};

std::unique_ptr<WeightTransform> madeOf(const Recipe& recipe, const Shape& shape) {
    return infoOf(recipe.weightTransform).make(recipe, shape);
}

std::vector<float> seenOf(const WeightTransform& transform, const std::vector<float>& kept) {
    std::vector<float> seen(kept.size());
    transform.apply(kept, seen);
    return seen;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
}

TEST(PrunedWeights, KeepTheLargestMagnitudesAndTheirGradients) {
    const auto transform = madeOf(recipeOf(WeightTransformKind::Pruned, 0.5), {1, 4});
    const std::vector<float> kept{0.1F, -3, 2, -0.2F};
    transform->decide(kept);
    EXPECT_THAT(seenOf(*transform, kept), ElementsAre(0, -3, 2, 0));
    std::vector<float> gradient{1, 2, 3, 4};
    transform->pullBack(gradient);
    EXPECT_THAT(gradient, ElementsAre(0, 2, 3, 0));
}

TEST(PrunedWeights, TakeTheFirstOfEqualMagnitudes) {
    const auto transform = madeOf(recipeOf(WeightTransformKind::Pruned, 0.5), {1, 4});
    const std::vector<float> kept{1, -1, 1, -1};
    transform->decide(kept);
    EXPECT_THAT(seenOf(*transform, kept), ElementsAre(1, -1, 0, 0));
}

TEST(SharedWeights, AreTheMeansOfTheirClusters) {
    auto recipe = recipeOf(WeightTransformKind::Shared);
    recipe.sharedBits = 1;
    const auto transform = madeOf(recipe, {1, 5});
    const std::vector<float> kept{-1, 0.9F, 1.1F, -1.2F, 1};
    transform->decide(kept);
    EXPECT_THAT(seenOf(*transform, kept),
                Pointwise(FloatNear(1e-6F), {-1.1F, 1.0F, 1.0F, -1.1F, 1.0F}));
    std::vector<float> gradient{1, 3, 6, 2, 0};
    transform->pullBack(gradient);
    EXPECT_THAT(gradient, ElementsAre(1.5F, 3, 3, 1.5F, 3));
}

TEST(SharedWeights, AreNoMoreValuesThanTheIndexCounts) {
    const auto kept = normal(1000, 1);
    for (const auto kind : {WeightTransformKind::Shared, WeightTransformKind::PrunedShared}) {
        const auto transform = madeOf(recipeOf(kind), {10, 100});
        transform->decide(kept);
        const auto seen = seenOf(*transform, kept);
        const std::set<float> values(seen.begin(), seen.end());
        EXPECT_LE(values.size(), kind == WeightTransformKind::Shared ? 16U : 17U);
        EXPECT_GT(values.size(), 12U);
        EXPECT_EQ(std::count(seen.begin(), seen.end(), 0.0F),
                  kind == WeightTransformKind::Shared ? 0 : 750);
    }
}

TEST(ComplementaryWeights, OverlayWithoutMeetingAndLeaveNoPlaceEmpty) {
    const auto transform = madeOf(recipeOf(WeightTransformKind::Complementary), {8, 3, 5, 5});
    const std::vector<float> ones(std::size_t{8} * 75, 1);
    const auto seen = seenOf(*transform, ones);
    for (std::size_t first = 0; first < 8; first += 4) {
        for (std::size_t place = 0; place < 75; ++place) {
            float kernels = 0;
            for (std::size_t kernel = first; kernel < first + 4; ++kernel) {
                kernels += seen[kernel * 75 + place];
            }
            EXPECT_EQ(kernels, 1) << "place " << place;
        }
    }
    for (std::size_t kernel = 0; kernel < 8; ++kernel) {
        const auto begin = seen.begin() + static_cast<std::ptrdiff_t>(kernel * 75);
        EXPECT_THAT(std::count(begin, begin + 75, 1.0F), testing::AnyOf(18, 19)) << kernel;
    }
}

TEST(PowerBasis, RoundsCoefficientsToSignedPowersOfTwo) {
    EXPECT_EQ(nearestPower(0, 4), 0);
    EXPECT_EQ(nearestPower(0.74, 4), 0.5);
    EXPECT_EQ(nearestPower(-0.76, 4), -1);
    EXPECT_EQ(nearestPower(3, 4), 1) << "1 is the largest code";
    EXPECT_EQ(nearestPower(1e-9, 4), std::exp2(-6)) << "what is not zero stays so";
    EXPECT_EQ(nearestPower(-1e-9, 2), -1) << "a sign and one power";
}

TEST(PowerBasis, GivesBackWhatIsMadeOfPowersOfTwo) {
    const auto transform = madeOf(recipeOf(WeightTransformKind::PowerBasis, 1), {1, 6});
    const std::vector<float> kept{0.5F, -0.25F, 1, 0.25F, 0.5F, -0.125F};
    transform->decide(kept);
    EXPECT_THAT(seenOf(*transform, kept), Pointwise(FloatNear(5e-3F), kept));
}

TEST(PowerBasis, StaysNearRandomWeightsAndLeavesOutTheShortestVectors) {
    const auto kept = normal(std::size_t{32} * 27, 2);
    const auto transform = madeOf(recipeOf(WeightTransformKind::PowerBasis, 1), {32, 3, 3, 3});
    transform->decide(kept);
    const auto seen = seenOf(*transform, kept);
    double error = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        error += std::pow(static_cast<double>(seen[i] - kept[i]), 2);
    }
    EXPECT_LT(error / dot(kept, kept), 0.1);
    const auto sparse = madeOf(recipeOf(WeightTransformKind::PowerBasis, 1.0 / 3), {32, 3, 3, 3});
    sparse->decide(kept);
    const auto few = seenOf(*sparse, kept);
    EXPECT_EQ(std::count(few.begin(), few.end(), 0.0F), 32 * 6 * 3);
}

TEST(SmallMatrix, InvertsAndFits) {
    const SmallMatrix matrix{2, {2, 1, 0, 4}};
    const auto inverse = inverseOf(matrix);
    EXPECT_NEAR(inverse.at(0, 0), 0.5, 1e-6);
    EXPECT_NEAR(inverse.at(0, 1), -0.125, 1e-6);
    EXPECT_NEAR(inverse.at(1, 0), 0, 1e-6);
    EXPECT_NEAR(inverse.at(1, 1), 0.25, 1e-6);
    const std::vector<std::vector<double>> rows{{1, 0}, {0, 1}, {1, 1}};
    std::vector<std::vector<double>> targets;
    targets.reserve(rows.size());
    for (const auto& row : rows) {
        targets.push_back(product(row, matrix));
    }
    const auto fitted = leastSquares(rows, targets);
    for (std::size_t i = 0; i < fitted.values.size(); ++i) {
        EXPECT_NEAR(fitted.values[i], matrix.values[i], 1e-6);
    }
}

/// All but the power basis are linear in the kept weights: the gradient is exact.
TEST(WeightTransform, GradientsAreThoseOfFiniteDifferences) {
    for (const auto kind :
         {WeightTransformKind::Pruned, WeightTransformKind::Shared,
          WeightTransformKind::PrunedShared, WeightTransformKind::Complementary}) {
        const auto kept = normal(96, 3);
        const auto direction = normal(96, 4);
        auto gradient = normal(96, 5);
        const auto transform = madeOf(recipeOf(kind), {8, 12});
        transform->decide(kept);
        constexpr float kStep = 0.125F;
        auto beyond = kept;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            beyond[i] += kStep * direction[i];
        }
        const double difference =
            (dot(gradient, seenOf(*transform, beyond)) - dot(gradient, seenOf(*transform, kept))) /
            static_cast<double>(kStep);
        transform->pullBack(gradient);
        EXPECT_NEAR(dot(gradient, direction), difference, 1e-3) << infoOf(kind).id;
    }
}

TEST(StoredBits, AreThoseOfTheEncodings) {
    const auto bits = [](const Recipe& recipe, const Shape& shape, NumberBits each) {
        return infoOf(recipe.weightTransform).storedBits(recipe, shape, each);
    };
    // Han et al.: 4-bit runs; at 4 % nearly every second entry is a padding zero.
    EXPECT_NEAR(indexedEntries(100, 0.04), 4 * 2.09, 0.02);
    EXPECT_NEAR(bits(recipeOf(WeightTransformKind::Pruned), {10, 10}, {16}), 25 * 20 * 1.0101, 0.1);
    EXPECT_EQ(bits(recipeOf(WeightTransformKind::Shared), {10, 10}, {16}), 100 * 4 + 16 * 16);
    EXPECT_NEAR(bits(recipeOf(WeightTransformKind::PrunedShared), {10, 10}, {16}),
                25 * 8 * 1.0101 + 256, 0.1);
    // 64 vectors of 3, 16 of them kept: 16 * 3 * 4 + 64 + 9 * 8.
    EXPECT_EQ(bits(recipeOf(WeightTransformKind::PowerBasis), {1, 192}, {32}), 328);
    EXPECT_EQ(bits(recipeOf(WeightTransformKind::Complementary), {8, 12}, {16}), 24 * 18);
    // Ten kernels take three dense ones of 12 places.
    EXPECT_EQ(bits(recipeOf(WeightTransformKind::Complementary), {10, 12}, {16}), 36 * 18);
    // Blocks are those of the dense kernels: each has its exponents, however few numbers are left.
    EXPECT_EQ(bits(recipeOf(WeightTransformKind::Complementary), {8, 12}, {8, 0.5}),
              24 * 10 + 96 * 0.5);
    EXPECT_NEAR(bits(recipeOf(WeightTransformKind::Pruned), {10, 10}, {8, 0.5}),
                25 * 12 * 1.0101 + 100 * 0.5, 0.1);
}

/// So that the products of neighbouring lanes go to different sums.
TEST(ComplementaryWeights, GiveNeighbouringChannelsOfATapToDifferentKernels) {
    constexpr std::int64_t kKernels = 4;
    constexpr std::int64_t kChannels = 8;
    constexpr std::int64_t kTaps = 9;
    const auto transform =
        madeOf(recipeOf(WeightTransformKind::Complementary), {kKernels, kChannels, 3, 3});
    std::vector<float> mask(kKernels * kChannels * kTaps, 1.0F);
    transform->pullBack(mask);
    for (std::int64_t tap = 0; tap < kTaps; ++tap) {
        for (std::int64_t first = 0; first < kChannels; first += kKernels) {
            for (std::int64_t kernel = 0; kernel < kKernels; ++kernel) {
                float owned = 0;
                for (std::int64_t channel = first; channel < first + kKernels; ++channel) {
                    owned += mask[static_cast<std::size_t>((kernel * kChannels + channel) * kTaps +
                                                           tap)];
                }
                EXPECT_EQ(owned, 1) << "tap " << tap << ", kernel " << kernel;
            }
        }
    }
}

TEST(OverlaidKernels, AreAsManyAsTheDensityHasRoomFor) {
    auto recipe = recipeOf(WeightTransformKind::Complementary);
    for (const auto& [density, kernels] :
         {std::pair{0.25, 4}, {0.125, 8}, {0.3, 3}, {0.9, 1}, {1.0, 1}}) {
        recipe.density = density;
        EXPECT_EQ(infoOf(recipe.weightTransform).overlaidKernels(recipe), kernels) << density;
    }
    EXPECT_EQ(infoOf(WeightTransformKind::Pruned).overlaidKernels, nullptr);
}

TEST(WeightTransforms, GiveBackTheKeptWeights) {
    ThreadTeam team(1);
    const auto spec = tinySpec();
    auto network = nn::Network::make(spec.network, spec.precision, 4, team).value();
    network.initialise(1);
    for (const auto kind : kKinds) {
        WeightTransforms transforms(recipeOf(kind), spec.network);
        const auto weight = network.parameters().front().value;
        const std::vector<float> kept(weight.begin(), weight.end());
        transforms.startEpoch(0, network.parameters());
        transforms.enter(network.parameters());
        EXPECT_FALSE(std::equal(kept.begin(), kept.end(), weight.begin())) << infoOf(kind).id;
        transforms.leave(network.parameters());
        EXPECT_TRUE(std::equal(kept.begin(), kept.end(), weight.begin())) << infoOf(kind).id;
    }
}

TEST(WeightTransforms, WaitForTheDenseEpochs) {
    ThreadTeam team(1);
    const auto spec = tinySpec();
    auto network = nn::Network::make(spec.network, spec.precision, 4, team).value();
    network.initialise(1);
    auto recipe = recipeOf(WeightTransformKind::Pruned);
    recipe.denseEpochs = 1;
    WeightTransforms transforms(recipe, spec.network);
    const auto zeros = [&] {
        const auto weight = network.parameters().front().value;
        return std::count(weight.begin(), weight.end(), 0.0F);
    };
    transforms.startEpoch(0, network.parameters());
    transforms.enter(network.parameters());
    EXPECT_EQ(zeros(), 0);
    transforms.leave(network.parameters());
    transforms.startEpoch(1, network.parameters());
    transforms.enter(network.parameters());
    EXPECT_EQ(zeros(), 27) << "of 4 x 1 x 3 x 3";
}

TEST(WeightTransforms, SetInBeforeTheLastEpoch) {
    ThreadTeam team(1);
    const auto spec = tinySpec();
    auto network = nn::Network::make(spec.network, spec.precision, 4, team).value();
    network.initialise(1);
    auto recipe = recipeOf(WeightTransformKind::Pruned);
    recipe.denseEpochs = 5;
    recipe.epochs = 1;
    WeightTransforms transforms(recipe, spec.network);
    transforms.startEpoch(0, network.parameters());
    transforms.enter(network.parameters());
    const auto weight = network.parameters().front().value;
    EXPECT_EQ(std::count(weight.begin(), weight.end(), 0.0F), 27);
}

TEST(WeightTransforms, KeepAtTheEndOfAnEpochWhatItSaw) {
    ThreadTeam team(1);
    const auto spec = tinySpec();
    auto network = nn::Network::make(spec.network, spec.precision, 4, team).value();
    network.initialise(1);
    for (const auto kind : kKinds) {
        WeightTransforms transforms(recipeOf(kind), spec.network);
        const auto weight = network.parameters().front().value;
        transforms.startEpoch(0, network.parameters());
        transforms.enter(network.parameters());
        const std::vector<float> seen(weight.begin(), weight.end());
        transforms.leave(network.parameters());
        transforms.endEpoch(network.parameters());
        EXPECT_TRUE(std::equal(seen.begin(), seen.end(), weight.begin())) << infoOf(kind).id;
        transforms.startEpoch(1, network.parameters());
        transforms.enter(network.parameters());
        if (kind != WeightTransformKind::PowerBasis) {  // whose basis is fitted again
            EXPECT_TRUE(std::equal(seen.begin(), seen.end(), weight.begin())) << infoOf(kind).id;
        }
        transforms.leave(network.parameters());
    }
}

TEST(WeightTransforms, MeasureWhatACheckpointHolds) {
    const auto dataset = tinyDataset();
    auto spec = tinySpec();
    spec.recipe.weightTransform = WeightTransformKind::Pruned;
    spec.recipe.density = 0.25;
    spec.recipe.epochs = 2;
    Checkpoint last;
    const auto result =
        train(spec, dataset, JobContext(),
              {.onStep = {}, .onEpoch = {}, .onCheckpoint = [&](const auto& one) { last = one; }});
    ASSERT_TRUE(result) << result.error().text();
    ThreadTeam team(1);
    auto network = nn::Network::make(spec.network, spec.precision, spec.recipe.batch, team).value();
    ASSERT_TRUE(restoreState(last.state, network.parameters()));
    const auto weight = network.parameters().front().value;
    EXPECT_EQ(std::count(weight.begin(), weight.end(), 0.0F), 27) << "of 4 x 1 x 3 x 3";
    data::Batches batches(dataset.test, dataset.image, testBatches(spec.recipe, dataset));
    const auto again = evaluate(network, batches, spec.recipe.seedRounding, JobContext());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->loss, result->epochs.back().testLoss);
}

TEST(WeightTransforms, LearnAndGoOnFromACheckpointAsIfNothingHadHappened) {
    const auto dataset = tinyDataset();
    for (const auto kind : kKinds) {
        auto spec = tinySpec();
        spec.recipe.weightTransform = kind;
        spec.recipe.density = 0.5;
        spec.recipe.epochs = 4;
        std::optional<Checkpoint> middle;
        const auto whole =
            train(spec, dataset, JobContext(),
                  {.onStep = {}, .onEpoch = {}, .onCheckpoint = [&](const auto& one) {
                       if (one.epoch == 2) {
                           middle = one;
                       }
                   }});
        ASSERT_TRUE(whole) << whole.error().text();
        EXPECT_GT(whole->epochs.back().testAccuracy, 0.8) << infoOf(kind).id;
        const auto rest = train(spec, dataset, JobContext(), {}, middle);
        ASSERT_TRUE(rest) << rest.error().text();
        EXPECT_EQ(rest->epochs.back().testLoss, whole->epochs.back().testLoss) << infoOf(kind).id;
        EXPECT_EQ(rest->steps.back().loss, whole->steps.back().loss) << infoOf(kind).id;
    }
}

}  // namespace
}  // namespace mantissa::train
