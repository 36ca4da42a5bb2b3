// SPDX-License-Identifier: GPL-3.0-or-later
// A published training system: what it is, what it sets, what was claimed of it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::systems {

/// How well a statement is known; the text is what a reader is told.
enum class Confidence { Primary, Abstract, Secondary, Recomputed, Derived };
struct ConfidenceInfo {
    Confidence confidence;
    std::string_view id;     ///< as the files say it
    std::string_view label;  ///< "abstract-level claim"
};
std::span<const ConfidenceInfo> confidences();
const ConfidenceInfo& infoOf(Confidence confidence);

/// A box of the dataflow: a tensor, an operation, a memory.
struct FlowNode {
    std::string id;
    std::string label;
    enum class Kind { Tensor, Operation, Memory } kind = Kind::Tensor;
    int column = 0;  ///< place in the drawing, from the left
    int row = 0;     ///< from the top
};
struct FlowEdge {
    std::string from;
    std::string to;
    std::string format;  ///< of what travels: "HBFP8", "FP32"; may be empty
};
struct Dataflow {
    std::vector<FlowNode> nodes;
    std::vector<FlowEdge> edges;
};

/// One design: changes to the FP32 baseline, as JSON in the spelling of design files.
struct Preset {
    std::string id;
    std::string title;
    std::string note;
    std::string basedOn;  ///< another preset, whose changes come first; empty: FP32
    std::string changes;  ///< JSON object, see designOf
};

/// How a claim's figure is obtained here. `kind` is the id of one of app::measureKinds(); the
/// others are what that kind asks for.
struct Measure {
    std::string kind;  ///< empty: it cannot be obtained
    std::map<std::string, std::string, std::less<>> texts;
    std::map<std::string, double, std::less<>> numbers;
    std::vector<std::string> presets;
};

/// When the obtained figure agrees with what was claimed.
struct Agreement {
    std::optional<double> withinPercent = {};  ///< of Claim::value
    std::optional<double> atLeast = {};
    std::optional<double> atMost = {};
    bool said() const { return withinPercent || atLeast || atMost; }
};

struct Claim {
    std::string id;
    std::string text;
    std::optional<double> value;  ///< as claimed
    std::string unit;
    std::string source;
    Confidence confidence = Confidence::Abstract;
    Measure measure;
    Agreement agrees;  ///< not said: nothing is held against the figure
    std::string why;   ///< why a figure cannot be obtained or compared, or should differ
};

struct System {
    std::string id;
    std::string title;
    std::string paper;
    std::string known;              ///< what of the paper was read
    std::vector<std::string> what;  ///< three sentences
    Dataflow dataflow;
    std::vector<Preset> presets;
    std::vector<Claim> claims;

    const Preset* findPreset(std::string_view preset) const;
};

}  // namespace mantissa::systems
