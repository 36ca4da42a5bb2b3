// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/reproduce_service.h"

#include <span>
#include <utility>

#include "app/studio/background.h"
#include "core/data/dataset_registry.h"
#include "core/systems/catalogue.h"

namespace mantissa::app {
namespace {

ui::ClaimOutcome::Kind kindOf(Verdict verdict) {
    return verdict == Verdict::Agrees    ? ui::ClaimOutcome::Kind::Agrees
           : verdict == Verdict::Differs ? ui::ClaimOutcome::Kind::Differs
                                         : ui::ClaimOutcome::Kind::Other;
}

ui::ClaimOutcomes outcomes(const Reproduction& reproduction) {
    ui::ClaimOutcomes found;
    for (const auto& row : reproduction.claims) {
        auto& outcome = found[row.claim->id];
        outcome = {kindOf(row.judgement.verdict),
                   row.obtained ? QString::fromStdString(figureText(*row.obtained, row.claim->unit))
                                : QString(),
                   QString::fromStdString(row.judgement.text)};
        if (row.obtained && row.obtained->seeds > 0 && row.oldestEmulation < design::kEmulation) {
            outcome.verdict +=
                ReproduceService::tr("; stored, of emulation %1").arg(row.oldestEmulation);
        }
    }
    return found;
}

}  // namespace

ReproduceService::ReproduceService(std::shared_ptr<store::Store> store, int threads,
                                   const Scale& scale, QObject* parent)
    : QObject(parent),
      m_store(std::move(store)),
      m_threads(threads),
      m_systems(std::make_shared<const std::vector<systems::System>>(
          systems::catalogue().value_or(std::vector<systems::System>()))),
      m_scale(scale) {
    connect(&m_job, &ProgressJob::progressed, this, &ReproduceService::progressed);
}

ReproduceService::Found ReproduceService::outcomesOf(int system, bool storedOnly,
                                                     const std::filesystem::path& folder,
                                                     const JobContext& context) const {
    const std::span one(&m_systems->at(static_cast<std::size_t>(system)), 1);
    const auto dataset = data::loadDataset(m_scale.dataset, folder, context);
    // Models need neither data nor a database.
    if (storedOnly && (!dataset || !m_store)) {
        return reproduceModels(one, m_scale).map(outcomes);
    }
    if (!dataset) {
        return tl::unexpected(dataset.error());
    }
    if (!m_store) {
        return fail(ErrorCode::NotFound, "there is no database that could keep the trainings",
                    "reproduce", "start the program with one that can be written");
    }
    const TrainingOptions options{
        .threads = m_threads, .datasetFolder = folder, .storedOnly = storedOnly, .onTraining = {}};
    return app::reproduce(one, m_scale, **dataset, *m_store, options, context).map(outcomes);
}

void ReproduceService::look(int system) {
    m_look.request([this, system, folder = m_datasetFolder](const std::stop_token& stop) {
        auto result = withoutExceptions<ui::ClaimOutcomes>(
            "reproduction", [&] { return outcomesOf(system, true, folder, JobContext(stop)); });
        return [this, system, result = std::move(result)] {
            if (result) {
                emit found(system, *result);
            } else if (result.error().code != ErrorCode::Cancelled) {
                emit failed(result.error());
            }
        };
    });
}

void ReproduceService::reproduce(int system) {
    m_job.start([this, system,
                 folder = m_datasetFolder](const JobContext& context) -> ProgressJob::Deliver {
        auto result = withoutExceptions<ui::ClaimOutcomes>(
            "reproduction", [&] { return outcomesOf(system, false, folder, context); });
        return [this, system, result = std::move(result)] {
            if (result) {
                emit found(system, *result);
            } else if (result.error().code != ErrorCode::Cancelled) {
                emit failed(result.error());
            }
            emit finished();
        };
    });
}

void ReproduceService::shutDown() {
    m_look.cancel();
    m_job.cancel();
}

void ReproduceService::waitForDone() {
    m_look.waitForDone();
    m_job.waitForDone();
}

}  // namespace mantissa::app
