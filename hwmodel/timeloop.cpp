// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/timeloop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <sstream>
#include <utility>

#include "hwmodel/memory.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {
namespace {

constexpr int kBufferPortBits = 64;

struct NamedGemm {
    std::string_view pass;
    Gemm GemmLayer::*gemm;
};
constexpr std::array<NamedGemm, 3> kGemms{{{"forward", &GemmLayer::forward},
                                           {"input-gradient", &GemmLayer::inputGradient},
                                           {"weight-gradient", &GemmLayer::weightGradient}}};

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

void writeBuffer(std::ostream& out, std::string_view name, int kib, int wordBits) {
    const int words = std::max(1, kBufferPortBits / wordBits);
    const int width = words * wordBits;
    out << "            - name: " << name << "\n"
        << "              class: SRAM\n"
        << "              attributes:\n"
        << "                depth: " << static_cast<std::int64_t>(kib) * 8192 / width << "\n"
        << "                width: " << width << "\n"
        << "                block-size: " << words << "\n"
        << "                word-bits: " << wordBits << "\n";
}

std::string architecture(const design::HardwareConfig& h, int wordBits, bool isFloat) {
    const int elements = h.rows * h.columns * h.arrays * h.cores;
    std::ostringstream out;
    out << "# Products that one element multiplies at once stand here as elements of their own.\n"
        << "architecture:\n"
        << "  version: 0.3\n"
        << "  subtree:\n"
        << "    - name: system\n"
        << "      local:\n"
        << "        - name: DRAM\n"
        << "          class: DRAM\n"
        << "          attributes:\n"
        << "            type: " << dramName(h.dram) << "\n"
        << "            width: " << kBufferPortBits << "\n"
        << "            block-size: " << std::max(1, kBufferPortBits / wordBits) << "\n"
        << "            word-bits: " << wordBits << "\n"
        << "            shared_bandwidth: " << h.dramBandwidthGbps * 8e3 / h.clockMhz / wordBits
        << "\n"
        << "      subtree:\n"
        << "        - name: chip\n"
        << "          attributes:\n"
        << "            technology: " << h.node_nm << "nm\n"
        << "          local:\n";
    writeBuffer(out, "WeightBuffer", h.weightBufferKib, wordBits);
    writeBuffer(out, "ActivationBuffer", h.activationBufferKib, wordBits);
    writeBuffer(out, "ErrorBuffer", h.errorBufferKib, wordBits);
    out << "          subtree:\n"
        << "            - name: PE[0.." << elements * h.lanes - 1 << "]\n"
        << "              local:\n"
        << "                - name: Registers\n"
        << "                  class: regfile\n"
        << "                  attributes:\n"
        << "                    depth: 3\n"
        << "                    width: 32\n"
        << "                    word-bits: " << wordBits << "\n"
        << "                    meshX: " << h.columns * h.lanes << "\n"
        << "                - name: MACC\n"
        << "                  class: " << (isFloat ? "fpmac" : "intmac") << "\n"
        << "                  attributes:\n"
        << "                    datawidth: " << wordBits << "\n"
        << "                    meshX: " << h.columns * h.lanes << "\n";
    return out.str();
}

std::string problem(std::string_view layer, std::string_view pass, const Gemm& gemm) {
    std::ostringstream out;
    out.precision(17);
    out << "# " << layer << ", " << pass << ": A[M][K] x B[N][K], elements of "
        << gemm.a.bits / gemm.a.elements << " and " << gemm.b.bits / gemm.b.elements
        << " bits as stored\n"
        << "problem:\n"
        << "  shape:\n"
        << "    name: gemm\n"
        << "    dimensions: [ M, N, K ]\n"
        << "    data-spaces:\n"
        << "      - name: A\n"
        << "        projection:\n"
        << "          - [ [M] ]\n"
        << "          - [ [K] ]\n"
        << "      - name: B\n"
        << "        projection:\n"
        << "          - [ [N] ]\n"
        << "          - [ [K] ]\n"
        << "      - name: Z\n"
        << "        projection:\n"
        << "          - [ [M] ]\n"
        << "          - [ [N] ]\n"
        << "        read-write: True\n"
        << "  instance:\n"
        << "    M: " << gemm.rows << "\n"
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
        std::set<std::array<double, 3>> known;
        int wordBits = 1;
        bool isFloat = false;
        for (const auto& layer : outline.layers) {
            if (layer.role != LayerRole::Gemm) {
                continue;
            }
            const auto number = formats.numberOf(layer.name, layer.kind);
            const auto gemms = gemmLayer(layer, formats.formats(number), design.recipe().batch);
            for (const auto& [pass, member] : kGemms) {
                const auto& gemm = gemms.*member;
                const bool runs = pass != "input-gradient" || layer.trainsBefore;
                if (!runs || !known.insert({gemm.rows, gemm.columns, gemm.reduction()}).second) {
                    continue;
                }
                for (const auto* operand : {&gemm.a, &gemm.b}) {
                    wordBits = std::max(wordBits, elementBits(*operand));
                    isFloat = isFloat || operand->operand().element == ElementKind::Float;
                }
                files.push_back({layer.name + "-" + std::string(pass) + ".yaml",
                                 problem(layer.name, pass, gemm)});
            }
        }
        files.front() = {"architecture.yaml", architecture(design.hardware(), wordBits, isFloat)};
        return files;
    });
}

}  // namespace mantissa::hw
