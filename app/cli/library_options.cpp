// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/library_options.h"

#include "app/cli/options.h"
#include "hwmodel/liberty.h"

namespace mantissa::cli {

void addLibraryOptions(CLI::App& command, LibraryOptions& options) {
    auto* library =
        command
            .add_option("--library", options.library,
                        "Cells that arithmetic is priced with: nangate45, osu018, sky130hd, ihp130 "
                        "or asap7")
            ->type_name("L")
            ->capture_default_str();
    command
        .add_option("--liberty", options.liberty,
                    "A liberty file of yours, for the sizes of NAND2 and flip-flop")
        ->type_name("FILE")
        ->check(notEmpty())
        ->excludes(library);
    command
        .add_option("--node", options.node_nm,
                    "Scale to this node by published factors, 7 to 130 nm")
        ->type_name("NM");
    command.add_option("--voltage", options.voltage_v, "Supply at that node, 0.4 to 1.8 V")
        ->type_name("V");
}

Result<hw::Library> chosenLibrary(const LibraryOptions& options) {
    auto library = options.liberty.empty() ? hw::findLibrary(options.library)
                                           : hw::libraryFromLiberty(options.liberty);
    if (library && (options.node_nm != 0 || options.voltage_v != 0)) {
        const double node = options.node_nm != 0 ? options.node_nm : library->node_nm;
        const double voltage = options.voltage_v != 0 ? options.voltage_v : library->voltage_v;
        library = hw::scaledLibrary(*library, node, voltage);
    }
    return library;
}

}  // namespace mantissa::cli
