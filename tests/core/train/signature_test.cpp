// SPDX-License-Identifier: GPL-3.0-or-later
// One tiny training a family of formats, whose end is known: tests/data/train/signatures.txt holds
// a check sum of weights, statistics and momenta for each. A change that nobody meant fails here.
// MANTISSA_WRITE_SIGNATURES=1 writes the file anew; say in the commit why it changed.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>

#include "core/numerics/registry.h"
#include "tests/core/train/run_tiny.h"

namespace mantissa::train {
namespace {

const std::string kFile = MANTISSA_TEST_DATA_DIR "/train/signatures.txt";

/// A checkpoint ends with a check sum of its own.
std::string signatureOf(const TrainSpec& spec) {
    const auto state = runTiny(spec).checkpoints.back().state;
    std::uint64_t sum = 0;
    std::memcpy(&sum, state.data() + state.size() - sizeof sum, sizeof sum);
    std::array<char, 20> text{};
    (void)std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(sum));
    return text.data();
}

TrainSpec specOf(const numerics::TensorFormat& format) {
    TrainSpec spec = tinySpec(format);
    spec.recipe.epochs = 1;
    spec.recipe.schedule = ScheduleKind::Constant;  // the others use the C library's functions
    return spec;
}

/// Each family's example in every role, rounded to nearest; block floating point stochastically
/// too, and one recipe with as many parts as there are.
std::map<std::string, TrainSpec> cases() {
    std::map<std::string, TrainSpec> list;
    for (const auto& family : numerics::formatFamilies()) {
        list[std::string(family.id)] = specOf({family.example});
    }
    list["bfp, stochastic"] = specOf(blockFloat(5, numerics::Rounding::Stochastic));
    TrainSpec full = specOf(blockFloat(6, numerics::Rounding::NearestEven));
    const numerics::TensorFormat half{numerics::Minifloat{.exponentBits = 5, .mantissaBits = 10},
                                      numerics::Rounding::Stochastic};
    full.statePrecision.assign(full.network.layers.size(), {half, half, {}});
    full.recipe.nesterov = true;
    full.recipe.clipNorm = 0.5;
    full.recipe.labelSmoothing = 0.1;
    full.recipe.lossScaling = LossScalingKind::Dynamic;
    full.recipe.lossScale = 256;
    full.recipe.cropPadding = 1;
    full.recipe.flip = true;
    full.recipe.normalisation = Normalisation::Measured;
    full.control = {.kind = ControlKind::ZeroSetting, .interval = 2, .low = 0.3, .high = 0.5};
    list["full recipe"] = full;
    return list;
}

std::map<std::string, std::string> known() {
    std::map<std::string, std::string> list;
    std::ifstream file(kFile);
    for (std::string line; std::getline(file, line);) {
        const auto tab = line.find('\t');
        if (tab != std::string::npos) {
            list[line.substr(0, tab)] = line.substr(tab + 1);
        }
    }
    return list;
}

TEST(Signatures, OfATinyTrainingAFamilyNeverChange) {
    std::map<std::string, std::string> found;
    for (const auto& [name, spec] : cases()) {
        found[name] = signatureOf(spec);
    }
    if (std::getenv("MANTISSA_WRITE_SIGNATURES") != nullptr) {
        std::ofstream file(kFile);
        for (const auto& [name, signature] : found) {
            file << name << '\t' << signature << '\n';
        }
    }
    EXPECT_EQ(found, known());
}

}  // namespace
}  // namespace mantissa::train
