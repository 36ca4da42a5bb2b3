// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <gmock/gmock.h>

#include "core/numerics/registry.h"
#include "core/train/trainer.h"
#include "tests/core/train/tiny_problem.h"

namespace mantissa::train {
namespace {

using ::testing::HasSubstr;

class TrainErrors : public ::testing::Test {
protected:
    std::string message(const std::optional<Checkpoint>& resume = std::nullopt) const {
        const auto result = train(m_spec, m_dataset, {}, {}, resume);
        return result ? "was trained" : result.error().text();
    }

    TrainSpec m_spec = tinySpec();
    data::Dataset m_dataset = tinyDataset();
};

TEST_F(TrainErrors, RefuseImagesOfAnotherShape) {
    m_dataset.image = {1, 4, 16};
    EXPECT_THAT(message(), HasSubstr("takes images of 1 x 8 x 8, tiny has 1 x 4 x 16"));
}

TEST_F(TrainErrors, RefuseAnotherNumberOfClasses) {
    m_dataset.classes.emplace_back("more");
    EXPECT_THAT(message(), HasSubstr("3 classes, tiny has 4"));
}

TEST_F(TrainErrors, RefuseLabelsBeyondTheClasses) {
    m_dataset.test.labels[3] = 3;
    EXPECT_THAT(message(), HasSubstr("test set: has label 3, the network has 3 classes"));
}

TEST_F(TrainErrors, RefuseEmptyAndUnevenSplits) {
    m_dataset.train.pixels.pop_back();
    EXPECT_THAT(message(), HasSubstr("100 labels but 6399 pixels"));
    m_dataset.train = {};
    EXPECT_THAT(message(), HasSubstr("no images"));
}

TEST_F(TrainErrors, RefuseAWrongNetwork) {
    m_spec.network.layers.back().params = nn::Linear{.outFeatures = 4};
    const auto result = train(m_spec, m_dataset, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
}

TEST_F(TrainErrors, RefuseTooFewPrecisionEntries) {
    m_spec.precision.pop_back();
    EXPECT_THAT(message(), HasSubstr("5 precision entries for 6 layers"));
}

TEST_F(TrainErrors, RefuseAControlThatHasNothingToChange) {
    m_spec.control.kind = ControlKind::Fast;
    for (auto& layer : m_spec.precision) {
        layer = {};
    }
    EXPECT_THAT(message(), HasSubstr("precision control \"fast\""));
    m_spec.precision.front().errorInputGradient.format = numerics::BlockFloat{};
    m_spec.precision.back().errorInputGradient.format = numerics::BlockFloat{};
    m_spec.precision.back().fixed = true;
    m_spec.precision.front().fixed = true;
    EXPECT_THAT(message(), HasSubstr("precision control \"fast\"")) << "of kept layers";
}

TEST_F(TrainErrors, RefuseAControlThatNeverJudgesTheOnlyBlockFloatingPointOperands) {
    for (auto& layer : m_spec.precision) {
        layer = {};
        layer.activationForward.format = numerics::BlockFloat{};
    }
    m_spec.control.kind = ControlKind::ZeroSetting;
    EXPECT_THAT(message(), HasSubstr("needs a bfp, mx<int> or fixed format of the weights of a "
                                     "forward pass, or the errors of"));
    for (auto& layer : m_spec.precision) {
        layer = {};
        layer.weightGradient.format = numerics::BlockFloat{};
    }
    m_spec.control.kind = ControlKind::Fast;
    EXPECT_THAT(message(), HasSubstr("needs a bfp, mx<int> or fixed format of the weights or "
                                     "activations of a forward pass"));
}

TEST_F(TrainErrors, RefuseASwitchOfEpochsToAWidthThatNoFormatOfThePlanHas) {
    for (auto& layer : m_spec.precision) {
        layer = {};
        layer.weightForward.format = numerics::BlockFloat{.signCounted = true};
    }
    m_spec.control.kind = ControlKind::Epochs;
    m_spec.control.epochBits = 1;  // the sign alone
    EXPECT_THAT(message(), HasSubstr("which can have mantissas of epoch_bits"));
}

TEST_F(TrainErrors, NameTheControlWhoseFormatsAnIntegerAccumulatorCannotSum) {
    m_spec = tinySpec({numerics::parseFormat("bfp<8,block=16>").value()});
    for (auto& layer : m_spec.precision) {
        layer.compute = nn::ComputeMode::BitTrue;
        layer.accumulator = numerics::parseAccumulator("int<32>").value();
    }
    EXPECT_EQ(message(), "was trained");
    m_spec.control.kind = ControlKind::Epochs;
    m_spec.control.lastEpochs = 1;
    const auto param = std::find_if(controlParams().begin(), controlParams().end(),
                                    [](const auto& p) { return p.spec.id == "epoch_format"; });
    const auto choices = param->spec.choices;
    param->set(
        m_spec.control,
        static_cast<double>(std::find(choices.begin(), choices.end(), "bf16") - choices.begin()));
    EXPECT_THAT(message(),
                HasSubstr("control: with the formats that the precision control comes to"));
    EXPECT_THAT(message(), HasSubstr("epoch_format"));
}

TEST_F(TrainErrors, RefuseThreadsBelowOne) {
    m_spec.threads = 0;
    EXPECT_THAT(message(), HasSubstr("threads is 0"));
}

TEST_F(TrainErrors, RefuseARecipeOutOfRange) {
    m_spec.recipe.batch = 0;
    EXPECT_THAT(message(), HasSubstr("recipe: batch is 0"));
}

TEST_F(TrainErrors, RefuseMoreImagesThanThereAre) {
    m_spec.recipe.trainImages = 101;
    EXPECT_THAT(message(), HasSubstr("train_images is 101, tiny has 100"));
}

TEST_F(TrainErrors, RefuseACorruptCheckpoint) {
    EXPECT_THAT(message(Checkpoint{1, std::vector<std::byte>(100)}), HasSubstr("is damaged"));
}

TEST_F(TrainErrors, RefuseACheckpointOfAnotherNetwork) {
    TrainObserver observer;
    Checkpoint checkpoint;
    observer.onCheckpoint = [&](const Checkpoint& saved) { checkpoint = saved; };
    m_spec.recipe.epochs = 1;
    ASSERT_TRUE(train(m_spec, m_dataset, {}, observer));
    m_spec.network.layers.front().params = nn::Conv2d{.outChannels = 5};
    EXPECT_THAT(message(checkpoint), HasSubstr("belongs to another network"));
}

TEST_F(TrainErrors, RefuseACheckpointBeyondTheRecipe) {
    EXPECT_THAT(message(Checkpoint{4, {}}), HasSubstr("is of epoch 4, the recipe has 3"));
}

}  // namespace
}  // namespace mantissa::train
