// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <xxhash.h>

namespace mantissa::train {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is written as memory is");

constexpr std::string_view kMagic = "MANTCKPT";
constexpr std::string_view kPlace = "checkpoint";
constexpr std::size_t kChecksumBytes = sizeof(std::uint64_t);

/// Visits `count` bytes in pieces of a megabyte; false once a stop is requested.
template <typename Visit>
bool inPieces(std::size_t count, const std::stop_token& stop, const Visit& visit) {
    constexpr std::size_t kPiece = std::size_t{1} << 20U;
    for (std::size_t first = 0; first < count; first += kPiece) {
        if (stop.stop_requested()) {
            return false;
        }
        visit(first, std::min(kPiece, count - first));
    }
    return true;
}

/// XXH3-64; empty once a stop is requested.
std::optional<std::uint64_t> checksumOf(std::span<const std::byte> bytes,
                                        const std::stop_token& stop) {
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                         &XXH3_freeState);
    XXH3_64bits_reset(state.get());
    const bool whole = inPieces(bytes.size(), stop, [&](std::size_t first, std::size_t count) {
        XXH3_64bits_update(state.get(), bytes.data() + first, count);
    });
    return whole ? std::optional(std::uint64_t{XXH3_64bits_digest(state.get())}) : std::nullopt;
}

/// Appends to memory that was reserved.
void putBytes(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

template <typename T>
void put(std::vector<std::byte>& out, T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    putBytes(out, std::as_bytes(std::span(&value, 1)));
}

void putText(std::vector<std::byte>& out, std::string_view text) {
    putBytes(out, std::as_bytes(std::span(text.data(), text.size())));
}

bool putFloats(std::vector<std::byte>& out, std::span<const float> values,
               const std::stop_token& stop) {
    const auto bytes = std::as_bytes(values);
    return inPieces(bytes.size(), stop, [&](std::size_t first, std::size_t count) {
        putBytes(out, bytes.subspan(first, count));
    });
}

/// Takes values from the front; never reads past the end.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::optional<std::span<const std::byte>> take(std::uint64_t count) {
        if (count > m_bytes.size()) {
            return std::nullopt;
        }
        const auto taken = m_bytes.first(static_cast<std::size_t>(count));
        m_bytes = m_bytes.subspan(taken.size());
        return taken;
    }

    template <typename T>
    std::optional<T> number() {
        const auto bytes = take(sizeof(T));
        if (!bytes) {
            return std::nullopt;
        }
        T value{};
        std::memcpy(&value, bytes->data(), sizeof value);
        return value;
    }

    bool atEnd() const { return m_bytes.empty(); }

private:
    std::span<const std::byte> m_bytes;
};

/// One tensor, still inside the encoded bytes.
struct StoredTensor {
    std::string name;
    std::uint64_t elements = 0;
    std::span<const std::byte> value;
    std::span<const std::byte> momentum;  ///< empty where the parameter has none
};

tl::unexpected<Error> damaged(std::string what) {
    return fail(ErrorCode::Corrupt, "is damaged: " + std::move(what), std::string(kPlace),
                "go back to an earlier checkpoint or train again");
}

tl::unexpected<Error> otherNetwork(std::string what) {
    return fail(ErrorCode::InvalidInput, "belongs to another network: " + std::move(what),
                std::string(kPlace), "resume with the network the run was started with");
}

std::optional<StoredTensor> readTensor(Reader& reader) {
    StoredTensor tensor;
    const auto length = reader.number<std::uint32_t>();
    const auto name = length ? reader.take(*length) : std::nullopt;
    const auto elements = name ? reader.number<std::uint64_t>() : std::nullopt;
    const auto hasMomentum = elements ? reader.number<std::uint32_t>() : std::nullopt;
    if (!hasMomentum || *hasMomentum > 1 || *elements > UINT64_MAX / sizeof(float)) {
        return std::nullopt;
    }
    tensor.elements = *elements;
    for (const std::byte letter : *name) {
        tensor.name += static_cast<char>(letter);
    }
    const auto value = reader.take(*elements * sizeof(float));
    const auto momentum = reader.take(*hasMomentum * *elements * sizeof(float));
    if (!value || !momentum) {
        return std::nullopt;
    }
    tensor.value = *value;
    tensor.momentum = *momentum;
    return tensor;
}

tl::unexpected<Error> stopped() {
    return fail(ErrorCode::Cancelled, "reading was stopped", std::string(kPlace));
}

Result<std::vector<StoredTensor>> decode(std::span<const std::byte> state,
                                         const std::stop_token& stop) {
    if (state.size() < kMagic.size() + kChecksumBytes ||
        std::memcmp(state.data(), kMagic.data(), kMagic.size()) != 0) {
        return damaged("it does not start with " + std::string(kMagic));
    }
    const auto content = state.first(state.size() - kChecksumBytes);
    std::uint64_t checksum = 0;
    std::memcpy(&checksum, state.data() + content.size(), sizeof checksum);
    const auto actual = checksumOf(content, stop);
    if (!actual) {
        return stopped();
    }
    if (checksum != *actual) {
        return damaged("its check sum does not match");
    }
    Reader reader(content.subspan(kMagic.size()));
    const auto version = reader.number<std::uint32_t>();
    if (version && *version != kCheckpointVersion) {
        return fail(ErrorCode::Unsupported,
                    "has version " + std::to_string(*version) + ", this program reads version " +
                        std::to_string(kCheckpointVersion),
                    std::string(kPlace));
    }
    const auto count = reader.number<std::uint32_t>();
    if (!count) {
        return damaged("it ends early");
    }
    std::vector<StoredTensor> tensors;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto tensor = readTensor(reader);
        if (!tensor) {
            return damaged("tensor " + std::to_string(i) + " ends early");
        }
        tensors.push_back(std::move(*tensor));
    }
    if (!reader.atEnd()) {
        return damaged("it has bytes too many");
    }
    return tensors;
}

Result<void> checkMatch(std::span<const StoredTensor> tensors,
                        std::span<const nn::Parameter> parameters) {
    if (tensors.size() != parameters.size()) {
        return otherNetwork("it has " + std::to_string(tensors.size()) +
                            " tensors, the network has " + std::to_string(parameters.size()));
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const StoredTensor& stored = tensors[i];
        const nn::Parameter& parameter = parameters[i];
        if (stored.name != parameter.name) {
            return otherNetwork("it has " + stored.name + " where the network has " +
                                parameter.name);
        }
        if (stored.elements != parameter.value.size()) {
            return otherNetwork(stored.name + " has " + std::to_string(stored.elements) +
                                " elements, in the network " +
                                std::to_string(parameter.value.size()));
        }
        if (stored.momentum.empty() == !parameter.gradient.empty()) {
            return otherNetwork(stored.name + " is trained in one and not in the other");
        }
    }
    return {};
}

bool copyInto(std::span<const std::byte> bytes, std::span<float> values,
              const std::stop_token& stop) {
    const auto target = std::as_writable_bytes(values);
    return inPieces(bytes.size(), stop, [&](std::size_t first, std::size_t count) {
        std::memcpy(target.data() + first, bytes.data() + first, count);
    });
}

}  // namespace

std::optional<std::vector<std::byte>> encodeState(std::span<const nn::Parameter> parameters,
                                                  std::span<const nn::Tensor> momenta,
                                                  const std::stop_token& stop) {
    std::vector<std::byte> state;
    std::size_t bytes = 1024;
    for (const auto& parameter : parameters) {
        bytes += 64 + parameter.name.size() +
                 sizeof(float) * (parameter.value.size() + parameter.gradient.size());
    }
    state.reserve(bytes);
    putText(state, kMagic);
    put(state, kCheckpointVersion);
    put(state, static_cast<std::uint32_t>(parameters.size()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const nn::Parameter& parameter = parameters[i];
        put(state, static_cast<std::uint32_t>(parameter.name.size()));
        putText(state, parameter.name);
        put(state, static_cast<std::uint64_t>(parameter.value.size()));
        put(state, static_cast<std::uint32_t>(momenta[i].size() == 0 ? 0 : 1));
        if (!putFloats(state, parameter.value, stop) ||
            !putFloats(state, momenta[i].values(), stop)) {
            return std::nullopt;
        }
    }
    const auto checksum = checksumOf(state, stop);
    if (!checksum) {
        return std::nullopt;
    }
    put(state, *checksum);
    return state;
}

Result<void> restoreState(std::span<const std::byte> state,
                          std::span<const nn::Parameter> parameters, std::span<nn::Tensor> momenta,
                          const std::stop_token& stop) {
    const auto tensors = decode(state, stop);
    if (!tensors) {
        return tl::unexpected(tensors.error());
    }
    if (auto match = checkMatch(*tensors, parameters); !match) {
        return match;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto& [name, elements, value, momentum] = (*tensors)[i];
        if (!copyInto(value, parameters[i].value, stop) ||
            (!momenta.empty() && !copyInto(momentum, momenta[i].values(), stop))) {
            return stopped();
        }
    }
    return {};
}

}  // namespace mantissa::train
