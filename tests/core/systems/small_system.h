// SPDX-License-Identifier: GPL-3.0-or-later
// A small system as JSON, for tests to change.
#pragma once

#include <nlohmann/json.hpp>

namespace mantissa::systems {

inline nlohmann::json smallSystem() {
    return nlohmann::json::parse(R"({
      "schema": 1, "id": "small", "title": "Small", "paper": "A. Author, 2020", "known": "all of it",
      "what": ["One.", "Two.", "Three."],
      "dataflow": {
        "nodes": [{"id": "x", "label": "Input", "kind": "tensor", "column": 0, "row": 0},
                  {"id": "f", "label": "a < b & c", "kind": "operation", "column": 1, "row": 0},
                  {"id": "m", "label": "Kept", "kind": "memory", "column": 1, "row": 1}],
        "edges": [{"from": "x", "to": "f", "format": "FP8"}, {"from": "x", "to": "m"}]},
      "presets": [
        {"id": "narrow", "title": "narrow", "note": "Weights in BF16.",
         "precision": {"network": {"weight": {"format": "bf16"}},
                       "layers": {"@first": {"weight": {"format": "fp16"}},
                                  "@last": {"error": {"format": "fp8_e5m2"}}}}},
        {"id": "range", "title": "range", "note": "And range normalisation.", "based_on": "narrow",
         "layers": {"batch_norm": {"statistic": "range", "chunks": 16}},
         "recipe": {"momentum": 0.5}}],
      "claims": [
        {"id": "gap", "text": "Loses nothing", "value": 2, "unit": "points", "source": "abstract",
         "confidence": "abstract", "measure": {"kind": "accuracy_gap", "preset": "range"},
         "agrees": {"within_percent": 10}}]})");
}

}  // namespace mantissa::systems
