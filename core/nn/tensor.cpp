// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/tensor.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace mantissa::nn {
namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

void Tensor::Free::operator()(float* memory) const {
    ::operator delete[](memory, kAlignment);
}

Tensor::Tensor(Shape shape) : m_shape(std::move(shape)), m_size(elementCount(m_shape)) {
    const auto bytes = static_cast<std::size_t>(m_size) * sizeof(float);
    m_data.reset(static_cast<float*>(::operator new[](bytes, kAlignment)));
    fill(0.0F);
}

void Tensor::fill(float value) {
    std::fill_n(m_data.get(), m_size, value);
}

void Tensor::copyFrom(std::span<const float> values) {
    assert(static_cast<std::int64_t>(values.size()) == m_size);
    std::copy(values.begin(), values.end(), m_data.get());
}

}  // namespace mantissa::nn
