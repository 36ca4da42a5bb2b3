// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/portable_math.h"

#include <array>
#include <cmath>
#include <limits>

namespace mantissa::nn {
namespace {

constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kLog2E = 1.4426950408889634;

template <std::size_t Count>
double polynomial(const std::array<double, Count>& ascending, double x) {
    double value = 0;
    for (std::size_t i = Count; i-- > 0;) {
        value = value * x + ascending[i];
    }
    return value;
}

}  // namespace

double portableExp(double x) {
    if (std::isnan(x)) {
        return x;
    }
    if (x < -700) {
        return 0;
    }
    if (x > 700) {
        return std::numeric_limits<double>::infinity();
    }
    const double power = std::floor(x * kLog2E + 0.5);
    const double rest = (x - power * kLn2High) - power * kLn2Low;
    double term = 1;
    double sum = 1;
    for (int i = 1; i <= 14; ++i) {  // |rest| < 0.35: the next term is below 2^-60
        term *= rest / i;
        sum += term;
    }
    return std::ldexp(sum, static_cast<int>(power));
}

double portableLog(double x) {
    int exponent = 0;
    double fraction = std::frexp(x, &exponent);
    if (fraction < 0.70710678118654752) {
        fraction *= 2;
        --exponent;
    }
    // ln f = 2 artanh((f - 1) / (f + 1)), |ratio| < 0.172.
    const double ratio = (fraction - 1) / (fraction + 1);
    const double square = ratio * ratio;
    double sum = 0;
    for (int i = 23; i >= 1; i -= 2) {
        sum = sum * square + 1.0 / i;
    }
    return exponent * kLn2High + (exponent * kLn2Low + 2 * ratio * sum);
}

double normalQuantile(double p) {
    const double q = p - 0.5;
    if (std::fabs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q *
               polynomial<8>(
                   {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
                    1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                    3.3430575583588128105e+4, 2.5090809287301226727e+3},
                   r) /
               polynomial<8>(
                   {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
                    5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
                    2.8729085735721942674e+4, 5.2264952788528545610e+3},
                   r);
    }
    double r = std::sqrt(-portableLog(q < 0 ? p : 1 - p));
    double x = 0;
    if (r <= 5) {
        r -= 1.6;
        x = polynomial<8>(
                {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
                 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
                 2.27238449892691845833e-2, 7.74545014278341407640e-4},
                r) /
            polynomial<8>(
                {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                 1.05075007164441684324e-9},
                r);
    } else {
        r -= 5;
        x = polynomial<8>(
                {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                 2.71155556874348757815e-5, 2.01033439929228813265e-7},
                r) /
            polynomial<8>(
                {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
                 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
                 1.42151175831644588870e-7, 2.04426310338993978564e-15},
                r);
    }
    return q < 0 ? -x : x;
}

}  // namespace mantissa::nn
