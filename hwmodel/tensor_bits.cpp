// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/tensor_bits.h"

#include <algorithm>
#include <string_view>

#include "hwmodel/norm/norm_layers.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

struct Sum {
    std::string_view tensor;
    double bits = 0;
    double elements = 0;
    void add(const StoredTensor& stored) {
        bits += stored.bits;
        elements += stored.elements;
    }
};

/// Of the maps, or in the backward pass of their errors.
numerics::TensorFormat normFormat(const design::DesignPoint& design, const LayerOutline& layer,
                                  design::Pass pass) {
    if (layer.norm.kind == nn::BatchNormKind::LightNorm) {
        return pass == design::Pass::Forward ? normMapFormat(layer.norm)
                                             : normErrorFormat(layer.norm);
    }
    const auto sites = design::planSites(design.precision(), design.network());
    const auto site = std::find_if(sites.begin(), sites.end(),
                                   [&](const auto& one) { return one.layer == layer.name; });
    return design.precision().resolve(*site, design::Role::Normalisation, pass).format;
}

}  // namespace

std::vector<TensorBits> tensorBits(const design::DesignPoint& design) {
    const auto outline = outlineOf(design.network());
    if (!outline || !design::validate(design)) {
        return {};
    }
    using design::Role;
    Sum weight{design::roleText(Role::Weight)};
    Sum activation{design::roleText(Role::Activation)};
    Sum error{design::roleText(Role::Error)};
    Sum gradient{design::roleText(Role::WeightGradient)};
    Sum normalisation{design::roleText(Role::Normalisation)};
    const std::int64_t batch = design.recipe().batch;
    FormatPool pool;
    PlanFormats formats(design.precision(), design.network(), pool);
    for (const auto& layer : outline->layers) {
        if (layer.role == LayerRole::Gemm) {
            const auto gemm =
                gemmLayer(layer, formats.formats(formats.numberOf(layer.name, layer.kind)), batch);
            weight.add(gemm.forward.b);
            activation.add(gemm.forward.a);
            activation.add(gemm.weightGradient.b);
            error.add(gemm.weightGradient.a);
            gradient.add(gemm.result);
            if (layer.trainsBefore) {
                weight.add(gemm.inputGradient.b);
                error.add(gemm.inputGradient.a);
            }
        } else if (layer.role == LayerRole::Norm) {
            Shape shape = layer.shapes.input;
            shape.insert(shape.begin(), batch);
            for (const auto pass : design::passesOf(Role::Normalisation)) {
                const StoredFormat stored(normFormat(design, layer, pass));
                normalisation.add(storedTensor(stored, shape, 1));
            }
        }
    }
    std::vector<TensorBits> bits;
    for (const auto* sum : {&weight, &activation, &error, &gradient, &normalisation}) {
        if (sum->elements > 0) {
            bits.push_back({std::string(sum->tensor), sum->bits / sum->elements});
        }
    }
    return bits;
}

}  // namespace mantissa::hw
