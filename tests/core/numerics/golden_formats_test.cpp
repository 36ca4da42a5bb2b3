// SPDX-License-Identifier: GPL-3.0-or-later
// Microscaling, fixed point and whole small formats against public tools (tests/data/golden).
#include <map>
#include <sstream>

#include "core/numerics/registry.h"
#include "tests/core/numerics/golden_file.h"

namespace mantissa::numerics {
namespace {

using nlohmann::json;

Microscaled microscaled(const std::string& element, std::int64_t block) {
    const auto text = element.substr(0, 3) == "int" ? element : element.substr(4);
    return std::get<Microscaled>(
        parseFormat("mx<" + text + ",block=" + std::to_string(block) + ">").value());
}

TEST(Golden, MicroscalingMatchesMicroxcaling) {
    GoldenFile file("mx_main");
    ASSERT_EQ(file.cases().size(), 42U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const auto input = file.array(entry.at("input"));
        expectBothPathsGive(input, static_cast<int>(input.shape.size()) - 1,
                            {microscaled(p.at("elem_format"), p.at("block_size")),
                             microxcalingRounding(p.at("round"))},
                            file.array(entry.at("output")));
    }
}

/// QPyTorch adds half a step in binary32 before it rounds, and Inf where that overflows.
Array roundedAsQPyTorchAdds(Array input, int fractionBits) {
    for (float& x : input.values) {
        const float shifted = std::ldexp(x, fractionBits) + 0.5F;
        x = static_cast<float>(std::ldexp(static_cast<double>(shifted) - 0.5, -fractionBits));
    }
    return input;
}

TEST(Golden, FixedPointMatchesQPyTorch) {
    GoldenFile file("fixed_qpytorch");
    ASSERT_EQ(file.cases().size(), 22U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const int fraction = p.at("fl");
        FixedPoint format{p.at("wl").get<int>() - fraction, fraction, p.at("symmetric"),
                          p.at("clamp")};
        expectBothPathsGive(roundedAsQPyTorchAdds(file.array(entry.at("input")), fraction), 0,
                            {format, Rounding::NearestEven}, file.array(entry.at("output")));
        format.arithmetic = Arithmetic::Released;
        expectBothPathsGive(file.array(entry.at("input")), 0, {format, Rounding::NearestEven},
                            file.array(entry.at("output")));
    }
}

std::vector<std::vector<std::string>> csvRows(const std::string& name) {
    std::ifstream file(std::string(MANTISSA_TEST_DATA_DIR) + "/golden/" + name);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
        auto& row = rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) {
            row.push_back(cell.substr(0, cell.find('\r')));
        }
    }
    if (!rows.empty()) {
        rows.erase(rows.begin());
    }
    return rows;
}

float fromHex(const std::string& text) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(std::stoul(text, nullptr, 16)));
}

std::string elementName(const std::string& name) {  // "E4M3" as parseFormat wants it
    const auto split = name.find('M');
    return "float<" + name.substr(1, split - 1) + "," + name.substr(split + 1);
}

TEST(Golden, EveryCodeOfASmallFormatIsAValueOfIt) {
    const std::map<std::string, std::string> variants{{"E2M1", "all"}, {"E2M3", "all"},
                                                      {"E3M2", "all"}, {"E3M4", "fn"},
                                                      {"E4M3", "fn"},  {"E5M2", "ieee"}};
    for (const auto& [name, variant] : variants) {
        const auto rows = csvRows("codes_" + name + ".csv");
        ASSERT_GT(rows.size(), 7U) << name;
        const auto format =
            parseFormat(elementName(name) + ",variant=" + variant + ",overflow=inf>").value();
        float previous = -1;
        for (const auto& row : rows) {
            const float value = fromHex(row.at(1));
            if (!std::isfinite(value)) {
                continue;
            }
            const float below = std::nextafter(value, 0.0F);
            std::vector<float> result(3);
            const std::vector<float> in{value, -value, below};
            quantiseRef(in, result, {3}, 0, {format, Rounding::TowardZero}, {});
            EXPECT_EQ(result[0], value) << name << " " << row.at(0);
            EXPECT_EQ(result[1], -value) << name << " " << row.at(0);
            // Just below it lies the code before it: there is no value between them.
            EXPECT_EQ(result[2], std::max(previous, 0.0F)) << name << " " << row.at(0);
            previous = value;
        }
    }
}

TEST(Golden, TiesOfSmallFormatsRoundAsMicroxcalingDoes) {
    const auto rows = csvRows("ties_small_formats.csv");
    ASSERT_EQ(rows.size(), 1176U);
    const std::map<std::string, std::string> variants{
        {"ext", "all"}, {"fn", "fn"}, {"ieee", "ieee"}};
    for (const auto& row : rows) {
        const auto format =
            parseFormat(elementName(row.at(0)) + ",variant=" + variants.at(row.at(1)) + ">");
        ASSERT_TRUE(format) << format.error().text();
        const std::vector<float> in{fromHex(row.at(2))};
        std::vector<float> out(1);
        const std::array roundings{Rounding::NearestEven, Rounding::NearestAway,
                                   Rounding::TowardZero};
        for (std::size_t r = 0; r < roundings.size(); ++r) {
            quantiseRef(in, out, {1}, 0, {*format, roundings.at(r)}, {});
            EXPECT_TRUE(agree(out[0], fromHex(row.at(3 + r))))
                << row.at(0) << " " << row.at(2) << " rounding " << r << ": " << out[0];
        }
    }
}

Array quantised(const Array& in, int axis, const TensorFormat& format) {
    Array out = in;
    ThreadTeam team;
    quantise(in.values, out.values, in.shape, axis, format, {}, team);
    return out;
}

/// a[i, k] b[j, k] summed over k, each operand's extents in that order after `transpose`.
std::vector<double> product(const Array& a, bool transposeA, const Array& b, bool transposeB) {
    const auto rows = a.shape[transposeA ? 1 : 0];
    const auto columns = b.shape[transposeB ? 1 : 0];
    const auto depth = a.shape[transposeA ? 0 : 1];
    const auto at = [](const Array& m, bool transpose, std::int64_t row, std::int64_t k) {
        const auto index = transpose ? k * m.shape[1] + row : row * m.shape[1] + k;
        return static_cast<double>(m.values[static_cast<std::size_t>(index)]);
    };
    std::vector<double> result;
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t j = 0; j < columns; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < depth; ++k) {
                sum += at(a, transposeA, i, k) * at(b, transposeB, j, k);
            }
            result.push_back(sum);
        }
    }
    return result;
}

/// One of the four results of a linear layer, each operand blocked along its reduction axis.
std::vector<double> linearResult(const std::string& result, GoldenFile& file, const json& specs) {
    const auto x = file.array("x");
    const auto w = file.array("w");
    const auto gy = file.array("gy");
    const bool fp32 = specs.is_string();
    const auto format = [&](const char* key) {
        return fp32 ? TensorFormat{}
                    : TensorFormat{microscaled(specs.at(key), specs.at("block_size")),
                                   microxcalingRounding(specs.at("round"))};
    };
    if (result == "y") {
        auto y = product(quantised(x, 1, format("a_elem_format")), false,
                         quantised(w, 1, format("w_elem_format")), false);
        const auto bias = file.array("b").values;
        for (std::size_t i = 0; i < y.size(); ++i) {
            y[i] += static_cast<double>(bias[i % bias.size()]);
        }
        return y;
    }
    if (result == "grad_x") {
        return product(quantised(gy, 1, format("a_elem_format_bp_os")), false,
                       quantised(w, 0, format("w_elem_format_bp")), true);
    }
    if (result == "grad_w") {
        return product(quantised(gy, 0, format("a_elem_format_bp_ex")), true,
                       quantised(x, 0, format("a_elem_format_bp")), true);
    }
    std::vector<double> sums(static_cast<std::size_t>(gy.shape[1]));
    for (std::size_t i = 0; i < gy.values.size(); ++i) {
        sums[i % sums.size()] += static_cast<double>(gy.values[i]);
    }
    return sums;
}

TEST(Golden, AMicroscaledLinearLayerMatchesMicroxcaling) {
    GoldenFile file("linear_mx");
    ASSERT_EQ(file.cases().size(), 48U);
    for (const auto& entry : file.cases()) {
        SCOPED_TRACE(entry.at("id").get<std::string>());
        const auto& p = entry.at("params");
        const auto expected = file.array(entry.at("output")).values;
        const auto result = linearResult(p.at("result"), file, p.at("specs"));
        ASSERT_EQ(result.size(), expected.size());
        double largest = 0;
        double worst = 0;
        for (std::size_t i = 0; i < result.size(); ++i) {
            const auto reference = static_cast<double>(expected[i]);
            largest = std::max(largest, std::fabs(reference));
            worst = std::max(worst, std::fabs(result[i] - reference));
        }
        EXPECT_LE(worst, 1e-5 * largest);
    }
}

}  // namespace
}  // namespace mantissa::numerics
