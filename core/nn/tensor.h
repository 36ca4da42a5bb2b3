// SPDX-License-Identifier: GPL-3.0-or-later
// A dense float32 tensor, NCHW, 64-byte aligned.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/shape.h"

namespace mantissa::nn {

/// Owns its memory; movable, copied only by copyFrom. Memory is zero when made; that of a large
/// tensor only becomes real when it is first touched, so that making one takes no time.
class Tensor {
public:
    Tensor() = default;
    explicit Tensor(Shape shape);

    const Shape& shape() const { return m_shape; }
    std::int64_t size() const { return m_size; }
    float* data() { return m_data.get(); }
    const float* data() const { return m_data.get(); }
    std::span<float> values() { return {data(), static_cast<std::size_t>(m_size)}; }
    std::span<const float> values() const { return {data(), static_cast<std::size_t>(m_size)}; }

    void fill(float value);
    void copyFrom(std::span<const float> values);  ///< sizes must agree

private:
    struct Free {
        void* block;  ///< what the allocator gave; the values start at a cache line in it
        void operator()(float* values) const;
    };
    Shape m_shape;
    std::int64_t m_size = 0;
    std::unique_ptr<float[], Free> m_data;
};

}  // namespace mantissa::nn
