// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli quantize: a tensor in, the nearest values of a number format out.
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
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
#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "core/thread_team.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string input;
    std::string output;
    std::string format;
    std::string rounding = "nearest_even";
    int axis = -1;
    std::uint64_t seed = 1;
    int threads = defaultThreads();
    bool report = false;
    bool json = false;
};

std::string withSuggestion(const std::string& format, const std::string& hint) {
    std::vector<std::string> names;
    for (const auto& named : numerics::namedFormats()) {
        names.emplace_back(named.name);
    }
    const std::string meant = closest(format, names);
    return meant.empty() ? hint : "did you mean " + meant + "?" + (hint.empty() ? "" : " ") + hint;
}

Result<numerics::TensorFormat> tensorFormat(const Options& options) {
    const auto format = numerics::parseFormat(options.format).map_error([&](Error error) {
        error.where = "--format " + options.format;
        error.hint = withSuggestion(options.format, error.hint);
        return error;
    });
    if (!format) {
        return tl::unexpected(format.error());
    }
    return numerics::parseRounding(options.rounding)
        .map_error([&](Error error) {
            error.where = "--rounding " + options.rounding;
            return error;
        })
        .map([&](const numerics::RoundingChoice& choice) {
            return numerics::TensorFormat{*format, choice.rounding, choice.randomBits};
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

std::string reportJson(const Options& options, const Shape& shape, int axis,
                       const numerics::TensorFormat& format,
                       const numerics::ErrorStatistics& statistics) {
    return document({{"input", options.input},
                     {"output", options.output},
                     {"shape", shape},
                     {"axis", axis},
                     {"format", numerics::formatText(format.format)},
                     {"rounding", numerics::roundingText(format.rounding, format.randomBits)},
                     {"seed", options.seed},
                     {"count", statistics.count},
                     {"sqnr_db", finiteJson(statistics.sqnrDb())},
                     {"clipped", statistics.clipped},
                     {"clipped_share", statistics.clippedShare()},
                     {"flushed", statistics.flushed},
                     {"flushed_share", statistics.flushedShare()},
                     {"max_abs_error", statistics.maxAbsError},
                     {"kernel_path", numerics::activePath()}});
}

std::string reportText(const numerics::ErrorStatistics& statistics) {
    const auto share = [](std::int64_t count, double part) {
        return app::shareText(part) + " (" + std::to_string(count) + ")";
    };
    app::Table table;
    table.columns = {{"what", "Figure"}, {"value", "Value", true}};
    table.rows = {
        {app::textCell("Elements"), app::textCell(std::to_string(statistics.count))},
        {app::textCell("SQNR"), app::textCell(app::fixedText(statistics.sqnrDb(), 2) + " dB")},
        {app::textCell("Clipped to the largest magnitude"),
         app::textCell(share(statistics.clipped, statistics.clippedShare()))},
        {app::textCell("Flushed to zero"),
         app::textCell(share(statistics.flushed, statistics.flushedShare()))},
        {app::textCell("Largest absolute error"),
         app::textCell(app::significantText(statistics.maxAbsError, 6))}};
    return app::tableText(table, app::TableFormat::Text);
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
    std::vector<float> quantised(array->values.size());
    numerics::ErrorStatistics statistics;
    if (!quantised.empty()) {
        ThreadTeam team(options.threads);
        const numerics::RandomKey key{.seed = options.seed, .step = 0, .tensor = 0};
        statistics = numerics::quantiseWithStatistics(array->values, quantised, shape, *axis,
                                                      *format, key, team);
    }
    const std::string header = data::npyHeader(array->shape);
    const auto written = writeFileAtomically(
        options.output, {std::as_bytes(std::span(header)), std::as_bytes(std::span(quantised))});
    if (!written) {
        return tl::unexpected(written.error());
    }
    if (options.json) {
        return Outcome{reportJson(options, array->shape, *axis, *format, statistics)};
    }
    const std::string line = options.output + ": " + shapeText(array->shape) + " in " +
                             numerics::formatText(format->format) + ", " +
                             numerics::roundingText(format->rounding, format->randomBits) + '\n';
    return Outcome{options.report ? line + '\n' + reportText(statistics) : line};
}

}  // namespace

void addQuantize(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("quantize", "Quantise a float32 .npy file of any rank");
    command->footer(
        "The output holds float32 values that the format can represent, in C order. Blocks of a\n"
        "block format run along the axis. SQNR is in dB: 10 log10(sum x^2 / sum (q - x)^2).\n"
        "Examples:\n"
        "  mantissa-cli quantize w.npy q.npy --format fp8_e4m3 --report\n"
        "  mantissa-cli quantize w.npy q.npy --format 'bfp<8,block=16>' --axis 1 --json\n"
        "  mantissa-cli quantize w.npy q.npy --format bf16 --rounding stochastic --seed 7");
    auto options = std::make_shared<Options>();
    command->add_option("IN", options->input, "Input: .npy, float32")->required();
    command->add_option("OUT", options->output, "Output: .npy, replaced in one step")->required();
    command
        ->add_option("--format", options->format,
                     "Number format: a name or a spelling of 'mantissa-cli formats'")
        ->required()
        ->type_name("F");
    command
        ->add_option("--rounding", options->rounding,
                     "nearest_even, nearest_away, nearest_up, toward_zero or stochastic "
                     "(default: nearest_even)")
        ->type_name("R");
    command
        ->add_option("--axis", options->axis,
                     "Axis along which blocks run, negative from the end (default: -1, the last)")
        ->type_name("K")
        ->check(CLI::Range(-data::kNpyMaxRank, data::kNpyMaxRank - 1));
    command->add_option("--seed", options->seed, "Seed of stochastic rounding (default: 1)")
        ->type_name("N");
    addThreadsOption(*command, options->threads);
    command->add_flag("--report", options->report,
                      "Print SQNR in dB, shares clipped and flushed to zero, largest error");
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return quantize(*options); }; });
}

}  // namespace mantissa::cli
