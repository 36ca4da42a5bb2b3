// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/accuracy_service.h"

#include <array>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "app/studio/background.h"
#include "app/studio/data_folder.h"
#include "core/data/dataset_registry.h"
#include "core/study/accuracy_preview.h"
#include "ui/common/text.h"

namespace mantissa::app {
namespace {

/// Test images of each stage: something at once, then something to trust.
constexpr std::array<std::int64_t, 3> kStages{128, study::AccuracyPreview::kKeptImages,
                                              std::numeric_limits<std::int64_t>::max()};

}  // namespace

struct AccuracyService::Trained {
    design::DesignPoint design;
    std::shared_ptr<const train::Checkpoint> checkpoint;
    std::filesystem::path datasetFolder;
};

/// Keeps what one request after the other needs.
class AccuracyService::Worker {
public:
    Result<ui::AccuracyWithoutRetraining> evaluate(const std::shared_ptr<const Trained>& trained,
                                                   const design::DesignPoint& design,
                                                   std::int64_t images, int threads,
                                                   const std::stop_token& stop) {
        if (auto ready = prepare(trained, stop); !ready) {
            return tl::unexpected(ready.error());
        }
        // The same images under the formats of the training, to compare with.
        if (!m_asTrained.contains(images)) {
            const auto seen = m_preview->evaluate(m_trained->design, images, threads, stop);
            if (!seen) {
                return tl::unexpected(seen.error());
            }
            m_asTrained[images] = seen->evaluation.accuracy;
        }
        return m_preview->evaluate(design, images, threads, stop)
            .map([&](const study::Preview& seen) {
                return ui::AccuracyWithoutRetraining{
                    .accuracy = seen.evaluation.accuracy,
                    .asTrained = m_asTrained[images],
                    .images = seen.images,
                    .allImages = seen.images == m_preview->testImages(),
                    .trained = ui::toQt(m_trained->design.name())};
            });
    }

private:
    Result<void> prepare(const std::shared_ptr<const Trained>& trained,
                         const std::stop_token& stop) {
        if (m_trained == trained && m_preview) {
            return {};
        }
        m_trained = trained;
        m_preview.reset();
        m_asTrained.clear();
        auto dataset =
            data::loadDataset(trained->design.dataset(), trained->datasetFolder, JobContext(stop));
        if (!dataset) {
            return tl::unexpected(dataset.error());
        }
        auto made = study::AccuracyPreview::make(trained->design, trained->checkpoint->state,
                                                 std::move(*dataset));
        if (!made) {
            return tl::unexpected(made.error());
        }
        m_preview.emplace(std::move(*made));
        return {};
    }

    std::shared_ptr<const Trained> m_trained;
    std::optional<study::AccuracyPreview> m_preview;
    std::map<std::int64_t, double> m_asTrained;  ///< accuracy, by the images of a stage
};

AccuracyService::AccuracyService(int threads, QObject* parent)
    : QObject(parent), m_threads(threads), m_worker(std::make_shared<Worker>()) {}

AccuracyService::~AccuracyService() = default;

void AccuracyService::setTrained(const design::DesignPoint& design,
                                 const std::shared_ptr<const train::Checkpoint>& checkpoint) {
    cancel();
    m_trained = std::make_shared<const Trained>(
        Trained{design, checkpoint, dataFolderFor(design, m_datasetFolder)});
}

void AccuracyService::request(const design::DesignPoint& design, bool sparing) {
    ++m_request;
    if (m_trained) {
        runStage(design, sparing ? 1 : m_threads, 0);
    }
}

void AccuracyService::cancel() {
    ++m_request;
    m_job.cancel();
}

void AccuracyService::runStage(const design::DesignPoint& design, int threads, std::size_t stage) {
    m_job.request([this, worker = m_worker, trained = m_trained, design, threads, stage,
                   request = m_request](const std::stop_token& stop) -> LatestJob::Deliver {
        yieldToTheWindow();
        auto answer = withoutExceptions<ui::AccuracyWithoutRetraining>(
            "accuracy without retraining",
            [&] { return worker->evaluate(trained, design, kStages[stage], threads, stop); });
        return [this, design, threads, stage, request, answer = std::move(answer)] {
            if (request != m_request) {
                return;
            }
            if (!answer) {
                if (answer.error().code != ErrorCode::Cancelled) {
                    emit failed(answer.error());
                }
                return;
            }
            emit ready(*answer);
            if (!answer->allImages) {
                runStage(design, threads, stage + 1);
            }
        };
    });
}

}  // namespace mantissa::app
