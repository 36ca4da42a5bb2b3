// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine/reproduce/reproduce_text.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "app/engine/reproduce/text_lines.h"
#include "app/engine/table.h"
#include "app/engine/units.h"
#include "core/systems/preset_design.h"

namespace mantissa::app {
namespace {

std::string claimedText(const systems::Claim& claim) {
    if (!claim.value) {
        return "–";
    }
    const auto number = significantText(*claim.value, 5);
    return claim.unit.empty() ? number : number + " " + claim.unit;
}

std::string obtainedText(const ReproducedClaim& row) {
    return row.obtained ? figureText(*row.obtained, row.claim->unit) : "–";
}

std::string confidenceText(const systems::Claim& claim) {
    return std::string(systems::infoOf(claim.confidence).label);
}

std::string countsText(const Reproduction& reproduction) {
    struct Counted {
        Verdict verdict;
        const char* what;  ///< they do
    };
    constexpr std::array<Counted, 5> kCounted{{{Verdict::Agrees, "agree"},
                                               {Verdict::Differs, "differ"},
                                               {Verdict::NotClaimed, "without a claimed figure"},
                                               {Verdict::NotComparable, "not comparable"},
                                               {Verdict::NotRun, "not run"}}};
    std::string text;
    for (const auto& [verdict, what] : kCounted) {
        const int count = countOf(reproduction, verdict);
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
        }
    }
    return std::to_string(reproduction.claims.size()) + " rows: " + text;
}

/// Three epochs of 10,000 images take every network here further.
constexpr double kHardlyTrained = 0.7;

std::string scaleLine(const Reproduction& reproduction) {
    auto line = "Emulation: " + scaleText(reproduction.scale);
    if (reproduction.baselineAccuracy > 0) {
        line += "; FP32 reaches " + shareText(reproduction.baselineAccuracy);
        if (reproduction.baselineAccuracy < kHardlyTrained) {
            line += ", hardly trained, so that distances from it say little of where training ends";
        }
    }
    line +=
        ". Accuracies are mean ± standard deviation over the seeds, gaps are paired by seed; "
        "hardware is modelled: ratios of areas, energies and powers by our synthesis, in brackets "
        "by Horowitz' 45 nm table, whose areas are unverified.";
    if (const int oldest = reproduction.oldestEmulation; oldest < design::kEmulation) {
        line += " Stored trainings of emulation " + std::to_string(oldest) +
                " are among them: this version is emulation " + std::to_string(design::kEmulation) +
                ", whose arithmetic differs.";
    }
    return line;
}

/// A pipe would end a cell.
std::string cellOf(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.replace(at, 1, "\\|");
    }
    return text;
}

std::string claimsMarkdown(std::span<const ReproducedClaim> claims) {
    std::string text = "| Claim | Claimed | Source | Obtained | Verdict |\n|---|--:|---|--:|---|\n";
    for (const auto& row : claims) {
        text += "| " + cellOf(row.claim->text) + " | " + claimedText(*row.claim) + " | " +
                cellOf(row.claim->source) + " (" + confidenceText(*row.claim) + ") | " +
                obtainedText(row) + " | " + cellOf(row.judgement.text) + " |\n";
    }
    return text;
}

std::string sectionOf(const systems::System& system, const Reproduction& reproduction) {
    std::string text = "## " + system.title + "\n" + system.paper + "\n\n";
    for (const auto& sentence : system.what) {
        text += sentence + " ";
    }
    text.back() = '\n';
    text += "\n![Dataflow of " + system.title + "](images/reproduce/" + system.id +
            ".svg)\n\n*What was read:* " + system.known +
            "\n\n| Preset | What it sets |\n|---|---|\n";
    for (const auto& preset : system.presets) {
        text += "| " + cellOf(preset.title) + " | " + cellOf(preset.note) + " |\n";
    }
    std::vector<ReproducedClaim> own;
    std::copy_if(reproduction.claims.begin(), reproduction.claims.end(), std::back_inserter(own),
                 [&](const auto& row) { return row.system->id == system.id; });
    return text + "\n" + claimsMarkdown(own) + "\n";
}

constexpr std::string_view kIntroduction =
    "# Reproducing published systems\n\n"
    "<!-- Written by scripts/reproduce. -->\n\n"
    "What each system is, what it sets, what was claimed of it, and what is obtained here: by "
    "training under emulation\nand by the hardware model. `mantissa-cli reproduce` prints this as "
    "one table, `mantissa-cli reproduce --show SYSTEM`\nwhat one system changes of FP32.\n\n"
    "A figure is shown as a paper's only where its source was read; the source column says how "
    "well it is known. Networks\nhere are small and trained for minutes, so published accuracies "
    "are not repeated: what is compared is the distance from\nFP32 of the same network, recipe "
    "and seeds. Areas and energies are of our accelerator model ([hardware-model.md]"
    "(hardware-model.md)): a ratio by our synthesis, in brackets by Horowitz' 45 nm table, whose "
    "areas are unverified.\nVerdicts are of the former; where the latter changes one, it says "
    "so.\n\n"
    "| Verdict | |\n|---|---|\n"
    "| agrees | within the tolerance that the row names, and what to keep in mind of it |\n"
    "| differs | outside of it, with the reason as far as it is known |\n"
    "| no figure claimed | ours stands alone |\n"
    "| not compared, not modelled | why is said |\n\n"
    "This page and its charts are written by `scripts/reproduce`. Its last sections are of larger "
    "networks, which take longer:\nthey are read from the results that the commands above them "
    "keep.\n\n";

constexpr std::string_view kCharts =
    "![Distance from FP32 of each preset that a row is of](images/reproduce-accuracy.svg)\n\n"
    "![Modelled figures over claimed ones](images/reproduce-ratios.svg)\n\n";

constexpr std::string_view kLeftOut =
    "## Left out\n"
    "| System | Why |\n|---|---|\n"
    "| Analog resistive crossbars | They need products that are noisy and bounded, converters on "
    "either side, and a management that scales and repeats them; approximate multipliers, which "
    "the GEMMs have, are neither. |\n"
    "| Spiking and temporal-diffusion networks, capsule networks | There are neither layers that "
    "keep a state from image to image nor routing between capsules. |\n";

nlohmann::json claimJson(const systems::Claim& claim) {
    return {{"claim", claim.id},
            {"text", claim.text},
            {"claimed", claim.value ? nlohmann::json(*claim.value) : nlohmann::json()},
            {"unit", claim.unit},
            {"source", claim.source},
            {"confidence", systems::infoOf(claim.confidence).id}};
}

nlohmann::json rowJson(const ReproducedClaim& row) {
    auto json = claimJson(*row.claim);
    json["system"] = row.system->id;
    json["obtained"] = nullptr;
    json["obtained_horowitz"] = nullptr;
    json["verdict"] = verdictText(row.judgement.verdict);
    json["verdict_text"] = row.judgement.text;
    if (row.obtained) {
        json["obtained"] = row.obtained->value;
        json["spread"] = row.obtained->spread;
        json["seeds"] = row.obtained->seeds;
        if (row.obtained->seeds > 0) {
            json["emulation"] = row.oldestEmulation;
        }
        json["remark"] = row.obtained->remark;
        if (row.obtained->horowitz) {
            json["obtained_horowitz"] = *row.obtained->horowitz;
        }
    }
    return json;
}

/// What trains the chosen presets.
std::string commandOf(const Reproduction& reproduction) {
    std::string command = "mantissa-cli reproduce";
    for (const auto& [system, presets] : reproduction.choice) {
        for (const auto& preset : presets) {
            command.append(" ").append(system).append("/").append(preset);
        }
    }
    const Scale& scale = reproduction.scale;
    const Scale usual;
    const auto addCount = [&](const char* option, int count, int usualCount) {
        command +=
            count == usualCount ? "" : " " + std::string(option) + " " + std::to_string(count);
    };
    command += " --network " + scale.network;
    command += scale.dataset == usual.dataset ? "" : " --dataset " + scale.dataset;
    addCount("--images", scale.images, usual.images);
    addCount("--epochs", scale.epochs, usual.epochs);
    addCount("--seeds", scale.seeds, usual.seeds);
    return command +
           (scale.learningRate ? " --learning-rate " + exactText(*scale.learningRate) : "");
}

}  // namespace

std::string reproductionText(const Reproduction& reproduction) {
    LineTable table({{"System", 18},
                     {"Claim", 48},
                     {"Claimed", 10},
                     {"Source", 30},
                     {"Obtained", 16},
                     {"Verdict", 28}});
    std::string last;
    for (const auto& row : reproduction.claims) {
        table.add({row.system->title == last ? "" : row.system->title, row.claim->text,
                   claimedText(*row.claim),
                   row.claim->source + " (" + confidenceText(*row.claim) + ")", obtainedText(row),
                   row.judgement.text});
        last = row.system->title;
    }
    return scaleLine(reproduction) + "\n\n" + table.text() + "\n" + countsText(reproduction) +
           (reproduction.complete ? "\n" : "; stopped before the end\n");
}

std::string reproductionJson(const Reproduction& reproduction) {
    const auto& scale = reproduction.scale;
    nlohmann::json json{{"scale",
                         {{"network", scale.network},
                          {"dataset", scale.dataset},
                          {"images", scale.images},
                          {"epochs", scale.epochs},
                          {"seeds", scale.seeds},
                          {"learning_rate", scale.learningRate ? nlohmann::json(*scale.learningRate)
                                                               : nlohmann::json()}}},
                        {"baseline_accuracy", reproduction.baselineAccuracy},
                        {"complete", reproduction.complete},
                        {"emulation", reproduction.oldestEmulation},
                        {"claims", nlohmann::json::array()}};
    for (const auto& row : reproduction.claims) {
        json["claims"].push_back(rowJson(row));
    }
    return json.dump(2) + "\n";
}

std::string reproductionPage(const Reproduction& reproduction,
                             std::span<const systems::System> systems) {
    auto text = std::string(kIntroduction) + scaleLine(reproduction) + "\n\n" +
                countsText(reproduction) + ".\n\n" + std::string(kCharts);
    for (const auto& system : systems) {
        text += sectionOf(system, reproduction);
    }
    return text + std::string(kLeftOut);
}

std::string reproductionSection(const Reproduction& reproduction) {
    const auto& scale = reproduction.scale;
    const auto rate =
        scale.learningRate ? ", learning rate " + exactText(*scale.learningRate) : std::string();
    auto text = "\n## Trained in " + networkText(scale) + rate + "\n```\n" +
                commandOf(reproduction) + "\n```\n" + scaleLine(reproduction) +
                "\n\n| System | Preset | Against FP32 | Verdict |\n|---|---|--:|---|\n";
    for (const auto& row : reproduction.claims) {
        const auto& measure = row.claim->measure;
        if (measure.kind != "accuracy_gap" || measure.texts.contains("against") ||
            !isChosen(reproduction.choice, *row.system, measure)) {
            continue;
        }
        const auto* const preset = row.system->findPreset(trainedPresets(measure).front());
        text += "| " + cellOf(row.system->title) + " | " +
                cellOf(preset == nullptr ? "FP32" : preset->title) + " | " + obtainedText(row) +
                " | " + cellOf(row.judgement.text) + " |\n";
    }
    return text;
}

Result<std::string> systemText(const systems::System& system) {
    std::string text = system.title + "\n" + system.paper + "\nRead: " + system.known + "\n\n";
    for (const auto& sentence : system.what) {
        text += sentence + "\n";
    }
    const design::DesignPoint baseline;
    for (const auto& preset : system.presets) {
        const auto design = systems::designOf(system, preset.id, baseline);
        if (!design) {
            return tl::unexpected(design.error());
        }
        LineTable changes({{"Setting", 48}, {"FP32", 24}, {preset.id, 48}});
        for (const auto& one : design::diff(baseline, *design)) {
            changes.add({one.label, one.before.empty() ? "–" : one.before, one.after});
        }
        text +=
            "\n" + preset.title + " [" + preset.id + "]: " + preset.note + "\n\n" + changes.text();
    }
    LineTable claims({{"Claim", 60}, {"Claimed", 10}, {"Source", 40}, {"Obtained by", 18}});
    for (const auto& claim : system.claims) {
        claims.add({claim.text, claimedText(claim),
                    claim.source + " (" + confidenceText(claim) + ")",
                    claim.measure.kind.empty() ? "not modelled" : claim.measure.kind});
    }
    return text + "\nClaims\n\n" + claims.text();
}

Result<std::string> systemJson(const systems::System& system) {
    nlohmann::json json{{"id", system.id},
                        {"title", system.title},
                        {"paper", system.paper},
                        {"known", system.known},
                        {"what", system.what},
                        {"presets", nlohmann::json::array()},
                        {"claims", nlohmann::json::array()}};
    const design::DesignPoint baseline;
    for (const auto& preset : system.presets) {
        const auto design = systems::designOf(system, preset.id, baseline);
        if (!design) {
            return tl::unexpected(design.error());
        }
        auto changes = nlohmann::json::array();
        for (const auto& one : design::diff(baseline, *design)) {
            changes.push_back({{"path", one.path}, {"before", one.before}, {"after", one.after}});
        }
        json["presets"].push_back({{"id", preset.id},
                                   {"title", preset.title},
                                   {"note", preset.note},
                                   {"changes", std::move(changes)}});
    }
    for (const auto& claim : system.claims) {
        json["claims"].push_back(claimJson(claim));
    }
    return json.dump(2) + "\n";
}

std::string systemListJson(std::span<const systems::System> systems) {
    auto json = nlohmann::json::array();
    for (const auto& system : systems) {
        json.push_back({{"id", system.id},
                        {"title", system.title},
                        {"presets", system.presets.size()},
                        {"claims", system.claims.size()}});
    }
    return json.dump(2) + "\n";
}

std::string systemListText(std::span<const systems::System> systems) {
    LineTable table({{"System", 18}, {"Title", 36}, {"Presets", 8}, {"Claims", 8}, {"What", 80}});
    for (const auto& system : systems) {
        table.add({system.id, system.title, std::to_string(system.presets.size()),
                   std::to_string(system.claims.size()), system.what.front()});
    }
    return table.text();
}

}  // namespace mantissa::app
