// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/hardware_config.h"

#include <array>
#include <string_view>
#include <type_traits>

namespace mantissa::design {
namespace {

constexpr std::array<std::string_view, 1> kTechnologies{"45nm"};
constexpr std::array<std::string_view, 2> kCalibrations{"synthesis", "horowitz"};
constexpr std::array<std::string_view, 7> kDramKinds{"ddr3",  "ddr4", "lpddr4", "lpddr5",
                                                     "gddr6", "hbm2", "lpddr3"};
constexpr std::array<std::string_view, 3> kDataflows{"output_stationary", "weight_stationary",
                                                     "input_stationary"};

/// Binds a description to a member; the member's initialiser is the default.
template <auto Member>
constexpr Param<HardwareConfig> bind(ParamSpec spec) {
    using Value = std::remove_cvref_t<decltype(HardwareConfig{}.*Member)>;
    spec.defaultValue = static_cast<double>(HardwareConfig{}.*Member);
    if (spec.kind == ParamKind::Choice) {
        spec.maximum = static_cast<double>(spec.choices.size()) - 1;
    }
    return {
        spec, [](const HardwareConfig& config) { return static_cast<double>(config.*Member); },
        [](HardwareConfig& config, double value) { config.*Member = static_cast<Value>(value); }};
}

constexpr ParamSpec count(std::string_view id, std::string_view label, std::string_view help,
                          double maximum) {
    return {.id = id,
            .label = label,
            .help = help,
            .minimum = 1,
            .maximum = maximum,
            .powersOfTwo = true};
}

/// What came after the first designs: said only where it is not the default.
constexpr ParamSpec quiet(ParamSpec spec) {
    spec.quiet = true;
    return spec;
}

constexpr ParamSpec flag(std::string_view id, std::string_view label, std::string_view help) {
    return {.id = id,
            .label = label,
            .help = help,
            .kind = ParamKind::Boolean,
            .maximum = 1,
            .quiet = true};
}

constexpr ParamSpec buffer(std::string_view id, std::string_view label, std::string_view help) {
    ParamSpec spec = count(id, label, help, 65536);
    spec.unit = "KiB";
    spec.minimum = 0;
    spec.zeroText = "sized";
    spec.leastAmount = 1;
    return spec;
}

constexpr std::array kParams{
    bind<&HardwareConfig::technology>(
        {.id = "technology",
         .label = "Technology",
         .help = "The process that area and energy are given in; every figure carries its source.",
         .kind = ParamKind::Choice,
         .choices = kTechnologies}),
    bind<&HardwareConfig::calibration>(
        {.id = "calibration",
         .label = "Calibration",
         .help = "What prices arithmetic: our synthesis with the NanGate 45 nm library, or the "
                 "figures of Horowitz, ISSCC 2014; ratios between formats differ.",
         .kind = ParamKind::Choice,
         .choices = kCalibrations}),
    bind<&HardwareConfig::rows>(
        count("rows", "Array rows", "Processing elements along one side of the array.", 256)),
    bind<&HardwareConfig::columns>(
        count("columns", "Array columns", "Processing elements along the other side.", 256)),
    bind<&HardwareConfig::lanes>(
        count("lanes", "Products per element",
              "Products that one processing element multiplies and reduces in a cycle.", 256)),
    bind<&HardwareConfig::arrays>(
        quiet(count("arrays", "Arrays per core",
                    "Systolic arrays side by side along the rows, which share the operand that "
                    "enters at the columns.",
                    64))),
    bind<&HardwareConfig::cores>(
        quiet(count("cores", "Cores", "Groups of arrays, each with operands of its own.", 64))),
    bind<&HardwareConfig::dataflow>(
        quiet({.id = "dataflow",
               .label = "Dataflow",
               .help = "What stays in the processing elements: results, the second operand "
                       "(weights), or the first one (inputs).",
               .kind = ParamKind::Choice,
               .choices = kDataflows})),
    bind<&HardwareConfig::doubleBuffered>(
        flag("double_buffered", "Double buffering",
             "The next tile arrives, and the next fold enters the arrays, while this one is "
             "worked on; takes half of each buffer.")),
    bind<&HardwareConfig::multiMode>(
        flag("multi_mode", "Multi-mode multipliers",
             "Fused integer multipliers: 4 products of 8 bits, or 16 of 4 bits, in place of one of "
             "16 (FlexBlock).")),
    bind<&HardwareConfig::updatesOnArray>(
        flag("updates_on_array", "Update on the arrays",
             "The weight update takes turns with the passes on the arrays, with rates that are "
             "powers of two (as TaxoNN), instead of a unit of its own.")),
    bind<&HardwareConfig::packedKernels>(
        flag("packed_kernels", "Packed sparse elements",
             "Sparse kernels that the weight transform overlays are multiplied as one dense "
             "kernel; each product goes to the sum of the kernel that owns it (complementary "
             "sparsity).")),
    bind<&HardwareConfig::clockMhz>({.id = "clock_mhz",
                                     .label = "Clock",
                                     .unit = "MHz",
                                     .help = "Clock of the array, the buffers and the vector unit.",
                                     .kind = ParamKind::Real,
                                     .minimum = 10,
                                     .maximum = 4000}),
    bind<&HardwareConfig::node_nm>(
        quiet({.id = "node_nm",
               .label = "Node",
               .unit = "nm",
               .help = "Areas and energies of the synthesis calibration, scaled from 45 nm by the "
                       "factors of Stillmaker and Baas, 2017.",
               .kind = ParamKind::Real,
               .minimum = 7,
               .maximum = 130})),
    bind<&HardwareConfig::voltage_v>(
        quiet({.id = "voltage_v",
               .label = "Supply",
               .unit = "V",
               .help = "Energies of the synthesis calibration at another supply.",
               .kind = ParamKind::Real,
               .minimum = 0,
               .maximum = 1.8,
               .zeroText = "the library's",
               .leastAmount = 0.4})),
    bind<&HardwareConfig::weightBufferKib>(buffer(
        "weight_buffer_kib", "Weight buffer",
        "On-chip SRAM that holds weights; sized: as large as the largest of a layer, at most "
        "4096 KiB.")),
    bind<&HardwareConfig::activationBufferKib>(
        buffer("activation_buffer_kib", "Activation buffer",
               "On-chip SRAM for layer inputs; sized: as large as the largest of a batch, at most "
               "4096 KiB.")),
    bind<&HardwareConfig::errorBufferKib>(buffer(
        "error_buffer_kib", "Error buffer",
        "On-chip SRAM for gradients of outputs; sized: as large as the largest of a batch, at "
        "most 4096 KiB.")),
    bind<&HardwareConfig::dram>({.id = "dram",
                                 .label = "DRAM",
                                 .help = "Kind of external memory; sets the energy of each bit.",
                                 .kind = ParamKind::Choice,
                                 .choices = kDramKinds}),
    bind<&HardwareConfig::dramBandwidthGbps>(
        {.id = "dram_bandwidth_gbps",
         .label = "DRAM bandwidth",
         .unit = "GB/s",
         .help = "Sustained bandwidth to external memory, in 10^9 bytes a second.",
         .kind = ParamKind::Real,
         .minimum = 0.1,
         .maximum = 4096}),
    bind<&HardwareConfig::dramEnergy_pj>(
        quiet({.id = "dram_energy_pj",
               .label = "DRAM energy",
               .unit = "pJ a bit",
               .help = "In place of the kind's own, which is an assumption inside the range that "
                       "published figures span.",
               .kind = ParamKind::Real,
               .minimum = 0,
               .maximum = 100,
               .zeroText = "the kind's",
               .leastAmount = 0.1})),
    bind<&HardwareConfig::weightDensity>(
        quiet({.id = "weight_density",
               .label = "Weight density",
               .help = "Share of weights that are not zero; below 1 they lie in DRAM with relative "
                       "indices of 4 bits (EIE). Traffic alone: zeros are multiplied.",
               .kind = ParamKind::Real,
               .minimum = 0.01,
               .maximum = 1})),
    bind<&HardwareConfig::stashCompression>(
        quiet({.id = "stash_compression",
               .label = "Stash compression",
               .help = "How many times smaller a code makes the activations that are kept in DRAM "
                       "for the weight gradient; COMET reports up to 13.5 within error bounds.",
               .kind = ParamKind::Real,
               .minimum = 1,
               .maximum = 64})),
    bind<&HardwareConfig::vectorLanes>(
        count("vector_lanes", "Vector lanes",
              "Elements a cycle of the normalisation, activation and update units.", 1024)),
};

}  // namespace

std::span<const Param<HardwareConfig>> hardwareParams() {
    return kParams;
}

}  // namespace mantissa::design
