// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/format_page.h"

#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "app/cli/format_drawing.h"
#include "app/cli/format_listing.h"
#include "app/engine/units.h"
#include "core/numerics/quantise.h"

namespace mantissa::cli {
namespace {

using numerics::Format;
using numerics::FormatFamily;

/// A kind's example and how its result comes about; the result itself is computed.
struct Example {
    std::string_view format;
    std::string_view how;
};
constexpr std::array kExamples{
    Example{"fp32", "Nothing changes: numbers travel as binary32 anyway."},
    Example{"fp8_e4m3",
            "7 is 1.75 x 2^2 and 1.3 lies between 1.25 and 1.375: three fraction bits make steps "
            "of 1/8 between 1 and 2, and of 1/64 between 1/8 and 1/4."},
    Example{"bfp<8,block=16>",
            "The largest magnitude is 7, so E = 2. Seven bits of magnitude beside the sign leave "
            "the step 2^(E + 1 - 7) = 1/16 for every element: 0.24 keeps two bits of its own."},
    Example{"mxfp4_e2m1",
            "The largest exponent is 2 and E2M1's largest number is 6 = 1.5 x 2^2, so the scale is "
            "2^(2 - 2) = 1. 7 saturates to 6; 0.24 lies below half the smallest step, 0.5."},
    Example{"smx<3,block=4,sub=2>",
            "E = 2, the step 2^(2 + 1 - 3) = 1. The second pair is smaller and lowers it to 1/2: "
            "-0.4 becomes -0.5."},
    Example{"fixed<3,5>", "Steps of 2^-5 from -4 to 3.96875 whatever the data are: 7 saturates."},
    Example{"affine<4>",
            "From -0.4 to 7 are 15 steps of 7.4 / 15 = 0.4933. Both ends are codes, zero is not."},
    Example{"pow2<4>",
            "7 lies nearer to 8 than to 4, so the seven powers run from 1/8 to 8; -0.4 is nearer "
            "to -1/2 than to -1/4."},
    Example{"binary<scale=mean>",
            "The mean magnitude is (7 + 1.3 + 0.4 + 0.24) / 4 = 2.235; only signs remain."},
    Example{"ternary",
            "0.7 times the mean magnitude 2.235 is 1.5645: only 7 lies above, and what lies above "
            "takes its own mean."},
    Example{"codebook<1>", "Two values: k-means settles on 7 and on the mean of the other three."},
    Example{"bounded<0.125>", "Steps of 2 x 0.125: no error exceeds 0.125."},
};

static_assert(kExamples.size() == std::variant_size_v<Format>, "one a kind");

constexpr std::array kBlock{7.0F, 1.3F, -0.4F, 0.24F};

/// In the families' order.
const Example& exampleOf(const FormatFamily& family) {
    return kExamples.at(static_cast<std::size_t>(&family - numerics::formatFamilies().data()));
}

std::string listText(const std::array<float, 4>& values) {
    std::string text = "{";
    for (const float value : values) {
        text += (text.size() == 1 ? "" : ", ") +
                app::significantText(static_cast<double>(value == 0 ? 0.0F : value), 6);
    }
    return text + "}";
}

std::string quantisedText(const numerics::TensorFormat& format) {
    std::array<float, 4> out{};
    numerics::quantiseRef(kBlock, out, {1, 4}, 1, format, {});
    return listText(out);
}

std::string markdown(const app::Table& table) {
    return app::tableText(table, app::TableFormat::Markdown);
}

/// The anchor of a heading that consists of the id alone.
std::string link(std::string_view id) {
    return "[" + std::string(id) + "](#" + std::string(id) + ")";
}

app::Cell cell(std::string text) {
    return app::textCell(std::move(text));
}

constexpr std::string_view kIntroduction =
    R"(A format says which numbers a tensor may hold. Every value is replaced by one of them before it is multiplied or stored,
and how the two in reach are chosen between is the rounding.

**Five minutes:** read the table below, then the kind you use, then the [rounding](#roundings). If you reproduce a
paper, its name under [conventions](#conventions) sets everything but your widths:
`mantissa-cli quantize IN.npy OUT.npy --format 'bfp<8>' --as hbfp`.

Elements may stand alone (`float`, `fixed`), share one exponent (`bfp`, `mx`, `smx`), or share a scale that follows the data (`affine`,
`pow2`, `binary`, `ternary`, `codebook`). Sharing saves bits and makes small neighbours of large elements vanish: the block's largest
magnitude rules. Compare `bfp` and `float` in the last column.
)";

std::string overview() {
    app::Table table;
    table.columns = {{"kind", "Kind"},
                     {"what", "What it is"},
                     {"example", "Example"},
                     {"bits", "Bits an element", true},
                     {"block", listText(kBlock) + " becomes"}};
    for (const auto& family : numerics::formatFamilies()) {
        const auto& example = exampleOf(family);
        const auto format = numerics::parseFormat(example.format).value();
        table.rows.push_back({cell(link(family.id)), cell(std::string(family.help)),
                              cell("`" + std::string(example.format) + "`"),
                              cell(app::significantText(numerics::nominalStorageBits(format), 6)),
                              cell(quantisedText({format}))});
    }
    return markdown(table) +
           "\nAll by `nearest_even`. What is shared is spread over a full block; a block as large "
           "as "
           "the tensor shares nothing that counts.\n";
}

std::string namesOf(const FormatFamily& family) {
    app::Table table;
    table.columns = {{"name", "Name"},
                     {"spelling", "Spelled out"},
                     {"bits", "Bits", true},
                     {"source", "Source"}};
    for (const auto& named : numerics::namedFormats()) {
        if (&numerics::familyOf(named.format) == &family && !family.parameters.empty()) {
            table.rows.push_back(
                {cell("`" + std::string(named.name) + "`"),
                 cell("`" + numerics::genericText(named.format) + "`"),
                 cell(app::significantText(numerics::nominalStorageBits(named.format), 6)),
                 cell(std::string(named.source))});
        }
    }
    return table.rows.empty() ? "" : "\nNamed formats:\n\n" + markdown(table);
}

std::string speakersOf(const Format& format) {
    std::string list;
    for (const auto& convention : numerics::conventions()) {
        if (numerics::ruleFor(convention, format) != nullptr) {
            list += (list.empty() ? "" : ", ") + link(convention.id);
        }
    }
    return list.empty() ? "" : "\nConventions that speak of it: " + list + ".\n";
}

std::string kindSection(const FormatFamily& family) {
    const auto& example = exampleOf(family);
    const auto format = numerics::parseFormat(example.format).value();
    std::string text = "\n### " + std::string(family.id) + "\n**" + std::string(family.label) +
                       ".** " + std::string(family.help) + "\n\n`" + std::string(family.grammar) +
                       "`\n\n![Bits of this example](images/formats/" + std::string(family.id) +
                       ".svg)\n\n";
    text += "`" + std::string(example.format) + "` turns " + listText(kBlock) + " into **" +
            quantisedText({format}) + "**. " + std::string(example.how) +
            "\n\nStorage: " + storageFormula(format) + ".\n";
    if (!family.parameters.empty()) {
        text += "\n" + markdown(parameterTable(family));
    }
    return text + namesOf(family) + speakersOf(format);
}

/// One kind's block under every system that speaks of it.
std::string comparison() {
    app::Table table;
    table.columns = {{"convention", "Convention"},
                     {"start", "Start"},
                     {"format", "Becomes"},
                     {"rounding", "Rounding"},
                     {"block", listText(kBlock) + " becomes"}};
    constexpr std::array<std::string_view, 3> kStarts{"bfp<5>", "mxfp4_e2m1", "mxint8"};
    for (const auto start : kStarts) {
        for (const auto& convention : numerics::conventions()) {
            auto adopted = numerics::adopt(convention, {numerics::parseFormat(start).value()});
            if (!adopted) {
                continue;
            }
            const auto rounding = numerics::roundingText(adopted->rounding, adopted->randomBits);
            const bool noisy = adopted->rounding == numerics::Rounding::Stochastic;
            if (noisy) {
                adopted->rounding = numerics::Rounding::NearestEven;
            }
            table.rows.push_back({cell(link(convention.id)), cell("`" + std::string(start) + "`"),
                                  cell("`" + numerics::formatText(adopted->format) + "`"),
                                  cell(rounding),
                                  cell(quantisedText(*adopted) + (noisy ? " without noise" : ""))});
        }
    }
    return markdown(table);
}

std::string conventionSection(const numerics::Convention& convention) {
    std::string text = "\n### " + std::string(convention.id) + "\n**" +
                       std::string(convention.label) + ".** " + std::string(convention.system) +
                       ". *Source: " + std::string(convention.source) + ".*\n\n" +
                       std::string(convention.explanation) + "\n";
    for (const auto& rule : convention.rules) {
        text += "\nOf " + link(numerics::familyOf(rule.pattern).id) + ", for example `" +
                numerics::formatText(rule.pattern) + "`:\n\n" + markdown(factTable(rule));
    }
    return text;
}

std::string pageText() {
    std::string text =
        "# Formats\n\n<!-- Written by scripts/formats from the registry; a test "
        "holds it against the program. -->\n\n" +
        std::string(kIntroduction) + "\n" + overview() + "\n## Kinds\n";
    for (const auto& family : numerics::formatFamilies()) {
        text += kindSection(family);
    }
    text += "\n## Roundings\n\n" + markdown(roundingTable());
    text +=
        "\n## Conventions\nWhat published systems do with these formats. A convention keeps "
        "your widths and sets the rest; each says how its\nrules are known. The same widths "
        "under each of them:\n\n" +
        comparison();
    for (const auto& convention : numerics::conventions()) {
        text += conventionSection(convention);
    }
    return text;
}

}  // namespace

std::vector<PageFile> formatPage() {
    std::vector<PageFile> files{{"formats.md", pageText()}};
    for (const auto& family : numerics::formatFamilies()) {
        const auto& example = exampleOf(family);
        const auto format = numerics::parseFormat(example.format).value();
        files.push_back(
            {"images/formats/" + std::string(family.id) + ".svg",
             drawingSvg(numerics::bitFieldsOf(format), "Bits of " + std::string(example.format))});
    }
    return files;
}

}  // namespace mantissa::cli
