// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/formats/microscaled.h"

#include <charconv>
#include <limits>

#include "core/numerics/formats/block_work.h"
#include "core/numerics/formats/family_parts.h"
#include "core/numerics/formats/microscaled_rounding.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

using Part = BlockPart<Microscaled>;

constexpr std::array<std::string_view, 3> kVariants{"ieee", "fn", "all"};
constexpr std::array<std::string_view, 4> kRules{"floor", "ceil", "even", "rceil"};

constexpr std::array<Param<Format>, 2> kElement{{
    param<&Microscaled::exponentBits>(
        {.id = "exp",
         .label = "Exponent bits",
         .unit = "bits",
         .help = "Of each element; none: two's complement integers (MXINT8).",
         .maximum = 8,
         .defaultValue = 4,
         .zeroText = "integer"}),
    param<&Microscaled::mantissaBits>(
        {.id = "man",
         .label = "Mantissa bits",
         .unit = "bits",
         .help = "Stored fraction bits of each element; of an integer its width, sign included.",
         .maximum = 23,
         .defaultValue = 3}),
}};

constexpr std::array<Param<Format>, 3> kOptions{{
    param<&Microscaled::rule>(
        {.id = "rule",
         .label = "Scale rule",
         .help = "floor: OCP's, the largest magnitude may saturate; ceil: the next power of two; "
                 "even: one higher where the maximum would round past the top; rceil: nothing "
                 "saturates.",
         .kind = ParamKind::Choice,
         .maximum = 3,
         .choices = kRules}),
    {{.id = "variant",
      .label = "Top exponent",
      .help = "ieee: Inf and NaN; fn: NaN only at the all-ones code; all: only numbers. OCP's "
              "choice unless said otherwise.",
      .kind = ParamKind::Choice,
      .maximum = 2,
      .defaultValue = 1,
      .choices = kVariants},
     [](const Format& f) { return static_cast<double>(variantOf(std::get<Microscaled>(f))); },
     [](Format& f, double v) {
         auto& m = std::get<Microscaled>(f);
         m.variant.reset();
         if (const auto variant = static_cast<MinifloatVariant>(static_cast<int>(v));
             variant != variantOf(m)) {
             m.variant = variant;
         }
     }},
    param<&Microscaled::scaleBits>(
        {.id = "scale",
         .label = "Scale bits",
         .unit = "bits",
         .help = "Width of the power-of-two scale that a block shares (E8M0: 8); a block that "
                 "needs a larger one than 2^(2^(scale-1) - 1) becomes NaN.",
         .minimum = 2,
         .maximum = 8,
         .defaultValue = 8}),
}};

constexpr auto kParameters = joined(joined(kElement, Part::kParameters), kOptions);

bool matters(const Format& format, std::string_view id) {
    const auto& m = std::get<Microscaled>(format);
    return id == "variant" ? !hasIntegerElements(m) : blockParameterMatters(m.block, id);
}

Result<void> check(const Format& format) {
    const auto& m = std::get<Microscaled>(format);
    if (hasIntegerElements(m)) {
        if (m.mantissaBits < 2) {
            return fail(ErrorCode::InvalidInput,
                        "an integer element has " + std::to_string(m.mantissaBits) +
                            " bits, must have from 2 to 23",
                        "mx", "for example mx<int8,block=32>");
        }
        return {};
    }
    if (variantOf(m) == MinifloatVariant::Ieee && m.exponentBits < 2) {
        return fail(ErrorCode::InvalidInput, "exp is 1, must be from 2 to 8 with variant=ieee",
                    "mx");
    }
    return {};
}

std::string writeHead(const Format& format) {
    const auto& m = std::get<Microscaled>(format);
    return hasIntegerElements(m)
               ? "int" + std::to_string(m.mantissaBits)
               : "e" + std::to_string(m.exponentBits) + "m" + std::to_string(m.mantissaBits);
}

bool readInteger(std::string_view text, int& value) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size();
}

bool readHead(std::string_view text, Format& format) {
    auto& m = std::get<Microscaled>(format);
    if (text.substr(0, 3) == "int") {
        m.exponentBits = 0;
        return readInteger(text.substr(3), m.mantissaBits);
    }
    const auto split = text.find('m');
    return !text.empty() && text[0] == 'e' && split != std::string_view::npos &&
           readInteger(text.substr(1, split - 1), m.exponentBits) && m.exponentBits > 0 &&
           readInteger(text.substr(split + 1), m.mantissaBits);
}

void quantise(const Format& format, const ScalarJob& outer) {
    const auto& m = std::get<Microscaled>(format);
    forEachBlockOf(outer, m.block, [&](const BlockOfJob& block) {
        const auto& job = block.job;
        // Infinite where not all numbers are finite.
        const auto largest = block.fold<float>(
            [&](float& most, std::int64_t i) {
                const float magnitude = std::fabs(job.at(i));
                most = std::isfinite(magnitude) ? std::max(most, magnitude)
                                                : std::numeric_limits<float>::infinity();
            },
            [](float& most, float other) { most = std::max(most, other); });
        const auto scale =
            std::isfinite(largest) ? scaleExponent(m, largest) : std::optional<int>();
        if (!scale) {
            block.forEach([&](std::int64_t i) {
                job.put(i, std::numeric_limits<float>::quiet_NaN(),
                        std::numeric_limits<double>::infinity());
            });
            return;
        }
        const double limit = std::ldexp(largestOf(elementOf(m)), *scale);
        block.forEach([&](std::int64_t i) {
            job.put(i,
                    quantiseScaled(job.at(i), m, *scale, job.rounding, job.word(i), job.randomBits),
                    limit);
        });
    });
}

StorageLayout storage(const Format& format) {
    const auto& m = std::get<Microscaled>(format);
    return {
        .elementBits = hasIntegerElements(m) ? m.mantissaBits : 1 + m.exponentBits + m.mantissaBits,
        .blockBits = m.scaleBits};
}

FormatRange range(const Format& format) {
    const auto& m = std::get<Microscaled>(format);
    const auto element = elementOf(m);
    const double step =
        std::ldexp(1.0, lowestExponent(element) - element.mantissaBits - highestScale(m));
    // A finite block's scale ends where its maximum does.
    const double largest =
        std::ldexp(largestOf(element), std::min(highestScale(m), 127 - largestExponentOf(m)));
    const double normal = std::ldexp(smallestNormalOf(element), -highestScale(m));
    return {largest, std::fmax(normal, kSmallestBinary32), std::fmax(step, kSmallestBinary32)};
}

/// Of the largest number in steps of its own exponent.
double largestCode(const Microscaled& format) {
    const auto element = elementOf(format);
    return std::ldexp(largestOf(element), element.mantissaBits - largestExponentOf(format));
}

std::optional<PowerSteps> steps(const Format& format) {
    const auto& m = std::get<Microscaled>(format);
    const auto element = elementOf(m);
    const int top = largestExponentOf(m);
    const int lowestStep = lowestExponent(element) - element.mantissaBits;
    return PowerSteps{.carry = carryOf(m.rule, element.mantissaBits + 1, largestCode(m)),
                      .lowest = top - highestScale(m),
                      .highest = std::min(top + highestScale(m), 127),
                      .step = lowestStep - top,
                      .floating = !hasIntegerElements(m),
                      .magnitudeBits = element.mantissaBits + 1,
                      .largest = std::ldexp(largestOf(element), -lowestStep),
                      .oneZero = hasIntegerElements(m),
                      .infects = true};
}

}  // namespace

std::optional<int> scaleExponent(const Microscaled& format, float largestMagnitude) {
    const int lowest = -highestScale(format);
    if (largestMagnitude <= 0) {
        return lowest;
    }
    const int top = largestExponentOf(format);
    const int exponent = unclampedExponent(format.rule, elementOf(format).mantissaBits + 1,
                                           largestCode(format), 0, largestMagnitude);
    // Numbers end where those of binary32 do.
    const int scale = std::min(exponent, 127) - top;
    if (scale > highestScale(format)) {
        return std::nullopt;
    }
    return std::max(scale, lowest);
}

float quantiseScaled(float x, const Microscaled& format, int scale, Rounding rounding,
                     std::uint32_t word, int randomBits) {
    const auto element = elementOf(format);
    const double magnitude = std::ldexp(std::fabs(static_cast<double>(x)), -scale);
    double value = 0;
    if (magnitude > 0) {
        const int step =
            std::max(std::ilogb(magnitude), lowestExponent(element)) - element.mantissaBits;
        value = std::ldexp(roundMagnitude(std::ldexp(magnitude, -step), std::signbit(x), rounding,
                                          word, randomBits),
                           step);
    }
    value = std::ldexp(std::fmin(value, largestOf(element)), scale);
    if (hasIntegerElements(format) && value == 0) {
        return 0;  // two's complement has one zero
    }
    return std::copysign(static_cast<float>(value), x);
}

FormatFamily microscaledFamily() {
    return {.id = "mx",
            .label = "Microscaling (OCP MX)",
            .grammar =
                "mx<eEmM|intB[,block=32|24x24|1x24x3x3|slice|tensor]"
                "[,rule=floor|ceil|even|rceil][,variant=ieee|fn|all][,scale=8]>",
            .help =
                "Minifloat or integer elements under a power-of-two scale that a block shares; "
                "NaN or Inf in a block makes all of it NaN.",
            .parameters = kParameters,
            .positional = 2,
            .defaults = Microscaled{},
            .example = Microscaled{},
            .storage = storage,
            .range = range,
            .quantise = quantise,
            .pack = packMicroscaled,
            .unpack = unpackMicroscaled,
            .steps = steps,
            .check = check,
            .matters = matters,
            .block = Part::get,
            .setBlock = Part::set,
            .writeHead = writeHead,
            .readHead = readHead,
            .headExpected = "an element such as e4m3, e2m1 or int8"};
}

}  // namespace mantissa::numerics
