// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/store_service.h"

#include <QMetaObject>
#include <algorithm>
#include <optional>
#include <utility>

#include "app/engine/evaluate.h"
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
        point.status = QString::fromUtf8(store::statusText(row.latestRun->status).data());
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
        const auto rows = (*store)->designs();
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        std::vector<ui::ComparePoint> points;
        points.reserve(rows->size());
        for (const auto& row : *rows) {
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
        }
        return point;
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

void StoreService::post(std::function<void()> task) {
    m_pool.start(std::move(task));
}

void StoreService::answer(std::function<void()> task) {
    QMetaObject::invokeMethod(this, std::move(task), Qt::QueuedConnection);
}

void StoreService::refresh() {
    post([this] {
        auto points = m_reader->points();
        answer([this, points = std::move(points)] {
            if (points) {
                emit pointsLoaded(*points);
            } else {
                emit failed(points.error());
            }
        });
    });
}

void StoreService::loadChosen(const std::vector<QString>& hashes) {
    const quint64 generation = ++m_chosenGeneration;
    post([this, hashes, generation] {
        std::vector<ui::ComparePoint> chosen;
        std::optional<Error> error;
        for (const auto& hash : hashes) {
            auto point = m_reader->pointWithCurves(hash);
            if (point) {
                chosen.push_back(std::move(*point));
            } else if (point.error().code != ErrorCode::NotFound) {
                error = point.error();
            }
        }
        answer([this, chosen = std::move(chosen), error, generation] {
            if (error) {
                emit failed(*error);
            }
            if (generation == m_chosenGeneration) {
                emit chosenLoaded(chosen);
            }
        });
    });
}

void StoreService::keep(const std::vector<design::DesignPoint>& designs) {
    post([this, designs] {
        for (const auto& design : designs) {
            Result<void> kept = m_writer->putDesign(design).map([](const std::string&) {});
            if (kept) {
                if (const auto report = hw::estimate(design)) {
                    kept = storeHardware(*m_writer, design, *report);
                }
            }
            if (!kept) {
                answer([this, error = kept.error()] { emit failed(error); });
                return;
            }
        }
    });
    refresh();
}

void StoreService::remove(const QString& hash) {
    post([this, hash] {
        if (const auto removed = m_writer->removeDesign(hash.toStdString()); !removed) {
            answer([this, error = removed.error()] { emit failed(error); });
        }
    });
    refresh();
}

}  // namespace mantissa::app
