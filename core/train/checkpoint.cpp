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
    const std::size_t end = out.size();
    out.resize(end + bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(end));
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
    std::vector<std::span<const std::byte>> states;  ///< of the optimiser
};

struct Stored {
    std::vector<StoredTensor> tensors;
    SingleValues values;
};

tl::unexpected<Error> damaged(std::string what) {
    return fail(ErrorCode::Corrupt, "is damaged: " + std::move(what), std::string(kPlace),
                "go back to an earlier checkpoint or train again");
}

tl::unexpected<Error> otherNetwork(std::string what) {
    return fail(ErrorCode::InvalidInput, "belongs to another network: " + std::move(what),
                std::string(kPlace),
                "resume with the network and the optimiser the run was started with");
}

std::optional<std::string> readName(Reader& reader) {
    const auto length = reader.number<std::uint32_t>();
    const auto letters = length ? reader.take(*length) : std::nullopt;
    if (!letters) {
        return std::nullopt;
    }
    std::string name;
    for (const std::byte letter : *letters) {
        name += static_cast<char>(letter);
    }
    return name;
}

std::optional<StoredTensor> readTensor(Reader& reader) {
    auto name = readName(reader);
    const auto elements = name ? reader.number<std::uint64_t>() : std::nullopt;
    const auto states = elements ? reader.number<std::uint32_t>() : std::nullopt;
    if (!states || *states > kMostStates || *elements > UINT64_MAX / sizeof(float)) {
        return std::nullopt;
    }
    StoredTensor tensor{*std::move(name), *elements, {}, {}};
    for (std::uint32_t i = 0; i <= *states; ++i) {
        const auto bytes = reader.take(*elements * sizeof(float));
        if (!bytes) {
            return std::nullopt;
        }
        if (i == 0) {
            tensor.value = *bytes;
        } else {
            tensor.states.push_back(*bytes);
        }
    }
    return tensor;
}

std::optional<SingleValues> readValues(Reader& reader) {
    const auto count = reader.number<std::uint32_t>();
    if (!count) {
        return std::nullopt;
    }
    SingleValues values;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto name = readName(reader);
        const auto value = name ? reader.number<double>() : std::nullopt;
        if (!value) {
            return std::nullopt;
        }
        values[*std::move(name)] = *value;
    }
    return values;
}

tl::unexpected<Error> stopped() {
    return fail(ErrorCode::Cancelled, "reading was stopped", std::string(kPlace));
}

Result<Stored> decode(std::span<const std::byte> state, const std::stop_token& stop) {
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
    Stored stored;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto tensor = readTensor(reader);
        if (!tensor) {
            return damaged("tensor " + std::to_string(i) + " ends early");
        }
        stored.tensors.push_back(std::move(*tensor));
    }
    auto values = readValues(reader);
    if (!values) {
        return damaged("its single values end early");
    }
    stored.values = *std::move(values);
    if (!reader.atEnd()) {
        return damaged("it has bytes too many");
    }
    return stored;
}

std::size_t statesOf(const Optimiser::States& states) {
    return static_cast<std::size_t>(std::count_if(
        states.begin(), states.end(), [](const nn::Tensor& state) { return state.size() > 0; }));
}

Result<void> checkMatch(std::span<const StoredTensor> tensors,
                        std::span<const nn::Parameter> parameters,
                        std::span<const Optimiser::States> states) {
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
        if (!states.empty() && stored.states.size() != statesOf(states[i])) {
            return otherNetwork(stored.name + " has " + std::to_string(stored.states.size()) +
                                " states, the optimiser keeps " +
                                std::to_string(statesOf(states[i])));
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
                                                  std::span<const Optimiser::States> states,
                                                  const SingleValues& values,
                                                  const std::stop_token& stop) {
    std::vector<std::byte> state;
    std::size_t bytes = 1024;
    for (const auto& parameter : parameters) {
        bytes += 64 + parameter.name.size() +
                 sizeof(float) * (parameter.value.size() + kMostStates * parameter.gradient.size());
    }
    for (const auto& [name, value] : values) {
        bytes += sizeof(std::uint32_t) + name.size() + sizeof value;
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
        put(state, static_cast<std::uint32_t>(statesOf(states[i])));
        bool whole = putFloats(state, parameter.value, stop);
        for (const nn::Tensor& kept : states[i]) {
            whole = whole && putFloats(state, kept.values(), stop);
        }
        if (!whole) {
            return std::nullopt;
        }
    }
    put(state, static_cast<std::uint32_t>(values.size()));
    for (const auto& [name, value] : values) {
        put(state, static_cast<std::uint32_t>(name.size()));
        putText(state, name);
        put(state, value);
    }
    const auto checksum = checksumOf(state, stop);
    if (!checksum) {
        return std::nullopt;
    }
    put(state, *checksum);
    return state;
}

bool beginsAsState(std::span<const std::byte> bytes) {
    const auto magic = std::as_bytes(std::span(kMagic));
    return std::equal(bytes.begin(), bytes.begin() + std::min(bytes.size(), magic.size()),
                      magic.begin());
}

Result<SingleValues> restoreState(std::span<const std::byte> state,
                                  std::span<const nn::Parameter> parameters,
                                  std::span<Optimiser::States> states,
                                  const std::stop_token& stop) {
    auto stored = decode(state, stop);
    if (!stored) {
        return tl::unexpected(stored.error());
    }
    if (auto match = checkMatch(stored->tensors, parameters, states); !match) {
        return tl::unexpected(match.error());
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const StoredTensor& tensor = stored->tensors[i];
        bool whole = copyInto(tensor.value, parameters[i].value, stop);
        for (std::size_t j = 0; whole && !states.empty() && j < tensor.states.size(); ++j) {
            whole = copyInto(tensor.states[j], states[i][j].values(), stop);
        }
        if (!whole) {
            return stopped();
        }
    }
    return std::move(stored->values);
}

}  // namespace mantissa::train
