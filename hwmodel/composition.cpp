// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/composition.h"

#include <algorithm>

namespace mantissa::hw {
namespace {

constexpr Law kSum{"sum of its parts", SourceKind::Derived};

}  // namespace

void Composition::enter(std::string_view name, double count, const UnitCost& each) {
    if (count > 0) {
        m_parts.push_back({name, count, each});
        m_slowest_ns = std::max(m_slowest_ns, m_arrival_ns);
    }
}

Composition& Composition::then(std::string_view name, double count, const UnitCost& each) {
    UnitCost late = each;
    const double period = m_technology.period_ns;
    const double alone = std::min(each.delay_ns, period);
    const double depth = std::min(m_arrival_ns + each.delay_ns, period);
    late.energy_pj += each.glitch_pjPerNs * (depth - alone);
    m_arrival_ns += count > 0 ? each.delay_ns : 0.0;
    enter(name, count, late);
    return *this;
}

Composition& Composition::beside(std::string_view name, double count, const UnitCost& each) {
    m_arrival_ns = std::max(m_arrival_ns, count > 0 ? each.delay_ns : 0.0);
    enter(name, count, each);
    return *this;
}

Composition& Composition::registers(std::string_view name, double bits) {
    m_arrival_ns = 0;
    enter(name, bits > 0 ? 1 : 0, hw::registers(m_technology, bits));
    return *this;
}

Composition& Composition::seldom(std::string_view name, double count, const UnitCost& each,
                                 double share) {
    UnitCost resting = each;
    resting.energy_pj *= share;
    enter(name, count, resting);
    m_slowest_ns = std::max(m_slowest_ns, each.delay_ns);
    return *this;
}

const Law* Composition::leakageLaw() const {
    const Law* common = m_parts.empty() ? nullptr : m_parts.front().each.leakageLaw;
    for (const auto& part : m_parts) {
        if (!part.each.leakageKnown()) {
            return nullptr;
        }
        common = part.each.leakageLaw == common ? common : &kSum;
    }
    return common;
}

UnitCost Composition::total() const {
    UnitCost total;
    for (const auto& [name, count, each] : m_parts) {
        total.area_um2 += count * each.area_um2;
        total.energy_pj += count * each.energy_pj;
        total.leakage_nw += count * each.leakage_nw;
        total.nand2 += count * each.nand2;
        total.flipFlops += count * each.flipFlops;
        total.glitch_pjPerNs += count * each.glitch_pjPerNs;
    }
    total.delay_ns = m_slowest_ns;
    const bool single = m_parts.size() == 1;
    total.areaLaw = single ? m_parts.front().each.areaLaw : &kSum;
    total.energyLaw = single ? m_parts.front().each.energyLaw : &kSum;
    total.delayLaw = single ? m_parts.front().each.delayLaw : nullptr;
    total.leakageLaw = leakageLaw();
    return total;
}

}  // namespace mantissa::hw
