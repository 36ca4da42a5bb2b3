// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of every layer kind.
#pragma once

#include <variant>

namespace mantissa::nn {

/// Weights O x C/groups x K x K; output channel o reads the C/groups channels of its group.
struct Conv2d {
    int outChannels = 16;
    int kernel = 3;
    int stride = 1;
    int padding = 1;
    int dilation = 1;  ///< pixels from one kernel tap to the next
    int groups = 1;    ///< as many as channels: depthwise
    bool bias = true;
    bool operator==(const Conv2d&) const = default;
};
struct Linear {
    int outFeatures = 10;
    bool bias = true;
    bool operator==(const Linear&) const = default;
};
struct Relu {
    bool operator==(const Relu&) const = default;
};
struct MaxPool2d {
    int kernel = 2;
    int stride = 2;
    int padding = 0;  ///< never the largest; less than the kernel
    bool operator==(const MaxPool2d&) const = default;
};
struct AvgPool2d {
    int kernel = 2;
    int stride = 2;
    int padding = 0;           ///< less than the kernel
    bool countPadding = true;  ///< the mean is over the whole window; off: over the image's pixels
    bool operator==(const AvgPool2d&) const = default;
};
struct Flatten {
    bool operator==(const Flatten&) const = default;
};

enum class BatchNormKind {
    Conventional,  ///< mean, then the standard deviation around it
    Range,         ///< mean and range over K chunks (Banner et al., NeurIPS 2018)
    OnePass,       ///< E[x^2] - E[x]^2 in binary32
    LightNorm,     ///< Range in few bits with grouped exponents (Noh et al., ICCD 2022)
};
/// The factor of C(n) = f / sqrt(2 ln n), n samples a chunk, in range batch normalisation.
enum class RangeConstant {
    Paper,        ///< f = 1
    ReleasedCode  ///< f = 0.5 * 0.35 * (1 + sqrt(pi ln 4)) = 0.540208
};
/// Floating-point types of LightNorm's simulator, sign-exponent-fraction; no subnormals.
enum class NormElement {
    S1E5M4,
    S1E6M3,
    S1E5M6,
    S1E6M5,
    S1E6M8,
    S1E8M7,
    S1E5M10,
    S1E5M2,
    Binary32
};
/// Which exponent the elements of a group are aligned to.
enum class NormAlignment {
    Exempt,  ///< the second largest; elements at the largest stay as they are
    Largest
};
/// Over N, H and W of each channel; of an [N, F] tensor over N of each feature.
struct BatchNorm {
    BatchNormKind kind = BatchNormKind::Conventional;
    int chunks = 8;  ///< K of the range kinds
    RangeConstant constant = RangeConstant::ReleasedCode;
    double epsilon = 1e-5;
    double momentum = 0.1;  ///< share of the new batch in the running statistics

    // LightNorm alone.
    NormElement forwardElement = NormElement::S1E5M4;
    NormElement backwardElement = NormElement::S1E6M3;
    int group = 16;  ///< channels that share an exponent; 0: none do
    NormAlignment alignment = NormAlignment::Exempt;
    int sumBits = 8;  ///< fraction bits that sums have more than elements
    // What the authors' simulator does otherwise, to compare.
    bool quirkExponentAnd = false;      ///< out-of-range exponents are ANDed with the bound
    bool quirkStatisticsFp32 = false;   ///< sums, mean and scale stay binary32
    bool quirkBatchStatistics = false;  ///< evaluation uses statistics of its batch
    bool quirkGroup4Mantissa = false;   ///< groups of 4 keep two bits more
    bool operator==(const BatchNorm&) const = default;
};

/// min(max(x, 0), 6).
struct Relu6 {
    bool operator==(const Relu6&) const = default;
};
/// x where x > 0, else slope x.
struct LeakyRelu {
    double slope = 0.01;
    bool operator==(const LeakyRelu&) const = default;
};
/// x Phi(x), Phi the normal distribution (Hendrycks and Gimpel, arXiv 1606.08415).
struct Gelu {
    bool operator==(const Gelu&) const = default;
};
/// x sigmoid(x).
struct Silu {
    bool operator==(const Silu&) const = default;
};
/// x relu6(x + 3) / 6 (Howard et al., ICCV 2019).
struct HardSwish {
    bool operator==(const HardSwish&) const = default;
};
struct Sigmoid {
    bool operator==(const Sigmoid&) const = default;
};
struct Tanh {
    bool operator==(const Tanh&) const = default;
};
/// Over the features, or over the channels of each pixel.
struct Softmax {
    bool operator==(const Softmax&) const = default;
};
/// In training each value is zero with `probability`, the others are scaled by 1/(1 - probability).
struct Dropout {
    double probability = 0.5;
    bool operator==(const Dropout&) const = default;
};
/// The mean of each channel.
struct GlobalAvgPool {
    bool operator==(const GlobalAvgPool&) const = default;
};
/// The sum of two or more tensors of one shape.
struct Add {
    bool operator==(const Add&) const = default;
};
/// The channels (features) of two or more tensors, one after the other.
struct Concat {
    bool operator==(const Concat&) const = default;
};
/// A shortcut without parameters: every `stride`-th pixel, as many zero channels before as after
/// the input's (He et al., CVPR 2016, option A).
struct Shortcut {
    int outChannels = 32;
    int stride = 2;
    bool operator==(const Shortcut&) const = default;
};

/// The largest of the features, or of each pixel's channels, stay; the others become zero.
struct KWinners {
    double share = 0.25;  ///< of them; at least one
    bool operator==(const KWinners&) const = default;
};

using LayerParams = std::variant<Conv2d, Linear, Relu, MaxPool2d, AvgPool2d, Flatten, BatchNorm,
                                 Relu6, LeakyRelu, Gelu, Silu, HardSwish, Sigmoid, Tanh, Softmax,
                                 Dropout, GlobalAvgPool, Add, Concat, Shortcut, KWinners>;

}  // namespace mantissa::nn
