// SPDX-License-Identifier: GPL-3.0-or-later
// Reads tests/data/golden and holds both quantisers against it.
#pragma once

#include <bit>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/numerics/quantise.h"

namespace mantissa::numerics {

using nlohmann::json;

struct Array {
    Shape shape;
    std::vector<float> values;
};

class GoldenFile {
public:
    explicit GoldenFile(const std::string& name) {
        const std::string base = std::string(MANTISSA_TEST_DATA_DIR) + "/golden/" + name;
        m_index = json::parse(std::ifstream(base + ".json"));
        m_data.open(base + ".bin", std::ios::binary);
    }

    const json& cases() const { return m_index.at("cases"); }

    Array array(const std::string& id) {
        const auto& entry = m_index.at("arrays").at(id);
        Array result{entry.at("shape").get<Shape>(), {}};
        result.values.resize(entry.at("count").get<std::size_t>());
        std::vector<char> bytes(result.values.size() * sizeof(float));
        m_data.seekg(entry.at("offset_bytes").get<std::streamoff>());
        m_data.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        for (std::size_t i = 0; i < result.values.size(); ++i) {
            std::uint32_t bits = 0;
            for (std::size_t b = 0; b < sizeof bits; ++b) {
                bits |= std::uint32_t{static_cast<unsigned char>(bytes[i * sizeof bits + b])}
                        << (8 * b);
            }
            result.values[i] = std::bit_cast<float>(bits);
        }
        return result;
    }

private:
    json m_index;
    std::ifstream m_data;
};

inline bool agree(float a, float b) {
    if (a == 0 && b == 0) {  // the tools disagree about the sign of zero
        return true;
    }
    return (std::isnan(a) && std::isnan(b)) ||
           std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

inline void expectEqual(const Array& input, const std::vector<float>& result,
                        const Array& expected) {
    int wrong = 0;
    for (std::size_t i = 0; i < result.size() && wrong < 5; ++i) {
        if (!agree(result[i], expected.values[i])) {
            ADD_FAILURE() << "element " << i << ": " << std::hexfloat << input.values[i]
                          << " became " << result[i] << ", expected " << expected.values[i];
            ++wrong;
        }
    }
}

inline void expectBothPathsGive(const Array& input, int axis, const TensorFormat& format,
                                const Array& expected) {
    ASSERT_TRUE(validate(format.format)) << validate(format.format).error().text();
    ASSERT_EQ(input.values.size(), expected.values.size());
    std::vector<float> result(input.values.size());
    {
        SCOPED_TRACE("quantiseRef");
        quantiseRef(input.values, result, input.shape, axis, format, {});
        expectEqual(input, result, expected);
    }
    SCOPED_TRACE("quantise");
    ThreadTeam team;
    quantise(input.values, result, input.shape, axis, format, {}, team);
    expectEqual(input, result, expected);
}

/// The roundings as microxcaling names them.
inline Rounding microxcalingRounding(const std::string& name) {
    return name == "even"      ? Rounding::NearestEven
           : name == "nearest" ? Rounding::NearestAway
                               : Rounding::TowardZero;
}

}  // namespace mantissa::numerics
