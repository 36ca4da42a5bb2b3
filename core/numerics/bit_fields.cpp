// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/bit_fields.h"

#include <algorithm>

namespace mantissa::numerics {
namespace {

using Fields = std::vector<BitField>;

BitField sign() {
    return {"sign", 1, BitRole::Sign};
}

BitField shared(const char* label, std::int64_t bits) {
    return {label, bits, BitRole::Shared};
}

/// One a kind of format, so that the compiler asks for a new one.
struct FieldsOf {
    BitFields operator()(const Fp32&) const { return floating(8, 23); }
    BitFields operator()(const Minifloat& f) const {
        return floating(f.exponentBits, f.mantissaBits);
    }
    BitFields operator()(const BlockFloat& f) const {
        BitFields fields;
        const auto by = sharersText(f.block);
        if (f.rule == SharedExponentRule::Exempt) {
            fields.element = {{"spared", 1, BitRole::Code},
                              sign(),
                              {"magnitude", exemptBits(f), BitRole::Significand}};
            fields.shared = {{shared("largest exponent", f.exponentBits), by},
                             {shared("second exponent", f.exponentBits), by}};
            return fields;
        }
        const int chunk = f.chunkBits > 0 ? f.chunkBits : f.magnitudeBits();
        for (int done = 0; done < f.magnitudeBits(); done += chunk) {
            fields.element.push_back(sign());
            fields.element.push_back(
                {f.chunkBits > 0 ? "chunk" : "magnitude", chunk, BitRole::Significand});
        }
        if (!f.clamp && f.chunkBits > 0) {
            fields.element.insert(fields.element.begin(), {"further", 1, BitRole::Significand});
        } else if (!f.clamp) {
            ++fields.element.back().bits;
        }
        fields.shared = {{shared("exponent", f.exponentBits), by}};
        return fields;
    }
    BitFields operator()(const Microscaled& f) const {
        BitFields fields =
            hasIntegerElements(f)
                ? BitFields{{{"two's complement", f.mantissaBits, BitRole::Code}}, {}}
                : floating(f.exponentBits, f.mantissaBits);
        fields.shared = {{shared("scale", f.scaleBits), sharersText(f.block)}};
        return fields;
    }
    BitFields operator()(const MicroExponent& f) const {
        BitFields fields;
        fields.element = {sign(), {"magnitude", f.mantissaBits, BitRole::Significand}};
        fields.shared = {{shared("exponent", f.exponentBits), sharersText(blockOf(f))}};
        if (f.microBits > 0) {
            fields.shared.push_back(
                {shared("micro-exponent", f.microBits),
                 sharersText({.kind = BlockShape::Kind::Vector, .size = f.subBlockSize})});
        }
        return fields;
    }
    BitFields operator()(const FixedPoint& f) const {
        if (f.integerBits < 1 || f.fractionBits < 0) {
            return {{{"two's complement", f.integerBits + f.fractionBits, BitRole::Code}}, {}};
        }
        return {withoutEmpty({sign(),
                              {"integer", f.integerBits - 1, BitRole::Code},
                              {"fraction", f.fractionBits, BitRole::Significand}}),
                {}};
    }
    BitFields operator()(const AffineInteger& f) const {
        const auto by = sharersText(f.block);
        return {{{"code", f.bits, BitRole::Code}},
                {{shared("scale", 32), by}, {shared("minimum", 32), by}}};
    }
    BitFields operator()(const PowerOfTwo& f) const {
        BitFields fields{{sign(), {"exponent", f.bits - 1, BitRole::Exponent}}, {}};
        if (!f.top) {
            fields.shared = {{shared("largest exponent", 9), sharersText(f.block)}};
        }
        return fields;
    }
    BitFields operator()(const Binary& f) const { return {{sign()}, scaleOf(f.scale, f.block)}; }
    BitFields operator()(const Ternary& f) const {
        return {{{"code", 2, BitRole::Code}}, scaleOf(f.scale, f.block)};
    }
    BitFields operator()(const Codebook& f) const {
        return {{{"index", f.bits, BitRole::Code}},
                {{shared("codebook", std::int64_t{32} << f.bits), sharersText(f.block)}}};
    }
    BitFields operator()(const ErrorBounded& f) const {
        BitFields fields{{sign(), {"magnitude", f.bits - 1, BitRole::Significand}}, {}};
        if (f.relative) {
            fields.shared = {{shared("step", 32), sharersText(f.block)}};
        }
        return fields;
    }

private:
    static Fields withoutEmpty(Fields fields) {
        fields.erase(std::remove_if(fields.begin(), fields.end(),
                                    [](const BitField& field) { return field.bits == 0; }),
                     fields.end());
        return fields;
    }
    static BitFields floating(int exponentBits, int fractionBits) {
        return {withoutEmpty({sign(),
                              {"exponent", exponentBits, BitRole::Exponent},
                              {"fraction", fractionBits, BitRole::Significand}}),
                {}};
    }
    static std::vector<SharedBits> scaleOf(SignScale scale, const BlockShape& block) {
        if (scale == SignScale::One) {
            return {};
        }
        return {{shared("scale", 32), sharersText(block)}};
    }
};

}  // namespace

std::string sharersText(const BlockShape& block) {
    switch (block.kind) {
        case BlockShape::Kind::Vector:
            return std::to_string(block.size) + (block.size == 1 ? " element" : " elements");
        case BlockShape::Kind::Tile:
            return "a tile of " + blockText(block);
        case BlockShape::Kind::Box:
            return "a box of " + blockText(block);
        case BlockShape::Kind::Slice:
            return "a slice";
        case BlockShape::Kind::Tensor:
            break;
    }
    return "the tensor";
}

BitFields bitFieldsOf(const Format& format) {
    return std::visit(FieldsOf{}, format);
}

}  // namespace mantissa::numerics
