// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/waterfall_page.h"

#include <QComboBox>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "ui/charts/chart.h"
#include "ui/common/number_text.h"
#include "ui/common/text.h"
#include "ui/hardware/chart_units.h"
#include "ui/hardware/page_parts.h"

namespace mantissa::ui {
namespace {

enum Subject { Designs, Normalisation };

const QString kThis = QStringLiteral("this");
const QString kBaseline = QStringLiteral("baseline");

/// Elements of a channel and of a group that the normalisation waterfall is of: ResNet-50's first
/// layers at a batch of four; the group of the released simulator.
constexpr double kChannelElements = 12544;
constexpr int kGroup = 4;

/// A figure's unit on the axis, and how it is written in full.
struct Scale {
    AxisUnit axis;
    QString (*text)(double);
};

Scale scaleOf(hw::ReportFigure figure, double largest) {
    switch (figure) {
        case hw::ReportFigure::Area:
            return {areaUnit(largest), areaText};
        case hw::ReportFigure::Energy:
            return {energyUnit(largest), energyText};
        case hw::ReportFigure::Time:
            break;
    }
    return {{1, QStringLiteral("ms")}, timeText};
}

QString signedText(double value, QString (*text)(double)) {
    return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + text(std::abs(value));
}

/// "3.21×" smaller, or what it is instead.
QString smaller(double from, double to) {
    return from > 0 && to > 0 ? QStringLiteral("%1×").arg(significantText(from / to))
                              : QStringLiteral("–");
}

QString bitText(double bits) {
    return QStringLiteral("%1 bit").arg(significantText(bits, 4));
}

/// One quantity of the normalisation waterfall.
struct NormFigure {
    QString quantity;
    double (*value)(const hw::NormCost&);
    Scale scale;
    QString source;
};

NormFigure normFigure(int index) {
    const auto sums = WaterfallPage::tr(
        "Units of both datapaths, forward and backward, by the laws "
        "of docs/hardware-model.md");
    switch (index) {
        case 0:
            return {WaterfallPage::tr("Area of both datapaths"),
                    [](const hw::NormCost& cost) { return cost.area_um2; },
                    {{1e-6, QStringLiteral("mm²")}, areaText},
                    sums};
        case 1:
            return {WaterfallPage::tr("Energy an element"),
                    [](const hw::NormCost& cost) { return cost.energy_pj(); },
                    {{1, QStringLiteral("pJ")}, energyText},
                    WaterfallPage::tr("Units' energies an element + bits an element × the DRAM's "
                                      "energy a bit")};
        default:
            return {WaterfallPage::tr("DRAM bits an element"),
                    [](const hw::NormCost& cost) { return cost.dramBits; },
                    {{1, QStringLiteral("bit")}, bitText},
                    WaterfallPage::tr("Reads and writes of each pass over memory × stored bits")};
    }
}

std::vector<WaterfallStep> stepsBetween(const hw::HardwareReport& from,
                                        const hw::HardwareReport& to, hw::ReportFigure figure,
                                        const Scale& scale) {
    const double before = hw::totalOf(from, figure);
    const double after = hw::totalOf(to, figure);
    std::vector<WaterfallStep> steps{{WaterfallPage::tr("From"), before * scale.axis.factor, true,
                                      scale.text(before) + WaterfallPage::tr(", modelled")}};
    for (const auto& change : hw::changesBetween(from, to, figure)) {
        if (change.difference() != 0) {
            steps.push_back({choiceText(change.name), change.difference() * scale.axis.factor,
                             false,
                             WaterfallPage::tr("%1: from %2 to %3, sums of the units under "
                                               "Breakdown")
                                 .arg(signedText(change.difference(), scale.text),
                                      scale.text(change.from), scale.text(change.to))});
        }
    }
    steps.push_back({WaterfallPage::tr("To"), after * scale.axis.factor, true,
                     scale.text(after) + WaterfallPage::tr(", modelled")});
    return steps;
}

}  // namespace

WaterfallPage::WaterfallPage(QWidget* parent) : ChartPage(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, column->contentsMargins().top(), 0, 0);
    m_choices = new ChoiceRow(this);
    m_subject = m_choices->add(tr("&Of"), QStringLiteral("subject"), tr("What is compared"));
    m_subject->addItems({tr("Two designs"), tr("Normalisation: FP32 to LightNorm")});
    m_from = m_choices->add(tr("Fr&om"), QStringLiteral("from"), tr("Design to start from"));
    m_to = m_choices->add(tr("&To"), QStringLiteral("to"), tr("Design to end at"));
    m_figure = m_choices->add(tr("F&igure"), QStringLiteral("quantity"), tr("What the bars show"));
    m_figure->addItems({tr("Area"), tr("Energy"), tr("Time")});
    m_figure->setCurrentIndex(1);
    m_normFigure = m_choices->add(tr("F&igure"), QStringLiteral("normQuantity"),
                                  tr("What the bars of the normalisation show"));
    m_normFigure->addItems({tr("Area"), tr("Energy"), tr("DRAM bits")});
    m_normFigure->setCurrentIndex(1);
    m_choices->setChoiceVisible(m_normFigure, false);
    column->addWidget(m_choices);
    m_chart = new Chart(this);
    m_chart->setTitle(tr("Waterfall"));
    column->addWidget(m_chart, 1);
    fillDesigns(m_from, kBaseline);
    fillDesigns(m_to, kThis);
    connect(m_subject, &QComboBox::currentIndexChanged, this, [this](int subject) {
        m_choices->setChoiceVisible(m_from, subject == Designs);
        m_choices->setChoiceVisible(m_to, subject == Designs);
        m_choices->setChoiceVisible(m_figure, subject == Designs);
        m_choices->setChoiceVisible(m_normFigure, subject == Normalisation);
        markStale();
    });
    for (auto* choice : {m_from, m_to, m_figure, m_normFigure}) {
        connect(choice, &QComboBox::currentIndexChanged, this, [this] { markStale(); });
    }
}

void WaterfallPage::setFigures(const HardwareFigures& figures) {
    if (figures.prices != m_figures.prices) {
        m_priced.clear();
    }
    m_figures = figures;
    markStale();
}

void WaterfallPage::setOthers(const std::vector<NamedDesign>& others) {
    m_others = others;
    m_priced.clear();
    fillDesigns(m_from, kBaseline);
    fillDesigns(m_to, kThis);
    markStale();
}

void WaterfallPage::fillDesigns(QComboBox* choice, const QString& fallback) {
    const QSignalBlocker blocker(choice);
    const QString before = choice->currentData().toString();
    choice->clear();
    choice->addItem(tr("FP32 baseline"), kBaseline);
    choice->addItem(tr("this design"), kThis);
    for (const auto& other : m_others) {
        choice->addItem(other.name, other.key);
        choice->setItemData(choice->count() - 1, other.key, Qt::ToolTipRole);
    }
    const int kept = choice->findData(before);
    choice->setCurrentIndex(kept >= 0 ? kept : choice->findData(fallback));
}

/// Stored designs do not change while this one does: each is estimated once.
Result<HardwareFigures::Reports> WaterfallPage::chosen(const QComboBox* choice) {
    const QString key = choice->currentData().toString();
    if (key == kThis || key == kBaseline) {
        return key == kThis ? m_figures.design : m_figures.baseline;
    }
    if (const auto known = m_priced.find(key); known != m_priced.end()) {
        return known->second;
    }
    const auto other = std::find_if(m_others.begin(), m_others.end(),
                                    [&](const auto& each) { return each.key == key; });
    if (other == m_others.end()) {
        return HardwareFigures::Reports();
    }
    return hw::estimateBoth(other->design, m_figures.prices).map([&](hw::BothReports reports) {
        return m_priced[key] = std::make_shared<const hw::BothReports>(std::move(reports));
    });
}

void WaterfallPage::refresh() {
    if (m_subject->currentIndex() == Normalisation) {
        showNormalisation();
    } else {
        showDesigns();
    }
}

void WaterfallPage::show(const std::vector<WaterfallStep>& steps, const QString& title,
                         const QString& quantity, const QString& unit, const QString& note) {
    m_chart->setTitle(title);
    m_chart->setAxes({quantity, unit}, {});
    m_chart->setBars(waterfallBars(steps));
    m_chart->setNote(note);
}

void WaterfallPage::showNormalisation() {
    const auto modules =
        hw::normWaterfall(m_figures.hardware, kChannelElements, kGroup, m_figures.prices);
    const NormFigure figure = normFigure(m_normFigure->currentIndex());
    const bool ours = m_figures.hardware.calibration == design::Calibration::Synthesis;
    std::vector<WaterfallStep> steps;
    double before = 0;
    for (const auto& module : modules) {
        const double value = figure.value(ours ? module.synthesis : module.horowitz);
        const double change = value - before;
        const QString name = toQt(module.module.name);
        steps.push_back({steps.empty() ? name : toQt(module.change),
                         change * figure.scale.axis.factor, steps.empty(),
                         (steps.empty() ? figure.scale.text(value)
                                        : tr("%1, to %2: %3")
                                              .arg(signedText(change, figure.scale.text), name,
                                                   figure.scale.text(value))) +
                             u'\n' + figure.source});
        before = value;
    }
    steps.push_back({toQt(modules.back().module.name), before * figure.scale.axis.factor, true,
                     figure.scale.text(before) + u'\n' + figure.source});
    const auto ratio = [&](hw::NormCost hw::WaterfallStep::*side) {
        return smaller(figure.value(modules.front().*side), figure.value(modules.back().*side));
    };
    show(steps, tr("Normalisation from FP32 to LightNorm"), figure.quantity, figure.scale.axis.unit,
         tr("%1 lanes at %2 MHz, channels of %3 elements, groups of %4; smaller by %5 (synthesis), "
            "%6 (Horowitz, areas unverified)")
             .arg(m_figures.hardware.vectorLanes)
             .arg(countText(m_figures.hardware.clockMhz), countText(kChannelElements))
             .arg(kGroup)
             .arg(ratio(&hw::WaterfallStep::synthesis), ratio(&hw::WaterfallStep::horowitz)));
}

void WaterfallPage::showProblem(const QString& text) {
    m_chart->setBars({});
    m_chart->setNote({});
    m_chart->setEmptyText(text);
}

void WaterfallPage::showDesigns() {
    const auto both = std::array{chosen(m_from), chosen(m_to)};
    for (const auto& each : both) {
        if (!each || !*each) {
            showProblem(each ? tr("No estimate yet") : QString::fromStdString(each.error().text()));
            return;
        }
    }
    const hw::BothReports& from = **both[0];
    const hw::BothReports& to = **both[1];
    const auto figure = static_cast<hw::ReportFigure>(m_figure->currentIndex());
    const auto& before = from.under(m_figures.hardware.calibration);
    const auto& after = to.under(m_figures.hardware.calibration);
    const Scale scale =
        scaleOf(figure, std::max(hw::totalOf(before, figure), hw::totalOf(after, figure)));
    const auto ratio = [&](hw::HardwareReport hw::BothReports::*side) {
        return smaller(hw::totalOf(from.*side, figure), hw::totalOf(to.*side, figure));
    };
    show(stepsBetween(before, after, figure, scale),
         tr("From %1 to %2").arg(m_from->currentText(), m_to->currentText()),
         m_figure->currentText(), scale.axis.unit,
         tr("One training step; smaller by %1 (synthesis), %2 (Horowitz%3)")
             .arg(ratio(&hw::BothReports::synthesis), ratio(&hw::BothReports::horowitz),
                  figure == hw::ReportFigure::Area ? tr(", areas unverified") : QString()));
}

}  // namespace mantissa::ui
