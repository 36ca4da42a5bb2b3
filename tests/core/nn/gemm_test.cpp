// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/gemm.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "tests/core/nn/test_values.h"

namespace mantissa::nn {
namespace {

std::vector<GemmSize> sizes() {
    std::vector<GemmSize> list{{1, 1, 1},    {0, 3, 4},    {3, 0, 4},   {3, 4, 0},    {1, 97, 33},
                               {97, 1, 33},  {5, 300, 2},  {300, 5, 2}, {3, 5, 1500}, {66, 50, 130},
                               {4, 48, 512}, {5, 49, 513}, {70, 10, 84}};
    for (const std::int64_t m : {7, 8, 9, 63, 65}) {
        for (const std::int64_t n : {15, 16, 17, 33, 48, 65}) {
            list.push_back({m, n, 15});
        }
    }
    return list;
}

std::vector<float> withTeam(const GemmSize& size, const MatrixView& a, const MatrixView& b,
                            std::vector<float> c, int threads) {
    ThreadTeam team(threads);
    std::vector<float> scratch(static_cast<std::size_t>(gemmScratchFloats() * threads));
    gemm(size, a, b, c.data(), scratch, team);
    return c;
}

bool sameBytes(const std::vector<float>& x, const std::vector<float>& y) {
    return x.size() == y.size() &&
           (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0);
}

/// Every instruction set of this machine against the reference, in all four transpositions.
TEST(Gemm, GivesTheBytesOfTheReferenceOnEveryPath) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        for (const GemmSize& size : sizes()) {
            const auto aValues = randomValues(size.m * size.k, 1);
            const auto bValues = randomValues(size.k * size.n, 2);
            const auto start = randomValues(size.m * size.n, 3);
            for (int transposed = 0; transposed < 4; ++transposed) {
                const MatrixView a = (transposed & 1) != 0
                                         ? rowMajor(aValues.data(), size.m).transposed()
                                         : rowMajor(aValues.data(), size.k);
                const MatrixView b = (transposed & 2) != 0
                                         ? rowMajor(bValues.data(), size.k).transposed()
                                         : rowMajor(bValues.data(), size.n);
                auto expected = start;
                gemmRef(size, a, b, expected.data());
                EXPECT_TRUE(sameBytes(withTeam(size, a, b, start, 1), expected))
                    << hwy::TargetName(target) << " " << size.m << " x " << size.n << " x "
                    << size.k << " transposed " << transposed;
            }
        }
    }
    hwy::SetSupportedTargetsForTest(0);
}

TEST(Gemm, GivesTheSameBytesForEveryTeam) {
    const GemmSize size{150, 130, 700};
    const auto a = randomValues(size.m * size.k, 1);
    const auto b = randomValues(size.k * size.n, 2);
    const std::vector<float> zero(static_cast<std::size_t>(size.m * size.n));
    const auto one =
        withTeam(size, rowMajor(a.data(), size.k), rowMajor(b.data(), size.n), zero, 1);
    for (const int threads : {2, 3}) {
        EXPECT_TRUE(sameBytes(one, withTeam(size, rowMajor(a.data(), size.k),
                                            rowMajor(b.data(), size.n), zero, threads)));
    }
}

}  // namespace
}  // namespace mantissa::nn
