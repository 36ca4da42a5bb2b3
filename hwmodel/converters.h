// SPDX-License-Identifier: GPL-3.0-or-later
// Quantisers between the FP32 results and the formats in which tensors are stored.
#pragma once

#include <array>
#include <deque>

#include "hwmodel/cost_sheet.h"
#include "hwmodel/workload.h"

namespace mantissa::hw {

/// Collects what has to be converted; results leave at `vectorLanes` elements a cycle, so each
/// bank of converters is that wide. A tensor stored in two forms at once needs two banks.
class Converters {
public:
    /// The units that a lane may need, in the order of the report.
    enum Unit {
        Quantiser,
        MicroAdder,
        Float,
        ExponentMaximum,
        ExponentAdder,
        Comparator,
        FloatRange,
        FloatAdder,
        FloatMultiplier,
        Rounder,
        Units,
    };
    /// Widest parameters of the units of one kind.
    struct Widths {
        int elements = 1;
        int magnitudeBits = 0;
        int exponentBits = 0;
        FloatShape shape{0, 0};
        int randomBits = 0;
        void include(const Widths& other);
    };
    /// What writes need.
    struct Banks {
        std::array<double, Units> units{};  ///< a lane, of the write that needs most
        Widths widths;                      ///< of the widest
        void include(const Banks& other);
    };

    /// Converts and writes a result in each of its stored forms.
    void write(CostSheet& sheet, PhaseCost& phase, const Copies& copies, Part tensors);
    /// What writes need is noted there, too, until null is given.
    void record(Banks* banks) { m_record = banks; }
    /// As if they were written.
    void repeat(const Banks& banks) { m_banks.include(banks); }
    /// Enters the banks that all writes together need.
    void addUnits(CostSheet& sheet) const;

private:
    /// So many of a unit for each element of a copy.
    struct Need {
        Unit unit = Quantiser;
        double count = 0;
        const UnitCost* cost = nullptr;
    };
    /// What the elements of one format need.
    struct Conversions {
        const StoredFormat* stored = nullptr;
        Widths widths;
        std::array<Need, Units> needs;
        std::size_t count = 0;
    };

    const Conversions& conversionsOf(CostSheet& sheet, const StoredFormat& stored);
    static Widths widthsOf(const StoredFormat& stored, int lanes);
    static const UnitCost& costOf(PriceList& prices, Unit unit, const Widths& widths);
    static Part partOf(Unit unit);
    static UnitDetail detailOf(Unit unit, const Widths& widths);

    std::deque<Conversions> m_conversions;
    Banks m_banks;
    Banks* m_record = nullptr;
};

}  // namespace mantissa::hw
