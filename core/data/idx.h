// SPDX-License-Identifier: GPL-3.0-or-later
// Reads IDX, the file format of the MNIST family: a big-endian header, then raw bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/data/byte_stream.h"
#include "core/label.h"
#include "core/shape.h"

namespace mantissa::data {

struct IdxArray {
    Shape shape;
    std::vector<std::uint8_t> values;  ///< row-major
};

/// Reads an IDX array of unsigned bytes with `rank` dimensions. Memory grows with what the stream
/// holds, not with what its header promises. Errors: Corrupt for a wrong magic number, an
/// impossible extent, too few or too many bytes; what the stream says; Cancelled.
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
Result<IdxArray> readIdx(ByteStream& stream, int rank, const JobContext& context = {});

/// The same from a file, plain or compressed by gzip (told apart by content).
Result<IdxArray> readIdx(const std::filesystem::path& file, int rank,
                         const JobContext& context = {});

/// Reads the labels of an IDX file of one dimension: unsigned or signed bytes, or integers of 16 or
/// 32 bits, all from 0 to kMostClasses - 1. Errors as readIdx(), InvalidInput for another number.
Result<std::vector<Label>> readIdxLabels(ByteStream& stream, const JobContext& context = {});

}  // namespace mantissa::data
