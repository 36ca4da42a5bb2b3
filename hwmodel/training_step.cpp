// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/training_step.h"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <utility>

#include "core/numerics/registry.h"
#include "core/train/weight_transform.h"
#include "hwmodel/converters.h"
#include "hwmodel/cost_sheet.h"
#include "hwmodel/datapath.h"
#include "hwmodel/encoding.h"
#include "hwmodel/norm/norm_layers.h"
#include "hwmodel/packing.h"
#include "hwmodel/tiling.h"
#include "hwmodel/transfer.h"
#include "hwmodel/update_unit.h"
#include "hwmodel/vector_units.h"
#include "hwmodel/warnings.h"
#include "hwmodel/weight_decoder.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

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
constexpr std::array<Pass, kGemmPasses> kPassList{
    {{StepPhase::Forward, &GemmLayer::forward, Part::ActivationBuffer, Part::WeightBuffer,
      Part::ErrorBuffer, Part::DramActivations, Part::DramWeights},
     {StepPhase::InputGradient, &GemmLayer::inputGradient, Part::ErrorBuffer, Part::WeightBuffer,
      Part::ActivationBuffer, Part::DramErrors, Part::DramWeights},
     {StepPhase::WeightGradient, &GemmLayer::weightGradient, Part::ErrorBuffer,
      Part::ActivationBuffer, Part::WeightBuffer, Part::DramErrors, Part::DramActivations}}};

bool runs(const GemmClass& each, std::size_t pass) {
    return kPassList[pass].phase != StepPhase::InputGradient || each.trainsBefore;
}

class Step {
public:
    Step(const design::DesignPoint& design, const NetworkOutline& outline,
         const EstimateOptions& options, StepMemory& memory)
        : m_memory(memory),
          m_recipe(design.recipe()),
          m_batch(design.recipe().batch),
          m_layers(outline.layers),
          m_formats(design.precision(), design.network(), memory.formats),
          m_sheet(design.hardware(), options),
          m_norms(m_sheet, m_memory.formats),
          m_update(design.recipe(), design.hardware()),
          m_packed(packedKernels(m_sheet, design.recipe())) {
        m_estimate = m_memory.begin();
        m_numbers.reserve(m_layers.size());
        m_classOf.reserve(m_layers.size());
        for (const auto& layer : m_layers) {
            m_numbers.push_back(m_formats.numberOf(layer.name, layer.kind));
            m_norms.admit(layer, m_formats.formats(m_numbers.back()));
            m_classOf.push_back(layer.role == LayerRole::Gemm ? classOf(layer, m_numbers.back())
                                                              : nullptr);
        }
        std::vector<const GemmArithmetic*> users;
        LargestOperands largest;
        train::WeightCode decoder;
        for (const auto& layer : m_layers) {
            largest.includeChannel(layer, m_batch);
        }
        for (const auto* each : m_classes) {
            largest.include(each->gemm, each->trainsBefore);
            for (std::size_t pass = 0; pass < kGemmPasses; ++pass) {
                if (runs(*each, pass)) {
                    users.push_back(&each->arithmetic[pass]);
                    admit(decoder, decodedIn(*each, pass));
                }
            }
        }
        m_datapath = datapathFor(design.hardware(), users);
        m_datapath.weights = decoder;
        if (m_update.isOnArray()) {
            m_datapath.sums = kBinary32;
        }
        m_sheet.addBuffers(bufferSizes(design.hardware(), largest));
        m_datapathNumber = m_memory.numberOf(m_datapath, m_sheet.buffers());
    }

    HardwareReport run() {
        HardwareReport report;
        addDatapath(m_sheet, m_datapath);
        addVectorUnits(m_sheet, m_layers);
        m_norms.addUnits(m_sheet);
        const bool trains = std::any_of(m_layers.begin(), m_layers.end(), [](const auto& layer) {
            return layer.shapes.parameters > 0;
        });
        warnAboutTransform(m_sheet, m_recipe);
        if (trains) {
            m_update.addUnits(m_sheet, m_datapath);
        }
        if (std::any_of(m_classes.begin(), m_classes.end(),
                        [](const auto* each) { return each->gemm.forward.b.encoding < 1; })) {
            addIndexCoders(m_sheet);
        }
        if (std::any_of(m_classes.begin(), m_classes.end(), [](const auto* each) {
                return each->gemm.weightGradient.b.entropyCoded;
            })) {
            addStashCoders(m_sheet);
        }
        for (auto* each : m_classes) {
            chargeClass(*each);
        }
        report.layers.resize(m_layers.size());
        m_memory.layers.resize(m_layers.size());
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            enterLayer(i, report.layers[i]);
        }
        m_converters.addUnits(m_sheet);
        report.clockMhz = m_sheet.hardware().clockMhz;
        const double leakage_nw = m_sheet.leakage_nw();
        const double cycle_ms = 1 / (report.clockMhz * 1e3);
        for (auto& layer : report.layers) {
            for (auto& phase : layer.phases) {
                phase.leakageEnergy_pj = leakage_nw * (phase.cycles * cycle_ms);  // nW ms = pJ
                report.cycles += phase.cycles;
                report.dramBits += phase.dramBits;
            }
        }
        report.breakdown = m_sheet.breakdown(report.milliseconds());
        warnAboutArray(m_sheet, m_datapath, report.breakdown.area_um2);
        report.area_um2 = report.breakdown.area_um2;
        report.energy_pj = report.breakdown.energy_pj;
        report.leakage_mw = leakage_nw * 1e-6;
        report.peakMacsPerCycle = m_datapath.array.multipliers();
        report.dramBitsPerCycle = 1 / dramCycles(m_sheet.hardware(), 1);
        report.stashBits = m_stashBits;
        report.images = m_batch;
        report.technology = technologyText(m_sheet.technology());
        report.carriedOver = transferText(m_sheet.technology());
        report.warnings = m_sheet.warnings();
        std::ranges::move(transferLimits(m_sheet.technology()),
                          std::back_inserter(report.warnings));
        return report;
    }

private:
    GemmClass* classOf(const LayerOutline& layer, std::size_t formats) {
        auto& found = m_memory.classOf(layer, formats);
        if (std::exchange(found.estimate, m_estimate) != m_estimate) {
            found.layers = 0;
            m_classes.push_back(&found);
            if (found.first == layer.name) {
                m_sheet.repeat(found.found);
            } else {
                layOut(found, layer, formats);
            }
        }
        found.layers += 1;
        return &found;
    }

    void layOut(GemmClass& added, const LayerOutline& layer, std::size_t formats) {
        added.first = layer.name;
        added.found = {};
        added.gemm = gemmLayer(layer, m_formats.formats(formats), m_batch);
        storeTransformed(added, layer.shapes.weight);
        m_sheet.record(&added.found);
        encodeForDram(m_sheet, layer, transformsWeights(), added.gemm);
        m_sheet.record(nullptr);
        // Training adds a depthwise filter's products one by one in FP32.
        const auto sums =
            layer.extents.isDepthwise() ? SumFormat{} : m_formats.formats(formats).sums;
        for (std::size_t pass = 0; pass < kGemmPasses; ++pass) {
            if (runs(added, pass)) {
                auto& gemm = added.gemm.*kPassList[pass].gemm;
                added.arithmetic[pass] = arithmeticOf(gemm, sums);
                if (const auto overlay = overlayOf(kPassList[pass].phase); overlay.kernels() > 1) {
                    added.dense[pass] = keepsDense(m_sheet.hardware(), layer,
                                                   added.arithmetic[pass], overlay.kernels());
                    gemm.overlay = added.dense[pass].pattern.empty() ? overlay : Overlay{};
                    added.arithmetic[pass] = arithmeticOf(gemm, sums);
                }
            }
        }
    }

    /// What a pass saves where it packs. Weight gradients are those of the dense layer: the
    /// transform leaves out what no kernel owns.
    Overlay overlayOf(StepPhase phase) const {
        switch (phase) {
            case StepPhase::Forward:
                return {m_packed, 1};
            case StepPhase::InputGradient:
                return {1, m_packed};
            default:
                return {};
        }
    }

    bool transformsWeights() const {
        return train::infoOf(m_recipe.weightTransform).storedBits != nullptr;
    }

    /// Weights that are pruned, shared or decomposed are stored and read as such.
    void storeTransformed(GemmClass& added, const Shape& weight) const {
        added.weights = {};
        const auto& info = train::infoOf(m_recipe.weightTransform);
        if (info.storedBits == nullptr) {
            return;
        }
        for (auto* tensor : {&added.gemm.forward.b, &added.gemm.inputGradient.b}) {
            const double own = numerics::elementBits(tensor->stored->format.format);
            tensor->bits =
                info.storedBits(m_recipe, weight, {own, tensor->bits / tensor->elements - own});
        }
        added.weights = info.code(m_recipe, weight);
    }

    /// What a pass has decoded: no weights where it reads none, no owners where it routes by them.
    static train::WeightCode decodedIn(const GemmClass& each, std::size_t pass) {
        auto code =
            kPassList[pass].tensorsB == Part::DramWeights ? each.weights : train::WeightCode{};
        if ((each.gemm.*kPassList[pass].gemm).overlay.kernels() > 1) {
            code.ownerBits = 0;
        }
        return code;
    }

    void chargeClass(GemmClass& each) {
        m_sheet.setLayers(each.layers);
        if (each.datapath == m_datapathNumber) {
            m_sheet.repeat(each.charged);
            m_sheet.setLayers(1);
            return;
        }
        const bool again = std::exchange(each.met, m_datapathNumber) == m_datapathNumber;
        each.datapath = 0;
        each.charged = {};
        m_sheet.record(again ? &each.charged : nullptr);
        for (std::size_t pass = 0; pass < kGemmPasses; ++pass) {
            if (runs(each, pass)) {
                each.costs[pass] = {};
                chargePass(each, pass);
            }
        }
        m_sheet.setLayers(1);
        warnAboutFormats(m_sheet, each.gemm);
        m_sheet.record(nullptr);
        each.datapath = again ? m_datapathNumber : 0;
    }

    void chargePass(GemmClass& each, std::size_t index) {
        const auto& pass = kPassList[index];
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
        const TileGrain grain{array.rows * 1.0 * array.arrays,
                              1.0 * array.columns * gemm.overlay.sums,
                              1.0 * array.lanes * gemm.overlay.terms};
        auto& tiling = each.tilings[index];
        const bool fits = each.grains[index] == grain && each.buffers[index] == m_sheet.buffers();
        if (!tiling || !fits) {
            tiling =
                tilingOf(gemm,
                         {m_sheet.bufferBits(pass.bufferA), m_sheet.bufferBits(pass.bufferB),
                          m_sheet.bufferBits(pass.bufferSums), m_sheet.hardware().doubleBuffered},
                         grain);
            each.grains[index] = grain;
            each.buffers[index] = m_sheet.buffers();
        }
        chargeTraffic(phase, pass, gemm, time, *tiling, arithmetic.sums.shape.bits());
        chargeWeightDecoders(m_sheet, phase, decodedIn(each, index),
                             gemm.columns * gemm.reduction() * time.entriesOfB);
    }

    /// Operands from DRAM into their buffers and from there into the arrays; partial sums.
    void chargeTraffic(PhaseCost& phase, const Pass& pass, const Gemm& gemm, const ArrayTime& time,
                       const Tiling& tiling, double sumBits) {
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
        const double results = gemm.rows * gemm.columns * sumBits;
        const double buffered = results * std::max(time.returnedSums, tiling.bufferedSums);
        m_sheet.access(phase, pass.bufferSums, buffered, buffered);
        m_sheet.move(phase, Part::DramSums, 2 * results * tiling.spilledSums);
    }

    /// All that a layer's figures depend on within one memory: what it and its neighbours are
    /// stored in, and the datapath.
    const std::vector<std::size_t>& from(std::size_t index) {
        const auto& layer = m_layers[index];
        m_from.assign({m_datapathNumber, m_numbers[index]});
        for (const auto& reader : layer.consumers) {
            m_from.push_back(m_numbers[reader.layer]);
        }
        for (const std::size_t producer : layer.producers) {
            m_from.push_back(m_numbers[producer]);
        }
        return m_from;
    }

    void enterLayer(std::size_t index, LayerCost& cost) {
        auto& record = m_memory.layers[index];
        const bool again = record.from == from(index);
        if (again && record.isFilled) {
            m_sheet.repeat(record.entries);
            m_converters.repeat(record.banks);
            m_stashBits += record.stashBits;
            cost = record.cost;
            return;
        }
        record.isFilled = false;
        record.from = m_from;
        double stashBits = 0;
        if (again) {
            record.entries = {};
            record.banks = {};
            m_sheet.record(&record.entries);
            m_converters.record(&record.banks);
        }
        chargeLayer(index, cost, stashBits);
        m_stashBits += stashBits;
        if (again) {
            m_sheet.record(nullptr);
            m_converters.record(nullptr);
            record.stashBits = stashBits;
            record.cost = cost;
            record.isFilled = true;
        }
    }

    void chargeLayer(std::size_t index, LayerCost& cost, double& stashBits) {
        const auto& layer = m_layers[index];
        cost.layer = layer.name;
        cost.kind = layer.kind;
        const auto batch = static_cast<double>(m_batch);
        switch (layer.role) {
            case LayerRole::Gemm:
                chargeGemmLayer(index, cost, stashBits);
                break;
            case LayerRole::Norm:
                m_norms.chargeForward(m_sheet, phaseOf(cost, StepPhase::NormForward), layer, batch);
                writeResult(layer, phaseOf(cost, StepPhase::NormForward), stashBits);
                m_norms.chargeBackward(m_sheet, phaseOf(cost, StepPhase::NormBackward), layer,
                                       batch);
                writeError(layer, phaseOf(cost, StepPhase::NormBackward));
                break;
            case LayerRole::Join:
                chargeElementwise(m_sheet, cost, layer, batch);
                writeResult(layer, phaseOf(cost, StepPhase::Forward), stashBits);
                writeError(layer, phaseOf(cost, StepPhase::InputGradient));
                break;
            case LayerRole::Stream:
                chargeElementwise(m_sheet, cost, layer, batch);
                break;
        }
        if (layer.trainsBefore) {
            stashBits += layer.work.keptBits * batch;
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

    void chargeGemmLayer(std::size_t index, LayerCost& cost, double& stashBits) {
        const auto& layer = m_layers[index];
        const auto& own = *m_classOf[index];
        for (std::size_t i = 0; i < kGemmPasses; ++i) {
            const auto& pass = kPassList[i];
            if (runs(own, i)) {
                phaseOf(cost, pass.phase) = own.costs[i];
                if (!own.dense[i].pattern.empty()) {
                    m_sheet.warn(own.dense[i], {layer.name, phaseText(pass.phase)});
                }
                warnAboutGemm(m_sheet, {layer.name, phaseText(pass.phase)}, own.gemm.*pass.gemm,
                              own.arithmetic[i], m_datapath, own.times[i], pass.bufferA,
                              pass.bufferB);
                warnAboutSums(m_sheet, {layer.name, phaseText(pass.phase)},
                              m_formats.formats(m_numbers[index]).sums, own.arithmetic[i].sums);
            }
        }
        writeResult(layer, phaseOf(cost, StepPhase::Forward), stashBits);
        writeError(layer, phaseOf(cost, StepPhase::InputGradient));
        m_copies.assign({&own.gemm.result});
        m_converters.write(m_sheet, phaseOf(cost, StepPhase::WeightGradient), m_copies,
                           Part::DramWeightGradients);
    }

    /// Stores a layer's output in each form that its readers need, now and in the backward pass.
    void writeResult(const LayerOutline& layer, PhaseCost& phase, double& stashBits) {
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
        noteStash(layer, stashBits);
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
    void noteStash(const LayerOutline& layer, double& stashBits) {
        m_copies.clear();
        for (const auto& reader : layer.consumers) {
            if (const auto* next = m_classOf[reader.layer]) {
                addDistinct(m_copies, next->gemm.weightGradient.b);
            }
        }
        for (const auto* copy : m_copies) {
            stashBits += copy->dramBits();
        }
        const auto norm = std::find_if(
            layer.consumers.begin(), layer.consumers.end(),
            [&](const auto& reader) { return m_layers[reader.layer].role == LayerRole::Norm; });
        if (norm != layer.consumers.end()) {
            const auto& reader = m_layers[norm->layer];
            stashBits += normTensor(reader, m_norms.inputFormat(reader)).bits;
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
        m_update.charge(m_sheet, phase, m_converters, m_datapath, layer,
                        m_formats.formats(m_numbers[index]));
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

    StepMemory& m_memory;
    const train::Recipe& m_recipe;
    std::int64_t m_batch;
    const std::vector<LayerOutline>& m_layers;
    PlanFormats m_formats;
    std::vector<std::size_t> m_numbers;       ///< of each layer's formats
    std::vector<GemmClass*> m_classes;        ///< in the order in which layers meet them
    std::vector<const GemmClass*> m_classOf;  ///< of each layer; null: no matrices
    CostSheet m_sheet;
    NormLayers m_norms;
    UpdateUnit m_update;
    int m_packed;  ///< kernels that elements pack, 1: none
    std::size_t m_estimate = 0;
    Datapath m_datapath;
    std::size_t m_datapathNumber = 0;
    Converters m_converters;
    double m_stashBits = 0;
    Copies m_copies;                  ///< of the write at hand
    std::vector<std::size_t> m_from;  ///< of the layer at hand
};

}  // namespace

HardwareReport trainingStep(const design::DesignPoint& design, const NetworkOutline& outline,
                            const EstimateOptions& options, StepMemory& memory) {
    return Step(design, outline, options, memory).run();
}

}  // namespace mantissa::hw
