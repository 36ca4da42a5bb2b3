// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of any width one behind the other: bit k of the stream is bit k % 8 of byte k / 8, and the
// lowest bit of a field comes first.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

namespace mantissa::numerics {

class BitWriter {
public:
    /// Appends the low `width` (0..32) bits of `field`.
    void put(std::uint32_t field, int width) {
        assert(width >= 0 && width <= 32);
        std::uint64_t rest = field & ((std::uint64_t{1} << static_cast<unsigned>(width)) - 1);
        for (int written = 0; written < width;) {
            const int used = static_cast<int>(m_bits % 8);
            if (used == 0) {
                m_bytes.push_back(0);
            }
            const int taken = std::min(width - written, 8 - used);
            m_bytes.back() = static_cast<std::uint8_t>(
                m_bytes.back() | ((rest << static_cast<unsigned>(used)) & 0xFFU));
            rest >>= static_cast<unsigned>(taken);
            written += taken;
            m_bits += taken;
        }
    }
    void putFloat(float value) { put(std::bit_cast<std::uint32_t>(value), 32); }

    std::int64_t bits() const { return m_bits; }
    /// The stream, its last byte filled up with zeros.
    std::vector<std::uint8_t> takeBytes() { return std::move(m_bytes); }

private:
    std::vector<std::uint8_t> m_bytes;
    std::int64_t m_bits = 0;
};

/// Whoever reads has made sure that there is enough to read.
class BitReader {
public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : m_bytes(bytes) {}

    std::uint32_t get(int width) {
        assert(width >= 0 && width <= 32);
        std::uint64_t field = 0;
        for (int read = 0; read < width;) {
            const int used = static_cast<int>(m_position % 8);
            const int taken = std::min(width - read, 8 - used);
            const std::uint64_t byte = m_bytes[static_cast<std::size_t>(m_position / 8)];
            const std::uint64_t mask = (std::uint64_t{1} << static_cast<unsigned>(taken)) - 1;
            field |= ((byte >> static_cast<unsigned>(used)) & mask) << static_cast<unsigned>(read);
            read += taken;
            m_position += taken;
        }
        return static_cast<std::uint32_t>(field);
    }
    float getFloat() { return std::bit_cast<float>(get(32)); }

private:
    std::span<const std::uint8_t> m_bytes;
    std::int64_t m_position = 0;
};

}  // namespace mantissa::numerics
