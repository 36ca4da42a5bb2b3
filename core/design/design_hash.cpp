// SPDX-License-Identifier: GPL-3.0-or-later
// The three identities of a design.
#include <algorithm>

#include <xxhash.h>

#include "core/design/design_json.h"
#include "core/design/design_point.h"
#include "core/design/json_parts.h"
#include "core/numerics/integer_blocks.h"
#include "core/numerics/multiplier_table.h"
#include "core/numerics/registry.h"
#include "core/train/optimiser.h"
#include "core/train/weight_transform.h"

namespace mantissa::design {
namespace {

// Crockford's base 32 in lower case: no i, l, o or u, which are misread.
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

// Marks of parts that few plans use. A change of such a part raises its mark, so that only those
// plans are trained anew; what touches many raises kEmulation.

/// Of numerics::randomWord().
constexpr int kRandomWords = 2;

/// Of what a weight transform does in a training.
constexpr int kTransformedTraining = 2;
/// Of which kernels own which places where they are overlaid.
constexpr int kOwners = 2;

/// XXH3-128, big-endian, as 26 digits of 5 bits from the most significant; the last digit holds 3
/// bits and two zeros.
std::string hashText(std::string_view text) {
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, XXH3_128bits(text.data(), text.size()));
    std::string digits;
    unsigned pending = 0;
    int bits = 0;
    for (const unsigned char byte : bytes.digest) {
        pending = (pending << 8U) | byte;
        for (bits += 8; bits >= 5; bits -= 5) {
            digits += kAlphabet[(pending >> static_cast<unsigned>(bits - 5)) & 31U];
        }
        pending &= (1U << static_cast<unsigned>(bits)) - 1U;
    }
    digits += kAlphabet[(pending << static_cast<unsigned>(5 - bits)) & 31U];
    return digits;
}

/// Bit-true integers that are wider than seven bits, the sign apart, were once added in FP32.
constexpr int kCodeBits = 15;

bool sumsWords(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    const auto isWide = [](const numerics::TensorFormat& format) {
        const auto blocks = numerics::integerBlocks(format.format, {1, 1}, 1);
        return blocks && blocks->magnitudeBits > 7 && blocks->magnitudeBits <= kCodeBits;
    };
    if (plan.compute != nn::ComputeMode::BitTrue) {
        return false;
    }
    const auto layers = resolvePrecision(plan, network);
    return std::any_of(layers.begin(), layers.end(), [&](const nn::LayerPrecision& p) {
        return isWide(p.weightForward) || isWide(p.activationForward) ||
               isWide(p.weightInputGradient) || isWide(p.errorInputGradient) ||
               isWide(p.activationWeightGradient) || isWide(p.errorWeightGradient);
    });
}

/// Of what accumulators of integers do: they overflow, and sum all of a reduction whose numbers
/// share a step. It touches few plans, so that kEmulation stays.
constexpr int kIntegerSums = 3;

bool sumsIntegers(const PrecisionPlan& plan, const nn::NetworkSpec& network) {
    const auto layers = resolvePrecision(plan, network);
    return plan.compute == nn::ComputeMode::BitTrue &&
           std::any_of(layers.begin(), layers.end(), [](const nn::LayerPrecision& p) {
               return std::holds_alternative<numerics::IntegerAccumulator>(p.accumulator);
           });
}

/// Whether a tensor of a pass in some layer has a format that `is` one; unquantised ones are FP32.
template <typename Is>
bool anyOperand(const DesignPoint& design, const Is& is) {
    const auto layers = resolvePrecision(design.precision(), design.network());
    return std::any_of(layers.begin(), layers.end(), [&](const nn::LayerPrecision& p) {
        return is(p.weightForward.format) || is(p.activationForward.format) ||
               is(p.weightInputGradient.format) || is(p.errorInputGradient.format) ||
               is(p.activationWeightGradient.format) || is(p.errorWeightGradient.format) ||
               is(p.weightGradient.format);
    });
}

/// Of what a precision control does with MX integers and fixed point, which it once left alone.
constexpr int kSteppedFormats = 2;

bool stepsOtherThanBlocks(const DesignPoint& design) {
    const auto isStepped = [](const numerics::Format& format) {
        const auto* scaled = std::get_if<numerics::Microscaled>(&format);
        return std::holds_alternative<numerics::FixedPoint>(format) ||
               (scaled != nullptr && hasIntegerElements(*scaled));
    };
    return anyOperand(design, isStepped);
}

/// Of blocks that are slices, which were once rounded image by image, merged over groups, and in
/// bit-true products element by element.
constexpr int kSlicedBlocks = 2;

bool hasSlices(const numerics::Format& format) {
    const auto& family = numerics::familyOf(format);
    return family.block != nullptr &&
           family.block(format).kind == numerics::BlockShape::Kind::Slice;
}

/// Of MX blocks that are NaN where their scale has too few bits, and once were clamped.
constexpr int kShortScales = 2;

bool hasShortScale(const numerics::Format& format) {
    constexpr int kScaleBits = 8;
    const auto* const scaled = std::get_if<numerics::Microscaled>(&format);
    return scaled != nullptr && scaled->scaleBits < kScaleBits;
}

/// Of the products in a multiplier's file, wherever it lies; empty where the plan has none, or it
/// cannot be read: then no run begins either.
std::string tableHash(const PrecisionPlan& plan) {
    const auto* file = std::get_if<numerics::TableMultiplier>(&plan.multiplier);
    if (plan.compute != nn::ComputeMode::Approximate || file == nullptr) {
        return {};
    }
    const auto table = numerics::readTable(file->file);
    return table ? hashText(std::string(table->entries.begin(), table->entries.end()))
                 : std::string();
}

/// What the recipe says of how weights are stored; empty: as their formats say.
Json weightTransformJson(const train::Recipe& recipe) {
    Json part = Json::object();
    if (recipe.weightTransform != train::WeightTransformKind::None) {
        const auto& info = train::infoOf(recipe.weightTransform);
        part["kind"] = info.id;
        for (const auto& param : train::recipeParams()) {
            if (std::find(info.parameters.begin(), info.parameters.end(), param.spec.id) !=
                info.parameters.end()) {
                part[std::string(param.spec.id)] = param.get(recipe);
            }
        }
    }
    return part;
}

/// The states that an update reads and writes and what it computes depend on these; empty: SGD with
/// momentum, as of designs before there was another.
std::string pricedOptimiser(const train::Recipe& recipe) {
    if (recipe.optimiser != train::OptimiserKind::Sgd) {
        return std::string(train::optimiserKinds()[static_cast<std::size_t>(recipe.optimiser)].id);
    }
    return recipe.momentum > 0 ? std::string() : "sgd without momentum";
}

}  // namespace

std::string designHash(const DesignPoint& design) {
    return hashText(toCanonicalJson(design));
}

std::string trainHash(const DesignPoint& design) {
    return formerTrainHash(design, 1);  // the first emulation had no number
}

std::string formerTrainHash(const DesignPoint& design, int emulation) {
    Json part = Json::object();
    if (emulation > 1) {
        part["emulation"] = emulation;
    }
    part["network"] = networkJson(design.network(), InputStyle::Explicit);
    part["dataset"] = design.dataset();
    part["recipe"] = paramsJson(train::recipeParams(), design.recipe());
    part["precision"] = resolvedPrecisionJson(design.precision(), design.network());
    if (auto control = paramsJson(train::controlParams(), design.control()); !control.empty()) {
        part["control"] = std::move(control);
        if (stepsOtherThanBlocks(design)) {
            part["stepped_formats"] = kSteppedFormats;
        }
        if (const auto& kept = design.precision().kept; kept.any()) {
            part["kept"] = keptLayers(kept, design.network());  // what no control changes
        }
    }
    if (const auto compute = design.precision().compute; compute != nn::ComputeMode::Fast) {
        part["compute"] = computeText(design.precision());
        if (auto own = ownAccumulatorsJson(design.precision(), design.network()); !own.empty()) {
            part["accumulators"] = std::move(own);
        }
        if (sumsIntegers(design.precision(), design.network())) {
            part["integer_sums"] = kIntegerSums;
        }
        if (sumsWords(design.precision(), design.network())) {
            part["integers"] = kCodeBits;
        }
        if (const auto table = tableHash(design.precision()); !table.empty()) {
            part["compute"] = "lut " + table;
        }
    }
    if (canonicalText(part).find(numerics::roundingText(numerics::Rounding::Stochastic)) !=
        std::string::npos) {
        part["random_words"] = kRandomWords;
    }
    if (anyOperand(design, hasSlices)) {
        part["sliced_blocks"] = kSlicedBlocks;
    }
    if (anyOperand(design, hasShortScale)) {
        part["short_scales"] = kShortScales;
    }
    if (design.recipe().weightTransform != train::WeightTransformKind::None) {
        part["transformed_training"] = kTransformedTraining;
        if (design.recipe().weightTransform == train::WeightTransformKind::Complementary) {
            part["owners"] = kOwners;
        }
    }
    return hashText(canonicalText(part));
}

std::string hwHash(const DesignPoint& design) {
    Json part = Json::object();
    part["network"] = networkJson(design.network(), InputStyle::Explicit);
    part["batch"] = design.recipe().batch;
    if (const auto optimiser = pricedOptimiser(design.recipe()); !optimiser.empty()) {
        part["optimiser"] = optimiser;
    }
    if (const auto transform = weightTransformJson(design.recipe()); !transform.empty()) {
        part["weight_transform"] = transform;
    }
    part["precision"] = resolvedPrecisionJson(design.precision(), design.network());
    const PrecisionPlan& plan = design.precision();
    if (plan.compute == nn::ComputeMode::BitTrue && plan.accumulator != nn::kBlockSums) {
        part["sums"] = numerics::accumulatorText(plan.accumulator);  // others are FP32
    }
    if (auto own = ownAccumulatorsJson(plan, design.network()); !own.empty()) {
        part["sums_of"] = std::move(own);
    }
    part["hardware"] = paramsJson(hardwareParams(), design.hardware());
    return hashText(canonicalText(part));
}

}  // namespace mantissa::design
