// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli hw: what a design costs in silicon, without training it.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/accelerator_text.h"
#include "app/cli/command.h"
#include "app/cli/hardware_text.h"
#include "app/cli/json.h"
#include "app/cli/library_options.h"
#include "app/cli/options.h"
#include "app/cli/plan_options.h"
#include "app/cli/suggestion.h"
#include "app/cli/waterfall_text.h"
#include "app/engine/units.h"
#include "core/atomic_file.h"
#include "core/design/design_json.h"
#include "hwmodel/memory.h"
#include "hwmodel/technology.h"
#include "hwmodel/timeloop.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string design;
    std::string technology;
    std::string calibration;
    LibraryOptions library;
    double dramEnergy_pj = 0;
    bool waterfall = false;
    bool roofline = false;
    bool both = false;
    std::string against;
    std::string timeloop;
    double elements = 12544;
    int group = 4;
    PlanOptions plan;
    bool json = false;
};

/// Sets a parameter that is a choice by the spelling of the choice; an empty one changes nothing.
Result<void> setChoice(design::HardwareConfig& hardware, std::string_view id,
                       const std::string& choice) {
    if (choice.empty()) {
        return {};
    }
    for (const auto& parameter : design::hardwareParams()) {
        if (parameter.spec.id != id) {
            continue;
        }
        const auto& choices = parameter.spec.choices;
        for (std::size_t i = 0; i < choices.size(); ++i) {
            if (choices[i] == choice) {
                parameter.set(hardware, static_cast<double>(i));
                return {};
            }
        }
        const std::vector<std::string> names(choices.begin(), choices.end());
        std::string allowed;
        for (const auto& name : names) {
            allowed.append(allowed.empty() ? "" : ", ").append(name);
        }
        const std::string meant = closest(choice, names);
        return fail(ErrorCode::InvalidInput,
                    "\"" + choice + "\" is not known (allowed: " + allowed + ")",
                    "--" + std::string(id), meant.empty() ? "" : "did you mean " + meant + "?");
    }
    return fail(ErrorCode::Internal, "no such hardware parameter", std::string(id));
}

Result<design::DesignPoint> adjusted(const design::DesignPoint& design, const Options& options) {
    auto hardware = design.hardware();
    return setChoice(hardware, "technology", options.technology)
        .and_then([&] { return setChoice(hardware, "calibration", options.calibration); })
        .map([&] { return design.withHardware(hardware); });
}

/// The design's accelerator; without a design, the default one.
Result<design::DesignPoint> designOf(const Options& options) {
    if (options.design.empty() && options.waterfall) {
        return adjusted(design::DesignPoint(), options);
    }
    if (options.design.empty()) {
        return fail(ErrorCode::InvalidInput, "needs DESIGN, a design file", "hw",
                    "for example mantissa-cli hw design.json; only --waterfall goes without");
    }
    return design::readDesignFile(options.design).and_then([&](const design::DesignPoint& read) {
        return withPlanOptions(read, options.plan).and_then([&](const design::DesignPoint& kept) {
            return adjusted(kept, options);
        });
    });
}

Outcome waterfall(const design::HardwareConfig& hardware, const Options& options,
                  const hw::EstimateOptions& prices) {
    const auto steps = hw::normWaterfall(hardware, options.elements, options.group, prices);
    auto ours = hardware;
    ours.calibration = design::Calibration::Synthesis;
    const auto memory = hw::dramOf(hardware, prices.dramEnergyPerBit_pj);
    const bool given = memory.law != hw::dram(hardware.dram).law;
    const WaterfallSetting setting{
        hardware.vectorLanes, options.elements, hardware.clockMhz,
        hw::technologyOf(ours, prices.library),
        given ? "DRAM at " + app::significantText(memory.energyPerBit_pj, 4) + " pJ a bit, as given"
              : hw::provenanceOf(*memory.law).text()};
    return {options.json ? waterfallJson(steps, setting) : waterfallText(steps, setting)};
}

Result<Outcome> against(const design::DesignPoint& design, const Options& options,
                        const hw::EstimateOptions& prices) {
    const auto other = design::readDesignFile(options.against);
    if (!other) {
        return tl::unexpected(other.error());
    }
    return hw::estimateBoth(*other, prices).and_then([&](const hw::BothReports& from) {
        return hw::estimateBoth(design, prices).map([&](const hw::BothReports& to) {
            return Outcome{options.json ? againstJson(from, to) : againstText(from, to)};
        });
    });
}

Result<Outcome> timeloop(const design::DesignPoint& design, const std::string& folder) {
    const auto files = hw::timeloopFiles(design);
    if (!files) {
        return tl::unexpected(files.error());
    }
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem) {
        return fail(ErrorCode::Io, "the folder cannot be made: " + problem.message(), folder);
    }
    std::string text;
    for (const auto& file : *files) {
        const auto path = std::filesystem::path(folder) / file.name;
        if (auto written = writeFileAtomically(path, file.text); !written) {
            return tl::unexpected(written.error());
        }
        text += path.string() + "\n";
    }
    return Outcome{text};
}

Result<Outcome> hardware(const Options& options) {
    const auto design = designOf(options);
    if (!design) {
        return tl::unexpected(design.error());
    }
    const auto library = chosenLibrary(options.library);
    if (!library) {
        return tl::unexpected(library.error());
    }
    const hw::EstimateOptions prices{*library, options.dramEnergy_pj};
    if (options.waterfall) {
        return waterfall(design->hardware(), options, prices);
    }
    if (!options.timeloop.empty()) {
        return timeloop(*design, options.timeloop);
    }
    if (!options.against.empty()) {
        return against(*design, options, prices);
    }
    if (options.both) {
        return hw::estimateBoth(*design, prices).map([&](const hw::BothReports& reports) {
            return Outcome{options.json ? bothJson(reports) : bothText(reports)};
        });
    }
    return hw::estimate(*design, prices).map([&](const hw::HardwareReport& report) {
        if (options.roofline) {
            return Outcome{options.json ? rooflineJson(report) : rooflineText(report)};
        }
        if (!options.json) {
            return Outcome{hardwareReportText(*design, report)};
        }
        auto json = nlohmann::json::parse(hw::toJson(report));
        json["design"] = {{"name", design->name()},
                          {"hash", design::designHash(*design)},
                          {"hw_hash", design::hwHash(*design)}};
        return Outcome{document(json)};
    });
}

void addPrices(CLI::App& command, Options& options) {
    command.add_option("--technology", options.technology, "Overrides the design's technology")
        ->type_name("T")
        ->check(notEmpty());
    addLibraryOptions(command, options.library);
    command
        .add_option("--dram-energy", options.dramEnergy_pj,
                    "pJ a bit in place of the DRAM kind's own, 0.1 to 100")
        ->type_name("PJ")
        ->check(numberFrom(0.1, 100));
}

void addWaterfall(CLI::App& command, Options& options, CLI::Option* waterfall) {
    constexpr double kMostElements = 1e9;
    constexpr int kMostGroup = 256;
    command
        .add_option("--elements", options.elements,
                    "Waterfall: elements of a channel (batch x height x width), 1 to 1e9")
        ->type_name("N")
        ->check(numberFrom(1, kMostElements))
        ->capture_default_str()
        ->needs(waterfall);
    command
        .add_option("--group", options.group,
                    "Waterfall: elements that share an exponent, 1 to 256")
        ->type_name("N")
        ->check(CLI::Range(1, kMostGroup))
        ->capture_default_str()
        ->needs(waterfall);
}

/// What is printed; one at a time.
void addViews(CLI::App& command, Options& options) {
    auto* calibration = command
                            .add_option("--calibration", options.calibration,
                                        "Overrides what arithmetic units are priced with")
                            ->type_name("C")
                            ->check(notEmpty());
    auto* waterfall =
        command.add_flag("--waterfall", options.waterfall,
                         "Normalisation instead: what range, FP10 and block floating point save, "
                         "with the design's lanes, clock and DRAM");
    addWaterfall(command, options, waterfall);
    auto* roofline = command.add_flag(
        "--roofline", options.roofline,
        "Operations a byte, what is reached and what is waited for, of every layer and pass");
    auto* both = command.add_flag("--both", options.both, "Both calibrations side by side");
    auto* other = command
                      .add_option("--against", options.against,
                                  "Another design file: what each component adds or saves from it "
                                  "to DESIGN, under both calibrations")
                      ->type_name("DESIGN")
                      ->check(notEmpty());
    auto* timeloop = command
                         .add_option("--timeloop", options.timeloop,
                                     "Write architecture and matrix products for Timeloop and "
                                     "Accelergy into this folder")
                         ->type_name("DIR")
                         ->check(notEmpty());
    const std::vector<CLI::Option*> views{waterfall, roofline, both, other, timeloop};
    for (auto* view : views) {
        for (auto* rival : views) {
            if (view != rival) {
                view->excludes(rival);
            }
        }
    }
    for (auto* shownUnderBoth : {waterfall, both, other}) {
        calibration->excludes(shownUnderBoth);
    }
}

}  // namespace

void addHw(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand(
        "hw", "Area, energy and cycles of a training step, by component, layer and pass");
    command->footer(
        "All figures are modelled. Areas in mm2 or um2, energies in J and time in s with their\n"
        "prefixes, of one training step: one batch forward, backward and updated.\n"
        "Examples:\n"
        "  mantissa-cli hw design.json\n"
        "  mantissa-cli hw design.json --calibration horowitz --json\n"
        "  mantissa-cli hw design.json --library asap7 --dram-energy 4\n"
        "  mantissa-cli hw design.json --roofline\n"
        "  mantissa-cli hw narrow.json --against wide.json\n"
        "  mantissa-cli hw --waterfall --elements 100352");
    auto options = std::make_shared<Options>();
    command->add_option("DESIGN", options->design, "Design file (.json)");
    addPrices(*command, *options);
    addViews(*command, *options);
    addPlanOptions(*command, options->plan);
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return hardware(*options); }; });
}

}  // namespace mantissa::cli
