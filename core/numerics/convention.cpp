// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/convention.h"

#include <algorithm>
#include <cctype>

namespace mantissa::numerics {
namespace {

bool holds(std::span<const std::string_view> ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

void append(std::string& list, std::string_view word) {
    list += (list.empty() ? "" : ", ") + std::string(word);
}

/// What the system can be asked for, and who could be asked instead.
std::string hintFor(const Convention& convention, const Format& format) {
    std::string known;
    for (const auto& rule : convention.rules) {
        append(known, formatText(rule.pattern));
    }
    std::string others;
    for (const auto& other : conventions()) {
        if (ruleFor(other, format) != nullptr) {
            append(others, other.id);
        }
    }
    return "start from a format such as " + known +
           (others.empty() ? "" : "; of this kind of format speak " + others);
}

void keepParameters(const ConventionRule& rule, const Format& start, Format& adopted) {
    const auto& family = familyOf(start);
    for (const auto& parameter : family.parameters) {
        if (holds(rule.keeps, parameter.spec.id)) {
            parameter.set(adopted, parameter.get(start));
        }
    }
    if (auto* block = std::get_if<BlockFloat>(&adopted)) {
        block->mantissaBits += std::get<BlockFloat>(start).magnitudeBits() - block->magnitudeBits();
    }
    if (family.setBlock != nullptr) {
        const auto shape = family.block(start);
        if (std::find(rule.keepsBlocks.begin(), rule.keepsBlocks.end(), shape.kind) !=
            rule.keepsBlocks.end()) {
            family.setBlock(adopted, shape);
        }
    }
}

bool isBlockExtent(std::string_view id) {
    return id == "size" || id == "rows" || id == "columns" || id.substr(0, 3) == "box";
}

std::string blockFact(const ConventionRule& rule) {
    std::string text = blockText(familyOf(rule.pattern).block(rule.pattern));
    if (rule.keepsBlocks.empty()) {
        return text;
    }
    for (const auto kind : rule.keepsBlocks) {
        constexpr std::string_view kNames[] = {"run", "tile", "slice", "whole tensor", "box"};
        text += ", or your " + std::string(kNames[static_cast<std::size_t>(kind)]);
    }
    return text;
}

}  // namespace

Result<const Convention*> findConvention(std::string_view id) {
    const auto wanted = lowered(id);
    std::string ids;
    for (const auto& convention : conventions()) {
        if (convention.id == wanted) {
            return &convention;
        }
        append(ids, convention.id);
    }
    return fail(ErrorCode::InvalidInput,
                "there is no convention \"" + std::string(id) + "\", must be one of " + ids);
}

const ConventionRule* ruleFor(const Convention& convention, const Format& format) {
    const auto found =
        std::find_if(convention.rules.begin(), convention.rules.end(),
                     [&](const auto& rule) { return rule.pattern.index() == format.index(); });
    return found == convention.rules.end() ? nullptr : &*found;
}

Result<TensorFormat> adopt(const Convention& convention, const TensorFormat& start, TensorUse use) {
    const auto where = "convention " + std::string(convention.id);
    const auto* rule = ruleFor(convention, start.format);
    if (rule == nullptr) {
        return fail(ErrorCode::InvalidInput,
                    std::string(convention.label) + " does not say anything of " +
                        formatText(start.format) + ", whose kind is " +
                        std::string(familyOf(start.format).id),
                    where, hintFor(convention, start.format));
    }
    TensorFormat adopted = start;
    adopted.format = rule->pattern;
    keepParameters(*rule, start.format, adopted.format);
    if (rule->follow != nullptr) {
        if (const auto done = rule->follow(start.format, use, adopted.format); !done) {
            Error error = done.error();
            error.where = where;
            return tl::unexpected(std::move(error));
        }
    }
    if (const auto legal = validate(adopted.format); !legal) {
        return fail(legal.error().code, legal.error().message, where, legal.error().hint);
    }
    const auto& rounding = use == TensorUse::Operand ? rule->operands : rule->gradients;
    if (rounding) {
        adopted.rounding = rounding->rounding;
        adopted.randomBits = rounding->randomBits;
    }
    return adopted;
}

std::vector<ConventionFact> conventionFacts(const ConventionRule& rule) {
    const auto& family = familyOf(rule.pattern);
    const auto roundingOf = [](const std::optional<RoundingChoice>& choice) {
        return choice ? roundingText(choice->rounding, choice->randomBits)
                      : std::string("not stated: yours");
    };
    std::vector<ConventionFact> facts{{"Rounding", roundingOf(rule.operands)}};
    if (roundingOf(rule.operands) != roundingOf(rule.gradients)) {
        facts.push_back({"Rounding of gradients", roundingOf(rule.gradients)});
    }
    for (const auto& [spec, get, set] : family.parameters) {
        const bool partOfBlock = family.setBlock != nullptr && isBlockExtent(spec.id);
        const bool derived = holds(rule.derives, spec.id);
        const bool idle = family.matters != nullptr && !family.matters(rule.pattern, spec.id);
        if (partOfBlock || (idle && !derived)) {
            continue;
        }
        std::string value = paramText(spec, get(rule.pattern));
        if (holds(rule.keeps, spec.id)) {
            value = "yours";
        } else if (derived) {
            value = "follows from the widths";
        } else if (family.setBlock != nullptr && spec.id == "block") {
            value = blockFact(rule);
        }
        facts.push_back({std::string(spec.label), std::move(value)});
    }
    return facts;
}

}  // namespace mantissa::numerics
