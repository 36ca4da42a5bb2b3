// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/breakdown_bars.h"

#include <QCoreApplication>
#include <algorithm>
#include <limits>

#include "ui/common/number_text.h"
#include "ui/common/text.h"

namespace mantissa::ui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

QString translated(const char* text) {
    return QCoreApplication::translate("mantissa::ui::HardwarePanel", text);
}

enum class Quantity { Area, Energy };

/// A row of components and below it a row of their parts.
struct Bar {
    QString category;
    const hw::BreakdownNode* root;
    double whole;  ///< 100 %
    Quantity quantity;
};

double figure(const hw::BreakdownNode& node, Quantity quantity) {
    return quantity == Quantity::Area ? node.area_um2 : node.energy_pj;
}

const hw::BreakdownNode* find(const hw::BreakdownNode& parent, std::string_view name) {
    const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                    [&](const auto& child) { return child.name == name; });
    return found != parent.children.end() ? &*found : nullptr;
}

void addNames(std::vector<std::string_view>& names, const hw::BreakdownNode& parent) {
    for (const auto& child : parent.children) {
        if (std::find(names.begin(), names.end(), child.name) == names.end()) {
            names.push_back(child.name);
        }
    }
}

QString detail(const hw::BreakdownNode& node, const Bar& bar, double percent) {
    const bool isArea = bar.quantity == Quantity::Area;
    const auto& source = isArea ? node.areaSource : node.energySource;
    QString text = QStringLiteral("%1 · %2").arg(
        isArea ? areaText(node.area_um2) : energyText(node.energy_pj), percentText(percent / 100));
    if (!source.empty()) {
        text += u'\n' + QString::fromStdString(source.text());
    }
    return text;
}

/// One value a row. Rows come in pairs: components, then parts.
class Segment {
public:
    Segment(const QString& name, std::size_t bars) {
        m_component.name = name;
        m_component.values.assign(2 * bars, kNone);
        m_component.details.assign(2 * bars, {});
    }
    void set(std::size_t row, const hw::BreakdownNode* node, const Bar& bar) {
        if (node != nullptr && bar.whole > 0 && figure(*node, bar.quantity) > 0) {
            const double percent = 100 * figure(*node, bar.quantity) / bar.whole;
            m_component.values[row] = percent;
            m_component.details[row] = detail(*node, bar, percent);
        }
    }
    StackedBars::Component take(int colour, int shade, bool inLegend) {
        m_component.colour = colour;
        m_component.shade = shade;
        m_component.inLegend = inLegend;
        return std::move(m_component);
    }

private:
    StackedBars::Component m_component;
};

/// A component, then its parts, so that the parts stand below it.
void addComponent(StackedBars& to, std::string_view name, int colour,
                  const std::vector<Bar>& bars) {
    Segment whole(toQt(name), bars.size());
    std::vector<std::string_view> parts;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto* node = find(*bars[i].root, name);
        whole.set(2 * i, node, bars[i]);
        if (node != nullptr) {
            addNames(parts, *node);
        }
    }
    to.components.push_back(whole.take(colour, 0, true));
    int shade = 0;
    for (const auto part : parts) {
        Segment segment(toQt(part), bars.size());
        for (std::size_t i = 0; i < bars.size(); ++i) {
            if (const auto* node = find(*bars[i].root, name)) {
                segment.set(2 * i + 1, find(*node, part), bars[i]);
            }
        }
        to.components.push_back(segment.take(colour, shade++, false));
    }
}

}  // namespace

BreakdownBars breakdownBars(const hw::HardwareReport& report, const hw::HardwareReport* baseline) {
    const hw::HardwareReport& whole = baseline != nullptr ? *baseline : report;
    std::vector<Bar> bars{
        {translated("Area"), &report.breakdown, whole.area_um2, Quantity::Area},
        {translated("Energy"), &report.breakdown, whole.energy_pj, Quantity::Energy}};
    if (baseline != nullptr) {
        bars.insert(bars.begin() + 1, {translated("Baseline area"), &baseline->breakdown,
                                       whole.area_um2, Quantity::Area});
        bars.push_back({translated("Baseline energy"), &baseline->breakdown, whole.energy_pj,
                        Quantity::Energy});
    }
    BreakdownBars result;
    result.axis = baseline != nullptr ? translated("Share of the baseline's total")
                                      : translated("Share of the total");
    std::vector<std::string_view> names;
    for (const Bar& bar : bars) {
        result.bars.categories.push_back(bar.category);
        result.bars.categories.push_back(translated("%1, parts").arg(bar.category));
        addNames(names, *bar.root);
    }
    int colour = 0;
    for (const auto name : names) {
        addComponent(result.bars, name, colour++, bars);
    }
    return result;
}

}  // namespace mantissa::ui
