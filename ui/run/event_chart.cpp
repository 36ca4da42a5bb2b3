// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/event_chart.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>

#include "ui/charts/chart.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::EventChart)
};

/// 0 stands for the widths of the plan.
QString valueText(double value) {
    return value == 0 ? Text::tr("plan") : QLocale().toString(value, 'g', 6);
}

}  // namespace

EventChart::EventChart(Chart* chart) : m_chart(chart) {
    m_chart->setTitle(Text::tr("Changes"));
}

void EventChart::begin(const QString& name, qint64 plannedSteps) {
    m_events.clear();
    m_chart->setSeries({});
    m_chart->setTitle(name.isEmpty() ? Text::tr("Changes")
                                     : Text::tr("Changes during %1").arg(name));
    m_chart->setXRangeHint(0, static_cast<double>(plannedSteps));
}

void EventChart::append(const std::vector<train::RunEvent>& events) {
    if (events.empty()) {
        return;
    }
    const bool first = m_events.empty();
    m_events.insert(m_events.end(), events.begin(), events.end());
    show();
    if (first) {
        m_chart->fit();
    }
}

void EventChart::show() {
    std::vector<QString> subjects;
    Series points{.name = Text::tr("New value"), .style = SeriesStyle::Points, .drawLabels = true};
    for (const auto& event : m_events) {
        const QString subject = toQt(event.subject);
        const auto row = std::find(subjects.begin(), subjects.end(), subject);
        points.x.push_back(static_cast<double>(event.step));
        points.y.push_back(static_cast<double>(row - subjects.begin()));
        points.labels.push_back(valueText(event.value));
        points.details.push_back(toQt(event.text));
        if (row == subjects.end()) {
            subjects.push_back(subject);
        }
    }
    m_chart->setAxes({.label = Text::tr("Training step"), .whole = true},
                     {.label = Text::tr("Changed"), .categories = subjects});
    m_chart->setSeries({points});
}

}  // namespace mantissa::ui
