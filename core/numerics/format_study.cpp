// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/format_study.h"

#include <algorithm>
#include <cstdio>

namespace mantissa::numerics {
namespace {

std::string plain(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

std::string originOf(Distribution distribution, double scale, std::uint64_t seed) {
    const std::string tail = " " + plain(scale) + ", seed " + std::to_string(seed);
    const std::string count = std::to_string(kStudyRows * kStudyColumns) + " values, ";
    switch (distribution) {
        case Distribution::Gaussian:
            return count + "mean 0, standard deviation" + tail;
        case Distribution::Laplace:
            return count + "mean 0, mean magnitude" + tail;
        case Distribution::LogNormal:
            break;
    }
    return count + "random sign, standard deviation of ln|x| " + plain(kLogNormalSigma) +
           ", median magnitude" + tail;
}

/// The format with blocks of `size` consecutive elements; nothing where it has none or may not.
std::optional<Format> withBlockSize(Format format, std::int64_t size) {
    const auto& family = familyOf(format);
    if (family.block == nullptr) {
        return std::nullopt;
    }
    if (family.setBlock != nullptr) {
        family.setBlock(format, {.kind = BlockShape::Kind::Vector, .size = size});
    } else {
        const auto block =
            std::find_if(family.parameters.begin(), family.parameters.end(),
                         [](const Param<Format>& p) { return p.spec.id == "block"; });
        if (block == family.parameters.end()) {
            return std::nullopt;
        }
        block->set(format, static_cast<double>(size));
    }
    return validate(format) ? std::optional(format) : std::nullopt;
}

ErrorStatistics errorOn(const StudyTensor& tensor, const TensorFormat& format, std::uint64_t seed,
                        ThreadTeam& team) {
    std::vector<float> quantised(tensor.values.size());
    return quantiseWithStatistics(tensor.values, quantised, tensor.shape, tensor.axis, format,
                                  {.seed = seed}, team);
}

}  // namespace

std::vector<StudyTensor> distributionTensors(double scale, std::uint64_t seed) {
    std::vector<StudyTensor> tensors;
    tensors.reserve(kDistributions.size());
    for (const auto distribution : kDistributions) {
        tensors.push_back({std::string(distributionLabel(distribution)),
                           originOf(distribution, scale, seed),
                           sampleOf({distribution, scale, seed}, kStudyRows * kStudyColumns),
                           {kStudyRows, kStudyColumns},
                           1});
    }
    return tensors;
}

std::vector<BlockBits> bitsByBlockSize(const Format& format, std::int64_t largest) {
    std::vector<BlockBits> bits;
    for (std::int64_t size = 1; size <= largest; size *= 2) {
        if (const auto changed = withBlockSize(format, size)) {
            bits.push_back({size, nominalStorageBits(*changed)});
        }
    }
    return bits;
}

std::optional<std::int64_t> blockElements(const Format& format) {
    const auto& family = familyOf(format);
    const auto size = family.block == nullptr ? 0 : family.block(format).fullSize();
    return size > 0 ? std::optional(size) : std::nullopt;
}

Result<std::vector<FormatStudy>> studyFormats(const StudyRequest& request,
                                              std::span<const StudyTensor> tensors,
                                              const std::stop_token& stop) {
    const auto stopped = [] {
        return fail(ErrorCode::Cancelled, "another question came first", "study of formats");
    };
    ThreadTeam team(1, stop);
    std::vector<FormatStudy> studies;
    for (const auto& format : request.formats) {
        if (stop.stop_requested()) {
            return stopped();
        }
        if (const auto valid = validate(format.format); !valid) {
            return tl::unexpected(valid.error());
        }
        FormatStudy study{format,
                          rangeOf(format.format),
                          nominalStorageBits(format.format),
                          valueGrid(format.format, request.blockExponent),
                          bitsByBlockSize(format.format, request.largestBlock),
                          {}};
        for (const auto& tensor : tensors) {
            study.errors.push_back(errorOn(tensor, format, request.seed, team));
            if (stop.stop_requested()) {
                return stopped();  // what the team left undone is in the figures
            }
        }
        studies.push_back(std::move(study));
    }
    return studies;
}

}  // namespace mantissa::numerics
