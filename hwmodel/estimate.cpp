// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/estimate.h"

#include <algorithm>
#include <utility>

#include "hwmodel/converters.h"
#include "hwmodel/cost_sheet.h"
#include "hwmodel/datapath.h"
#include "hwmodel/vector_units.h"
#include "hwmodel/warnings.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

PhaseCost& phaseOf(LayerCost& cost, StepPhase phase) {
    return cost.phases[static_cast<std::size_t>(phase)];
}

/// One of a layer's GEMMs, with the buffers and tensor classes of its operands.
struct Pass {
    StepPhase phase;
    const Gemm* gemm;
    Part bufferA, bufferB;
    Part tensorsA, tensorsB;
    GemmArithmetic arithmetic;
};

std::vector<Pass> passesOf(const LayerWork& layer) {
    const auto& gemm = *layer.gemm;
    std::vector<Pass> passes;
    passes.reserve(3);
    const auto add = [&](StepPhase phase, const Gemm& work, Part bufferA, Part bufferB,
                         Part tensorsA, Part tensorsB) {
        passes.push_back({phase, &work, bufferA, bufferB, tensorsA, tensorsB, arithmeticOf(work)});
    };
    add(StepPhase::Forward, gemm.forward, Part::ActivationBuffer, Part::WeightBuffer,
        Part::DramActivations, Part::DramWeights);
    if (layer.trainsBefore) {
        add(StepPhase::InputGradient, gemm.inputGradient, Part::ErrorBuffer, Part::WeightBuffer,
            Part::DramErrors, Part::DramWeights);
    }
    add(StepPhase::WeightGradient, gemm.weightGradient, Part::ErrorBuffer, Part::ActivationBuffer,
        Part::DramErrors, Part::DramActivations);
    return passes;
}

/// Puts one step together, layer by layer.
class Step {
public:
    Step(const design::DesignPoint& design, const EstimateOptions& options,
         std::vector<LayerWork> layers)
        : m_batch(design.recipe().batch),
          m_layers(std::move(layers)),
          m_sheet(design.hardware(), options) {
        std::vector<GemmArithmetic> users;
        for (const auto& layer : m_layers) {
            m_passes.push_back(layer.gemm ? passesOf(layer) : std::vector<Pass>{});
            for (const auto& pass : m_passes.back()) {
                users.push_back(pass.arithmetic);
            }
        }
        m_datapath = datapathFor(design.hardware(), users);
    }

    HardwareReport run() {
        HardwareReport report;
        addDatapath(m_sheet, m_datapath);
        addVectorUnits(m_sheet, m_layers);
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            report.layers.push_back(chargeLayer(i));
        }
        m_converters.addUnits(m_sheet);
        report.breakdown = m_sheet.breakdown();
        warnAboutArray(m_sheet, m_datapath, report.breakdown.area_um2);
        report.area_um2 = report.breakdown.area_um2;
        report.energy_pj = report.breakdown.energy_pj;
        for (const auto& layer : report.layers) {
            const auto total = layer.total();
            report.cycles += total.cycles;
            report.dramBits += total.dramBits;
        }
        report.clockMhz = m_sheet.hardware().clockMhz;
        report.images = m_batch;
        report.technology = technologyText(m_sheet.technology());
        report.warnings = m_sheet.warnings();
        return report;
    }

private:
    LayerCost chargeLayer(std::size_t index) {
        const auto& layer = m_layers[index];
        LayerCost cost;
        cost.layer = layer.spec->name;
        cost.kind = std::string(nn::kindOf(layer.spec->params).id);
        const auto batch = static_cast<double>(m_batch);
        if (layer.gemm) {
            chargeGemmLayer(index, cost);
            warnAboutFormats(m_sheet, *layer.gemm);
        } else if (layer.isNorm()) {
            auto& forward = phaseOf(cost, StepPhase::NormForward);
            chargeNormForward(m_sheet, forward, layer, batch);
            writeResult(layer, forward);
            auto& backward = phaseOf(cost, StepPhase::NormBackward);
            chargeNormBackward(m_sheet, backward, layer, batch);
            writeError(layer, backward);
        } else {
            chargeElementwise(m_sheet, cost, layer, batch);
            if (layer.isJoin()) {
                writeResult(layer, phaseOf(cost, StepPhase::Forward));
                writeError(layer, phaseOf(cost, StepPhase::InputGradient));
            }
        }
        if (layer.shapes.parameters > 0) {
            chargeParameters(layer, phaseOf(cost, StepPhase::Update));
        }
        for (auto& phase : cost.phases) {
            phase.cycles =
                std::max(phase.computeCycles, dramCycles(m_sheet.hardware(), phase.dramBits));
        }
        return cost;
    }

    void chargeGemmLayer(std::size_t index, LayerCost& cost) {
        const auto& layer = m_layers[index];
        for (const auto& pass : m_passes[index]) {
            chargePass(layer, pass, phaseOf(cost, pass.phase));
        }
        writeResult(layer, phaseOf(cost, StepPhase::Forward));
        if (layer.trainsBefore) {
            writeError(layer, phaseOf(cost, StepPhase::InputGradient));
        }
        m_converters.write(m_sheet, phaseOf(cost, StepPhase::WeightGradient),
                           std::span(&layer.gemm->result, 1), Part::DramWeightGradients);
    }

    void chargePass(const LayerWork& layer, const Pass& pass, PhaseCost& phase) {
        const auto& gemm = *pass.gemm;
        const auto time = timeOf(gemm, pass.arithmetic, m_datapath.array);
        phase.macs = gemm.macs();
        // Results leave the array through the vector unit.
        const double drain = gemm.rows * gemm.columns / m_sheet.hardware().vectorLanes;
        phase.computeCycles = std::max(time.cycles, drain);
        phase.utilisation = time.utilisation * time.cycles / phase.computeCycles;
        chargeArithmetic(m_sheet, phase, m_datapath, gemm, pass.arithmetic, time);

        const bool keepsResults = pass.phase == StepPhase::WeightGradient;
        const auto traffic = trafficOf(gemm, time, m_sheet.bufferBits(pass.bufferA),
                                       m_sheet.bufferBits(pass.bufferB),
                                       keepsResults ? m_sheet.bufferBits(Part::WeightBuffer) : 0);
        const double bitsA = gemm.a.bits * traffic.readsOfA;
        const double bitsB = gemm.b.bits * traffic.readsOfB;
        m_sheet.move(phase, pass.tensorsA, bitsA);
        m_sheet.move(phase, pass.tensorsB, bitsB);
        m_sheet.access(phase, pass.bufferA, traffic.sramReadA, bitsA);
        m_sheet.access(phase, pass.bufferB, traffic.sramReadB, bitsB);
        m_sheet.access(phase, Part::WeightBuffer, traffic.partialSums, traffic.partialSums);
        warnAboutGemm(m_sheet, layer.spec->name, phaseText(pass.phase), gemm, pass.arithmetic,
                      m_datapath, time, pass.bufferA, pass.bufferB);
    }

    StoredTensor fp32(Shape shape) const {
        shape.insert(shape.begin(), m_batch);
        return storedTensor({}, std::move(shape), 1);
    }

    /// Stores a layer's output in each form that its readers need, now and in the backward pass.
    void writeResult(const LayerWork& layer, PhaseCost& phase) {
        std::vector<StoredTensor> activations;
        std::vector<StoredTensor> norms;
        for (const auto& reader : layer.consumers) {
            const auto& next = m_layers[reader.layer];
            if (next.gemm) {
                addDistinct(activations, next.gemm->forward.a);
                addDistinct(activations, next.gemm->weightGradient.b);
            } else {
                addDistinct(next.isNorm() ? norms : activations,
                            fp32(next.shapes.inputs[reader.input]));
            }
        }
        if (layer.feedsLoss) {
            addDistinct(activations, fp32(layer.shapes.output));
        }
        m_converters.write(m_sheet, phase, activations, Part::DramActivations);
        m_converters.write(m_sheet, phase, norms, Part::DramNorm);
    }

    /// Stores the input gradient in the forms that the layer before needs as its error.
    void writeError(const LayerWork& layer, PhaseCost& phase) {
        if (!layer.trainsBefore) {
            return;
        }
        for (const std::size_t producer : layer.producers) {
            writeErrorFor(m_layers[producer], phase);
        }
    }

    void writeErrorFor(const LayerWork& before, PhaseCost& phase) {
        if (before.gemm) {
            const auto& weightGradient = before.gemm->weightGradient.a;
            if (before.trainsBefore) {
                m_converters.write(m_sheet, phase,
                                   distinctCopies(before.gemm->inputGradient.a, weightGradient),
                                   Part::DramErrors);
            } else {
                m_converters.write(m_sheet, phase, std::span(&weightGradient, 1), Part::DramErrors);
            }
            return;
        }
        if (before.isJoin() && !before.trainsBefore) {
            return;
        }
        const auto copy = fp32(before.shapes.output);
        m_converters.write(m_sheet, phase, std::span(&copy, 1),
                           before.isNorm() ? Part::DramNorm : Part::DramErrors);
    }

    /// Weight update: reads the gradient, writes the operand copies of the next step.
    void chargeParameters(const LayerWork& layer, PhaseCost& phase) {
        const auto parameters = static_cast<double>(layer.shapes.parameters);
        chargeUpdate(m_sheet, phase, parameters);
        if (!layer.gemm) {
            m_sheet.move(phase, Part::DramWeightGradients, parameters * 32);
            return;
        }
        const auto& gemm = *layer.gemm;
        const double others = parameters - gemm.result.elements;
        m_sheet.move(phase, Part::DramWeightGradients, gemm.result.bits + others * 32);
        auto copies = layer.trainsBefore ? distinctCopies(gemm.forward.b, gemm.inputGradient.b)
                                         : std::vector<StoredTensor>{gemm.forward.b};
        // An FP32 operand is the master itself.
        std::erase_if(copies,
                      [](const StoredTensor& copy) { return isBinary32(copy.format.format); });
        m_converters.write(m_sheet, phase, copies, Part::DramWeights);
    }

    std::int64_t m_batch;
    std::vector<LayerWork> m_layers;
    std::vector<std::vector<Pass>> m_passes;
    CostSheet m_sheet;
    Datapath m_datapath;
    Converters m_converters;
};

}  // namespace

std::string_view phaseText(StepPhase phase) {
    switch (phase) {
        case StepPhase::Forward:
            return "forward";
        case StepPhase::InputGradient:
            return "input gradient";
        case StepPhase::WeightGradient:
            return "weight gradient";
        case StepPhase::NormForward:
            return "normalisation forward";
        case StepPhase::NormBackward:
            return "normalisation backward";
        case StepPhase::Update:
            return "update";
    }
    return "";
}

PhaseCost LayerCost::total() const {
    PhaseCost sum;
    double busy = 0;
    for (const auto& phase : phases) {
        sum.macs += phase.macs;
        sum.cycles += phase.cycles;
        sum.computeCycles += phase.computeCycles;
        sum.computeEnergy_pj += phase.computeEnergy_pj;
        sum.sramBits += phase.sramBits;
        sum.sramEnergy_pj += phase.sramEnergy_pj;
        sum.dramBits += phase.dramBits;
        sum.dramEnergy_pj += phase.dramEnergy_pj;
        busy += phase.utilisation * phase.computeCycles;
    }
    sum.utilisation = sum.computeCycles > 0 ? busy / sum.computeCycles : 0;
    return sum;
}

double HardwareReport::averagePowerMw() const {
    const double microseconds = cycles / clockMhz;
    return microseconds > 0 ? energy_pj * 1e-3 / microseconds : 0;  // nJ / us = mW
}

Result<HardwareReport> estimate(const design::DesignPoint& design, const EstimateOptions& options) {
    constexpr double kLeastEnergy_pj = 0.1;
    constexpr double kMostEnergy_pj = 100;
    const double energy = options.dramEnergyPerBit_pj;
    if (energy != 0 && !(energy >= kLeastEnergy_pj && energy <= kMostEnergy_pj)) {
        return fail(ErrorCode::InvalidInput, "a DRAM's energy must be 0.1 to 100 pJ a bit",
                    "dram energy");
    }
    if (auto valid = design::validate(design); !valid) {
        return tl::unexpected<Error>(std::move(valid.error()));
    }
    auto shapes = nn::checkNetwork(design.network());
    if (!shapes) {
        return tl::unexpected<Error>(std::move(shapes.error()));
    }
    return Step(design, options, workloadOf(design, *shapes)).run();
}

}  // namespace mantissa::hw
