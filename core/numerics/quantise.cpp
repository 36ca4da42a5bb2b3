// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/quantise.h"

namespace mantissa::numerics {

void quantise(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
              const TensorFormat& format, const RandomKey& key, ThreadTeam& team) {
    (void)team;
    quantiseRef(in, out, shape, axis, format, key);
}

std::string_view activePath() {
    return "scalar";
}

}  // namespace mantissa::numerics
