// SPDX-License-Identifier: GPL-3.0-or-later
// What leads from one design's cost to another's, component by component, and from conventional
// normalisation to LightNorm, step by step. Every ratio under both calibrations.
#pragma once

#include <map>
#include <vector>

#include "core/design/design_point.h"
#include "hwmodel/changes.h"
#include "hwmodel/norm/norm_module.h"
#include "ui/hardware/chart_page.h"
#include "ui/hardware/hardware_figures.h"
#include "ui/hardware/waterfall_bars.h"

class QComboBox;

namespace mantissa::ui {

class ChoiceRow;

/// A design to compare with.
struct NamedDesign {
    QString name;
    QString key;  ///< its hash: what a choice is remembered by
    design::DesignPoint design;
};

class WaterfallPage : public ChartPage {
    Q_OBJECT

public:
    explicit WaterfallPage(QWidget* parent = nullptr);

    void setFigures(const HardwareFigures& figures);         ///< of this design
    void setOthers(const std::vector<NamedDesign>& others);  ///< stored ones; keeps the choice
    Chart* chart() const override { return m_chart; }

protected:
    void refresh() override;

private:
    void fillDesigns(QComboBox* choice, const QString& fallback);
    Result<HardwareFigures::Reports> chosen(const QComboBox* choice);
    void showNormalisation();
    void showDesigns();
    void showProblem(const QString& text);
    void show(const std::vector<WaterfallStep>& steps, const QString& title,
              const QString& quantity, const QString& unit, const QString& note);

    ChoiceRow* m_choices = nullptr;
    QComboBox* m_subject = nullptr;
    QComboBox* m_from = nullptr;
    QComboBox* m_to = nullptr;
    QComboBox* m_figure = nullptr;
    QComboBox* m_normFigure = nullptr;
    Chart* m_chart = nullptr;
    HardwareFigures m_figures;
    std::vector<NamedDesign> m_others;
    std::map<QString, HardwareFigures::Reports> m_priced;  ///< of the others, under these prices
};

}  // namespace mantissa::ui
