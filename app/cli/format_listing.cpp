// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/format_listing.h"

#include <array>
#include <utility>

#include "app/cli/format_drawing.h"
#include "app/engine/units.h"

namespace mantissa::cli {
namespace {

using numerics::Format;
using numerics::FormatFamily;

constexpr int kDigits = 6;

app::Cell cell(std::string_view text) {
    return app::textCell(std::string(text));
}

app::Cell magnitudeCell(double value, bool relative = false) {
    return app::numberCell(value,
                           app::significantText(value, kDigits) + (relative ? " x scale" : ""));
}

nlohmann::json jsonOf(const app::Table& table) {
    return nlohmann::json::parse(app::tableText(table, app::TableFormat::Json));
}

std::string textOf(const app::Table& table) {
    return app::tableText(table, app::TableFormat::Text);
}

std::string allowedText(const ParamSpec& spec) {
    if (spec.kind == ParamKind::Boolean) {
        return "on, off";
    }
    if (spec.kind == ParamKind::Choice) {
        std::string list;
        for (const auto choice : spec.choices) {
            list += (list.empty() ? "" : ", ") + std::string(choice);
        }
        return list;
    }
    return app::exactText(spec.minimum) + " to " + app::exactText(spec.maximum) +
           (spec.unit.empty() ? "" : " " + std::string(spec.unit));
}

bool isBlockExtent(const FormatFamily& family, std::string_view id) {
    return family.setBlock != nullptr &&
           (id == "size" || id == "rows" || id == "columns" || id.substr(0, 3) == "box");
}

const numerics::NamedFormat* nameOf(const Format& format) {
    const auto text = numerics::formatText(format);
    for (const auto& named : numerics::namedFormats()) {
        if (named.name == text) {
            return &named;
        }
    }
    return nullptr;
}

struct RoundingHelp {
    std::string_view name;
    std::string_view help;
};
constexpr std::array<RoundingHelp, 7> kRoundings{{
    {"nearest_even", "To the nearest value, ties to the even code (IEEE 754, OCP MX)"},
    {"nearest_away", "To the nearest value, ties away from zero (microxcaling's default)"},
    {"nearest_up", "To the nearest value, ties toward +infinity (QPyTorch's block quantiser)"},
    {"nearest_down", "To the nearest value, ties toward -infinity (Gupta's round-to-nearest)"},
    {"toward_zero", "Cuts bits off: MSFP, FlexBlock, LightNorm, FAST's operands"},
    {"floor", "Toward -infinity: two's complement with bits cut off"},
    {"stochastic",
     "Up with the probability of the remainder, keyed by seed and element; stochastic<8> compares "
     "with 8 random bits, 1 to 24"},
}};

app::Table figureTable(const Format& format) {
    const auto range = numerics::rangeOf(format);
    const auto* named = nameOf(format);
    app::Table table;
    table.columns = {{"what", "Figure"}, {"value", "Value"}};
    const auto add = [&](const char* what, std::string_view value) {
        table.rows.push_back({cell(what), cell(value)});
    };
    const auto magnitude = [&](double value) { return magnitudeCell(value, range.relative).text; };
    add("Name", numerics::formatText(format));
    if (named != nullptr) {
        add("Label", named->label);
    }
    const auto& family = numerics::familyOf(format);
    add("Spelling",
        family.parameters.empty() ? std::string(family.id) : numerics::genericText(format));
    add("Kind", std::string(family.id) + ": " + std::string(family.label));
    add("Storage", storageFormula(format));
    add("Largest", magnitude(range.largest));
    add("Smallest normal", magnitude(range.smallestNormal));
    add("Smallest step", magnitude(range.smallestStep));
    add("Source", named != nullptr ? named->source : "spelled out");
    return table;
}

/// The values that a format has of its kind's parameters, beside what they may be.
app::Table settingTable(const Format& format) {
    const auto& family = numerics::familyOf(format);
    app::Table table;
    table.columns = {{"id", "Key"},
                     {"value", "Value"},
                     {"allowed", "Allowed"},
                     {"label", "Parameter"},
                     {"help", "What it is"}};
    for (const auto& [spec, get, set] : family.parameters) {
        if (isBlockExtent(family, spec.id) ||
            (family.matters != nullptr && !family.matters(format, spec.id))) {
            continue;
        }
        const bool block = family.setBlock != nullptr && spec.id == "block";
        table.rows.push_back(
            {cell(spec.id),
             cell(block ? numerics::blockText(family.block(format)) : paramText(spec, get(format))),
             cell(block ? "16, 24x24, 1x24x3x3, slice, tensor" : allowedText(spec)),
             cell(spec.label), cell(spec.help)});
    }
    return table;
}

std::string titled(const std::string& title, const app::Table& table) {
    return table.rows.empty() ? "" : "\n" + title + "\n\n" + textOf(table);
}

nlohmann::json parametersJson(const FormatFamily& family) {
    auto array = nlohmann::json::array();
    for (const auto& parameter : family.parameters) {
        const auto& spec = parameter.spec;
        constexpr std::array kKinds{"integer", "real", "boolean", "choice"};
        array.push_back(
            {{"id", spec.id},
             {"label", spec.label},
             {"unit", spec.unit},
             {"help", spec.help},
             {"type", kKinds.at(static_cast<std::size_t>(spec.kind))},
             {"minimum", spec.minimum},
             {"maximum", spec.maximum},
             {"default", parameter.get(family.defaults)},
             {"choices", std::vector<std::string>(spec.choices.begin(), spec.choices.end())}});
    }
    return array;
}

}  // namespace

app::Table namedFormatTable() {
    app::Table table;
    table.columns = {{"name", "Name"},
                     {"label", "Label"},
                     {"kind", "Kind"},
                     {"bits_per_element", "Bits", true},
                     {"largest", "Largest", true},
                     {"smallest_normal", "Smallest normal", true},
                     {"smallest_step", "Smallest step", true},
                     {"source", "Source"}};
    for (const auto& named : numerics::namedFormats()) {
        const auto range = numerics::rangeOf(named.format);
        table.rows.push_back(
            {cell(named.name), cell(named.label), cell(numerics::familyOf(named.format).id),
             magnitudeCell(numerics::nominalStorageBits(named.format)),
             magnitudeCell(range.largest, range.relative),
             magnitudeCell(range.smallestNormal, range.relative),
             magnitudeCell(range.smallestStep, range.relative), cell(named.source)});
    }
    return table;
}

app::Table kindTable() {
    app::Table table;
    table.columns = {
        {"kind", "Kind"}, {"label", "Label"}, {"grammar", "Spelling"}, {"help", "What it is"}};
    for (const auto& family : numerics::formatFamilies()) {
        table.rows.push_back(
            {cell(family.id), cell(family.label), cell(family.grammar), cell(family.help)});
    }
    return table;
}

app::Table parameterTable(const FormatFamily& family) {
    app::Table table;
    table.columns = {{"id", "Key"},
                     {"allowed", "Allowed"},
                     {"default", "Default"},
                     {"label", "Parameter"},
                     {"help", "What it is"}};
    for (const auto& [spec, get, set] : family.parameters) {
        if (isBlockExtent(family, spec.id)) {
            continue;
        }
        const bool block = family.setBlock != nullptr && spec.id == "block";
        table.rows.push_back(
            {cell(spec.id), cell(block ? "16, 24x24, 1x24x3x3, slice, tensor" : allowedText(spec)),
             cell(block ? numerics::blockText(family.block(family.defaults))
                        : paramText(spec, get(family.defaults))),
             cell(spec.label), cell(spec.help)});
    }
    return table;
}

app::Table roundingTable() {
    app::Table table;
    table.columns = {{"name", "Rounding"}, {"help", "What it does"}};
    for (const auto& rounding : kRoundings) {
        table.rows.push_back({cell(rounding.name), cell(rounding.help)});
    }
    return table;
}

app::Table conventionTable() {
    app::Table table;
    table.columns = {{"id", "Convention"},
                     {"label", "Label"},
                     {"kinds", "Kinds"},
                     {"system", "System"},
                     {"source", "Source"}};
    for (const auto& convention : numerics::conventions()) {
        std::string kinds;
        for (const auto& rule : convention.rules) {
            kinds += (kinds.empty() ? "" : ", ") + std::string(numerics::familyOf(rule.pattern).id);
        }
        table.rows.push_back({cell(convention.id), cell(convention.label), cell(kinds),
                              cell(convention.system), cell(convention.source)});
    }
    return table;
}

app::Table factTable(const numerics::ConventionRule& rule) {
    app::Table table;
    table.columns = {{"what", "Fixed"}, {"value", "Value"}};
    for (auto& fact : numerics::conventionFacts(rule)) {
        table.rows.push_back(
            {app::textCell(std::move(fact.what)), app::textCell(std::move(fact.value))});
    }
    return table;
}

app::Table adoptionTable(const Format& format) {
    app::Table table;
    table.columns = {{"id", "Convention"},
                     {"format", "Format becomes"},
                     {"rounding", "Rounding"},
                     {"gradient_rounding", "Rounding of gradients"}};
    const auto roundingOf = [](const std::optional<numerics::RoundingChoice>& choice) {
        return choice ? numerics::roundingText(choice->rounding, choice->randomBits)
                      : std::string("yours");
    };
    for (const auto& convention : numerics::conventions()) {
        const auto adopted = numerics::adopt(convention, {format});
        if (!adopted) {
            continue;
        }
        const auto* rule = numerics::ruleFor(convention, format);
        table.rows.push_back(
            {cell(convention.id),
             cell(adopted->format == format ? "as it is" : numerics::formatText(adopted->format)),
             cell(roundingOf(rule->operands)), cell(roundingOf(rule->gradients))});
    }
    return table;
}

std::string storageFormula(const Format& format) {
    const auto fields = numerics::bitFieldsOf(format);
    std::string text;
    for (const auto& field : fields.element) {
        text += (text.empty() ? "" : " + ") + field.label + " " + std::to_string(field.bits);
    }
    std::string whole;
    for (const auto& [field, by] : fields.shared) {
        const bool dataDecide = by == "the tensor" || by == "a slice";
        (dataDecide ? whole : text) += (dataDecide && whole.empty() ? ", and " : " + ") +
                                       field.label + " " + std::to_string(field.bits) +
                                       (dataDecide ? "" : " / " + by);
        if (dataDecide && &fields.shared.back().field == &field) {
            whole += " once for " + by;
        }
    }
    return text + " = " + app::significantText(numerics::nominalStorageBits(format), kDigits) +
           (numerics::nominalStorageBits(format) == 1 ? " bit" : " bits") + whole;
}

std::string formatsText() {
    std::string text =
        textOf(namedFormatTable()) +
        "\nBits: stored bits an element, what a full block shares spread over its elements.\n"
        "Largest and smallest are magnitudes; of block formats at the largest and the smallest\n"
        "shared exponent. \"x scale\": in units of a scale that each block takes from its data.\n"
        "'mantissa-cli formats NAME' shows one format with its bits.\n"
        "\nAny format of a kind can be spelled out:\n\n" +
        textOf(kindTable());
    for (const auto& family : numerics::formatFamilies()) {
        text += titled("Parameters of " + std::string(family.id), parameterTable(family));
    }
    return text + titled("Roundings", roundingTable()) +
           titled(
               "Conventions of published systems ('mantissa-cli formats --conventions ID' "
               "explains one)",
               conventionTable());
}

nlohmann::json formatsJson() {
    auto formats = jsonOf(namedFormatTable());
    for (std::size_t i = 0; i < formats.size(); ++i) {
        const auto& format = numerics::namedFormats()[i].format;
        formats[i]["range_relative"] = numerics::rangeOf(format).relative;
        formats[i]["spelling"] = numerics::familyOf(format).parameters.empty()
                                     ? std::string(numerics::familyOf(format).id)
                                     : numerics::genericText(format);
    }
    auto kinds = jsonOf(kindTable());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        kinds[i]["parameters"] = parametersJson(numerics::formatFamilies()[i]);
    }
    auto conventions = nlohmann::json::array();
    for (const auto& convention : numerics::conventions()) {
        conventions.push_back(conventionJson(convention));
    }
    return {{"formats", formats},
            {"kinds", kinds},
            {"roundings", jsonOf(roundingTable())},
            {"conventions", conventions}};
}

std::string formatDetailText(const Format& format) {
    return textOf(figureTable(format)) + "\n" + drawingText(numerics::bitFieldsOf(format)) +
           titled("Parameters", settingTable(format)) +
           titled("Conventions that speak of it", adoptionTable(format));
}

nlohmann::json formatDetailJson(const Format& format) {
    const auto range = numerics::rangeOf(format);
    const auto& family = numerics::familyOf(format);
    const auto* named = nameOf(format);
    const auto fields = numerics::bitFieldsOf(format);
    auto element = nlohmann::json::array();
    for (const auto& field : fields.element) {
        element.push_back({{"label", field.label}, {"bits", field.bits}});
    }
    auto shared = nlohmann::json::array();
    for (const auto& [field, by] : fields.shared) {
        shared.push_back({{"label", field.label}, {"bits", field.bits}, {"shared_by", by}});
    }
    return {{"format", numerics::formatText(format)},
            {"label", named != nullptr ? nlohmann::json(named->label) : nlohmann::json()},
            {"kind", family.id},
            {"spelling",
             family.parameters.empty() ? std::string(family.id) : numerics::genericText(format)},
            {"bits_per_element", numerics::nominalStorageBits(format)},
            {"largest", range.largest},
            {"smallest_normal", range.smallestNormal},
            {"smallest_step", range.smallestStep},
            {"range_relative", range.relative},
            {"source", named != nullptr ? nlohmann::json(named->source) : nlohmann::json()},
            {"element_bits", element},
            {"shared_bits", shared},
            {"parameters", jsonOf(settingTable(format))},
            {"conventions", jsonOf(adoptionTable(format))}};
}

std::string conventionText(const numerics::Convention& convention) {
    std::string text = std::string(convention.label) + ": " + std::string(convention.system) +
                       "\nSource: " + std::string(convention.source) + "\n\n" +
                       std::string(convention.explanation) + "\n";
    for (const auto& rule : convention.rules) {
        text += titled("Of " + std::string(numerics::familyOf(rule.pattern).id) + ", for example " +
                           numerics::formatText(rule.pattern),
                       factTable(rule));
    }
    return text;
}

nlohmann::json conventionJson(const numerics::Convention& convention) {
    auto rules = nlohmann::json::array();
    for (const auto& rule : convention.rules) {
        rules.push_back({{"kind", numerics::familyOf(rule.pattern).id},
                         {"example", numerics::formatText(rule.pattern)},
                         {"fixes", jsonOf(factTable(rule))}});
    }
    return {{"id", convention.id},
            {"label", convention.label},
            {"system", convention.system},
            {"source", convention.source},
            {"rules", rules},
            {"explanation", convention.explanation}};
}

}  // namespace mantissa::cli
