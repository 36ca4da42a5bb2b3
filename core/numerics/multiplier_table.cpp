// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/multiplier_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>

#include "core/atomic_file.h"

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t kCarry = 0x80;
/// 2^-4 + 2^-6 of MBM as a 23-bit mantissa (ApproxTrain, released code).
constexpr std::uint32_t kMbmCorrection = 655360;
constexpr std::size_t kLargestTable = std::size_t{1} << (2 * kMostTableBits);

MantissaProduct truncatedProduct(int mantissaBits, std::uint32_t i, std::uint32_t j) {
    const auto m = static_cast<unsigned>(mantissaBits);
    const std::uint64_t one = std::uint64_t{1} << m;
    const std::uint64_t product = (one + i) * (one + j);
    const bool carry = product >= 2 * one * one;
    return {static_cast<std::uint32_t>((product >> (carry ? m + 1 : m)) % one), carry};
}

MantissaProduct mitchellProduct(int mantissaBits, std::uint32_t i, std::uint32_t j) {
    const std::uint32_t one = 1U << static_cast<unsigned>(mantissaBits);
    const std::uint32_t sum = i + j;
    return sum < one ? MantissaProduct{sum, false} : MantissaProduct{sum - one, true};
}

MantissaProduct minimallyBiasedProduct(int mantissaBits, std::uint32_t i, std::uint32_t j) {
    const std::uint32_t one = 1U << static_cast<unsigned>(mantissaBits);
    const auto cut = static_cast<unsigned>(kBinary32MantissaBits - mantissaBits);
    const std::uint32_t half = mantissaBits < kBinary32MantissaBits ? 1 : 0;
    const std::uint32_t sum = (i | half) + (j | half);
    if (sum < one) {
        const std::uint32_t corrected = sum + (kMbmCorrection >> cut);
        return corrected < one ? MantissaProduct{corrected, false}
                               : MantissaProduct{(corrected - one) / 2, true};
    }
    const std::uint32_t corrected = sum - one + ((kMbmCorrection / 2) >> cut);
    return {corrected < one ? corrected : sum - one, true};
}

std::string legalSizes() {
    std::string sizes;
    for (int m = 1; m <= kMostTableBits; ++m) {
        sizes += (m == 1 ? "" : m < kMostTableBits ? ", " : " or ") + std::to_string(1 << (2 * m));
    }
    return sizes;
}

}  // namespace

MantissaProduct mantissaProduct(ProductRule rule, int mantissaBits, std::uint32_t i,
                                std::uint32_t j) {
    switch (rule) {
        case ProductRule::Truncated:
            return truncatedProduct(mantissaBits, i, j);
        case ProductRule::Mitchell:
            return mitchellProduct(mantissaBits, i, j);
        case ProductRule::MinimallyBiased:
            break;
    }
    return minimallyBiasedProduct(mantissaBits, i, j);
}

MantissaProduct mantissaProduct(const MultiplierTable& table, std::uint32_t i, std::uint32_t j) {
    const std::uint32_t entry =
        table.entries[(std::size_t{i} << static_cast<unsigned>(table.mantissaBits)) | j];
    return {entry & ~kCarry, (entry & kCarry) != 0};
}

MultiplierTable multiplierTable(ProductRule rule, int mantissaBits) {
    assert(mantissaBits >= 1 && mantissaBits <= kMostTableBits);
    const std::uint32_t one = 1U << static_cast<unsigned>(mantissaBits);
    MultiplierTable table{mantissaBits, {}};
    table.entries.reserve(std::size_t{one} * one);
    for (std::uint32_t i = 0; i < one; ++i) {
        for (std::uint32_t j = 0; j < one; ++j) {
            const auto product = mantissaProduct(rule, mantissaBits, i, j);
            table.entries.push_back(
                static_cast<std::uint8_t>(product.mantissa | (product.carry ? kCarry : 0)));
        }
    }
    return table;
}

Result<MultiplierTable> tableFromBytes(std::vector<std::uint8_t> bytes, const std::string& where) {
    int m = 1;
    while (m <= kMostTableBits && std::size_t{1} << static_cast<unsigned>(2 * m) != bytes.size()) {
        ++m;
    }
    if (m > kMostTableBits) {
        return fail(ErrorCode::InvalidInput,
                    "has " +
                        (bytes.size() > kLargestTable ? "more than " + std::to_string(kLargestTable)
                                                      : std::to_string(bytes.size())) +
                        " bytes, must have " + legalSizes(),
                    where, "one byte an entry, 2^(2m) entries for m = 1 to 7 mantissa bits");
    }
    const std::uint32_t one = 1U << static_cast<unsigned>(m);
    const auto illegal = std::find_if(bytes.begin(), bytes.end(),
                                      [&](std::uint8_t entry) { return (entry & ~kCarry) >= one; });
    if (illegal != bytes.end()) {
        return fail(ErrorCode::InvalidInput,
                    "entry " + std::to_string(illegal - bytes.begin()) + " is " +
                        std::to_string(*illegal) + ", must be from 0 to " +
                        std::to_string(one - 1) + " or, with the carry in bit 7, from 128 to " +
                        std::to_string(kCarry + one - 1),
                    where,
                    std::to_string(bytes.size()) + " bytes are a table of " + std::to_string(m) +
                        (m == 1 ? " mantissa bit" : " mantissa bits"));
    }
    return MultiplierTable{m, std::move(bytes)};
}

Result<MultiplierTable> readTable(const std::filesystem::path& file) {
    std::error_code problem;
    const auto status = std::filesystem::status(file, problem);
    if (!std::filesystem::exists(status)) {
        return fail(ErrorCode::NotFound, "there is no such file", file.string());
    }
    if (std::filesystem::is_directory(status)) {
        return fail(ErrorCode::InvalidInput, "is a folder, not a table", file.string());
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return fail(ErrorCode::Io, "cannot be opened for reading", file.string());
    }
    std::vector<std::uint8_t> bytes(kLargestTable + 1);
    // A char pointer may look at any object.
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (stream.bad()) {
        return fail(ErrorCode::Io, "could not be read to its end", file.string());
    }
    bytes.resize(static_cast<std::size_t>(stream.gcount()));
    return tableFromBytes(std::move(bytes), file.string());
}

Result<void> writeTable(const MultiplierTable& table, const std::filesystem::path& file) {
    return writeFileAtomically(file, {std::as_bytes(std::span(table.entries))});
}

MultiplierErrors multiplierErrors(const MultiplierTable& table) {
    const std::uint32_t one = 1U << static_cast<unsigned>(table.mantissaBits);
    const double step = 1.0 / one;
    double sum = 0;
    double absoluteSum = 0;
    MultiplierErrors errors{.smallestRelative = std::numeric_limits<double>::infinity(),
                            .largestRelative = -std::numeric_limits<double>::infinity(),
                            .lastEntry = table.entries.back()};
    for (std::uint32_t i = 0; i < one; ++i) {
        for (std::uint32_t j = 0; j < one; ++j) {
            const auto product = mantissaProduct(table, i, j);
            const double value = (1 + product.mantissa * step) * (product.carry ? 2 : 1);
            const double error = value / ((1 + i * step) * (1 + j * step)) - 1;
            sum += error;
            absoluteSum += std::fabs(error);
            errors.smallestRelative = std::min(errors.smallestRelative, error);
            errors.largestRelative = std::max(errors.largestRelative, error);
        }
    }
    const auto count = static_cast<double>(table.entries.size());
    errors.meanRelative = sum / count;
    errors.meanAbsoluteRelative = absoluteSum / count;
    return errors;
}

}  // namespace mantissa::numerics
