// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/tensor.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace mantissa::nn {
namespace {

constexpr std::size_t kAlignment = 64;

/// Planes lie far apart: with pages of 4 KiB most reads of one would wait for the page's address.
/// A system that has no larger ones loses nothing.
void askForHugePages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
    constexpr std::size_t kHugePage = std::size_t{2} << 20U;
    constexpr std::size_t kWorthIt = 2 * kHugePage;
    void* first = block;
    std::size_t room = bytes;
    if (bytes >= kWorthIt && std::align(kHugePage, kHugePage, first, room) != nullptr) {
        (void)madvise(first, room / kHugePage * kHugePage, MADV_HUGEPAGE);
    }
#endif
}

}  // namespace

void Tensor::Free::operator()(float* /*values*/) const {
    std::free(block);  // NOLINT(cppcoreguidelines-no-malloc): see the constructor
}

// calloc and not new: pages that come fresh from the system are zero already, and gigabytes of them
// take seconds to fill.
Tensor::Tensor(Shape shape) : m_shape(std::move(shape)), m_size(elementCount(m_shape)) {
    std::size_t room = static_cast<std::size_t>(m_size) * sizeof(float) + kAlignment;
    void* const block = std::calloc(room, 1);  // NOLINT(cppcoreguidelines-no-malloc)
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    askForHugePages(block, room);
    void* values = block;
    std::align(kAlignment, room - kAlignment, values, room);
    m_data = {static_cast<float*>(values), Free{block}};
}

void Tensor::fill(float value) {
    std::fill_n(m_data.get(), m_size, value);
}

void Tensor::copyFrom(std::span<const float> values) {
    assert(static_cast<std::int64_t>(values.size()) == m_size);
    std::copy(values.begin(), values.end(), m_data.get());
}

}  // namespace mantissa::nn
