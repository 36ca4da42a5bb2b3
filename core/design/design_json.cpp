// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/design/design_json.h"

#include "core/design/json_parts.h"

namespace mantissa::design {
namespace {

Json designJson(const DesignPoint& design, InputStyle inputs) {
    Json object = Json::object();
    object["schema"] = kDesignSchema;
    object["name"] = design.name();
    object["note"] = design.note();
    object["network"] = networkJson(design.network(), inputs);
    object["dataset"] = design.dataset();
    object["recipe"] = paramsJson(train::recipeParams(), design.recipe());
    object["precision"] = precisionJson(design.precision());
    if (auto control = paramsJson(train::controlParams(), design.control()); !control.empty()) {
        object["control"] = std::move(control);
    }
    object["hardware"] = paramsJson(hardwareParams(), design.hardware());
    return object;
}

}  // namespace

std::string toJson(const DesignPoint& design) {
    constexpr int kIndent = 2;
    return designJson(design, InputStyle::AsSaid)
               .dump(kIndent, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

std::string toCanonicalJson(const DesignPoint& design) {
    Json object = designJson(design, InputStyle::Explicit);
    object.erase("name");
    object.erase("note");
    return canonicalText(object);
}

}  // namespace mantissa::design
