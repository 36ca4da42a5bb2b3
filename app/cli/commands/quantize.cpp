// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli quantize: a tensor in, the nearest values of a number format out.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/options.h"
#include "app/cli/suggestion.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/atomic_file.h"
#include "core/data/npy.h"
#include "core/numerics/convention.h"
#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "core/thread_team.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string input;
    std::string output;
    std::string format;
    std::string rounding;    ///< "": the convention's, or nearest_even
    std::string convention;  ///< "": none
    bool gradient = false;
    int axis = -1;
    std::uint64_t seed = 1;
    int threads = defaultThreads();
    bool report = false;
    bool json = false;
};

/// The hint with what the user probably meant before it.
template <typename T>
std::string withSuggestion(const std::string& word, std::span<const T> known,
                           std::string_view T::*name, const std::string& hint) {
    std::vector<std::string> names;
    for (const auto& one : known) {
        names.emplace_back(one.*name);
    }
    const std::string meant = closest(word, names);
    return meant.empty() ? hint : "did you mean " + meant + "?" + (hint.empty() ? "" : " ") + hint;
}

Result<numerics::TensorFormat> underConvention(const Options& options,
                                               const numerics::TensorFormat& format) {
    if (options.convention.empty()) {
        if (options.gradient) {
            return fail(ErrorCode::InvalidInput, "has no meaning without --as", "--gradient",
                        "for example --as fast --gradient");
        }
        return format;
    }
    const auto where = "--as " + options.convention;
    return numerics::findConvention(options.convention)
        .map_error([&](Error error) {
            error.where = where;
            error.hint = withSuggestion(options.convention, numerics::conventions(),
                                        &numerics::Convention::id, error.hint);
            return error;
        })
        .and_then([&](const numerics::Convention* convention) {
            return numerics::adopt(*convention, format,
                                   options.gradient ? numerics::TensorUse::Gradient
                                                    : numerics::TensorUse::Operand)
                .map_error([&](Error error) {
                    error.where = where;
                    return error;
                });
        });
}

/// The format, the convention's changes to it, and a rounding that was asked for above both.
Result<numerics::TensorFormat> tensorFormat(const Options& options) {
    const auto format = numerics::parseFormat(options.format).map_error([&](Error error) {
        error.where = "--format " + options.format;
        error.hint = withSuggestion(options.format, numerics::namedFormats(),
                                    &numerics::NamedFormat::name, error.hint);
        return error;
    });
    if (!format) {
        return tl::unexpected(format.error());
    }
    auto adopted = underConvention(options, {*format});
    if (!adopted || options.rounding.empty()) {
        return adopted;
    }
    return numerics::parseRounding(options.rounding)
        .map_error([&](Error error) {
            error.where = "--rounding " + options.rounding;
            return error;
        })
        .map([&](const numerics::RoundingChoice& choice) {
            return numerics::TensorFormat{adopted->format, choice.rounding, choice.randomBits};
        });
}

/// From an axis that may count from the end to one in [0, rank).
Result<int> resolveAxis(int axis, const Shape& shape) {
    const int rank = static_cast<int>(shape.size());
    const int resolved = axis < 0 ? axis + rank : axis;
    if (resolved < 0 || resolved >= rank) {
        return fail(ErrorCode::InvalidInput,
                    "is " + std::to_string(axis) + " (allowed: " + std::to_string(-rank) + " to " +
                        std::to_string(rank - 1) + " for the shape " + shapeText(shape) + ")",
                    "--axis", "negative axes count from the end");
    }
    return resolved;
}

nlohmann::json finiteJson(double value) {
    return value == std::numeric_limits<double>::infinity() ? nlohmann::json("inf")
                                                            : nlohmann::json(value);
}

/// What was done and what it cost.
struct Report {
    Shape shape;
    int axis = 0;
    std::string elementType;
    numerics::TensorFormat format;
    numerics::ErrorStatistics statistics;
    double bitsPerElement = 32;
};

std::string reportJson(const Options& options, const Report& report) {
    const auto& statistics = report.statistics;
    const auto& format = report.format;
    return document(
        {{"input", options.input},
         {"output", options.output},
         {"shape", report.shape},
         {"axis", report.axis},
         {"element_type", report.elementType},
         {"format", numerics::formatText(format.format)},
         {"rounding", numerics::roundingText(format.rounding, format.randomBits)},
         {"convention",
          options.convention.empty() ? nlohmann::json() : nlohmann::json(options.convention)},
         {"seed", options.seed},
         {"count", statistics.count},
         {"bits_per_element", report.bitsPerElement},
         {"sqnr_db", finiteJson(statistics.sqnrDb())},
         {"clipped", statistics.clipped},
         {"clipped_share", statistics.clippedShare()},
         {"flushed", statistics.flushed},
         {"flushed_share", statistics.flushedShare()},
         {"max_abs_error", statistics.maxAbsError},
         {"kernel_path", numerics::activePath()}});
}

std::string reportText(const Report& report) {
    const auto& statistics = report.statistics;
    const auto share = [](std::int64_t count, double part) {
        return app::shareText(part) + " (" + std::to_string(count) + ")";
    };
    app::Table table;
    table.columns = {{"what", "Figure"}, {"value", "Value", true}};
    const auto add = [&](const char* what, std::string value) {
        table.rows.push_back({app::textCell(what), app::textCell(std::move(value))});
    };
    add("Elements", std::to_string(statistics.count));
    add("Bits an element, in this shape", app::significantText(report.bitsPerElement, 6));
    add("SQNR", app::fixedText(statistics.sqnrDb(), 2) + " dB");
    add("Clipped to the largest magnitude", share(statistics.clipped, statistics.clippedShare()));
    add("Flushed to zero", share(statistics.flushed, statistics.flushedShare()));
    add("Largest absolute error", app::significantText(statistics.maxAbsError, 6));
    return app::tableText(table, app::TableFormat::Text);
}

/// That the numbers were not float32 to begin with is said, since it can change the result.
void noteConversion(const std::string& input, const data::NpyArray& array) {
    const char size = array.elementType.back();
    if (size == '4') {
        return;
    }
    std::string note = "note: " + input + " holds float" + (size == '2' ? "16" : "64");
    note += array.rounded == 0 ? ", all of whose numbers are float32 numbers too\n"
                               : "; " + std::to_string(array.rounded) + " of " +
                                     std::to_string(array.values.size()) +
                                     " numbers were rounded to float32 first, " +
                                     std::to_string(array.overflowed) + " of them to infinity\n";
    std::fputs(note.c_str(), stderr);
}

Result<Outcome> quantize(const Options& options) {
    const auto format = tensorFormat(options);
    if (!format) {
        return tl::unexpected(format.error());
    }
    const auto array = data::readNpy(options.input);
    if (!array) {
        return tl::unexpected(array.error());
    }
    // A single value has no axis; it is quantised as a tensor of one element.
    const Shape shape = array->shape.empty() ? Shape{1} : array->shape;
    const auto axis = resolveAxis(options.axis, shape);
    if (!axis) {
        return tl::unexpected(axis.error());
    }
    noteConversion(options.input, *array);
    std::vector<float> quantised(array->values.size());
    Report report{array->shape, *axis, array->elementType, *format, {}, 32};
    report.bitsPerElement = numerics::storageBitsPerElement(format->format, shape, *axis);
    if (!quantised.empty()) {
        ThreadTeam team(options.threads);
        const numerics::RandomKey key{.seed = options.seed, .step = 0, .tensor = 0};
        report.statistics = numerics::quantiseWithStatistics(array->values, quantised, shape, *axis,
                                                             *format, key, team);
    }
    const std::string header = data::npyHeader(array->shape);
    const auto written = writeFileAtomically(
        options.output, {std::as_bytes(std::span(header)), std::as_bytes(std::span(quantised))});
    if (!written) {
        return tl::unexpected(written.error());
    }
    if (options.json) {
        return Outcome{reportJson(options, report)};
    }
    const std::string line = options.output + ": " + shapeText(array->shape) + " in " +
                             numerics::formatText(format->format) + ", " +
                             numerics::roundingText(format->rounding, format->randomBits) + '\n';
    return Outcome{options.report ? line + '\n' + reportText(report) : line};
}

/// What is wrong with a seed; empty: nothing. The library would take -1 for the largest one.
std::string seedError(const std::string& text) {
    std::uint64_t seed = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, seed);
    return read.ec == std::errc() && read.ptr == end
               ? std::string()
               : "Value " + text + " not in range 0 to " +
                     std::to_string(std::numeric_limits<std::uint64_t>::max());
}

}  // namespace

void addQuantize(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("quantize", "Quantise a .npy file of any rank");
    command->footer(
        "The output holds float32 values that the format can represent, in C order. float64 and\n"
        "float16 input becomes float32 first, which a note on standard error says. Blocks of a\n"
        "block format run along the axis. SQNR is in dB: 10 log10(sum x^2 / sum (q - x)^2).\n"
        "Examples:\n"
        "  mantissa-cli quantize w.npy q.npy --format fp8_e4m3 --report\n"
        "  mantissa-cli quantize w.npy q.npy --format 'bfp<8,block=16>' --axis 1 --json\n"
        "  mantissa-cli quantize w.npy q.npy --format bf16 --rounding stochastic --seed 7\n"
        "  mantissa-cli quantize g.npy q.npy --format 'bfp<4,sign=out>' --as fast --gradient");
    auto options = std::make_shared<Options>();
    command
        ->add_option("IN", options->input,
                     "Input: .npy of float32, float64 or float16, C or Fortran order")
        ->required();
    command->add_option("OUT", options->output, "Output: .npy, replaced in one step")->required();
    command
        ->add_option("--format", options->format,
                     "Number format: a name or a spelling of 'mantissa-cli formats'")
        ->required()
        ->type_name("F");
    command
        ->add_option("--as", options->convention,
                     "Keep the format's widths and take everything else from a published system of "
                     "'mantissa-cli formats --conventions'")
        ->type_name("CONVENTION");
    command->add_flag("--gradient", options->gradient,
                      "The tensor is a gradient: where a convention rounds gradients otherwise, so "
                      "does --as");
    command
        ->add_option("--rounding", options->rounding,
                     "nearest_even, nearest_away, nearest_up, nearest_down, toward_zero, floor, "
                     "stochastic, or stochastic<BITS> with 1 to 24 random bits (default: the "
                     "convention's, else nearest_even)")
        ->type_name("R");
    command
        ->add_option("--axis", options->axis,
                     "Axis along which blocks run, negative from the end (default: -1, the last)")
        ->type_name("K")
        ->check(CLI::Range(-data::kNpyMaxRank, data::kNpyMaxRank - 1));
    command
        ->add_option("--seed", options->seed, "Seed of stochastic rounding, 64 bits (default: 1)")
        ->type_name("N")
        ->check(seedError);
    addThreadsOption(*command, options->threads);
    command->add_flag(
        "--report", options->report,
        "Print bits an element, SQNR in dB, shares clipped and flushed to zero, largest "
        "error");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return quantize(*options); }; });
}

}  // namespace mantissa::cli
