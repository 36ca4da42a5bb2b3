// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/integer_dot.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

constexpr Law kShiftedGroups{
    "dot product law, a shifter for each sub-block and as many more bits in the adder tree; "
    "NanGate45 45 nm, nominal flow",
    SourceKind::Derived};
constexpr Law kShifts{"N shifters, N sign XORs, adder tree; NanGate45 45 nm, nominal flow",
                      SourceKind::Derived};
constexpr Law kSigns{"N XORs and ANDs a bit, adder tree; NanGate45 45 nm, nominal flow",
                     SourceKind::Derived};
constexpr Law kCounts{"N XNORs, adder tree; NanGate45 45 nm, nominal flow", SourceKind::Derived};

/// `count` units side by side after what is there already.
void append(UnitCost& cost, double count, const UnitCost& unit) {
    cost.area_um2 += count * unit.area_um2;
    cost.energy_pj += count * unit.energy_pj;
    cost.delay_ns += count > 0 ? unit.delay_ns : 0.0;
    cost.energyLaw = unit.energyLaw;
}

UnitCost multiplied(const Technology& technology, int elements, const DotShape& dot) {
    auto cost = blockDot(technology, elements, dot.bitsA, dot.bitsB);
    if (dot.shift > 0) {
        const int groups = (elements + dot.shiftElements - 1) / dot.shiftElements;
        const int width = blockDotWidth(dot.shiftElements, dot.bitsA, dot.bitsB) + dot.shift;
        append(cost, groups, shifter(technology, width, dot.shift));
        const auto widening = adderTree(technology, groups, dot.shift);
        cost.area_um2 += widening.area_um2;
        cost.energy_pj += widening.energy_pj;
        cost.areaLaw = &kShiftedGroups;
    }
    return cost;
}

}  // namespace

DotShape widest(const DotShape& a, const DotShape& b) {
    DotShape both = a;
    both.bitsA = std::max(a.bitsA, b.bitsA);
    both.bitsB = std::max(a.bitsB, b.bitsB);
    both.productBits = a.product == Product::Multiply ? both.bitsA + both.bitsB
                                                      : std::max(a.productBits, b.productBits);
    both.shift = std::max(a.shift, b.shift);
    // One that moves alone needs a shifter of its own.
    both.shiftElements = std::min(a.shift > 0 ? a.shiftElements : b.shiftElements,
                                  b.shift > 0 ? b.shiftElements : a.shiftElements);
    return both;
}

UnitCost integerDot(const Technology& technology, int elements, const DotShape& dot) {
    if (dot.product == Product::Multiply) {
        return multiplied(technology, elements, dot);
    }
    UnitCost cost;
    const int width = dot.productBits + dot.shift;
    if (dot.product == Product::Xnor) {
        append(cost, elements, gateRow(technology, 1, 0));
        append(cost, 1, adderTree(technology, elements, 1));
        cost.areaLaw = &kCounts;
        return cost;
    }
    const bool shifts = dot.shift > 0;
    if (shifts) {
        append(cost, elements, shifter(technology, width, dot.shift));
    }
    append(cost, elements, gateRow(technology, width, shifts ? 0 : width));
    append(cost, 1, adderTree(technology, elements, width + 1));
    cost.areaLaw = shifts ? &kShifts : &kSigns;
    return cost;
}

int dotWidth(double elements, const DotShape& dot) {
    const auto count = static_cast<int>(std::clamp(elements, 1.0, 1e9));
    return blockDotWidth(count, dot.productBits, dot.shift);
}

}  // namespace mantissa::hw
