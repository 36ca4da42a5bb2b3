// SPDX-License-Identifier: GPL-3.0-or-later
// The value that flows through the house: one design point drives emulation and hardware model.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/design/hardware_config.h"
#include "core/design/precision_plan.h"
#include "core/error.h"
#include "core/nn/network_spec.h"
#include "core/train/precision_control.h"
#include "core/train/recipe.h"

namespace mantissa::design {

/// Immutable; with...() returns a new value and shares the parts that did not change.
class DesignPoint {
public:
    DesignPoint();  ///< the default: LeNet-5 with batch normalisation, FP32, Fashion-MNIST

    const std::string& name() const { return m_name; }
    const std::string& note() const { return m_note; }
    const std::string& dataset() const { return m_dataset; }
    const nn::NetworkSpec& network() const { return *m_network; }
    const train::Recipe& recipe() const { return *m_recipe; }
    const PrecisionPlan& precision() const { return *m_precision; }
    /// How the plan's widths change during a run.
    const train::PrecisionControl& control() const { return *m_control; }
    const HardwareConfig& hardware() const { return *m_hardware; }

    [[nodiscard]] DesignPoint withName(std::string name) const;
    [[nodiscard]] DesignPoint withNote(std::string note) const;
    [[nodiscard]] DesignPoint withDataset(std::string dataset) const;
    [[nodiscard]] DesignPoint withNetwork(nn::NetworkSpec network) const;
    [[nodiscard]] DesignPoint withRecipe(train::Recipe recipe) const;
    [[nodiscard]] DesignPoint withPrecision(PrecisionPlan precision) const;
    [[nodiscard]] DesignPoint withControl(train::PrecisionControl control) const;
    [[nodiscard]] DesignPoint withHardware(HardwareConfig hardware) const;

    /// Names and notes included; see designHash for identity without them.
    bool operator==(const DesignPoint& other) const;

private:
    std::string m_name;
    std::string m_note;
    std::string m_dataset = "fashion-mnist";
    std::shared_ptr<const nn::NetworkSpec> m_network;
    std::shared_ptr<const train::Recipe> m_recipe;
    std::shared_ptr<const PrecisionPlan> m_precision;
    std::shared_ptr<const train::PrecisionControl> m_control;
    std::shared_ptr<const HardwareConfig> m_hardware;
};

/// What a training computes: raise it with every change that gives designs other numbers, be it the
/// order or width of a sum, a rounding or a random word (a part that few designs use has a mark of
/// its own in trainHash). Stored results of an older number are
/// then no longer those of the design, nor is a stopped run of one gone on with; who asks for what
/// is stored still finds them, by the number that is stored with a run, and is told. 1: all before
/// there was this number. 2: weight gradients by other groups of images, normalisation sums of
/// whole planes, input gradients of stride one by one chain, scales that round to zero raised,
/// released block floating point finite up to 2^126. 3: weight gradients of convolutions in chains
/// over pixels without gaps, by other groups of images.
inline constexpr int kEmulation = 3;

/// 128-bit XXH3 of canonical JSON, as 26 characters of Crockford's base 32 in lower case
/// (0123456789abcdefghjkmnpqrstvwxyz), most significant bits first; screens show the first 10.
/// designHash: all but name and note. trainHash: what can change accuracy (network, data set,
/// recipe, resolved precision, control), whatever the emulation. hwHash: what can change cost
/// (network, batch, optimiser, weight transform, resolved precision, accumulator, hardware).
std::string designHash(const DesignPoint& design);
std::string trainHash(const DesignPoint& design);
std::string hwHash(const DesignPoint& design);
/// trainHash as it was stored while it held the emulation too, 1 to 3: for older databases.
std::string formerTrainHash(const DesignPoint& design, int emulation);

/// Network, plan scopes, formats and parameter ranges: the first error, with its JSON pointer.
Result<void> validate(const DesignPoint& design);
/// The same where `valid` is known to be valid: parts that both have alike are not looked at again.
Result<void> validateChanges(const DesignPoint& design, const DesignPoint& valid);

/// One difference between two designs, for the compare table and for "stale because".
struct Difference {
    std::string path;    ///< see Field
    std::string label;   ///< for people: "conv2 weight"
    std::string before;  ///< "" where absent
    std::string after;
};
/// Name and note are left out: empty exactly when the designHash is the same.
std::vector<Difference> diff(const DesignPoint& before, const DesignPoint& after);

/// The design as rows of (path, label, value), in the order of the JSON and without name and note:
/// the compare table's rows. Settings that mean nothing beside the others (a peak where there is
/// no warm-up) are rows only where they are not at their defaults.
struct Field {
    /// JSON pointer, e.g. "/precision/layers/conv2/weight"; a layer of the network stands by its
    /// name, not its index ("/network/layers/conv2/kernel"), so that a layer put before it changes
    /// nothing.
    std::string path;
    std::string label;  ///< for people: "conv2 weight"
    std::string value;
};
std::vector<Field> fields(const DesignPoint& design);

}  // namespace mantissa::design
