// SPDX-License-Identifier: GPL-3.0-or-later
#include <cassert>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"

namespace mantissa::numerics {

void quantiseRef(std::span<const float> in, std::span<float> out, const Shape& shape, int axis,
                 const TensorFormat& format, const RandomKey& key) {
    assert(in.size() == static_cast<std::size_t>(elementCount(shape)) && out.size() == in.size());
    familyOf(format.format)
        .quantise(format.format, {in, out, shape, axis, format.rounding, format.randomBits, key});
}

}  // namespace mantissa::numerics
