// SPDX-License-Identifier: GPL-3.0-or-later
// The outputs of public reference tools, bit by bit (tests/data/golden/README.md).
#include <map>

#include "tests/core/numerics/golden_file.h"

namespace mantissa::numerics {
namespace {

using nlohmann::json;

TEST(Golden, MinifloatMatchesMicroxcaling) {
    const std::map<std::string, MinifloatVariant> variants{{"ieee", MinifloatVariant::Ieee},
                                                           {"fn", MinifloatVariant::Fn},
                                                           {"ext", MinifloatVariant::AllCodes}};
    GoldenFile file("minifloat");
    ASSERT_EQ(file.cases().size(), 158U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const Minifloat format{
            p.at("exp_bits"),   p.at("man_bits"), {}, variants.at(p.at("variant")),
            p.at("subnormals"), p.at("saturate")};
        expectBothPathsGive(file.array(entry.at("input")), 0,
                            {format, microxcalingRounding(p.at("round"))},
                            file.array(entry.at("output")));
    }
}

/// QPyTorch adds 6 * 2^E in binary32 before it rounds, which rounds to 2^(E-21) first, ties to
/// even: to 22 magnitude bits, in our terms.
Array roundedAsQPyTorchAdds(Array input, int axis, BlockFloat format) {
    format.mantissaBits = 22;
    format.signCounted = false;
    quantiseRef(input.values, input.values, input.shape, axis, {format, Rounding::NearestEven}, {});
    return input;
}

TEST(Golden, BlockFloatMatchesQPyTorch) {
    GoldenFile file("bfp_qpytorch");
    ASSERT_EQ(file.cases().size(), 80U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const int dimension = p.at("dim");
        const int axis = std::max(dimension, 0);
        BlockFloat format{.mantissaBits = p.at("wl")};
        format.block.kind = dimension < 0 ? BlockShape::Kind::Tensor : BlockShape::Kind::Slice;
        const auto input = roundedAsQPyTorchAdds(file.array(entry.at("input")), axis, format);
        expectBothPathsGive(input, axis, {format, Rounding::NearestUp},
                            file.array(entry.at("output")));
        format.arithmetic = Arithmetic::Released;
        expectBothPathsGive(file.array(entry.at("input")), axis, {format, Rounding::NearestUp},
                            file.array(entry.at("output")));
    }
}

BlockShape hbfpBlock(const json& p) {
    const std::string function = p.at("fn");
    if (function == "float_to_bfp_batched") {
        return {.kind = BlockShape::Kind::Slice};
    }
    if (function == "float_to_bfp_blocked") {
        return {.kind = BlockShape::Kind::Vector, .size = p.at("block")};
    }
    const std::int64_t tile = p.at("tile");
    return tile == 0 ? BlockShape{.kind = BlockShape::Kind::Tensor}
                     : BlockShape{.kind = BlockShape::Kind::Tile, .rows = tile, .columns = tile};
}

TEST(Golden, BlockFloatMatchesHbfpEmulator) {
    GoldenFile file("bfp_hbfp");
    ASSERT_EQ(file.cases().size(), 53U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const BlockFloat format{.mantissaBits = p.at("mant_bits"),
                                .signCounted = false,
                                .exponentBits = 10,
                                .block = hbfpBlock(p),
                                .rule = SharedExponentRule::Ceil,
                                .epsilon = p.at("epsilon")};
        const auto input = file.array(entry.at("input"));
        auto expected = file.array(entry.at("output"));
        const bool lastAxis = format.block.kind == BlockShape::Kind::Vector;
        const int axis = lastAxis ? static_cast<int>(input.shape.size()) - 1 : 0;
        auto released = format;
        released.arithmetic = Arithmetic::Released;
        expectBothPathsGive(input, axis, {released, Rounding::NearestEven}, expected);
        if (format.epsilon == 0) {
            // The tool takes log2(0) in an all-zero block and returns NaN; the block is zero.
            for (std::size_t i = 0; i < expected.values.size(); ++i) {
                if (std::isnan(expected.values[i]) && input.values[i] == 0) {
                    expected.values[i] = 0;
                }
            }
        }
        expectBothPathsGive(input, axis, {format, Rounding::NearestEven}, expected);
    }
}

}  // namespace
}  // namespace mantissa::numerics
