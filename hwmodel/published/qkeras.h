// SPDX-License-Identifier: GPL-3.0-or-later
// Energies by the closed forms of QKeras' qtools (github.com/google/qkeras at 78ea90fc), 45 nm, and
// two-point fits of float units through the same table of Horowitz.
#pragma once

namespace mantissa::hw::qkeras {

/// pJ; `bits` of different operands enter as the root of their product.
double integerAdd_pj(double bits);
double integerMultiply_pj(double bits);
/// pJ; significand bits with the hidden one. Lines and a parabola through fp16 and fp32.
double floatAdd_pj(double significand);
double floatMultiply_pj(double significand);
/// pJ a bit, from 8 KiB to 1 MiB, where the cubic holds. (QKeras divides it by 64 once more, which
/// undercounts: it is a bit's already.)
double sramBit_pj(double sizeBits);
/// pJ a bit.
double dramBit_pj();

}  // namespace mantissa::hw::qkeras
