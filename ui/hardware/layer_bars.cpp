// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hardware/layer_bars.h"

#include <QCoreApplication>
#include <algorithm>
#include <functional>

#include "ui/common/number_text.h"
#include "ui/common/text.h"
#include "ui/hardware/chart_units.h"

namespace mantissa::ui {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(mantissa::ui::LayerPage)
};

/// One colour of the stack: its value and how it is written.
struct Slice {
    QString name;
    std::function<double(const hw::LayerCost&)> value;  ///< in the figure's own unit
    QString explanation;
};

hw::PhaseCost costOf(const hw::LayerCost& layer, std::optional<hw::StepPhase> phase) {
    return phase ? layer.phases[static_cast<std::size_t>(*phase)] : layer.total();
}

std::vector<Slice> energySlices(std::optional<hw::StepPhase> phase) {
    const auto slice = [phase](const QString& name, double hw::PhaseCost::*member,
                               const QString& explanation) {
        return Slice{
            name,
            [phase, member](const hw::LayerCost& layer) { return costOf(layer, phase).*member; },
            explanation};
    };
    return {slice(Text::tr("Compute"), &hw::PhaseCost::computeEnergy_pj,
                  Text::tr("Operations of each unit × its energy an operation")),
            slice(Text::tr("SRAM"), &hw::PhaseCost::sramEnergy_pj,
                  Text::tr("Bits through the buffers × their energy a bit")),
            slice(Text::tr("DRAM"), &hw::PhaseCost::dramEnergy_pj,
                  Text::tr("Bits from and to DRAM × its energy a bit")),
            slice(Text::tr("Leakage"), &hw::PhaseCost::leakageEnergy_pj,
                  Text::tr("Leakage of the whole accelerator × the time of the layer"))};
}

std::vector<Slice> phaseSlices(std::optional<hw::StepPhase> phase, double hw::PhaseCost::*member,
                               double scale, const QString& explanation) {
    std::vector<Slice> slices;
    for (int i = 0; i < hw::kStepPhases; ++i) {
        const auto each = static_cast<hw::StepPhase>(i);
        if (phase && *phase != each) {
            continue;
        }
        slices.push_back({choiceText(hw::phaseText(each)),
                          [i, member, scale](const hw::LayerCost& layer) {
                              return layer.phases[static_cast<std::size_t>(i)].*member * scale;
                          },
                          explanation});
    }
    return slices;
}

/// The value that the axis is made for.
double largestSum(const StackedBars& bars) {
    double largest = 0;
    for (std::size_t row = 0; row < bars.categories.size(); ++row) {
        double sum = 0;
        for (const auto& component : bars.components) {
            sum += component.values[row];
        }
        largest = std::max(largest, sum);
    }
    return largest;
}

void scale(StackedBars& bars, double factor) {
    for (auto& component : bars.components) {
        for (double& value : component.values) {
            value *= factor;
        }
    }
}

void stack(StackedBars& bars, const std::vector<hw::LayerCost>& layers,
           const std::vector<Slice>& slices, QString (*text)(double)) {
    int colour = 0;
    for (const auto& slice : slices) {
        bars.components.push_back({slice.name, {}, {}, colour++});
    }
    for (const auto& layer : layers) {
        double sum = 0;
        std::vector<double> values;
        for (const auto& slice : slices) {
            values.push_back(slice.value(layer));
            sum += values.back();
        }
        if (sum <= 0) {
            continue;  // streams behind another layer
        }
        bars.categories.push_back(toQt(layer.layer));
        for (std::size_t i = 0; i < slices.size(); ++i) {
            bars.components[i].values.push_back(values[i]);
            bars.components[i].details.push_back(
                Text::tr("%1 of %2, modelled").arg(text(values[i]), text(sum)) + u'\n' +
                slices[i].explanation);
        }
    }
}

/// Returns the unit that leaves readable numbers.
QString scaleEnergy(StackedBars& bars) {
    const AxisUnit unit = energyUnit(largestSum(bars));
    scale(bars, unit.factor);
    return unit.unit;
}

}  // namespace

LayerBars layerBars(const hw::HardwareReport& report, LayerFigure figure,
                    std::optional<hw::StepPhase> phase) {
    LayerBars result;
    switch (figure) {
        case LayerFigure::Energy:
            result.heading = Text::tr("Energy by layer");
            stack(result.bars, report.layers, energySlices(phase), energyText);
            result.axis = {Text::tr("Energy of a step"), scaleEnergy(result.bars)};
            break;
        case LayerFigure::Time:
            result.heading = Text::tr("Time by layer");
            result.axis = {Text::tr("Time of a step"), QStringLiteral("ms")};
            stack(result.bars, report.layers,
                  phaseSlices(phase, &hw::PhaseCost::cycles, 1 / (report.clockMhz * 1e3),
                              Text::tr("Cycles ÷ clock; the longest of arrays, vector units and "
                                       "DRAM, their sum without double buffering")),
                  timeText);
            break;
        case LayerFigure::Traffic:
            result.heading = Text::tr("DRAM traffic by layer");
            result.axis = {Text::tr("From and to DRAM in a step"), QStringLiteral("B")};
            stack(result.bars, report.layers,
                  phaseSlices(phase, &hw::PhaseCost::dramBits, 1.0 / 8,
                              Text::tr("Elements × stored bits an element, scales included")),
                  [](double bytes) { return dataText(8 * bytes); });
            break;
    }
    return result;
}

}  // namespace mantissa::ui
