// SPDX-License-Identifier: GPL-3.0-or-later
// Formats held against each other: values, bits an element, error on data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/numerics/quantise.h"
#include "core/numerics/registry.h"
#include "core/numerics/sample_data.h"
#include "core/numerics/value_grid.h"

namespace mantissa::numerics {

/// Data that formats are tried on.
struct StudyTensor {
    std::string name;    ///< "Gaussian"
    std::string origin;  ///< "65536 values, standard deviation 1, seed 1"
    std::vector<float> values;
    Shape shape;
    int axis = 0;  ///< in [0, rank): blocks run along it
};

inline constexpr std::int64_t kStudyRows = 256;
inline constexpr std::int64_t kStudyColumns = 256;

/// One tensor a distribution, kStudyRows x kStudyColumns, blocks along the rows' elements.
std::vector<StudyTensor> distributionTensors(double scale, std::uint64_t seed);

struct BlockBits {
    std::int64_t blockSize = 1;
    double bits = 0;
};

/// Bits an element of full blocks of 1, 2, 4, ... `largest` consecutive elements, by the format's
/// own rules; sizes that it does not allow are left out. Empty for formats without blocks.
std::vector<BlockBits> bitsByBlockSize(const Format& format, std::int64_t largest);

/// What the format's own block holds; nothing without blocks and where the tensor's size decides.
std::optional<std::int64_t> blockElements(const Format& format);

struct FormatStudy {
    TensorFormat format;
    FormatRange range;
    double bitsPerElement = 32;  ///< nominal
    ValueGrid grid;
    std::vector<BlockBits> bitsByBlock;
    std::vector<ErrorStatistics> errors;  ///< one a tensor
};

struct StudyRequest {
    std::vector<TensorFormat> formats;
    int blockExponent = 0;  ///< see ValueGrid
    std::int64_t largestBlock = 4096;
    std::uint64_t seed = 1;  ///< of stochastic rounding
};

/// One study a format, in their order. Errors: an invalid format; Cancelled once `stop` is asked
/// for, which kernels hear.
Result<std::vector<FormatStudy>> studyFormats(const StudyRequest& request,
                                              std::span<const StudyTensor> tensors,
                                              const std::stop_token& stop);

}  // namespace mantissa::numerics
