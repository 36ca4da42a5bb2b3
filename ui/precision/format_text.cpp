// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/precision/format_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("mantissa::ui::PrecisionPanel", text);
}

QString shortBlockText(const numerics::BlockShape& block) {
    switch (block.kind) {
        case numerics::BlockShape::Kind::Vector:
            return QString::number(block.size);
        case numerics::BlockShape::Kind::Tile:
            return block.rows == block.columns  // cells are narrow
                       ? QStringLiteral("%1²").arg(block.rows)
                       : QStringLiteral("%1×%2").arg(block.rows).arg(block.columns);
        case numerics::BlockShape::Kind::Slice:
            return translated("slice");
        case numerics::BlockShape::Kind::Box:
            return toQt(numerics::blockText(block)).replace(QLatin1Char('x'), QStringLiteral("×"));
        case numerics::BlockShape::Kind::Tensor:
            break;
    }
    return translated("tensor");
}

std::string_view kindLabel(const std::string& kind) {
    for (const auto& info : nn::layerKinds()) {
        if (info.id == kind) {
            return info.label;
        }
    }
    return kind;
}

}  // namespace

const numerics::NamedFormat* namedFormat(const numerics::Format& format) {
    const auto named = numerics::namedFormats();
    const auto found = std::find_if(named.begin(), named.end(),
                                    [&](const auto& one) { return one.format == format; });
    return found == named.end() ? nullptr : &*found;
}

QString shortFormatText(const numerics::Format& format) {
    if (const auto* named = namedFormat(format)) {
        return toQt(named->label).section(QStringLiteral(" ("), 0, 0);
    }
    if (const auto* minifloat = std::get_if<numerics::Minifloat>(&format)) {
        return QStringLiteral("E%1M%2").arg(minifloat->exponentBits).arg(minifloat->mantissaBits);
    }
    if (const auto* block = std::get_if<numerics::BlockFloat>(&format)) {
        return QStringLiteral("bfp%1%2·%3")
            .arg(block->mantissaBits)
            .arg(block->signCounted ? QString() : QStringLiteral("+s"),
                 shortBlockText(block->block));
    }
    return toQt(numerics::genericText(format));
}

QString shortRoundingText(const numerics::TensorFormat& format) {
    switch (format.rounding) {
        case numerics::Rounding::NearestEven:
            return QStringLiteral("NE");
        case numerics::Rounding::NearestAway:
            return QStringLiteral("NA");
        case numerics::Rounding::NearestUp:
            return QStringLiteral("NU");
        case numerics::Rounding::NearestDown:
            return QStringLiteral("ND");
        case numerics::Rounding::TowardZero:
            return QStringLiteral("TZ");
        case numerics::Rounding::Floor:
            return QStringLiteral("FL");
        case numerics::Rounding::Stochastic:
            break;
    }
    return format.randomBits == numerics::kFullRandomBits
               ? QStringLiteral("SR")
               : QStringLiteral("SR%1").arg(format.randomBits);
}

QString roundingLabel(numerics::Rounding rounding) {
    switch (rounding) {
        case numerics::Rounding::NearestEven:
            return translated("Nearest, ties to even (NE)");
        case numerics::Rounding::NearestAway:
            return translated("Nearest, ties away from zero (NA)");
        case numerics::Rounding::NearestUp:
            return translated("Nearest, ties toward +infinity (NU)");
        case numerics::Rounding::NearestDown:
            return translated("Nearest, ties toward -infinity (ND)");
        case numerics::Rounding::TowardZero:
            return translated("Toward zero (TZ)");
        case numerics::Rounding::Floor:
            return translated("Toward -infinity (FL)");
        case numerics::Rounding::Stochastic:
            break;
    }
    return translated("Stochastic (SR)");
}

QString roleLabel(design::Role role) {
    switch (role) {
        case design::Role::Weight:
            return translated("Weight");
        case design::Role::Activation:
            return translated("Activation");
        case design::Role::Error:
            return translated("Error");
        case design::Role::Stash:
            return translated("Stash");
        case design::Role::Normalisation:
            return translated("Normalisation");
        case design::Role::MasterWeight:
            return translated("Master weight");
        case design::Role::Momentum:
            return translated("Momentum");
        case design::Role::SecondMoment:
            return translated("Second moment");
        case design::Role::WeightGradient:
            break;
    }
    return translated("Weight gradient");
}

QString passLabel(design::Pass pass) {
    switch (pass) {
        case design::Pass::Forward:
            return translated("Forward");
        case design::Pass::InputGradient:
            return translated("Input gradient");
        case design::Pass::WeightGradient:
            break;
    }
    return translated("Weight gradient");
}

QString roleKeyLabel(const design::RoleKey& key) {
    const QString role = roleLabel(key.role).toLower();
    return key.pass ? translated("%1, %2 pass").arg(role, passLabel(*key.pass).toLower()) : role;
}

QString scopeLabel(const design::PlanScope& scope) {
    if (!scope.layer.empty()) {
        return toQt(scope.layer);
    }
    return scope.kind.empty()
               ? translated("network default")
               : translated("all %1 layers").arg(toQt(kindLabel(scope.kind)).toLower());
}

QString sourceLabel(const design::ResolvedFormat& resolved, const design::PlanScope& scope,
                    const std::string& kind) {
    QString text;
    switch (resolved.level) {
        case design::PlanLevel::BuiltIn:
            return translated("FP32, since nothing else is set");
        case design::PlanLevel::Network:
            text = translated("network default");
            break;
        case design::PlanLevel::Kind:
            text = scopeLabel({kind, {}});
            break;
        case design::PlanLevel::Kept:
            return translated("the kept layers");
        case design::PlanLevel::Layer:
            text = scopeLabel(scope);
            break;
    }
    return resolved.passSpecific ? translated("%1, this pass").arg(text) : text;
}

QString roundingSentence(const numerics::TensorFormat& format) {
    const QString label = roundingLabel(format.rounding);
    const QString text = label.left(1).toLower() + label.mid(1);  // the abbreviation stays as it is
    return format.rounding == numerics::Rounding::Stochastic &&
                   format.randomBits != numerics::kFullRandomBits
               ? translated("%1, %2 random bits").arg(text).arg(format.randomBits)
               : text;
}

QString magnitudeOfText(const numerics::FormatRange& range, double value) {
    const QString text = magnitudeText(value);
    return range.relative ? translated("%1 (of the block's scale)").arg(text) : text;
}

QString capabilityText(const numerics::Format& format) {
    const auto range = numerics::rangeOf(format);
    const QString text =
        range.relative
            ? translated(
                  "%1 per element · in units of the block's scale: largest %2 · smallest "
                  "step %3")
            : translated("%1 per element · largest %2 · smallest step %3");
    return text.arg(bitsPerElementText(numerics::nominalStorageBits(format)),
                    magnitudeText(range.largest), magnitudeText(range.smallestStep));
}

bool parameterMatters(const numerics::Format& format, std::string_view parameter) {
    const auto& family = numerics::familyOf(format);
    return family.matters == nullptr || family.matters(format, parameter);
}

bool isMainParameter(const numerics::FormatFamily& family, int parameter) {
    static constexpr std::array<std::string_view, 15> kMain{
        "exp",  "bits",    "kind", "scale", "sub",  "micro", "block", "size",
        "rows", "columns", "box0", "box1",  "box2", "box3",  "box4"};
    const auto id = family.parameters[static_cast<std::size_t>(parameter)].spec.id;
    return parameter < std::max(family.positional, 1) ||
           std::find(kMain.begin(), kMain.end(), id) != kMain.end();
}

bool hasUnusualParameter(const numerics::Format& format) {
    const auto& family = numerics::familyOf(format);
    const auto unusual = numerics::unusualParameters(format);
    for (std::size_t i = 0; i < unusual.size(); ++i) {
        if (unusual[i] && !isMainParameter(family, static_cast<int>(i))) {
            return true;
        }
    }
    return false;
}

QString accumulatorLabel(const numerics::Accumulator& accumulator) {
    if (accumulator == nn::kBlockSums) {
        return translated("FP32 from block to block");
    }
    const auto named = numerics::namedAccumulators();
    const auto found = std::find_if(named.begin(), named.end(), [&](const auto& entry) {
        return entry.accumulator == accumulator;
    });
    return toQt(found == named.end() ? numerics::accumulatorText(accumulator)
                                     : std::string(found->label));
}

QString computeLabel(const design::PrecisionPlan& plan) {
    if (plan.compute == nn::ComputeMode::Approximate) {
        const auto named = numerics::namedMultipliers();
        const auto found = std::find_if(named.begin(), named.end(), [&](const auto& entry) {
            return entry.multiplier == plan.multiplier;
        });
        return translated("Approximate: %1")
            .arg(toQt(found == named.end() ? numerics::multiplierText(plan.multiplier)
                                           : found->label));
    }
    if (plan.compute == nn::ComputeMode::BitTrue && plan.accumulator != nn::kBlockSums) {
        return translated("Bit-true, added in %1").arg(accumulatorLabel(plan.accumulator));
    }
    return toQt(nn::infoOf(plan.compute).label);
}

}  // namespace mantissa::ui
