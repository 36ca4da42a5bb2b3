// SPDX-License-Identifier: GPL-3.0-or-later
// Codes of formats whose elements are significands under a shared exponent.
#include "core/numerics/formats/block_codes.h"
#include "core/numerics/formats/code_parts.h"
#include "core/numerics/scalar_rounding.h"

namespace mantissa::numerics {
namespace {

/// The smallest exponent in [lowest, highest] under which `codes` steps reach `magnitude`, or the
/// highest; `stepOf(exponent)` is log2 of the step. Codes end below twice the leading one, so that
/// one less than the magnitude's own exponent is low enough to start from.
template <typename StepOf>
int smallestExponent(float magnitude, double codes, int lowest, int highest, const StepOf& stepOf) {
    int exponent = magnitude > 0 ? std::clamp(exponentOf(magnitude) - 1, lowest, highest) : lowest;
    while (exponent < highest && steppedValue(codes, stepOf(exponent)) < magnitude) {
        ++exponent;
    }
    return exponent;
}

std::string steppedReason(float x, int step, double codes) {
    if (!std::isfinite(x)) {
        return kNoSpecials;
    }
    return std::fabs(x) > steppedValue(codes, step) ? tooLarge(std::ldexp(codes, step))
                                                    : offGrid(step);
}

/// How the elements of a BlockFloat lie.
struct ElementLayout {
    int magnitudeBits = 0;  ///< in front of the sign
    int chunkBits = 0;      ///< a sign behind each so many; 0: one behind all
    int furtherBits = 0;    ///< of the magnitude, behind the signs of chunks
};

ElementLayout elementLayout(const BlockFloat& b) {
    const int further = b.clamp ? 0 : 1;
    if (b.rule == SharedExponentRule::Exempt) {
        return {exemptBits(b), 0, 0};
    }
    return b.chunkBits > 0 ? ElementLayout{b.magnitudeBits(), b.chunkBits, further}
                           : ElementLayout{b.magnitudeBits() + further, 0, 0};
}

void putElement(const ElementLayout& layout, std::uint32_t magnitude, bool negative,
                BitWriter& to) {
    const int chunk = layout.chunkBits > 0 ? layout.chunkBits : layout.magnitudeBits;
    for (int bit = 0; bit < layout.magnitudeBits; bit += chunk) {
        to.put(magnitude >> static_cast<unsigned>(bit), chunk);
        to.put(negative ? 1 : 0, 1);
    }
    to.put(magnitude >> static_cast<unsigned>(layout.magnitudeBits), layout.furtherBits);
}

struct Element {
    std::uint32_t magnitude = 0;
    bool negative = false;
    bool signsAgree = true;
};

Element getElement(const ElementLayout& layout, BitReader& from) {
    Element element;
    const int chunk = layout.chunkBits > 0 ? layout.chunkBits : layout.magnitudeBits;
    for (int bit = 0; bit < layout.magnitudeBits; bit += chunk) {
        element.magnitude |= from.get(chunk) << static_cast<unsigned>(bit);
        const bool negative = from.get(1) != 0;
        element.signsAgree = element.signsAgree && (bit == 0 || negative == element.negative);
        element.negative = negative;
    }
    element.magnitude |= from.get(layout.furtherBits)
                         << static_cast<unsigned>(layout.magnitudeBits);
    return element;
}

/// Writes the number of an element into `x`.
Fault decode(const Element& element, std::size_t position, int step, double codes, float& x) {
    if (!element.signsAgree) {
        return CodeFault{position, "the signs of its chunks differ"};
    }
    if (element.magnitude > codes) {
        return CodeFault{position, "its code stands for no number"};
    }
    const float magnitude = steppedValue(element.magnitude, step);
    if (!std::isfinite(magnitude)) {
        return CodeFault{position, kBeyondBinary32};
    }
    x = element.negative ? -magnitude : magnitude;
    return {};
}

std::uint32_t exponentField(const BlockFloat& b, int exponent) {
    return static_cast<std::uint32_t>(exponent - lowestExponent(b));
}

int exponentFrom(const BlockFloat& b, BitReader& from) {
    return static_cast<int>(from.get(b.exponentBits)) + lowestExponent(b);
}

/// Whether an element is untouched follows from its number, for rounding keeps the others below the
/// largest exponent, or takes them to a power of two that is a significand under it too.
Fault packExempt(const BlockFloat& b, std::span<const float> block, BitWriter& to) {
    const double significands = std::ldexp(1.0, untouchedBits(b)) - 1;
    const auto all = largestIn(block);
    const int largest = all.magnitude > 0 ? std::clamp(exponentOf(all.magnitude), lowestExponent(b),
                                                       highestExponent(b))
                                          : lowestExponent(b);
    const int fineStep = largest + 1 - untouchedBits(b);
    const auto isUntouched = [&](float x) {
        return std::isfinite(x) && x != 0 && exponentOf(x) == largest;
    };
    float second = 0;
    for (const float x : block) {
        if (std::isfinite(x) && !isUntouched(x)) {
            second = std::max(second, std::fabs(x));
        }
    }
    const auto stepOf = [&](int exponent) { return stepExponent(b, exponent); };
    const int exponent =
        smallestExponent(second, largestCode(b), lowestExponent(b), highestExponent(b), stepOf);
    to.put(exponentField(b, exponent), b.exponentBits);
    to.put(exponentField(b, largest), b.exponentBits);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const bool untouched = isUntouched(block[i]);
        const int step = untouched ? fineStep : stepOf(exponent);
        const double codes = untouched ? significands : largestCode(b);
        const auto code = steppedCode(block[i], step, codes);
        if (!code) {
            return CodeFault{i, steppedReason(block[i], step, codes)};
        }
        putElement(elementLayout(b), *code, std::signbit(block[i]), to);
        to.put(untouched ? 1 : 0, 1);
    }
    return {};
}

Fault unpackExempt(const BlockFloat& b, BitReader& from, std::span<float> block) {
    const int step = stepExponent(b, exponentFrom(b, from));
    const int largest = exponentFrom(b, from);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto element = getElement(elementLayout(b), from);
        const bool untouched = from.get(1) != 0;
        const double codes = untouched ? std::ldexp(1.0, untouchedBits(b)) - 1 : largestCode(b);
        if (auto fault = decode(element, i, untouched ? largest + 1 - untouchedBits(b) : step,
                                codes, block[i])) {
            return fault;
        }
    }
    return {};
}

double codesOf(const MicroExponent& m) {
    return std::ldexp(1.0, m.mantissaBits) - 1;
}

int stepOf(const MicroExponent& m, int exponent, int shift) {
    return exponent - shift + 1 - m.mantissaBits;
}

/// The largest shift that leaves room for `magnitude`: as for exponents, the finest step.
int largestShift(const MicroExponent& m, int exponent, float magnitude) {
    int shift = largestShift(m);
    while (shift > 0 && steppedValue(codesOf(m), stepOf(m, exponent, shift)) < magnitude) {
        --shift;
    }
    return shift;
}

int exponentOfPacked(const BlockFloat& b, float largest) {
    return smallestExponent(largest, largestCode(b), lowestExponent(b), highestExponent(b),
                            [&](int e) { return stepExponent(b, e); });
}

}  // namespace

int packedStep(const BlockFloat& format, float largestMagnitude) {
    return stepExponent(format, exponentOfPacked(format, largestMagnitude));
}

Fault packBlockFloat(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& b = std::get<BlockFloat>(format);
    if (b.rule == SharedExponentRule::Exempt) {
        return packExempt(b, block, to);
    }
    const int exponent = exponentOfPacked(b, largestIn(block).magnitude);
    const int step = stepExponent(b, exponent);
    to.put(exponentField(b, exponent), b.exponentBits);
    for (std::size_t i = 0; i < block.size(); ++i) {
        const auto code = steppedCode(block[i], step, largestCode(b));
        if (!code) {
            return CodeFault{i, steppedReason(block[i], step, largestCode(b))};
        }
        putElement(elementLayout(b), *code, std::signbit(block[i]), to);
    }
    return {};
}

Fault unpackBlockFloat(const Format& format, BitReader& from, std::span<float> block) {
    const auto& b = std::get<BlockFloat>(format);
    if (b.rule == SharedExponentRule::Exempt) {
        return unpackExempt(b, from, block);
    }
    const int step = stepExponent(b, exponentFrom(b, from));
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (auto fault =
                decode(getElement(elementLayout(b), from), i, step, largestCode(b), block[i])) {
            return fault;
        }
    }
    return {};
}

Fault packMicroExponent(const Format& format, std::span<const float> block, BitWriter& to) {
    const auto& m = std::get<MicroExponent>(format);
    const auto sub = static_cast<std::size_t>(m.subBlockSize);
    const int exponent =
        smallestExponent(largestIn(block).magnitude, codesOf(m), lowestExponent(m),
                         highestExponent(m), [&](int e) { return stepOf(m, e, 0); });
    to.put(static_cast<std::uint32_t>(exponent - lowestExponent(m)), m.exponentBits);
    std::vector<int> steps;
    for (std::size_t i = 0; i < block.size(); i += sub) {
        const auto part = block.subspan(i, std::min(sub, block.size() - i));
        const int shift = largestShift(m, exponent, largestIn(part).magnitude);
        steps.push_back(stepOf(m, exponent, shift));
        to.put(static_cast<std::uint32_t>(shift), m.microBits);
    }
    const ElementLayout layout{m.mantissaBits, 0, 0};
    for (std::size_t i = 0; i < block.size(); ++i) {
        const int step = steps[i / sub];
        const auto code = steppedCode(block[i], step, codesOf(m));
        if (!code) {
            return CodeFault{i, steppedReason(block[i], step, codesOf(m))};
        }
        putElement(layout, *code, std::signbit(block[i]), to);
    }
    return {};
}

Fault unpackMicroExponent(const Format& format, BitReader& from, std::span<float> block) {
    const auto& m = std::get<MicroExponent>(format);
    const auto sub = static_cast<std::size_t>(m.subBlockSize);
    const int exponent = static_cast<int>(from.get(m.exponentBits)) + lowestExponent(m);
    std::vector<int> steps;
    for (std::size_t i = 0; i < block.size(); i += sub) {
        steps.push_back(stepOf(m, exponent, static_cast<int>(from.get(m.microBits))));
    }
    const ElementLayout layout{m.mantissaBits, 0, 0};
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (auto fault =
                decode(getElement(layout, from), i, steps[i / sub], codesOf(m), block[i])) {
            return fault;
        }
    }
    return {};
}

}  // namespace mantissa::numerics
