// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/micro_exponent.h"

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

constexpr std::array<Param<Format>, 5> kParameters{{
    param<&MicroExponent::mantissaBits>(
        {.id = "man",
         .label = "Mantissa bits",
         .unit = "bits",
         .help = "Significand bits with explicit leading one; the sign comes on top.",
         .minimum = 1,
         .maximum = 23,
         .defaultValue = 7}),
    param<&MicroExponent::exponentBits>(
        {.id = "exp",
         .label = "Exponent bits",
         .unit = "bits",
         .help = "Width of the exponent that a block shares; its bias is 2^(exp-1) - 1.",
         .minimum = 2,
         .maximum = 10,
         .defaultValue = 8}),
    param<&MicroExponent::blockSize>({.id = "block",
                                      .label = "Block size",
                                      .unit = "elements",
                                      .help = "Elements along the block axis that share it.",
                                      .minimum = 1,
                                      .maximum = 1048576,
                                      .defaultValue = 16,
                                      .powersOfTwo = true}),
    param<&MicroExponent::subBlockSize>({.id = "sub",
                                         .label = "Sub-block size",
                                         .unit = "elements",
                                         .help = "Elements that share a micro-exponent.",
                                         .minimum = 1,
                                         .maximum = 1048576,
                                         .defaultValue = 2,
                                         .powersOfTwo = true}),
    param<&MicroExponent::microBits>(
        {.id = "micro",
         .label = "Micro-exponent bits",
         .unit = "bits",
         .help = "Width of a sub-block's shift; t bits lower the exponent by up to 2^t - 1.",
         .minimum = 0,
         .maximum = 4,
         .defaultValue = 1}),
}};

Result<void> check(const Format& format) {
    const auto& m = std::get<MicroExponent>(format);
    if (m.blockSize % m.subBlockSize != 0) {
        return fail(ErrorCode::InvalidInput,
                    "sub is " + std::to_string(m.subBlockSize) + ", must divide the block of " +
                        std::to_string(m.blockSize),
                    "smx");
    }
    return {};
}

int clampedExponent(const MicroExponent& m, float largest) {
    return largest > 0 ? std::clamp(exponentOf(largest), lowestExponent(m), highestExponent(m))
                       : lowestExponent(m);
}

void quantise(const Format& format, const ScalarJob& job) {
    const auto& m = std::get<MicroExponent>(format);
    const double codes = std::ldexp(1.0, m.mantissaBits) - 1;
    constexpr auto kAlong = BlockGrid::blockDimension();
    forEachBlockOf(job, blockOf(m), [&](const BlockOfJob& block) {
        const int shared = clampedExponent(m, largestFinite(block));
        BlockOfJob sub = block;
        for (std::int64_t k = 0; k < block.box.extents[kAlong]; k += m.subBlockSize) {
            sub.box.origin[kAlong] = block.box.origin[kAlong] + k;
            sub.box.extents[kAlong] = std::min(m.subBlockSize, block.box.extents[kAlong] - k);
            const int own = clampedExponent(m, largestFinite(sub));
            const int step = shared - std::min(shared - own, largestShift(m)) + 1 - m.mantissaBits;
            const double limit = std::ldexp(codes, step);
            sub.forEach([&](std::int64_t i) {
                job.put(i,
                        quantiseInBlock(job.at(i), step, codes, job.rounding, job.word(i),
                                        job.randomBits),
                        limit);
            });
        }
    });
}

std::optional<PowerSteps> steps(const Format& format) {
    const auto& m = std::get<MicroExponent>(format);
    return PowerSteps{.lowest = lowestExponent(m),
                      .highest = highestExponent(m),
                      .step = 1 - m.mantissaBits,
                      .largest = std::ldexp(1.0, m.mantissaBits) - 1,
                      .subBlock = m.subBlockSize,
                      .largestShift = largestShift(m)};
}

}  // namespace

FormatFamily microExponentFamily() {
    return {.id = "smx",
            .label = "Shared micro-exponents",
            .grammar = "smx<MAN[,exp=8][,block=16][,sub=2][,micro=1]>",
            .help =
                "Block floating point whose sub-blocks lower the shared exponent by a shift "
                "of their own (MX9, MX6, MX4 of 2023; not OCP's MX).",
            .parameters = kParameters,
            .positional = 1,
            .defaults = MicroExponent{},
            .example = MicroExponent{},
            .storage =
                [](const Format& f) {
                    const auto& m = std::get<MicroExponent>(f);
                    return StorageLayout{.elementBits = m.mantissaBits + 1,
                                         .blockBits = m.exponentBits,
                                         .subBlockBits = m.microBits,
                                         .subBlockSize = m.subBlockSize};
                },
            .range =
                [](const Format& f) {
                    const auto& m = std::get<MicroExponent>(f);
                    const double step = std::fmax(
                        std::ldexp(1.0, lowestExponent(m) + 1 - m.mantissaBits), kSmallestBinary32);
                    return FormatRange{std::ldexp(2 - std::ldexp(1.0, 1 - m.mantissaBits),
                                                  std::min(highestExponent(m), 127)),
                                       step, step};
                },
            .quantise = quantise,
            .pack = packMicroExponent,
            .unpack = unpackMicroExponent,
            .steps = steps,
            .check = check,
            .block = [](const Format& f) { return blockOf(std::get<MicroExponent>(f)); }};
}

}  // namespace mantissa::numerics
