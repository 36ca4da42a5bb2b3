// SPDX-License-Identifier: GPL-3.0-or-later
// exp, log and the normal quantile from additions, multiplications and divisions alone, so that
// results do not depend on the C library of the machine.
#pragma once

namespace mantissa::nn {

/// e^x within 1e-15 relative; 0 below -700, +Inf above 700; NaN stays.
double portableExp(double x);
/// ln x of a finite normal x > 0 within 1e-15 relative or absolute.
double portableLog(double x);
/// The x below which a standard normal number lies with probability `p` in (0, 1), within 1e-15
/// relative (Wichura, Algorithm AS 241, PPND16, 1988).
double normalQuantile(double p);

}  // namespace mantissa::nn
