// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cstring>
#include <random>

#include <gmock/gmock.h>

#include "core/data/npy.h"
#include "core/numerics/quantise.h"
#include "tests/app/cli/cli_process.h"

namespace mantissa::test {
namespace {

using testing::HasSubstr;

class Quantize : public CliTest {
protected:
    Quantize() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal(0, 3);
        for (auto& value : m_values) {
            value = normal(random);
        }
        writeNpy("x.npy", m_shape, m_values);
    }

    void writeNpy(const std::string& name, const Shape& shape, const std::vector<float>& values) {
        std::string file = data::npyHeader(shape);
        file.append(values.size() * sizeof(float), '\0');
        if (!values.empty()) {
            std::memcpy(&file[file.size() - values.size() * sizeof(float)], values.data(),
                        values.size() * sizeof(float));
        }
        writeFile(m_folder / name, file);
    }

    Shape m_shape{5, 6, 7};
    std::vector<float> m_values = std::vector<float>(210);
};

TEST_F(Quantize, writesTheBytesOfTheReferenceQuantiser) {
    struct Case {
        std::string format;
        std::string rounding;
        int axis;
    };
    for (const auto& [format, rounding, axis] :
         {Case{"fp8_e4m3", "nearest_even", -1}, Case{"bfp<6,block=16>", "stochastic", 0},
          Case{"bfp<8,block=24x24>", "nearest_away", 1}, Case{"bf16", "toward_zero", -3}}) {
        const auto result = cli({"quantize", "x.npy", "q.npy", "--format", format, "--rounding",
                                 rounding, "--axis", std::to_string(axis), "--seed", "9"});
        ASSERT_EQ(result.status, 0) << result.err;
        const auto written = data::readNpy(m_folder / "q.npy");
        ASSERT_TRUE(written) << written.error().text();
        std::vector<float> expected(m_values.size());
        numerics::quantiseRef(
            m_values, expected, m_shape, axis < 0 ? axis + 3 : axis,
            {numerics::parseFormat(format).value(), numerics::parseRounding(rounding)->rounding},
            {.seed = 9, .step = 0, .tensor = 0});
        EXPECT_EQ(written->shape, m_shape);
        EXPECT_EQ(0, std::memcmp(written->values.data(), expected.data(),
                                 expected.size() * sizeof(float)))
            << format;
    }
}

TEST_F(Quantize, reportsWhatWasLost) {
    const auto text = cli({"quantize", "x.npy", "q.npy", "--format", "fp8_e4m3", "--report"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, testing::AllOf(HasSubstr("SQNR"), HasSubstr(" dB"), HasSubstr("Flushed"),
                                         HasSubstr("Clipped"), HasSubstr("210")));
    const auto json = cli({"quantize", "x.npy", "q.npy", "--format", "fp32", "--json"}).json();
    EXPECT_EQ(json["sqnr_db"], "inf");
    EXPECT_EQ(json["max_abs_error"], 0.0);
    EXPECT_EQ(json["shape"], nlohmann::json(m_shape));
    EXPECT_EQ(json["axis"], 2);
}

TEST_F(Quantize, takesAnyRankAndNoElements) {
    writeNpy("scalar.npy", {}, {1.3F});
    writeNpy("empty.npy", {0, 4}, {});
    for (const std::string name : {"scalar.npy", "empty.npy"}) {
        const auto result =
            cli({"quantize", name, "q.npy", "--format", "bfp<4,block=16>", "--report"});
        EXPECT_EQ(result.status, 0) << result.err;
        const auto written = data::readNpy(m_folder / "q.npy");
        ASSERT_TRUE(written) << written.error().text();
        EXPECT_EQ(written->shape, data::readNpy(m_folder / name)->shape);
    }
}

TEST_F(Quantize, adoptsAConvention) {
    const auto quantized = [&](std::vector<std::string> more) {
        std::vector<std::string> command{"quantize", "x.npy", "q.npy", "--format",
                                         "bfp<5>",   "--as",  "fast",  "--json"};
        command.insert(command.end(), more.begin(), more.end());
        const auto result = cli(command);
        EXPECT_EQ(result.status, 0) << result.err;
        return result.json();
    };
    const auto operand = quantized({});
    EXPECT_EQ(operand["format"], "fast4");
    EXPECT_EQ(operand["rounding"], "toward_zero");
    EXPECT_EQ(operand["convention"], "fast");
    EXPECT_EQ(quantized({"--gradient"})["rounding"], "stochastic<8>");
    // What is asked for in so many words stands above the convention.
    EXPECT_EQ(quantized({"--gradient", "--rounding", "nearest_even"})["rounding"], "nearest_even");
}

TEST_F(Quantize, reportsTheBitsOfThisVeryShape) {
    // Runs of 7 along the last axis are shorter than a block of 16: 8 bits over 7 elements.
    const auto json =
        cli({"quantize", "x.npy", "q.npy", "--format", "bfp<8,block=16>", "--json"}).json();
    EXPECT_NEAR(json["bits_per_element"].get<double>(), 8 + 8.0 / 7, 1e-12);
    EXPECT_THAT(cli({"quantize", "x.npy", "q.npy", "--format", "bfp<8,block=16>", "--report"}).out,
                HasSubstr("9.14286"));
}

TEST_F(Quantize, convertsFloat64AndSaysSo) {
    const std::array<double, 2> values{0.1, 0.5};
    std::string file = data::npyHeader({2});
    file.replace(file.find("<f4"), 3, "<f8");
    file.append(sizeof values, '\0');
    std::memcpy(&file[file.size() - sizeof values], values.data(), sizeof values);
    writeFile(m_folder / "double.npy", file);
    const auto result = cli({"quantize", "double.npy", "q.npy", "--format", "fp32", "--json"});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.err, HasSubstr("note: double.npy holds float64; 1 of 2 numbers"));
    EXPECT_EQ(result.json()["element_type"], "<f8");
    EXPECT_THAT(data::readNpy(m_folder / "q.npy")->values, testing::ElementsAre(0.1F, 0.5F));
}

/// The lines between a command and the end of its block in docs/cli.md.
std::string sampleOf(const std::string& command) {
    const auto page = readFile(std::string(MANTISSA_SOURCE_DIR) + "/docs/cli.md");
    const auto start = page.find("$ " + command + "\n");
    if (start == std::string::npos) {
        return "the page does not show " + command;
    }
    const auto first = page.find('\n', start) + 1;
    return page.substr(first, page.find("```", first) - first);
}

TEST_F(Quantize, printsWhatTheDocumentationShows) {
    // numpy.linspace(-3, 3, 96).astype(numpy.float32).reshape(4, 3, 8)
    std::vector<float> values(96);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<double>(i) * (6.0 / 95) - 3);
    }
    values.back() = 3;
    writeNpy("x.npy", {4, 3, 8}, values);
    EXPECT_EQ(cli({"quantize", "x.npy", "q.npy", "--format", "bfp<8,block=16>", "--report"}).out,
              sampleOf("mantissa-cli quantize x.npy q.npy --format 'bfp<8,block=16>' --report"));
    EXPECT_EQ(cli({"quantize", "x.npy", "q.npy", "--format", "bfp<8>", "--as", "hbfp"}).out,
              sampleOf("mantissa-cli quantize x.npy q.npy --format 'bfp<8>' --as hbfp"));
}

TEST_F(Quantize, mayReplaceItsInput) {
    EXPECT_EQ(cli({"quantize", "x.npy", "x.npy", "--format", "bf16"}).status, 0);
    EXPECT_TRUE(data::readNpy(m_folder / "x.npy"));
}

TEST_F(Quantize, explainsWrongInput) {
    writeFile(m_folder / "short.npy", readFile(m_folder / "x.npy").substr(0, 500));
    writeFile(m_folder / "text.npy", "hello");
    std::string integers = readFile(m_folder / "x.npy");
    integers.replace(integers.find("<f4"), 3, "<i4");
    writeFile(m_folder / "int.npy", integers);
    struct Case {
        std::vector<std::string> arguments;
        std::string expected;
    };
    for (const auto& [arguments, expected] :
         {Case{{"no.npy", "q.npy", "--format", "bf16"}, "no.npy: there is no such file"},
          Case{{"short.npy", "q.npy", "--format", "bf16"}, "short.npy: is truncated"},
          Case{{"text.npy", "q.npy", "--format", "bf16"}, "not an .npy file"},
          Case{{"x.npy", "q.npy", "--format", "fp8_e4m4"}, "did you mean"},
          Case{{"x.npy", "q.npy", "--format", "mxfp4"}, "did you mean mxfp4_e2m1?"},
          Case{{"x.npy", "q.npy", "--format", "E3M4"}, "did you mean fp8_e3m4?"},
          Case{{"x.npy", "q.npy", "--format", "bfp<99>"}, "--format"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--axis", "3"}, "allowed: -3 to 2"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--axis", "-4"}, "5 x 6 x 7"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--rounding", "up"}, "--rounding"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--rounding", "stochastic<25>"}, "1 to 24"},
          Case{{"x.npy", "q.npy", "--format", "bfp<8>", "--as", "hbpf"}, "did you mean hbfp?"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--as", "hbfp"}, "such as hbfp8"},
          Case{{"x.npy", "q.npy", "--format", "mx<e3m4>", "--as", "ocp"}, "microxcaling"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--gradient"}, "--gradient"},
          Case{{"int.npy", "q.npy", "--format", "bf16"}, "astype(numpy.float32)"},
          Case{{"data", "q.npy", "--format", "bf16"}, "is a folder"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--threads", "0"}, "1"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--seed", "x"}, "--seed"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--seed", "-1"}, "18446744073709551615"},
          Case{{"x.npy", "q.npy"}, "--format"},
          Case{{"x.npy", "q.npy", "--format", "bf16", "--axes", "1"}, "did you mean --axis?"}}) {
        std::vector<std::string> command{"quantize"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        command.emplace_back("--json");
        const auto result = cli(command);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_THAT(result.err, testing::StartsWith("error: "));
        EXPECT_THAT(result.err, HasSubstr(expected));
        EXPECT_EQ(result.json()["error"].size(), 4U) << result.out;
        EXPECT_FALSE(std::filesystem::exists(m_folder / "q.npy"));
    }
}

TEST_F(Quantize, failsWhereItCannotWrite) {
    const auto folder = cli({"quantize", "x.npy", "data", "--format", "bf16"});
    EXPECT_EQ(folder.status, 1);
    EXPECT_THAT(folder.err, HasSubstr("error: data: cannot be written"));
    const auto missing = cli({"quantize", "x.npy", "no/such/q.npy", "--format", "bf16"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.err, HasSubstr("error: no/such/q.npy: cannot be written"));
}

}  // namespace
}  // namespace mantissa::test
