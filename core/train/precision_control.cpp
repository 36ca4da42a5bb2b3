// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/precision_control.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/numerics/registry.h"
#include "core/train/param_binding.h"
#include "core/train/precision_controller.h"

namespace mantissa::train {
namespace {

constexpr std::array<std::string_view, 4> kEpochParameters{"first_epochs", "last_epochs",
                                                           "epoch_format", "epoch_bits"};
constexpr std::array<std::string_view, 8> kZeroSettingParameters{
    "interval",    "low",         "high",        "initial_hold",
    "change_hold", "narrow_bits", "middle_bits", "wide_bits"};
constexpr std::array<std::string_view, 6> kFastParameters{
    "interval", "fast_narrow_bits", "fast_wide_bits", "alpha", "beta", "relative_to"};
constexpr std::array<std::string_view, 2> kBases{"sum", "magnitudes"};

std::unique_ptr<PrecisionController> none(ControlledRun /*run*/) {
    return nullptr;
}

constexpr std::array<ControlInfo, 4> kControls{{
    {"none", "the plan holds for the whole run", {}, none, {}},
    {"epochs",
     "other widths, or another format, in the first and the last epochs (FlexBlock's mixed "
     "schedule, arXiv:2203.06673; Accuracy Boosters: the last epoch wider)",
     kEpochParameters, makeEpochControl,
     "an operand of a layer that is not kept, which can have mantissas of epoch_bits"},
    {"zero_setting",
     "operands of each layer's pass grow narrower where few numbers are set to zero and wider "
     "where "
     "many are (FlexBlock, arXiv:2203.06673)",
     kZeroSettingParameters, makeZeroSettingControl,
     "the weights of a forward pass, or the errors of either gradient's pass"},
    {"fast",
     "weights, activations and gradients of each layer are narrow until the wider format would "
     "change them by more than a threshold that falls with time and depth (FAST, "
     "arXiv:2110.15456)",
     kFastParameters, makeFastControl,
     "the weights or activations of a forward pass, or the errors of an input gradient's, which "
     "can have mantissas of both fast_narrow_bits and fast_wide_bits"},
}};

template <auto Member>
Param<PrecisionControl> bindBits(std::string_view id, std::string_view label,
                                 std::string_view help) {
    constexpr double kMost = 24;
    return bindCount<Member>(id, label, "bits", help, 1, kMost);
}

using Params = std::vector<Param<PrecisionControl>>;

void addKind(Params& params) {
    struct Choices {
        std::vector<std::string_view> ids;
        std::string help =
            "How the widths of operands in block floating point, MX integers and fixed point "
            "change during a run";
    };
    static const Choices kKinds = [] {
        Choices choices;
        for (const auto& kind : kControls) {
            choices.help += std::string(choices.ids.empty() ? ": " : "; ") + std::string(kind.id) +
                            " – " + std::string(kind.help);
            choices.ids.push_back(kind.id);
        }
        choices.help += ".";
        return choices;
    }();
    params.push_back(
        bind<&PrecisionControl::kind>({.id = "kind",
                                       .label = "Precision control",
                                       .help = kKinds.help,
                                       .kind = ParamKind::Choice,
                                       .minimum = 0,
                                       .maximum = static_cast<double>(kKinds.ids.size() - 1),
                                       .choices = kKinds.ids}));
}

void addEpochs(Params& params) {
    params.push_back(bindCount<&PrecisionControl::firstEpochs>(
        "first_epochs", "First epochs", "epochs", "Epochs at the start that have the other width.",
        0, 1000));
    params.push_back(bindCount<&PrecisionControl::lastEpochs>(
        "last_epochs", "Last epochs", "epochs", "Epochs at the end that have the other width.", 0,
        1000));
    static const auto kFormats = [] {
        std::vector<std::string_view> ids{"plan"};
        for (const auto& named : numerics::namedFormats()) {
            ids.push_back(named.name);
        }
        return ids;
    }();
    params.push_back(bind<&PrecisionControl::epochFormat>(
        {.id = "epoch_format",
         .label = "Their format",
         .help = "plan: the plan's formats at the width below. Otherwise what operands have in "
                 "these epochs in place of it, with the plan's rounding; FP32 stays FP32.",
         .kind = ParamKind::Choice,
         .minimum = 0,
         .maximum = static_cast<double>(kFormats.size() - 1),
         .choices = kFormats}));
    params.push_back(bindBits<&PrecisionControl::epochBits>(
        "epoch_bits", "Their mantissas",
        "Mantissa bits in these epochs, as the format counts them; of MX integers and fixed point "
        "all bits."));
    params.push_back(bindCount<&PrecisionControl::interval>(
        "interval", "Interval", "steps", "Steps between two decisions; 0 is an epoch.", 0,
        1'000'000, "an epoch"));
}

void addZeroSetting(Params& params) {
    params.push_back(bindReal<&PrecisionControl::low>(
        "low", "Low threshold",
        "Below this mean zero-setting error of an interval the width steps down.", 0, 1));
    params.push_back(bindReal<&PrecisionControl::high>(
        "high", "High threshold",
        "Above this mean zero-setting error of an interval the width steps up.", 0, 1));
    params.push_back(bindCount<&PrecisionControl::initialHold>(
        "initial_hold", "Initial hold", "intervals",
        "Intervals at the start after which nothing changes.", 0, 1'000'000));
    params.push_back(bindCount<&PrecisionControl::changeHold>(
        "change_hold", "Hold after a change", "intervals",
        "Intervals after a change during which the same operands stay.", 0, 1'000'000));
    params.push_back(bindBits<&PrecisionControl::narrowBits>("narrow_bits", "Narrow mantissas",
                                                             "Smallest width, as the format counts "
                                                             "it."));
    params.push_back(bindBits<&PrecisionControl::middleBits>("middle_bits", "Middle mantissas",
                                                             "Middle width."));
    params.push_back(
        bindBits<&PrecisionControl::wideBits>("wide_bits", "Wide mantissas", "Largest width."));
}

void addFast(Params& params) {
    params.push_back(bindBits<&PrecisionControl::fastNarrowBits>(
        "fast_narrow_bits", "Narrow mantissas", "Width at the start; FAST has 2."));
    params.push_back(bindBits<&PrecisionControl::fastWideBits>(
        "fast_wide_bits", "Wide mantissas", "Width where the change is large; FAST has 4."));
    params.push_back(bindReal<&PrecisionControl::alpha>(
        "alpha", "Alpha",
        "Threshold on the change at the first step and layer. No published value is known.", 0,
        10));
    params.push_back(bindReal<&PrecisionControl::beta>(
        "beta", "Beta",
        "What the threshold loses over the run, and over the layers. No published value is known.",
        0, 10));
    params.push_back(bind<&PrecisionControl::base>(
        {.id = "relative_to",
         .label = "Change relative to",
         .help = "The sum of the narrow numbers, as notes on FAST write it, or of their "
                 "magnitudes.",
         .kind = ParamKind::Choice,
         .minimum = 0,
         .maximum = kBases.size() - 1,
         .choices = kBases}));
}

Params makeParams() {
    Params params;
    addKind(params);
    addEpochs(params);
    addZeroSetting(params);
    addFast(params);
    for (auto& param : params) {
        param.spec.quiet = true;
    }
    return params;
}

}  // namespace

std::span<const ControlInfo> controlKinds() {
    return kControls;
}

std::span<const Param<PrecisionControl>> controlParams() {
    static const Params kParams = makeParams();
    return kParams;
}

const numerics::NamedFormat* namedFormat(const PrecisionControl& control) {
    return control.epochFormat == 0
               ? nullptr
               : &numerics::namedFormats()[static_cast<std::size_t>(control.epochFormat - 1)];
}

bool controlParamMatters(const PrecisionControl& control, std::string_view id) {
    if (id == "epoch_bits" && control.epochFormat != 0) {
        return false;
    }
    const auto& read = kControls[static_cast<std::size_t>(control.kind)].parameters;
    return id == "kind" || std::find(read.begin(), read.end(), id) != read.end();
}

}  // namespace mantissa::train
