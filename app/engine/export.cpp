// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/export.h"

#include <ctime>
#include <optional>

#include "app/engine/units.h"
#include "core/numerics/registry.h"

namespace mantissa::app {
namespace {

constexpr int kLossDecimals = 4;

std::string twoDigits(int value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

Cell optionalCell(const std::optional<double>& value, std::string (*text)(double)) {
    return value ? numberCell(*value, text(*value)) : Cell{};
}

std::string lossText(double loss) {
    return fixedText(loss, kLossDecimals);
}

std::string endedHow(const store::RunRow& run) {
    auto text = store::statusText(run);
    return run.reason.empty() ? text : text + ": " + run.reason;
}

Cell emulationCell(const store::RunRow& run) {
    return run.emulation == store::kUnknownEmulation ? textCell("unknown")
                                                     : numberCell(run.emulation);
}

std::vector<Cell> stepRow(const store::RunRow& run, const train::StepMetric& step) {
    return {textCell(run.designName),
            textCell(run.designHash),
            numberCell(static_cast<double>(run.id)),
            emulationCell(run),
            textCell("step"),
            Cell{},
            numberCell(static_cast<double>(step.step)),
            numberCell(step.loss),
            numberCell(step.accuracy),
            Cell{},
            Cell{},
            Cell{}};
}

std::vector<Cell> epochRow(const store::RunRow& run, const train::EpochMetric& epoch) {
    return {textCell(run.designName),
            textCell(run.designHash),
            numberCell(static_cast<double>(run.id)),
            emulationCell(run),
            textCell("epoch"),
            numberCell(epoch.epoch),
            numberCell(static_cast<double>(epoch.step)),
            numberCell(epoch.trainLoss),
            numberCell(epoch.trainAccuracy),
            numberCell(epoch.testLoss),
            numberCell(epoch.testAccuracy),
            numberCell(epoch.seconds)};
}

}  // namespace

std::string timestampText(std::int64_t unixMs) {
    if (unixMs == 0) {
        return {};
    }
    const auto seconds = static_cast<std::time_t>(unixMs / 1000);
    std::tm utc{};
    if (gmtime_r(&seconds, &utc) == nullptr) {
        return {};
    }
    return std::to_string(utc.tm_year + 1900) + '-' + twoDigits(utc.tm_mon + 1) + '-' +
           twoDigits(utc.tm_mday) + ' ' + twoDigits(utc.tm_hour) + ':' + twoDigits(utc.tm_min) +
           ':' + twoDigits(utc.tm_sec) + 'Z';
}

Table designsTable(std::span<const store::DesignRow> designs) {
    Table table;
    table.columns = {{"hash", "Hash"},
                     {"name", "Name"},
                     {"created", "Created"},
                     {"status", "Run"},
                     {"emulation", "Emulation", true},
                     {"epochs_done", "Epochs", true},
                     {"test_accuracy", "Test accuracy", true},
                     {"test_loss", "Test loss", true},
                     {"area_um2", "Area (modelled)", true},
                     {"energy_pj", "Energy/step (modelled)", true},
                     {"cycles", "Cycles/step (modelled)", true}};
    for (const auto& row : designs) {
        const auto& run = row.latestRun;
        table.rows.push_back(
            {textCell(row.hash), textCell(row.design.name()),
             textCell(timestampText(row.createdMs)),
             textCell(run ? std::string(store::statusText(run->status)) : "not run"),
             run ? emulationCell(*run) : Cell{}, run ? numberCell(run->epochsDone) : Cell{},
             optionalCell(run ? run->testAccuracy : std::nullopt, shareText),
             optionalCell(run ? run->testLoss : std::nullopt, lossText),
             optionalCell(row.area_um2, areaText), optionalCell(row.energy_pj, energyText),
             optionalCell(row.cycles, cyclesText)});
    }
    return table;
}

Table runsTable(std::span<const store::RunRow> runs) {
    Table table;
    table.columns = {{"run", "Run", true},
                     {"started", "Started"},
                     {"ended", "Ended"},
                     {"status", "How it ended"},
                     {"epochs", "Epochs", true},
                     {"test_accuracy", "Test accuracy", true},
                     {"threads", "Threads", true},
                     {"kernel_path", "Kernels"},
                     {"program_version", "Version"}};
    for (const auto& run : runs) {
        table.rows.push_back(
            {numberCell(static_cast<double>(run.id)), textCell(timestampText(run.startedMs)),
             textCell(timestampText(run.endedMs)), textCell(endedHow(run)),
             textCell(std::to_string(run.epochsDone) + " of " + std::to_string(run.epochsPlanned)),
             optionalCell(run.testAccuracy, shareText), numberCell(run.threads),
             textCell(run.kernelPath), textCell(run.programVersion)});
    }
    return table;
}

Table epochsTable(std::span<const train::EpochMetric> epochs) {
    Table table;
    table.columns = {{"epoch", "Epoch", true},           {"step", "Steps", true},
                     {"train_loss", "Train loss", true}, {"train_accuracy", "Train accuracy", true},
                     {"test_loss", "Test loss", true},   {"test_accuracy", "Test accuracy", true},
                     {"seconds", "Time", true}};
    for (const auto& epoch : epochs) {
        table.rows.push_back({numberCell(epoch.epoch), numberCell(static_cast<double>(epoch.step)),
                              numberCell(epoch.trainLoss, lossText(epoch.trainLoss)),
                              numberCell(epoch.trainAccuracy, shareText(epoch.trainAccuracy)),
                              numberCell(epoch.testLoss, lossText(epoch.testLoss)),
                              numberCell(epoch.testAccuracy, shareText(epoch.testAccuracy)),
                              numberCell(epoch.seconds, fixedText(epoch.seconds, 1) + " s")});
    }
    return table;
}

Table operandsTable(std::span<const nn::OperandStatistics> operands) {
    Table table;
    table.columns = {
        {"layer", "Layer"},           {"operand", "Operand"},       {"sqnr_db", "SQNR (dB)", true},
        {"clipped", "Clipped", true}, {"flushed", "Flushed", true}, {"zero_set", "Zero-set", true}};
    for (const auto& [layer, operand, statistics, zeroSet] : operands) {
        const double sqnr = statistics.sqnrDb();
        const double clipped = statistics.clippedShare();
        const double flushed = statistics.flushedShare();
        table.rows.push_back(
            {textCell(layer), textCell(std::string(operand)), numberCell(sqnr, fixedText(sqnr, 1)),
             numberCell(clipped, shareText(clipped)), numberCell(flushed, shareText(flushed)),
             zeroSet ? numberCell(*zeroSet, shareText(*zeroSet)) : Cell{}});
    }
    return table;
}

Table profilesTable(std::span<const nn::LayerProfile> profiles) {
    Table table;
    table.columns = {{"layer", "Layer"},
                     {"tensor", "Tensor"},
                     {"exponent_low", "Exponent of 1 %", true},
                     {"exponent_middle", "50 %", true},
                     {"exponent_high", "99 %", true},
                     {"zero", "Zero", true},
                     {"dead_channels", "Dead channels", true},
                     {"channels", "of", true}};
    for (const auto& [layer, tensor, profile] : profiles) {
        const auto exponent = [&profile = profile](double share) {
            return numberCell(profile.exponentAbove(share));
        };
        const double zero = profile.share(profile.zeros);
        table.rows.push_back({textCell(layer), textCell(std::string(tensor)), exponent(0.01),
                              exponent(0.5), exponent(0.99), numberCell(zero, shareText(zero)),
                              numberCell(static_cast<double>(profile.deadChannels)),
                              numberCell(static_cast<double>(profile.channels))});
    }
    return table;
}

Table sensitivityTable(const study::Sensitivity& sensitivity) {
    Table table{.columns = {{"layer", "Layer"},
                            {"role", "Role"},
                            {"format", "Format"},
                            {"saved_bits", "Saved (bits)", true},
                            {"accuracy", "Test accuracy", true},
                            {"lost", "Lost (points)", true},
                            {"lost_per_saved_bit", "Lost a bit", true}},
                .rows = {}};
    constexpr int kDecimals = 2;
    for (const auto& one : sensitivity.cases) {
        const auto points = [](double share) { return fixedText(100 * share, kDecimals); };
        table.rows.push_back(
            {textCell(one.layer), textCell(std::string(design::roleText(one.role))),
             textCell(numerics::formatText(one.format.format)),
             numberCell(one.savedBits, fixedText(one.savedBits, kDecimals)),
             one.accuracy ? numberCell(*one.accuracy, shareText(*one.accuracy))
                          : textCell("diverged"),
             one.accuracy ? numberCell(one.lost, points(one.lost)) : Cell{},
             one.accuracy ? numberCell(one.lostPerSavedBit(), points(one.lostPerSavedBit()))
                          : Cell{}});
    }
    return table;
}

Table curvesTable(std::span<const RunCurves> runs) {
    Table table;
    table.columns = {{"design", "Design"},
                     {"hash", "Hash"},
                     {"run", "Run", true},
                     {"emulation", "Emulation", true},
                     {"series", "Series"},
                     {"epoch", "Epoch", true},
                     {"step", "Step", true},
                     {"train_loss", "Train loss", true},
                     {"train_accuracy", "Train accuracy", true},
                     {"test_loss", "Test loss", true},
                     {"test_accuracy", "Test accuracy", true},
                     {"seconds", "Seconds", true}};
    for (const auto& [run, curves] : runs) {
        for (const auto& step : curves.steps) {
            table.rows.push_back(stepRow(run, step));
        }
        for (const auto& epoch : curves.epochs) {
            table.rows.push_back(epochRow(run, epoch));
        }
    }
    return table;
}

}  // namespace mantissa::app
