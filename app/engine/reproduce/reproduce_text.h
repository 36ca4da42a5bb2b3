// SPDX-License-Identifier: GPL-3.0-or-later
// A reproduction as one table for people or programs, and as a page.
#pragma once

#include <span>
#include <string>

#include "app/engine/reproduce/reproduce.h"

namespace mantissa::app {

/// The table, long texts in several lines, at most 160 characters wide.
std::string reproductionText(const Reproduction& reproduction);
/// {"scale", "baseline_accuracy", "complete", "emulation", "claims": [...]}, exact numbers; the
/// oldest emulation of all trainings, and in a claim that was trained for of its own.
std::string reproductionJson(const Reproduction& reproduction);
/// docs/reproduce.md: counts, then a section a system, its drawing in images/reproduce/ID.svg.
std::string reproductionPage(const Reproduction& reproduction,
                             std::span<const systems::System> systems);
/// A section for that page: what trains the chosen presets, and how far they end from FP32 in the
/// scale's network.
std::string reproductionSection(const Reproduction& reproduction);

/// What a system is, what each preset changes of FP32 and what was claimed, without running
/// anything.
Result<std::string> systemText(const systems::System& system);
/// The same as JSON: {"id", "title", "paper", "known", "what", "presets", "claims"}.
Result<std::string> systemJson(const systems::System& system);
/// One line a system.
std::string systemListText(std::span<const systems::System> systems);
/// [{"id", "title", "presets", "claims"}].
std::string systemListJson(std::span<const systems::System> systems);

}  // namespace mantissa::app
