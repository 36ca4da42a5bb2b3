// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plan_options.h"

#include <algorithm>
#include <utility>

namespace mantissa::cli {
namespace {

Error at(std::string where, Error error) {
    error.where = std::move(where);
    return error;
}

/// "int<24>", "conv2d=int<24>" or "conv1=int<18,overflow=wrap>".
Result<design::PrecisionPlan> withAccumulatorText(design::PrecisionPlan plan,
                                                  const nn::NetworkSpec& network,
                                                  const std::string& text) {
    // An equals sign behind the first bracket belongs to the accumulator.
    const auto equals = text.find('=');
    const bool named = equals < text.find('<');
    const std::string name = named ? text.substr(0, equals) : std::string();
    if (named && name.empty()) {
        return fail(ErrorCode::InvalidInput, "names no layer before the equals sign",
                    "--accumulator " + text,
                    "name a layer or a kind of layers (conv1=int<18>), or none without the sign");
    }
    const auto accumulator = numerics::parseAccumulator(named ? text.substr(equals + 1) : text);
    if (!accumulator) {
        return tl::unexpected(at("--accumulator " + text, accumulator.error()));
    }
    const auto kinds = nn::layerKinds();
    const bool isKind =
        !network.indexOf(name) &&
        std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.id == name; });
    plan.compute = nn::ComputeMode::BitTrue;
    return design::withAccumulator(
        std::move(plan), isKind ? design::PlanScope{name, {}} : design::PlanScope{{}, name},
        *accumulator);
}

Result<design::PrecisionPlan> changedPlan(const design::DesignPoint& design,
                                          const PlanOptions& options) {
    auto plan = design.precision();
    if (!options.keep.empty()) {
        const auto kept = design::parseKept(options.keep);
        if (!kept) {
            return tl::unexpected(at("--keep", kept.error()));
        }
        plan.kept = *kept;
    }
    for (const auto& text : options.accumulators) {
        auto changed = withAccumulatorText(std::move(plan), design.network(), text);
        if (!changed) {
            return changed;
        }
        plan = *std::move(changed);
    }
    return plan;
}

}  // namespace

void addPlanOptions(CLI::App& command, PlanOptions& options) {
    command
        .add_option("--keep", options.keep,
                    "Layers that keep a format of their own, instead of the design's: some of "
                    "first,last,shortcut with :FORMAT behind them (default fp32), or none")
        ->type_name("LAYERS");
    command
        .add_option("--accumulator", options.accumulators,
                    "What bit-true sums are added in, instead of the design's: ACC for the "
                    "network, KIND=ACC or LAYER=ACC; int<24>, conv1=int<18,overflow=wrap>, "
                    "linear=fp<8,12>. May be given several times, and makes sums bit-true")
        ->type_name("[SCOPE=]ACC")
        ->allow_extra_args(false);
}

Result<design::DesignPoint> withPlanOptions(const design::DesignPoint& design,
                                            const PlanOptions& options) {
    if (options.keep.empty() && options.accumulators.empty()) {
        return design;
    }
    return changedPlan(design, options)
        .and_then([&](design::PrecisionPlan plan) -> Result<design::DesignPoint> {
            auto changed = design.withPrecision(std::move(plan));
            if (auto valid = design::validate(changed); !valid) {
                return tl::unexpected(valid.error());
            }
            return changed;
        });
}

}  // namespace mantissa::cli
