// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/training_step.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "core/train/weight_transform.h"
#include "hwmodel/converters.h"
#include "hwmodel/cost_sheet.h"
#include "hwmodel/datapath.h"
#include "hwmodel/encoding.h"
#include "hwmodel/norm/norm_layers.h"
#include "hwmodel/tiling.h"
#include "hwmodel/update_unit.h"
#include "hwmodel/vector_units.h"
#include "hwmodel/warnings.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

constexpr std::size_t kPasses = 3;

PhaseCost& phaseOf(LayerCost& cost, StepPhase phase) {
    return cost.phases[static_cast<std::size_t>(phase)];
}

/// A pass, with the buffers and tensor classes of its operands.
struct Pass {
    StepPhase phase;
    Gemm GemmLayer::*gemm;
    Part bufferA, bufferB;
    Part bufferSums;  ///< the one that no operand takes keeps partial sums
    Part tensorsA, tensorsB;
};
constexpr std::array<Pass, kPasses> kGemmPasses{
    {{StepPhase::Forward, &GemmLayer::forward, Part::ActivationBuffer, Part::WeightBuffer,
      Part::ErrorBuffer, Part::DramActivations, Part::DramWeights},
     {StepPhase::InputGradient, &GemmLayer::inputGradient, Part::ErrorBuffer, Part::WeightBuffer,
      Part::ActivationBuffer, Part::DramErrors, Part::DramWeights},
     {StepPhase::WeightGradient, &GemmLayer::weightGradient, Part::ErrorBuffer,
      Part::ActivationBuffer, Part::WeightBuffer, Part::DramErrors, Part::DramActivations}}};

/// Layers of equal extents, formats and passes: worked out once.
struct GemmClass {
    std::size_t extents = 0;
    std::size_t formats = 0;
    bool trainsBefore = false;
    double layers = 0;
    GemmLayer gemm;
    std::array<GemmArithmetic, kPasses> arithmetic;
    std::array<ArrayTime, kPasses> times;
    std::array<PhaseCost, kPasses> costs;
    bool runs(std::size_t pass) const {
        return kGemmPasses[pass].phase != StepPhase::InputGradient || trainsBefore;
    }
};

class Step {
public:
    Step(const design::DesignPoint& design, const NetworkOutline& outline,
         const EstimateOptions& options)
        : m_recipe(design.recipe()),
          m_batch(design.recipe().batch),
          m_layers(outline.layers),
          m_formats(design.precision(), design.network()),
          m_sheet(design.hardware(), options),
          m_norms(m_sheet, m_layers),
          m_update(design.recipe(), design.hardware()) {
        m_classOf.reserve(m_layers.size());
        std::vector<const GemmArithmetic*> users;
        for (const auto& layer : m_layers) {
            m_classOf.push_back(layer.role == LayerRole::Gemm ? classOf(layer) : nullptr);
        }
        for (const auto& each : m_classes) {
            for (std::size_t pass = 0; pass < kPasses; ++pass) {
                if (each.runs(pass)) {
                    users.push_back(&each.arithmetic[pass]);
                }
            }
        }
        m_datapath = datapathFor(design.hardware(), users);
    }

    HardwareReport run() {
        HardwareReport report;
        addDatapath(m_sheet, m_datapath);
        addVectorUnits(m_sheet, m_layers);
        m_norms.addUnits(m_sheet);
        const bool trains = std::any_of(m_layers.begin(), m_layers.end(), [](const auto& layer) {
            return layer.shapes.parameters > 0;
        });
        if (trains) {
            m_update.addUnits(m_sheet, m_datapath);
        }
        if (std::any_of(m_classes.begin(), m_classes.end(),
                        [](const auto& each) { return each.gemm.forward.b.encoding < 1; })) {
            addIndexCoders(m_sheet);
        }
        if (std::any_of(m_classes.begin(), m_classes.end(),
                        [](const auto& each) { return each.gemm.weightGradient.b.entropyCoded; })) {
            addStashCoders(m_sheet);
        }
        for (auto& each : m_classes) {
            chargeClass(each);
        }
        report.layers.resize(m_layers.size());
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            chargeLayer(i, report.layers[i]);
        }
        m_converters.addUnits(m_sheet);
        report.breakdown = m_sheet.breakdown();
        warnAboutArray(m_sheet, m_datapath, report.breakdown.area_um2);
        report.area_um2 = report.breakdown.area_um2;
        report.energy_pj = report.breakdown.energy_pj;
        for (const auto& layer : report.layers) {
            for (const auto& phase : layer.phases) {
                report.cycles += phase.cycles;
                report.dramBits += phase.dramBits;
            }
        }
        report.peakMacsPerCycle = m_datapath.array.multipliers();
        report.dramBitsPerCycle = 1 / dramCycles(m_sheet.hardware(), 1);
        report.stashBits = m_stashBits;
        report.clockMhz = m_sheet.hardware().clockMhz;
        report.images = m_batch;
        report.technology = technologyText(m_sheet.technology());
        report.warnings = m_sheet.warnings();
        return report;
    }

private:
    GemmClass* classOf(const LayerOutline& layer) {
        const auto formats = m_formats.numberOf(layer.name, layer.kind);
        auto found = std::find_if(m_classes.begin(), m_classes.end(), [&](const GemmClass& each) {
            return each.extents == layer.gemm && each.formats == formats &&
                   each.trainsBefore == layer.trainsBefore;
        });
        if (found == m_classes.end()) {
            auto& added = m_classes.emplace_back();
            added.extents = layer.gemm;
            added.formats = formats;
            added.trainsBefore = layer.trainsBefore;
            added.gemm = gemmLayer(layer, m_formats.formats(formats), m_batch);
            storeTransformed(added.gemm, layer.shapes.weight);
            encodeForDram(m_sheet, layer, transformsWeights(), added.gemm);
            for (std::size_t pass = 0; pass < kPasses; ++pass) {
                if (added.runs(pass)) {
                    added.arithmetic[pass] = arithmeticOf(added.gemm.*kGemmPasses[pass].gemm);
                }
            }
            found = std::prev(m_classes.end());
        }
        found->layers += 1;
        return &*found;
    }

    bool transformsWeights() const {
        return train::infoOf(m_recipe.weightTransform).storedBits != nullptr;
    }

    /// Weights that are pruned, shared or decomposed are stored and read as such.
    void storeTransformed(GemmLayer& gemm, const Shape& weight) const {
        for (auto* tensor : {&gemm.forward.b, &gemm.inputGradient.b}) {
            if (const auto bits = train::infoOf(m_recipe.weightTransform).storedBits) {
                tensor->bits = bits(m_recipe, weight, tensor->bits / tensor->elements);
            }
        }
    }

    void chargeClass(GemmClass& each) {
        m_sheet.setLayers(each.layers);
        for (std::size_t pass = 0; pass < kPasses; ++pass) {
            if (each.runs(pass)) {
                chargePass(each, pass);
            }
        }
        m_sheet.setLayers(1);
        warnAboutFormats(m_sheet, each.gemm);
    }

    void chargePass(GemmClass& each, std::size_t index) {
        const auto& pass = kGemmPasses[index];
        const auto& gemm = each.gemm.*pass.gemm;
        const auto& arithmetic = each.arithmetic[index];
        auto& phase = each.costs[index];
        const auto array = m_datapath.arrayFor(arithmetic);
        const auto time = timeOf(gemm, arithmetic, array);
        each.times[index] = time;
        phase.macs = gemm.macs();
        // Results leave the array through the vector unit.
        const double drain = gemm.rows * gemm.columns / m_sheet.hardware().vectorLanes;
        phase.computeCycles = std::max(time.cycles, drain);
        phase.utilisation = time.utilisation * time.cycles / phase.computeCycles;
        chargeArithmetic(m_sheet, phase, m_datapath, gemm, arithmetic, time);

        // Where compute and vector units take turns, the slower one is what the phase waits for.
        phase.bound = drain > time.cycles ? Bound::Vector : Bound::Compute;
        chargeTraffic(phase, pass, gemm, time,
                      {array.rows * 1.0 * array.arrays, 1.0 * array.columns, 1.0 * array.lanes});
    }

    /// Operands from DRAM into their buffers and from there into the arrays; partial sums.
    void chargeTraffic(PhaseCost& phase, const Pass& pass, const Gemm& gemm, const ArrayTime& time,
                       const TileGrain& grain) {
        const auto tiling =
            tilingOf(gemm,
                     {m_sheet.bufferBits(pass.bufferA), m_sheet.bufferBits(pass.bufferB),
                      m_sheet.bufferBits(pass.bufferSums), m_sheet.hardware().doubleBuffered},
                     grain);
        const double bitsA = gemm.a.bits * tiling.readsOfA;
        const double bitsB = gemm.b.bits * tiling.readsOfB;
        m_sheet.move(phase, pass.tensorsA, bitsA * gemm.a.encoding);
        m_sheet.move(phase, pass.tensorsB, bitsB * gemm.b.encoding);
        if (pass.tensorsB == Part::DramWeights) {
            chargeIndexDecoders(m_sheet, phase, gemm.b, tiling.readsOfB);
        }
        chargeStashDecoder(m_sheet, phase, gemm.b, tiling.readsOfB);
        const double indicesA = gemm.rows * gemm.reduction() * time.entriesOfA;
        const double indicesB = gemm.columns * gemm.reduction() * time.entriesOfB;
        m_sheet.access(phase, pass.bufferA, indicesA * gemm.a.bits / gemm.a.elements, bitsA);
        m_sheet.access(phase, pass.bufferB, indicesB * gemm.b.bits / gemm.b.elements, bitsB);
        constexpr double kSumBits = 32;
        const double results = gemm.rows * gemm.columns * kSumBits;
        const double buffered = results * std::max(time.returnedSums, tiling.bufferedSums);
        m_sheet.access(phase, pass.bufferSums, buffered, buffered);
        m_sheet.move(phase, Part::DramSums, 2 * results * tiling.spilledSums);
    }

    void chargeLayer(std::size_t index, LayerCost& cost) {
        const auto& layer = m_layers[index];
        cost.layer = layer.name;
        cost.kind = layer.kind;
        const auto batch = static_cast<double>(m_batch);
        switch (layer.role) {
            case LayerRole::Gemm:
                chargeGemmLayer(index, cost);
                break;
            case LayerRole::Norm:
                m_norms.chargeForward(m_sheet, phaseOf(cost, StepPhase::NormForward), layer, batch);
                writeResult(layer, phaseOf(cost, StepPhase::NormForward));
                m_norms.chargeBackward(m_sheet, phaseOf(cost, StepPhase::NormBackward), layer,
                                       batch);
                writeError(layer, phaseOf(cost, StepPhase::NormBackward));
                break;
            case LayerRole::Join:
                chargeElementwise(m_sheet, cost, layer, batch);
                warnAboutJoin(m_sheet, layer.name,
                              m_formats.formats(m_formats.numberOf(layer.name, layer.kind)));
                writeResult(layer, phaseOf(cost, StepPhase::Forward));
                writeError(layer, phaseOf(cost, StepPhase::InputGradient));
                break;
            case LayerRole::Stream:
                chargeElementwise(m_sheet, cost, layer, batch);
                break;
        }
        if (layer.trainsBefore) {
            m_stashBits += layer.work.keptBits * batch;
        }
        if (layer.shapes.parameters > 0) {
            chargeParameters(index, phaseOf(cost, StepPhase::Update));
        }
        for (auto& phase : cost.phases) {
            settle(phase);
        }
    }

    /// Time, once all bits of a phase are known.
    void settle(PhaseCost& phase) const {
        const auto& hardware = m_sheet.hardware();
        phase.memoryCycles = dramCycles(hardware, phase.dramBits);
        phase.cycles = hardware.doubleBuffered ? std::max(phase.computeCycles, phase.memoryCycles)
                                               : phase.computeCycles + phase.memoryCycles;
        if (phase.memoryCycles > phase.computeCycles) {
            phase.bound = Bound::Memory;
        } else if (phase.computeCycles > 0 && phase.bound == Bound::None) {
            phase.bound = Bound::Vector;
        }
    }

    void chargeGemmLayer(std::size_t index, LayerCost& cost) {
        const auto& layer = m_layers[index];
        const auto& own = *m_classOf[index];
        for (std::size_t i = 0; i < kPasses; ++i) {
            const auto& pass = kGemmPasses[i];
            if (own.runs(i)) {
                phaseOf(cost, pass.phase) = own.costs[i];
                warnAboutGemm(m_sheet, {layer.name, phaseText(pass.phase)}, own.gemm.*pass.gemm,
                              own.arithmetic[i], m_datapath, own.times[i], pass.bufferA,
                              pass.bufferB);
            }
        }
        writeResult(layer, phaseOf(cost, StepPhase::Forward));
        writeError(layer, phaseOf(cost, StepPhase::InputGradient));
        m_copies.assign({&own.gemm.result});
        m_converters.write(m_sheet, phaseOf(cost, StepPhase::WeightGradient), m_copies,
                           Part::DramWeightGradients);
    }

    /// Stores a layer's output in each form that its readers need, now and in the backward pass.
    void writeResult(const LayerOutline& layer, PhaseCost& phase) {
        const auto whole = binary32Tensor(layer.outputElements * static_cast<double>(m_batch));
        m_copies.clear();
        for (const auto& reader : layer.consumers) {
            if (const auto* next = m_classOf[reader.layer]) {
                addDistinct(m_copies, next->gemm.forward.a);
                addDistinct(m_copies, next->gemm.weightGradient.b);
            } else if (m_layers[reader.layer].role == LayerRole::Norm) {
                // Its module reads a form of its own.
            } else {
                addDistinct(m_copies, whole);
            }
        }
        if (layer.feedsLoss) {
            addDistinct(m_copies, whole);
        }
        m_converters.write(m_sheet, phase, m_copies, Part::DramActivations);
        for (const auto* copy : m_copies) {
            chargeStashEncoder(m_sheet, phase, *copy);
        }
        noteStash(layer);
        std::deque<StoredTensor> inputs;
        m_copies.clear();
        for (const auto& reader : layer.consumers) {
            const auto& next = m_layers[reader.layer];
            if (next.role == LayerRole::Norm) {
                addDistinct(m_copies,
                            inputs.emplace_back(normTensor(next, m_norms.inputFormat(next))));
            }
        }
        m_converters.write(m_sheet, phase, m_copies, Part::DramNorm);
    }

    /// What the backward pass reads again of a layer's output, each form once.
    void noteStash(const LayerOutline& layer) {
        m_copies.clear();
        for (const auto& reader : layer.consumers) {
            if (const auto* next = m_classOf[reader.layer]) {
                addDistinct(m_copies, next->gemm.weightGradient.b);
            }
        }
        for (const auto* copy : m_copies) {
            m_stashBits += copy->dramBits();
        }
        const auto norm = std::find_if(
            layer.consumers.begin(), layer.consumers.end(),
            [&](const auto& reader) { return m_layers[reader.layer].role == LayerRole::Norm; });
        if (norm != layer.consumers.end()) {
            const auto& reader = m_layers[norm->layer];
            m_stashBits += normTensor(reader, m_norms.inputFormat(reader)).bits;
        }
    }

    /// A normalisation layer's input, or the gradient of its output.
    StoredTensor normTensor(const LayerOutline& layer, const StoredFormat& stored) const {
        if (stored.isBinary32) {
            return binary32Tensor(layer.outputElements * static_cast<double>(m_batch));
        }
        Shape shape = layer.shapes.output;
        shape.insert(shape.begin(), m_batch);
        return storedTensor(stored, std::move(shape), 1);
    }

    /// Stores the input gradient in the forms that the layer before needs as its error.
    void writeError(const LayerOutline& layer, PhaseCost& phase) {
        if (!layer.trainsBefore) {
            return;
        }
        for (const std::size_t producer : layer.producers) {
            writeErrorFor(producer, phase);
        }
    }

    void writeErrorFor(std::size_t producer, PhaseCost& phase) {
        const auto& before = m_layers[producer];
        m_copies.clear();
        if (const auto* gemm = m_classOf[producer]) {
            if (before.trainsBefore) {
                addDistinct(m_copies, gemm->gemm.inputGradient.a);
            }
            addDistinct(m_copies, gemm->gemm.weightGradient.a);
            m_converters.write(m_sheet, phase, m_copies, Part::DramErrors);
            return;
        }
        if (before.role == LayerRole::Join && !before.trainsBefore) {
            return;
        }
        const bool isNorm = before.role == LayerRole::Norm;
        const auto whole =
            isNorm ? normTensor(before, m_norms.errorFormat(before))
                   : binary32Tensor(before.outputElements * static_cast<double>(m_batch));
        m_copies.push_back(&whole);
        m_converters.write(m_sheet, phase, m_copies, isNorm ? Part::DramNorm : Part::DramErrors);
    }

    /// Weight update: reads the gradient, writes the operand copies of the next step.
    void chargeParameters(std::size_t index, PhaseCost& phase) {
        const auto& layer = m_layers[index];
        const auto parameters = static_cast<double>(layer.shapes.parameters);
        const auto formats = m_formats.numberOf(layer.name, layer.kind);
        m_update.charge(m_sheet, phase, m_converters, m_datapath, layer,
                        m_formats.formats(formats));
        const auto* own = m_classOf[index];
        if (own == nullptr) {
            m_sheet.move(phase, Part::DramWeightGradients, parameters * 32);
            return;
        }
        const auto& gemm = own->gemm;
        const double others = parameters - gemm.result.elements;
        m_sheet.move(phase, Part::DramWeightGradients, gemm.result.bits + others * 32);
        m_copies.clear();
        addDistinct(m_copies, gemm.forward.b);
        if (layer.trainsBefore) {
            addDistinct(m_copies, gemm.inputGradient.b);
        }
        // An FP32 operand is the master itself, unless it is stored in fewer bits.
        std::erase_if(m_copies, [&](const StoredTensor* copy) {
            return copy->stored->isBinary32 && copy->encoding == 1 && !transformsWeights();
        });
        m_converters.write(m_sheet, phase, m_copies, Part::DramWeights);
        for (const auto* copy : m_copies) {
            chargeIndexEncoders(m_sheet, phase, *copy);
        }
    }

    const train::Recipe& m_recipe;
    std::int64_t m_batch;
    const std::vector<LayerOutline>& m_layers;
    PlanFormats m_formats;
    std::deque<GemmClass> m_classes;
    std::vector<const GemmClass*> m_classOf;  ///< of each layer; null: no matrices
    CostSheet m_sheet;
    NormLayers m_norms;
    UpdateUnit m_update;
    Datapath m_datapath;
    Converters m_converters;
    double m_stashBits = 0;
    Copies m_copies;  ///< of the write at hand
};

}  // namespace

HardwareReport trainingStep(const design::DesignPoint& design, const NetworkOutline& outline,
                            const EstimateOptions& options) {
    return Step(design, outline, options).run();
}

}  // namespace mantissa::hw
