// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/tensor.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace mantissa::nn {
namespace {

TEST(Tensor, IsZeroAndAlignedToACacheLine) {
    for (const std::int64_t size : {0, 1, 5, 1000, 100'000, 10'000'000}) {
        const Tensor tensor({size});
        EXPECT_EQ(tensor.size(), size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, 0U) << size;
        const auto values = tensor.values();
        EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](float x) { return x == 0; }));
    }
}

TEST(Tensor, IsZeroInMemoryThatWasUsedBefore) {
    for (int round = 0; round < 3; ++round) {
        Tensor tensor({1000});
        EXPECT_EQ(std::count(tensor.values().begin(), tensor.values().end(), 0.0F), 1000);
        tensor.fill(3);
    }
}

TEST(Tensor, MovesItsValues) {
    Tensor from({2, 3});
    from.fill(7);
    const float* const data = from.data();
    Tensor to;
    to = std::move(from);
    EXPECT_EQ(to.data(), data);
    EXPECT_EQ(to.shape(), (Shape{2, 3}));
    EXPECT_EQ(to.values()[5], 7);
}

}  // namespace
}  // namespace mantissa::nn
