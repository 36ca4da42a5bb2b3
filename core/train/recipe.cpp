// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/recipe.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/train/loss_scaler.h"
#include "core/train/optimiser.h"
#include "core/train/param_binding.h"
#include "core/train/schedule.h"
#include "core/train/weight_transform.h"

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 3> kNormalisations{"half", "measured", "given"};
constexpr std::array<std::string_view, 6> kGivenParameters{
    "mean_1", "mean_2", "mean_3", "deviation_1", "deviation_2", "deviation_3"};

// Those that every design has always had; the others are quiet.
constexpr std::array<std::string_view, 12> kFirstParameters{
    "epochs",      "batch",       "learning_rate", "momentum",  "weight_decay", "schedule",
    "step_epochs", "step_factor", "train_images",  "seed_init", "seed_data",    "seed_rounding"};

// Whole numbers travel as doubles, which hold every integer up to 2^53.
constexpr double kLargestSeed = 9007199254740991.0;

/// The ids of a table of kinds, and what they mean as one sentence.
struct Choices {
    std::vector<std::string_view> ids;
    std::string help;
};
template <typename Info>
Choices choicesOf(std::span<const Info> kinds, std::string help) {
    Choices choices{{}, std::move(help)};
    for (const auto& kind : kinds) {
        choices.help += std::string(choices.ids.empty() ? ": " : "; ") + std::string(kind.id) +
                        " – " + std::string(kind.help);
        choices.ids.push_back(kind.id);
    }
    choices.help += ".";
    return choices;
}

template <auto Member>
Param<Recipe> bindChoice(std::string_view id, std::string_view label, std::string_view help,
                         std::span<const std::string_view> choices) {
    return bind<Member>({.id = id,
                         .label = label,
                         .help = help,
                         .kind = ParamKind::Choice,
                         .minimum = 0,
                         .maximum = static_cast<double>(choices.size() - 1),
                         .choices = choices});
}

template <auto Member>
Param<Recipe> bindChoice(std::string_view id, std::string_view label, const Choices& choices) {
    return bindChoice<Member>(id, label, choices.help, choices.ids);
}

template <auto Member>
Param<Recipe> bindSwitch(std::string_view id, std::string_view label, std::string_view help) {
    return bind<Member>(
        {.id = id, .label = label, .help = help, .kind = ParamKind::Boolean, .maximum = 1});
}

using Params = std::vector<Param<Recipe>>;

void addLengths(Params& params) {
    params.push_back(bindCount<&Recipe::epochs>("epochs", "Epochs", {},
                                                "Passes over the training images.", 1, 1000));
    params.push_back(bind<&Recipe::batch>(
        {.id = "batch",
         .label = "Batch size",
         .unit = "images",
         .help = "Images averaged in one optimiser step; the last batch of an epoch may be "
                 "smaller.",
         .minimum = 1,
         .maximum = 4096,
         .powersOfTwo = true}));
}

void addOptimiser(Params& params) {
    static const Choices kOptimisers =
        choicesOf(optimiserKinds(), "How gradients change the weights");
    params.push_back(bindChoice<&Recipe::optimiser>("optimiser", "Optimiser", kOptimisers));
    params.push_back(bindReal<&Recipe::learningRate>(
        "learning_rate", "Learning rate",
        "Factor on the update, at its largest; the schedule scales it.", 1e-6, 100));
    params.push_back(bindReal<&Recipe::momentum>(
        "momentum", "Momentum",
        "Share of the last update that is kept: v = momentum v + gradient; beta 1 of Adam.", 0,
        0.999));
    params.push_back(bindSwitch<&Recipe::nesterov>(
        "nesterov", "Nesterov",
        "Looks one step of the momentum ahead (Sutskever et al., ICML 2013)."));
    params.push_back(bindReal<&Recipe::beta2>(
        "beta2", "Beta 2", "Share of the second moment that Adam keeps.", 0, 0.99999));
    params.push_back(bindReal<&Recipe::epsilon>(
        "epsilon", "Epsilon", "Adam adds it to the root of the second moment.", 1e-16, 1));
    params.push_back(bindReal<&Recipe::weightDecay>(
        "weight_decay", "Weight decay",
        "L2 penalty, added to the gradient of weights but not of biases or of batch normalisation; "
        "adamw shrinks the weights themselves.",
        0, 1));
    params.push_back(bindReal<&Recipe::clipNorm>(
        "clip_norm", "Gradient clipping",
        "Largest norm of all gradients together; longer ones are scaled down to it.", 0, 1e6,
        "off"));
    params.push_back(bindReal<&Recipe::labelSmoothing>(
        "label_smoothing", "Label smoothing",
        "Share of the target that is spread evenly over all classes (Szegedy et al., CVPR 2016).",
        0, 0.99));
}

void addSchedule(Params& params) {
    static const Choices kSchedules = choicesOf(scheduleKinds(), "How the learning rate changes");
    params.push_back(bindChoice<&Recipe::schedule>("schedule", "Schedule", kSchedules));
    params.push_back(bindReal<&Recipe::warmupEpochs>(
        "warmup_epochs", "Warm-up",
        "Epochs during which the learning rate grows linearly to what the schedule says (Goyal et "
        "al., arXiv:1706.02677).",
        0, 1000, "none"));
    params.push_back(bindCount<&Recipe::stepEpochs>("step_epochs", "Epochs per step", "epochs",
                                                    "Step schedule: epochs between two drops.", 1,
                                                    1000));
    params.push_back(bindReal<&Recipe::stepFactor>(
        "step_factor", "Step factor",
        "Step schedule: what each drop multiplies the learning rate by.", 0.001, 1));
    params.push_back(bindReal<&Recipe::peakShare>(
        "peak_share", "Peak", "One-cycle schedule: share of the run until the learning rate peaks.",
        0.01, 0.99));
}

void addLossScaling(Params& params) {
    static const Choices kScalings =
        choicesOf(lossScalingKinds(),
                  "Whether gradients are computed of a multiple of the loss, so that small ones "
                  "survive a narrow format");
    params.push_back(bindChoice<&Recipe::lossScaling>("loss_scaling", "Loss scaling", kScalings));
    params.push_back(bindReal<&Recipe::lossScale>(
        "loss_scale", "Loss scale", "Factor on the loss, at the start.", 1, LossScaler::kLargest));
    params.push_back(bindCount<&Recipe::scaleInterval>(
        "scale_interval", "Scale interval", "steps",
        "Steps without overflow until the loss scale doubles.", 1, 1e6));
    params.push_back(bindReal<&Recipe::minimumScale>(
        "minimum_scale", "Smallest scale", "What the loss scale does not fall below, at the start.",
        1, LossScaler::kLargest));
    params.push_back(bindCount<&Recipe::minimumInterval>(
        "minimum_interval", "Minimum interval", "steps",
        "Steps after which the smallest loss scale doubles, up to 32768.", 1, 1e9));
}

void addWeightTransform(Params& params) {
    static const Choices kTransforms =
        choicesOf(weightTransformKinds(), "What the passes see of the weights that are kept");
    params.push_back(
        bindChoice<&Recipe::weightTransform>("weight_transform", "Weight transform", kTransforms));
    params.push_back(bindReal<&Recipe::density>(
        "density", "Density",
        "Share of a layer's weights (or of their vectors) that is not zero; complementary kernels "
        "take 1 over a whole number.",
        0.001, 1));
    params.push_back(bindCount<&Recipe::denseEpochs>(
        "dense_epochs", "Dense epochs", "epochs",
        "Epochs at the start before weights are transformed; the last epoch always has them so.", 0,
        1000));
    params.push_back(bindCount<&Recipe::sharedBits>(
        "shared_bits", "Shared weights", "bits",
        "Bits of the index into a layer's values: 4 are 16 values.", 1, 8));
    params.push_back(bindCount<&Recipe::basisSize>(
        "basis_size", "Basis", {},
        "Weights in a vector of a linear layer; a convolution's are as wide as its kernel.", 2, 8));
    params.push_back(bindCount<&Recipe::coefficientBits>(
        "coefficient_bits", "Coefficients", "bits",
        "Of the sign and the power of two of a coefficient.", 2, 8));
}

void addImages(Params& params) {
    params.push_back(bindCount<&Recipe::cropPadding>(
        "crop_padding", "Crop padding", "pixels",
        "Width of a black rim, out of which crops of the image's size are taken at random.", 0, 64,
        "off"));
    params.push_back(bindSwitch<&Recipe::flip>(
        "flip", "Flip", "Mirrors training images left to right, half of them at random."));
    params.push_back(bindChoice<&Recipe::normalisation>(
        "normalisation", "Pixel scaling",
        "From bytes to the network's input, (pixel / 255 - mean) / deviation: half – 0.5 and 0.5, "
        "to -1 to 1; measured – of each channel over the training set; given – the numbers below.",
        kNormalisations));
    constexpr std::string_view kMean = "Mean of the channel, in units of white.";
    constexpr std::string_view kDeviation = "Deviation of the channel, in units of white.";
    params.push_back(bindReal<&Recipe::mean1>("mean_1", "Mean, channel 1", kMean, 0, 1));
    params.push_back(bindReal<&Recipe::mean2>("mean_2", "Mean, channel 2", kMean, 0, 1));
    params.push_back(bindReal<&Recipe::mean3>("mean_3", "Mean, channel 3", kMean, 0, 1));
    params.push_back(bindReal<&Recipe::deviation1>("deviation_1", "Deviation, channel 1",
                                                   kDeviation, 0.001, 10));
    params.push_back(bindReal<&Recipe::deviation2>("deviation_2", "Deviation, channel 2",
                                                   kDeviation, 0.001, 10));
    params.push_back(bindReal<&Recipe::deviation3>("deviation_3", "Deviation, channel 3",
                                                   kDeviation, 0.001, 10));
    params.push_back(bindCount<&Recipe::trainImages>(
        "train_images", "Training images", "images",
        "Only the first so many images of the training set, for a quick look; 0 takes all.", 0,
        1'000'000, "all"));
}

void addSeeds(Params& params) {
    params.push_back(bindCount<&Recipe::seedInit>("seed_init", "Seed of the weights", {},
                                                  "Draws the initial weights.", 0, kLargestSeed));
    params.push_back(bindCount<&Recipe::seedData>(
        "seed_data", "Seed of the order", {},
        "Draws the order of the training images in each epoch, their crops and flips.", 0,
        kLargestSeed));
    params.push_back(bindCount<&Recipe::seedRounding>(
        "seed_rounding", "Seed of the rounding", {}, "Draws the directions of stochastic rounding.",
        0, kLargestSeed));
}

bool contains(std::span<const std::string_view> ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Params makeParams() {
    Params params;
    addLengths(params);
    addOptimiser(params);
    addSchedule(params);
    addLossScaling(params);
    addWeightTransform(params);
    addImages(params);
    addSeeds(params);
    for (auto& param : params) {
        param.spec.quiet = !contains(kFirstParameters, param.spec.id);
    }
    return params;
}

/// Where some kinds of a table read a parameter: whether the chosen one does.
template <typename Info>
bool chosenReads(std::span<const Info> kinds, std::size_t chosen, std::string_view id) {
    const bool someRead = std::any_of(kinds.begin(), kinds.end(), [&](const Info& kind) {
        return contains(kind.parameters, id);
    });
    return !someRead || contains(kinds[chosen].parameters, id);
}

}  // namespace

std::span<const Param<Recipe>> recipeParams() {
    static const Params kParams = makeParams();
    return kParams;
}

bool recipeParamMatters(const Recipe& recipe, std::string_view id) {
    return chosenReads(optimiserKinds(), static_cast<std::size_t>(recipe.optimiser), id) &&
           chosenReads(scheduleKinds(), static_cast<std::size_t>(recipe.schedule), id) &&
           chosenReads(lossScalingKinds(), static_cast<std::size_t>(recipe.lossScaling), id) &&
           chosenReads(weightTransformKinds(), static_cast<std::size_t>(recipe.weightTransform),
                       id) &&
           (recipe.normalisation == Normalisation::Given || !contains(kGivenParameters, id));
}

data::ChannelScale channelScale(const Recipe& recipe, const data::Dataset& dataset) {
    if (recipe.normalisation == Normalisation::Measured) {
        return data::measuredScale(dataset.train, dataset.image);
    }
    auto scale = data::halfScale(dataset.image[0]);
    if (recipe.normalisation == Normalisation::Given) {
        const std::array means{recipe.mean1, recipe.mean2, recipe.mean3};
        const std::array deviations{recipe.deviation1, recipe.deviation2, recipe.deviation3};
        for (std::size_t i = 0; i < std::min(means.size(), scale.mean.size()); ++i) {
            scale.mean[i] = static_cast<float>(means[i]);
            scale.deviation[i] = static_cast<float>(deviations[i]);
        }
    }
    return scale;
}

}  // namespace mantissa::train
