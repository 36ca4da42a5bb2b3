// SPDX-License-Identifier: GPL-3.0-or-later
// What each system does otherwise than the others, as plain text of one screen. Internal to
// numerics.
#pragma once

#include <string_view>

namespace mantissa::numerics::notes {

extern const std::string_view kMicroxcaling;
extern const std::string_view kOcp;
extern const std::string_view kHbfp;
extern const std::string_view kAccuracyBoosters;
extern const std::string_view kFlexBlock;
extern const std::string_view kLightNorm;
extern const std::string_view kLightNormMax;
extern const std::string_view kMsfp;
extern const std::string_view kFast;
extern const std::string_view kMicroExponents;
extern const std::string_view kQPyTorch;
extern const std::string_view kQPyTorchCode;
extern const std::string_view kFp8Toolkit;
extern const std::string_view kGupta;
extern const std::string_view kBanner;
extern const std::string_view kQnn;
extern const std::string_view kSmartDeal;
extern const std::string_view kEie;
extern const std::string_view kComet;

}  // namespace mantissa::numerics::notes
