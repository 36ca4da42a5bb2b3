// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/hardware_service.h"

#include <memory>
#include <utility>

namespace mantissa::app {
namespace {

Result<ui::HardwareFigures> figuresOf(const design::DesignPoint& design,
                                      const design::DesignPoint& baseline,
                                      const hw::EstimateOptions& prices) {
    auto own = hw::estimateBoth(design, prices);
    if (!own) {
        return tl::unexpected(std::move(own.error()));
    }
    ui::HardwareFigures figures{
        design.hardware(), prices, std::make_shared<const hw::BothReports>(*std::move(own)), {}};
    if (design == baseline) {
        figures.baseline = figures.design;
    } else if (auto whole = hw::estimateBoth(baseline, prices)) {
        figures.baseline = std::make_shared<const hw::BothReports>(*std::move(whole));
    }
    return figures;
}

}  // namespace

void HardwareService::request(const design::DesignPoint& design,
                              const design::DesignPoint& baseline) {
    m_job.request(
        [this, design, baseline, prices = m_prices](const std::stop_token&) -> LatestJob::Deliver {
            return [this, figures = figuresOf(design, baseline, prices),
                    hash = QString::fromStdString(design::designHash(design))] {
                if (figures) {
                    emit ready(*figures, hash);
                } else {
                    emit failed(figures.error());
                }
            };
        });
}

}  // namespace mantissa::app
