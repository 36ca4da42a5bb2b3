// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compare/compare_charts.h"

#include <algorithm>
#include <cmath>

#include "ui/run/run_charts.h"

namespace mantissa::ui {
namespace {

constexpr int kCrowdColour = 6;  // the palette's black or white: the crowd is grey

Series seriesOf(const ComparePoint& point, std::size_t index, SeriesStyle style) {
    return {.name = designTitle(point.name, point.hash),
            .style = style,
            .colour = static_cast<int>(index)};
}

void addDesign(Series& series, const DesignRow& row, double cost) {
    series.x.push_back(cost);
    series.y.push_back(row.accuracyPercent);
    series.labels.push_back(designTitle(row.name, row.hash));
    series.keys.push_back(row.hash);
}

}  // namespace

std::vector<Series> accuracyCurves(const std::vector<ComparePoint>& chosen) {
    std::vector<Series> all;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        Series series = seriesOf(chosen[i], i, SeriesStyle::LineAndPoints);
        for (const auto& epoch : chosen[i].epochCurve) {
            series.x.push_back(epoch.epoch);
            series.y.push_back(100 * epoch.testAccuracy);
            series.keys.push_back(chosen[i].hash);
        }
        all.push_back(std::move(series));
    }
    return all;
}

std::vector<Series> lossCurves(const std::vector<ComparePoint>& chosen) {
    std::vector<Series> all;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        Series series = seriesOf(chosen[i], i, SeriesStyle::Line);
        RunningMean mean;
        for (const auto& step : chosen[i].steps) {
            series.x.push_back(static_cast<double>(step.step + 1));
            series.y.push_back(std::isfinite(step.loss) ? mean.add(step.loss) : step.loss);
        }
        all.push_back(std::move(series));
    }
    return all;
}

std::vector<Series> accuracyAgainst(DesignListModel::Column cost, const std::vector<DesignRow>& all,
                                    const std::vector<QString>& chosen) {
    Series others{.name = ComparePanel::tr("Other designs"),
                  .style = SeriesStyle::Points,
                  .colour = kCrowdColour,
                  .faint = true};
    std::vector<Series> series(chosen.size());
    for (const DesignRow& row : all) {
        const double value = DesignListModel::figure(row, cost);
        const auto found = std::find(chosen.begin(), chosen.end(), row.hash);
        const auto index = static_cast<std::size_t>(found - chosen.begin());
        if (found != chosen.end()) {
            series[index].name = designTitle(row.name, row.hash);
        }
        if (std::isfinite(value) && std::isfinite(row.accuracyPercent)) {
            addDesign(found == chosen.end() ? others : series[index], row, value);
        }
    }
    for (std::size_t i = 0; i < series.size(); ++i) {
        series[i].style = SeriesStyle::Points;
        series[i].colour = static_cast<int>(i);
        series[i].drawLabels = true;
    }
    series.insert(series.begin(), std::move(others));
    return series;
}

}  // namespace mantissa::ui
