// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/json.h"

namespace mantissa::cli {

std::string document(const nlohmann::json& json) {
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

nlohmann::json errorJson(const Error& error) {
    return {{"code", errorCodeName(error.code)},
            {"message", error.message},
            {"where", error.where},
            {"hint", error.hint}};
}

nlohmann::json epochsJson(std::span<const train::EpochMetric> epochs) {
    auto rows = nlohmann::json::array();
    for (const auto& epoch : epochs) {
        rows.push_back({{"epoch", epoch.epoch},
                        {"step", epoch.step},
                        {"train_loss", epoch.trainLoss},
                        {"train_accuracy", epoch.trainAccuracy},
                        {"test_loss", epoch.testLoss},
                        {"test_accuracy", epoch.testAccuracy},
                        {"seconds", epoch.seconds}});
    }
    return rows;
}

nlohmann::json runJson(const store::RunRow& run) {
    return {
        {"run", run.id},
        {"design_hash", run.designHash},
        {"train_hash", run.trainHash},
        {"status", store::statusText(run.status)},
        {"emulation", run.emulation == store::kUnknownEmulation ? nlohmann::json("unknown")
                                                                : nlohmann::json(run.emulation)},
        {"reason", run.reason},
        {"dataset_hash", run.datasetHash},
        {"program_version", run.programVersion},
        {"kernel_path", run.kernelPath},
        {"threads", run.threads},
        {"started_unix_ms", run.startedMs},
        {"ended_unix_ms", run.endedMs == 0 ? nlohmann::json() : nlohmann::json(run.endedMs)},
        {"epochs_done", run.epochsDone},
        {"epochs_planned", run.epochsPlanned},
        {"test_accuracy", optionalJson(run.testAccuracy)},
        {"test_loss", optionalJson(run.testLoss)}};
}

}  // namespace mantissa::cli
