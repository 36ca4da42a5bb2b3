// SPDX-License-Identifier: GPL-3.0-or-later
// Images drawn from a seed: one smooth pattern a class, each image that pattern under noise.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include <Random123/philox.h>

#include "core/data/kinds/kinds.h"

namespace mantissa::data {
namespace {

struct Synthetic {
    std::int64_t classes = 10;
    Shape size{1, 28, 28};
    std::int64_t train = 6000;
    std::int64_t test = 1000;
    double noise = 0.5;
    std::int64_t seed = 1;
};

constexpr std::string_view kAllowed =
    "allowed: classes=2..65536, size=CxHxW with 1 or 3 channels and sides of 1 to 256, "
    "train=1..1000000, "
    "test=1..1000000, noise=0..4, seed=0..2147483647";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 31U;

Result<void> refuse(const std::string& what) {
    return fail(ErrorCode::InvalidInput, what, "synthetic", std::string(kAllowed));
}

/// The next number of `text`, which is then what follows it.
template <typename T>
bool takeNumber(std::string_view& text, T& value) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return problem == std::errc{};
}

Result<void> readInteger(std::string_view option, std::string_view text, std::int64_t minimum,
                         std::int64_t maximum, std::int64_t& value) {
    if (!takeNumber(text, value) || !text.empty() || value < minimum || value > maximum) {
        return refuse("option \"" + std::string(option) + "\" is out of range");
    }
    return {};
}

Result<void> readSize(std::string_view option, std::string_view text, Shape& size) {
    for (std::size_t axis = 0; axis < size.size(); ++axis) {
        const std::int64_t most = axis == 0 ? 3 : 256;
        const bool separated = axis == 0 || (text.substr(0, 1) == "x");
        text.remove_prefix(axis > 0 && separated ? 1 : 0);
        if (!separated || !takeNumber(text, size[axis]) || size[axis] < 1 || size[axis] > most) {
            return refuse("option \"" + std::string(option) + "\" is out of range");
        }
    }
    if (!text.empty() || size[0] == 2) {
        return refuse("option \"" + std::string(option) + "\" is no size");
    }
    return {};
}

Result<void> readOption(std::string_view option, Synthetic& set) {
    constexpr std::int64_t kMostImages = 1'000'000;
    const auto equals = option.find('=');
    const auto name = option.substr(0, equals);
    const auto text = equals == std::string_view::npos ? "" : option.substr(equals + 1);
    if (name == "classes") {
        return readInteger(option, text, 2, static_cast<int>(kMostClasses), set.classes);
    }
    if (name == "size") {
        return readSize(option, text, set.size);
    }
    if (name == "train") {
        return readInteger(option, text, 1, kMostImages, set.train);
    }
    if (name == "test") {
        return readInteger(option, text, 1, kMostImages, set.test);
    }
    if (name == "seed") {
        return readInteger(option, text, 0, INT32_MAX, set.seed);
    }
    if (name == "noise") {
        auto rest = text;
        constexpr double kMostNoise = 4;
        const bool legal = takeNumber(rest, set.noise) && rest.empty() && set.noise >= 0 &&
                           set.noise <= kMostNoise;
        return legal ? Result<void>()
                     : refuse("option \"" + std::string(option) + "\" is out of range");
    }
    return refuse("there is no option \"" + std::string(option) + "\"");
}

Result<Synthetic> parse(std::string_view options) {
    Synthetic set;
    while (!options.empty()) {
        const auto comma = options.find(',');
        if (auto read = readOption(options.substr(0, comma), set); !read) {
            return tl::unexpected(read.error());
        }
        options = comma == std::string_view::npos ? "" : options.substr(comma + 1);
    }
    if ((set.train + set.test) * elementCount(set.size) > kMostBytes) {
        return fail(ErrorCode::InvalidInput,
                    "would have more than " + std::to_string(kMostBytes) + " bytes of pixels",
                    "synthetic", "ask for fewer or smaller images");
    }
    return set;
}

/// Four words for (stream, image or class, position).
std::array<std::uint32_t, 4> draw(const Synthetic& set, std::uint32_t stream, std::uint64_t item,
                                  std::uint64_t position) {
    const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(set.seed), stream}};
    const r123::Philox4x32::ctr_type counter{
        {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32U),
         static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item >> 32U)}};
    const auto words = r123::Philox4x32()(counter, key);
    return {words[0], words[1], words[2], words[3]};
}

/// About normal, of mean 0 and variance 1: Irwin and Hall's sum of four uniform bytes, exact in
/// binary64 on every machine.
double noiseOf(std::uint32_t word) {
    int sum = 0;
    for (unsigned byte = 0; byte < 4; ++byte) {
        sum += static_cast<int>(word >> (8 * byte) & 0xFFU);
    }
    constexpr double kMean = 4 * 127.5;
    constexpr double kDeviation = 147.8;  // sqrt(4 (256^2 - 1) / 12)
    return (sum - kMean) / kDeviation;
}

/// A class's pattern: random values on a 5 x 5 grid, interpolated bilinearly; 0 to 1.
std::vector<double> patternOf(const Synthetic& set, std::uint64_t label) {
    constexpr std::size_t kGrid = 5;
    const auto height = static_cast<std::size_t>(set.size[1]);
    const auto width = static_cast<std::size_t>(set.size[2]);
    std::vector<double> pattern;
    for (std::uint64_t channel = 0; channel < static_cast<std::uint64_t>(set.size[0]); ++channel) {
        std::array<double, kGrid * kGrid> grid{};
        for (std::size_t i = 0; i < grid.size(); ++i) {
            constexpr double kUnit = 1.0 / 4294967296.0;
            grid[i] = draw(set, 0, label, channel * grid.size() + i)[0] * kUnit;
        }
        for (std::size_t y = 0; y < height; ++y) {
            for (std::size_t x = 0; x < width; ++x) {
                const double v = static_cast<double>(y * (kGrid - 1)) / static_cast<double>(height);
                const double u = static_cast<double>(x * (kGrid - 1)) / static_cast<double>(width);
                const auto row = static_cast<std::size_t>(v);
                const auto column = static_cast<std::size_t>(u);
                const double down = v - static_cast<double>(row);
                const double right = u - static_cast<double>(column);
                const double* const at = &grid[row * kGrid + column];
                pattern.push_back((1 - down) * ((1 - right) * at[0] + right * at[1]) +
                                  down * ((1 - right) * at[kGrid] + right * at[kGrid + 1]));
            }
        }
    }
    return pattern;
}

/// Room for so many images; labels in turn.
Split blankSplit(const Synthetic& set, std::int64_t images) {
    Split split;
    split.pixels.resize(static_cast<std::size_t>(images * elementCount(set.size)));
    split.labels.reserve(static_cast<std::size_t>(images));
    for (std::int64_t image = 0; image < images; ++image) {
        split.labels.push_back(static_cast<Label>(image % set.classes));
    }
    return split;
}

/// The images of a class; `stream` keeps training and test images apart.
Result<void> drawClass(const Synthetic& set, std::uint32_t stream, std::size_t label,
                       const std::vector<double>& pattern, const JobContext& context,
                       Split& split) {
    const auto size = pattern.size();
    constexpr double kHalf = 0.5;
    constexpr double kContrast = 0.25;  ///< leaves room for the noise
    for (auto image = label; image < split.labels.size();
         image += static_cast<std::size_t>(set.classes)) {
        if (context.cancelled()) {
            return fail(ErrorCode::Cancelled, "drawing was stopped", "synthetic");
        }
        std::uint8_t* const pixels = &split.pixels[image * size];
        for (std::size_t i = 0; i < size; i += 4) {
            const auto words = draw(set, stream, image, i / 4);
            for (std::size_t j = i; j < std::min(i + 4, size); ++j) {
                const double value =
                    kHalf + kContrast * (2 * pattern[j] - 1 + set.noise * noiseOf(words[j - i]));
                pixels[j] = static_cast<std::uint8_t>(std::clamp(255 * value + kHalf, 0.0, 255.0));
            }
        }
    }
    return {};
}

}  // namespace

Result<void> checkSynthetic(std::string_view options) {
    return parse(options).map([](const Synthetic&) {});
}

Result<Dataset> openSynthetic(const DatasetRequest& request, const JobContext& context) {
    const auto set = parse(request.options);
    if (!set) {
        return tl::unexpected(set.error());
    }
    context.report("drawing the data set", 0, 0);
    Dataset dataset;
    dataset.image = set->size;
    dataset.train = blankSplit(*set, set->train);
    dataset.test = blankSplit(*set, set->test);
    for (std::int64_t label = 0; label < set->classes; ++label) {
        dataset.classes.push_back(std::to_string(label));
    }
    constexpr std::uint32_t kTrainStream = 1;
    constexpr std::uint32_t kTestStream = 2;
    // One pattern at a time, and only of a class that has an image: all would take eight times the
    // bytes of an image each.
    const auto seen =
        static_cast<std::size_t>(std::min(set->classes, std::max(set->train, set->test)));
    for (std::size_t label = 0; label < seen; ++label) {
        const auto pattern = patternOf(*set, label);
        auto drawn = drawClass(*set, kTrainStream, label, pattern, context, dataset.train);
        if (drawn) {
            drawn = drawClass(*set, kTestStream, label, pattern, context, dataset.test);
        }
        if (!drawn) {
            return tl::unexpected(drawn.error());
        }
    }
    return dataset;
}

}  // namespace mantissa::data
