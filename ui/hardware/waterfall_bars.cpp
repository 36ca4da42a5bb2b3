// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/waterfall_bars.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::WaterfallPage)
};

enum Part { Spacer, Total, Saves, Adds };

}  // namespace

StackedBars waterfallBars(const std::vector<WaterfallStep>& steps) {
    constexpr int kGrey = 6;
    constexpr int kGreen = 2;
    constexpr int kVermilion = 1;
    StackedBars bars;
    bars.components = {{QString(), {}, {}, -1, 0, false, true},
                       {Text::tr("Total"), {}, {}, kGrey},
                       {Text::tr("Saves"), {}, {}, kGreen},
                       {Text::tr("Adds"), {}, {}, kVermilion}};
    double level = 0;
    for (const auto& step : steps) {
        bars.categories.push_back(step.name);
        for (auto& component : bars.components) {
            component.values.push_back(std::numeric_limits<double>::quiet_NaN());
            component.details.push_back({});
        }
        const double after = step.isTotal ? step.value : level + step.value;
        const Part part = step.isTotal ? Total : step.value < 0 ? Saves : Adds;
        bars.components[Spacer].values.back() = step.isTotal ? 0 : std::min(level, after);
        bars.components[part].values.back() = std::abs(step.value);
        bars.components[part].details.back() = step.detail;
        level = after;
    }
    return bars;
}

}  // namespace mantissa::ui
