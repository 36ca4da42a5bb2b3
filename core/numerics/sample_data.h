// SPDX-License-Identifier: GPL-3.0-or-later
// Seeded numbers of a known distribution, to hold formats against.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mantissa::numerics {

enum class Distribution {
    Gaussian,   ///< mean 0, standard deviation `scale`
    Laplace,    ///< mean 0, mean magnitude `scale`
    LogNormal,  ///< random sign, ln|x| Gaussian with median `scale` and standard deviation 2
};
inline constexpr std::array kDistributions{Distribution::Gaussian, Distribution::Laplace,
                                           Distribution::LogNormal};
/// Standard deviation of ln|x| of the log-normal data.
inline constexpr double kLogNormalSigma = 2;

struct SampleSpec {
    Distribution distribution = Distribution::Gaussian;
    double scale = 1;
    std::uint64_t seed = 1;
    bool operator==(const SampleSpec&) const = default;
};

/// `count` numbers, finite: what exceeds binary32 becomes its largest number. They depend on the
/// specification and their index alone (randomWord()).
std::vector<float> sampleOf(const SampleSpec& spec, std::int64_t count);

std::string_view distributionLabel(Distribution distribution);  ///< "Gaussian"

}  // namespace mantissa::numerics
