// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/breakdown_bars.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("mantissa::ui::HardwarePanel", text);
}

enum class Quantity { Area, Energy };

struct Bar {
    QString category;
    const hw::BreakdownNode* root;
    double whole;  ///< 100 %
    Quantity quantity;
};

double figure(const hw::BreakdownNode& node, Quantity quantity) {
    return quantity == Quantity::Area ? node.area_um2 : node.energy_pj;
}

/// All components of all bars, in order of first appearance, so that colours keep their meaning.
std::vector<std::string> componentNames(const std::vector<Bar>& bars) {
    std::vector<std::string> names;
    for (const Bar& bar : bars) {
        for (const auto& child : bar.root->children) {
            if (std::find(names.begin(), names.end(), child.name) == names.end()) {
                names.emplace_back(child.name);
            }
        }
    }
    return names;
}

QString detail(const hw::BreakdownNode& node, const Bar& bar) {
    const bool isArea = bar.quantity == Quantity::Area;
    const auto& source = isArea ? node.areaSource : node.energySource;
    QString text = QStringLiteral("%1, %2: %3")
                       .arg(bar.category, toQt(node.name),
                            isArea ? areaText(node.area_um2) : energyText(node.energy_pj));
    if (!source.empty()) {
        text += u'\n' + QString::fromStdString(source.text());
    }
    return text;
}

StackedBars::Component componentOf(const std::string& name, const std::vector<Bar>& bars) {
    StackedBars::Component component;
    component.name = QString::fromStdString(name);
    for (const Bar& bar : bars) {
        double value = 0;
        QString text;
        for (const auto& child : bar.root->children) {
            if (child.name == name && bar.whole > 0) {
                value += 100 * figure(child, bar.quantity) / bar.whole;
                text = detail(child, bar);
            }
        }
        component.values.push_back(value);
        component.details.push_back(text);
    }
    return component;
}

}  // namespace

BreakdownBars breakdownBars(const hw::HardwareReport& report,
                            const std::optional<hw::HardwareReport>& baseline) {
    const hw::HardwareReport& whole = baseline ? *baseline : report;
    std::vector<Bar> bars{
        {translated("Area"), &report.breakdown, whole.area_um2, Quantity::Area},
        {translated("Energy"), &report.breakdown, whole.energy_pj, Quantity::Energy}};
    if (baseline) {
        bars.insert(bars.begin() + 1, {translated("Area, baseline"), &baseline->breakdown,
                                       whole.area_um2, Quantity::Area});
        bars.push_back({translated("Energy, baseline"), &baseline->breakdown, whole.energy_pj,
                        Quantity::Energy});
    }
    BreakdownBars result;
    result.axis =
        baseline ? translated("Share of the baseline's total") : translated("Share of the total");
    for (const Bar& bar : bars) {
        result.bars.categories.push_back(bar.category);
    }
    for (const auto& name : componentNames(bars)) {
        result.bars.components.push_back(componentOf(name, bars));
    }
    return result;
}

}  // namespace mantissa::ui
