// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/store_service.h"

#include <QMetaObject>
#include <optional>
#include <utility>

#include "app/engine/comparison.h"
#include "app/engine/evaluate.h"
#include "app/studio/background.h"
#include "core/atomic_file.h"
#include "hwmodel/estimate.h"

namespace mantissa::app {
namespace {

ui::ComparePoint pointOf(const store::DesignRow& row) {
    ui::ComparePoint point;
    point.hash = QString::fromStdString(row.hash);
    point.name = QString::fromStdString(row.design.name());
    point.design = row.design;
    point.createdMs = row.createdMs;
    if (row.latestRun) {
        point.status = QString::fromStdString(store::statusText(*row.latestRun));
        point.epochs = row.latestRun->epochsDone;
        point.testAccuracy = row.latestRun->testAccuracy;
    }
    // Estimated anew, so that figures of an older model version are never shown as today's.
    if (auto report = hw::estimate(row.design)) {
        point.hardware = std::move(*report);
    }
    return point;
}

}  // namespace

/// Lives on the database thread; opened at the first read, when the writer has made the file.
struct StoreService::Reader {
    explicit Reader(std::filesystem::path path) : file(std::move(path)) {}

    Result<const store::Store*> open() {
        if (!connection) {
            auto opened = store::Store::open(file, store::Access::ReadOnly);
            if (!opened) {
                return tl::unexpected(opened.error());
            }
            connection = std::move(*opened);
        }
        return &*connection;
    }

    Result<std::vector<ui::ComparePoint>> points() {
        const auto store = open();
        if (!store) {
            return tl::unexpected(store.error());
        }
        const auto designs = (*store)->designs();
        if (!designs) {
            return tl::unexpected(designs.error());
        }
        std::vector<ui::ComparePoint> points;
        points.reserve(designs->rows.size());
        for (const auto& row : designs->rows) {
            points.push_back(pointOf(row));
        }
        return points;
    }

    Result<ui::ComparePoint> pointWithCurves(const QString& hash) {
        const auto store = open();
        if (!store) {
            return tl::unexpected(store.error());
        }
        const auto row = (*store)->findDesign(hash.toStdString());
        if (!row) {
            return tl::unexpected(row.error());
        }
        ui::ComparePoint point = pointOf(*row);
        if (row->latestRun) {
            auto curves = (*store)->curves(row->latestRun->id);
            if (!curves) {
                return tl::unexpected(curves.error());
            }
            point.steps = std::move(curves->steps);
            point.epochCurve = std::move(curves->epochs);
            point.watched = !curves->observations.empty();
            point.losses = train::operandLosses(curves->observations);
        }
        return point;
    }

    Result<std::vector<ComparedDesign>> compared(const std::vector<QString>& hashes) {
        const auto store = open();
        if (!store) {
            return tl::unexpected(store.error());
        }
        std::vector<ComparedDesign> designs;
        for (const auto& hash : hashes) {
            auto design = (*store)->findDesign(hash.toStdString()).and_then([&](const auto& row) {
                return comparedDesign(row.design, row.latestRun, *store);
            });
            if (!design) {
                return tl::unexpected(design.error());
            }
            designs.push_back(std::move(*design));
        }
        return designs;
    }

    std::filesystem::path file;
    std::optional<store::Store> connection;
};

StoreService::StoreService(std::shared_ptr<store::Store> writer, std::filesystem::path file,
                           QObject* parent)
    : QObject(parent),
      m_writer(std::move(writer)),
      m_reader(std::make_unique<Reader>(std::move(file))) {
    m_pool.setMaxThreadCount(1);
    m_pool.setExpiryTimeout(-1);
}

StoreService::~StoreService() {
    m_pool.waitForDone();
}

void StoreService::post(std::function<Result<void>()> task) {
    m_pool.start([this, task = std::move(task)] {
        const auto result = withoutExceptions<void>("database", task);
        if (!result) {
            answer([this, error = result.error()] { emit failed(error); });
        }
    });
}

void StoreService::answer(std::function<void()> task) {
    QMetaObject::invokeMethod(this, std::move(task), Qt::QueuedConnection);
}

void StoreService::refresh() {
    post([this] {
        return m_reader->points().map([this](std::vector<ui::ComparePoint> points) {
            answer([this, points = std::move(points)] { emit pointsLoaded(points); });
        });
    });
}

void StoreService::loadChosen(const std::vector<QString>& hashes) {
    const quint64 generation = ++m_chosenGeneration;
    post([this, hashes, generation]() -> Result<void> {
        std::vector<ui::ComparePoint> chosen;
        for (const auto& hash : hashes) {
            auto point = m_reader->pointWithCurves(hash);
            if (point) {
                chosen.push_back(std::move(*point));
            } else if (point.error().code != ErrorCode::NotFound) {
                return tl::unexpected(point.error());
            }
        }
        answer([this, chosen = std::move(chosen), generation] {
            if (generation == m_chosenGeneration) {
                emit chosenLoaded(chosen);
            }
        });
        return {};
    });
}

void StoreService::keep(const design::DesignPoint& design, const design::DesignPoint& baseline) {
    const auto keepOne = [this](const design::DesignPoint& point, store::NamePolicy names) {
        return hw::estimate(point).and_then([&](const hw::HardwareReport& report) {
            return storeHardware(*m_writer, point, report, names);
        });
    };
    post([keepOne, design, baseline] {
        return keepOne(baseline, store::NamePolicy::Keep).and_then([&] {
            return keepOne(design, store::NamePolicy::Replace);
        });
    });
    refresh();
}

void StoreService::remove(const QString& hash) {
    post([this, hash] { return m_writer->removeDesign(hash.toStdString()); });
    refresh();
}

void StoreService::exportComparison(const std::vector<QString>& hashes, const QString& file) {
    post([this, hashes, file] {
        return m_reader->compared(hashes)
            .and_then([&](const std::vector<ComparedDesign>& designs) {
                return writeFileAtomically(file.toStdString(),
                                           comparisonText(designs, TableFormat::Csv, false));
            })
            .map([&] { answer([this, file] { emit exported(file); }); });
    });
}

}  // namespace mantissa::app
