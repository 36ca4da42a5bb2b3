// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/timeloop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <set>
#include <sstream>
#include <utility>

#include "hwmodel/buffer_sizes.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

constexpr int kBufferPortBits = 64;

/// A pass with the buffers of its operands and of its result's partial sums, which name the data
/// spaces: the same in every problem, so that one architecture serves them all.
struct NamedGemm {
    std::string_view pass;
    Gemm GemmLayer::*gemm;
    std::string_view a, b, sums;
};
constexpr std::string_view kWeights = "Weights";
constexpr std::string_view kActivations = "Activations";
constexpr std::string_view kErrors = "Errors";
constexpr std::array<NamedGemm, 3> kGemms{
    {{"forward", &GemmLayer::forward, kActivations, kWeights, kErrors},
     {"input-gradient", &GemmLayer::inputGradient, kErrors, kWeights, kActivations},
     {"weight-gradient", &GemmLayer::weightGradient, kErrors, kActivations, kWeights}}};

int elementBits(const StoredTensor& tensor) {
    return static_cast<int>(std::ceil(tensor.bits / tensor.elements));
}

/// Accelergy knows no LPDDR5, GDDR6 and HBM2 of every version: the nearest name.
std::string_view dramName(design::DramKind kind) {
    switch (kind) {
        case design::DramKind::Ddr3:
            return "DDR3";
        case design::DramKind::Hbm2:
            return "HBM2";
        case design::DramKind::Gddr6:
            return "GDDR5";
        case design::DramKind::Lpddr3:
        case design::DramKind::Lpddr4:
        case design::DramKind::Lpddr5:
            return "LPDDR4";
        case design::DramKind::Ddr4:
            break;
    }
    return "DDR4";
}

void writeBuffer(std::ostream& out, std::string_view holds, int kib, int wordBits) {
    const int words = std::max(1, kBufferPortBits / wordBits);
    const int width = words * wordBits;
    out << "        - !Component\n"
        << "          name: " << holds << "Buffer\n"
        << "          class: SRAM\n"
        << "          attributes:\n"
        << "            depth: " << static_cast<std::int64_t>(kib) * 8192 / width << "\n"
        << "            width: " << width << "\n"
        << "            block_size: " << words << "\n"
        << "            datawidth: " << wordBits << "\n"
        << "          constraints:\n"
        << "            dataspace: {keep: [" << holds << "]}\n";
}

/// YAML takes a number without a point for a text.
std::string seconds(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6e", value);
    return text.data();
}

std::string architecture(const design::HardwareConfig& h, const BufferSizes& buffers, int wordBits,
                         bool isFloat) {
    std::ostringstream out;
    out << "# Products that one element multiplies at once stand here as elements of their own.\n"
        << "architecture:\n"
        << "  version: 0.4\n"
        << "  nodes:\n"
        << "    - !Container\n"
        << "      name: system\n"
        << "      attributes:\n"
        << "        technology: \"" << h.node_nm << "nm\"\n"
        << "        global_cycle_seconds: " << seconds(1e-6 / h.clockMhz) << "\n"
        << "    - !Component\n"
        << "      name: DRAM\n"
        << "      class: DRAM\n"
        << "      attributes:\n"
        << "        type: " << dramName(h.dram) << "\n"
        << "        width: " << kBufferPortBits << "\n"
        << "        block_size: " << std::max(1, kBufferPortBits / wordBits) << "\n"
        << "        datawidth: " << wordBits << "\n"
        << "        shared_bandwidth: " << h.dramBandwidthGbps * 8e3 / h.clockMhz / wordBits
        << "  # words a cycle\n"
        << "    - !Container\n"
        << "      name: chip\n"
        << "    - !Parallel\n"
        << "      nodes:\n";
    writeBuffer(out, kWeights, buffers.weight, wordBits);
    writeBuffer(out, kActivations, buffers.activation, wordBits);
    writeBuffer(out, kErrors, buffers.error, wordBits);
    out << "    - !Container\n"
        << "      name: PE\n"
        << "      spatial: {meshX: " << h.columns * h.lanes
        << ", meshY: " << h.rows * h.arrays * h.cores << "}\n"
        << "    - !Component\n"
        << "      name: Registers\n"
        << "      class: regfile\n"
        << "      attributes:\n"
        << "        depth: 3\n"
        << "        width: " << wordBits << "\n"
        << "        block_size: 1\n"
        << "        datawidth: " << wordBits << "\n"
        << "    - !Component\n"
        << "      name: MACC\n"
        << "      class: " << (isFloat ? "fpmac" : "intmac") << "\n"
        << "      attributes:\n"
        << "        datawidth: " << wordBits << "\n"
        << "        multiplier_width: " << wordBits << "\n"
        << "        adder_width: 32\n";
    return out.str();
}

std::string problem(std::string_view layer, const NamedGemm& named, const Gemm& gemm) {
    std::ostringstream out;
    const auto dataSpace = [&](std::string_view name, char first, char second) {
        out << "      - name: " << name << "\n"
            << "        projection:\n"
            << "          - [[" << first << "]]\n"
            << "          - [[" << second << "]]\n";
    };
    out << "# " << layer << ", " << named.pass << ": " << named.a << "[M][K] x " << named.b
        << "[N][K], elements of " << gemm.a.bits / gemm.a.elements << " and "
        << gemm.b.bits / gemm.b.elements << " bits as stored.\n"
        << "# " << named.sums << " stands for the result's sums, which take the buffer of that "
        << "name.\n"
        << "problem:\n"
        << "  version: 0.4\n"
        << "  shape:\n"
        << "    name: gemm\n"
        << "    dimensions: [M, N, K]\n"
        << "    data_spaces:\n";
    dataSpace(named.a, 'M', 'K');
    dataSpace(named.b, 'N', 'K');
    dataSpace(named.sums, 'M', 'N');
    out << "        read_write: true\n"
        << "  instance:\n"
        << std::setprecision(17) << "    M: " << gemm.rows << "\n"
        << "    N: " << gemm.columns << "\n"
        << "    K: " << gemm.reduction() << "\n";
    return out.str();
}

}  // namespace

Result<std::vector<ExportedFile>> timeloopFiles(const design::DesignPoint& design) {
    if (auto valid = design::validate(design); !valid) {
        return tl::unexpected<Error>(std::move(valid.error()));
    }
    return outlineOf(design.network()).map([&](const NetworkOutline& outline) {
        FormatPool pool;
        PlanFormats formats(design.precision(), design.network(), pool);
        std::vector<ExportedFile> files(1);
        std::set<std::array<double, 4>> known;  // the pass and its extents
        LargestOperands largest;
        int wordBits = 1;
        bool isFloat = false;
        for (const auto& layer : outline.layers) {
            largest.includeChannel(layer, design.recipe().batch);
            if (layer.role != LayerRole::Gemm) {
                continue;
            }
            const auto number = formats.numberOf(layer.name, layer.kind);
            const auto gemms = gemmLayer(layer, formats.formats(number), design.recipe().batch);
            largest.include(gemms, layer.trainsBefore);
            for (const auto& named : kGemms) {
                const auto& gemm = gemms.*named.gemm;
                const bool runs = named.gemm != &GemmLayer::inputGradient || layer.trainsBefore;
                if (!runs) {
                    continue;
                }
                for (const auto* operand : {&gemm.a, &gemm.b}) {
                    wordBits = std::max(wordBits, elementBits(*operand));
                    isFloat = isFloat || operand->operand().element == ElementKind::Float;
                }
                const auto pass = static_cast<double>(&named - kGemms.data());
                if (known.insert({pass, gemm.rows, gemm.columns, gemm.reduction()}).second) {
                    files.push_back({layer.name + "-" + std::string(named.pass) + ".yaml",
                                     problem(layer.name, named, gemm)});
                }
            }
        }
        files.front() = {"architecture.yaml",
                         architecture(design.hardware(), bufferSizes(design.hardware(), largest),
                                      wordBits, isFloat)};
        return files;
    });
}

}  // namespace mantissa::hw
