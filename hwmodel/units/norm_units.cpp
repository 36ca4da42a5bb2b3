// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation datapaths as units; norm/norm_module.h prices whole modules.
#include <array>

#include "hwmodel/norm/norm_module.h"
#include "hwmodel/units/unit_kind.h"

namespace mantissa::hw {
namespace {

using Ports = std::vector<UnitPort>;

constexpr std::string_view kParts = "our RTL, synthesised; priced as the sum of its parts";
constexpr std::string_view kReasoned = "composed of synthesised parts; not synthesised as a whole";

constexpr UnitParam kExponent = count("e", "Exponent", "bit", 2, 11, 8, "E");
constexpr UnitParam kFraction = count("m", "Fraction", "bit", 1, 52, 23, "M");
constexpr UnitParam kElements = count("elements", "Elements of a channel", "", 1, 16777216, 12544);
constexpr std::array kLanes{kExponent, kFraction, count("lanes", "Lanes", "", 1, 1024, 1),
                            kElements};
constexpr std::array kBlockLanes{
    count("e", "Exponent", "bit", 2, 11, 5, "E"),
    count("m", "Fraction", "bit", 2, 52, 4, "M"),
    count("lanes", "Lanes", "", 1, 1024, 4),
    kElements,
    count("mantissa", "Block mantissa with its sign", "bit", 3, 32, 5, "MW"),
    count("group", "Elements of a group", "", 1, 256, 4)};

NormModule floatModule(NormAlgorithm algorithm, UnitValues v) {
    return normModule(algorithm, {v[0], v[1]}, v[2]);
}
NormModule blockModule(UnitValues v) {
    auto module = floatModule(NormAlgorithm::Range, v);
    module.forwardStorage = {v[4] + static_cast<double>(v[0]) / v[5], v[5], v[4]};
    module.backwardStorage = module.forwardStorage;
    return module;
}

template <NormAlgorithm Algorithm>
void forward(Composition& c, UnitValues v) {
    composeNormForward(c, floatModule(Algorithm, v), v[3]);
}
template <NormAlgorithm Algorithm>
void backward(Composition& c, UnitValues v) {
    composeNormBackward(c, floatModule(Algorithm, v), v[3]);
}

Ports ports(UnitValues v) {
    const int bits = v[2] * FloatShape{v[0], v[1]}.bits();
    return {{"x", false, bits}, {"y", true, bits}};
}
Ports gradientPorts(UnitValues v) {
    const int bits = v[2] * FloatShape{v[0], v[1]}.bits();
    return {{"x", false, bits}, {"dy", false, bits}, {"dx", true, bits}};
}
Ports blockPorts(UnitValues v) {
    return {{"xm", false, v[2] * v[4]},
            {"xe", false, v[0]},
            {"ym", true, v[2] * v[4]},
            {"ye", true, v[0]}};
}

constexpr UnitOrigin kComposed = UnitOrigin::Composed;

constexpr std::array kKinds{
    UnitKind{"norm_conventional", "Normalisation forward, conventional",
             "Mean, centred squares, result; root and divider a channel.", kParts, "bn_conv",
             kComposed, std::nullopt, kLanes, forward<NormAlgorithm::Conventional>, ports},
    UnitKind{"norm_one_pass", "Normalisation forward, one pass",
             "Sums of x and x^2, then a x + b; root and divider a channel.", kParts, "bn_restr",
             kComposed, std::nullopt, kLanes, forward<NormAlgorithm::OnePass>, ports},
    UnitKind{"norm_range", "Normalisation forward, range",
             "Sum, maximum and minimum, then a x + b; a divider a channel.", kParts, "bn_range",
             kComposed, std::nullopt, kLanes, forward<NormAlgorithm::Range>, ports},
    UnitKind{"norm_light", "Normalisation forward, range on blocks",
             "As LightNorm: short floats inside, block floating point outside.", kParts, "bn_light",
             kComposed, std::nullopt, kBlockLanes,
             [](Composition& c, UnitValues v) { composeNormForward(c, blockModule(v), v[3]); },
             blockPorts},
    UnitKind{"norm_conventional_backward", "Normalisation backward, conventional",
             "Sums of dy and dy x^, then the gradient.", kReasoned, "", kComposed, std::nullopt,
             kLanes, backward<NormAlgorithm::Conventional>, gradientPorts},
    UnitKind{"norm_one_pass_backward", "Normalisation backward, one pass",
             "Sums of dy and dy x, then a dy + b x + c.", kReasoned, "", kComposed, std::nullopt,
             kLanes, backward<NormAlgorithm::OnePass>, gradientPorts},
    UnitKind{"norm_range_backward", "Normalisation backward, range",
             "Sums of dy and dy x, then a dy + c; extremes apart.", kReasoned, "", kComposed,
             std::nullopt, kLanes, backward<NormAlgorithm::Range>, gradientPorts},
};

}  // namespace

std::span<const UnitKind> normUnits() {
    return kKinds;
}

}  // namespace mantissa::hw
