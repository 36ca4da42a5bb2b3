// SPDX-License-Identifier: GPL-3.0-or-later
// Reads IDX, the file format of the MNIST family: a big-endian header, then raw bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/error.h"
#include "core/job_context.h"
#include "core/shape.h"

namespace mantissa::data {

struct IdxArray {
    Shape shape;
    std::vector<std::uint8_t> values;  ///< row-major
};

/// Reads an IDX file of unsigned bytes with `rank` dimensions, plain or compressed by gzip (told
/// apart by content). Memory grows with what the file holds, not with what its header promises.
/// Errors: Io where the file cannot be opened or is not a regular file; Corrupt for a wrong magic
/// number, an impossible extent, too few or too many bytes, or damaged compression; Cancelled
/// when the context says so, asked before each chunk.
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
Result<IdxArray> readIdx(const std::filesystem::path& file, int rank,
                         const JobContext& context = {});

}  // namespace mantissa::data
