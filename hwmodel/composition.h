// SPDX-License-Identifier: GPL-3.0-or-later
// A unit as a sum of parts: what stands behind what, what beside, and where registers cut.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "hwmodel/arithmetic.h"

namespace mantissa::hw {

struct UnitPart {
    std::string_view name;  ///< of static life time
    double count = 1;
    UnitCost each;
};

/// Parts work in stages that registers separate. Within a stage glitches add up along the way, so
/// that a part behind others switches more.
class Composition {
public:
    explicit Composition(Technology technology) : m_technology(std::move(technology)) {}

    const Technology& technology() const { return m_technology; }

    /// Behind the parts of this stage so far.
    Composition& then(std::string_view name, double count, const UnitCost& each);
    /// From the beginning of this stage, beside its parts so far.
    Composition& beside(std::string_view name, double count, const UnitCost& each);
    /// Flip-flops that end the stage.
    Composition& registers(std::string_view name, double bits);
    /// A part that rests in most cycles, e.g. one that works once a channel: `share` of operations.
    Composition& seldom(std::string_view name, double count, const UnitCost& each, double share);

    const std::vector<UnitPart>& parts() const { return m_parts; }
    /// Sums of areas, energies and leakages; the delay of the slowest stage.
    UnitCost total() const;

private:
    /// Of all parts together; null where one does not know it.
    const Law* leakageLaw() const;
    void enter(std::string_view name, double count, const UnitCost& each);

    Technology m_technology;
    std::vector<UnitPart> m_parts;
    double m_arrival_ns = 0;  ///< of this stage
    double m_slowest_ns = 0;
};

}  // namespace mantissa::hw
