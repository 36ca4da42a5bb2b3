// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_point.h"

#include <algorithm>
#include <utility>

namespace mantissa::design {
namespace {

constexpr std::string_view kDefaultNetwork = "lenet5_bn";
constexpr std::string_view kDefaultName = "LeNet-5 + BN, FP32";

nn::NetworkSpec defaultNetwork() {
    const auto templates = nn::networkTemplates();
    const auto found = std::find_if(templates.begin(), templates.end(),
                                    [](const auto& t) { return t.id == kDefaultNetwork; });
    return found == templates.end() ? nn::NetworkSpec{} : found->make();
}

template <typename T>
bool sameValue(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
    return a == b || *a == *b;
}

}  // namespace

DesignPoint::DesignPoint() : m_name(kDefaultName) {
    // All default designs share their parts.
    static const auto kNetwork = std::make_shared<const nn::NetworkSpec>(defaultNetwork());
    static const auto kRecipe = std::make_shared<const train::Recipe>();
    static const auto kPrecision = std::make_shared<const PrecisionPlan>();
    static const auto kControl = std::make_shared<const train::PrecisionControl>();
    static const auto kHardware = std::make_shared<const HardwareConfig>();
    m_network = kNetwork;
    m_recipe = kRecipe;
    m_precision = kPrecision;
    m_control = kControl;
    m_hardware = kHardware;
}

DesignPoint DesignPoint::withName(std::string name) const {
    auto copy = *this;
    copy.m_name = std::move(name);
    return copy;
}

DesignPoint DesignPoint::withNote(std::string note) const {
    auto copy = *this;
    copy.m_note = std::move(note);
    return copy;
}

DesignPoint DesignPoint::withDataset(std::string dataset) const {
    auto copy = *this;
    copy.m_dataset = std::move(dataset);
    return copy;
}

DesignPoint DesignPoint::withNetwork(nn::NetworkSpec network) const {
    auto copy = *this;
    copy.m_network = std::make_shared<const nn::NetworkSpec>(std::move(network));
    return copy;
}

DesignPoint DesignPoint::withRecipe(train::Recipe recipe) const {
    auto copy = *this;
    copy.m_recipe = std::make_shared<const train::Recipe>(recipe);
    return copy;
}

DesignPoint DesignPoint::withPrecision(PrecisionPlan precision) const {
    auto copy = *this;
    copy.m_precision = std::make_shared<const PrecisionPlan>(std::move(precision));
    return copy;
}

DesignPoint DesignPoint::withControl(train::PrecisionControl control) const {
    auto copy = *this;
    copy.m_control = std::make_shared<const train::PrecisionControl>(control);
    return copy;
}

DesignPoint DesignPoint::withHardware(HardwareConfig hardware) const {
    auto copy = *this;
    copy.m_hardware = std::make_shared<const HardwareConfig>(hardware);
    return copy;
}

bool DesignPoint::operator==(const DesignPoint& other) const {
    return m_name == other.m_name && m_note == other.m_note && m_dataset == other.m_dataset &&
           sameValue(m_network, other.m_network) && sameValue(m_recipe, other.m_recipe) &&
           sameValue(m_precision, other.m_precision) && sameValue(m_control, other.m_control) &&
           sameValue(m_hardware, other.m_hardware);
}

}  // namespace mantissa::design
