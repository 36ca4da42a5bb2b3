// SPDX-License-Identifier: GPL-3.0-or-later
// mantissa-cli list: what the database holds.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/json.h"
#include "app/cli/lookup.h"
#include "app/cli/options.h"
#include "app/engine/export.h"

namespace mantissa::cli {
namespace {

struct Options {
    std::string database;
    bool json = false;
};

/// Whole hashes are for programs; people need enough to tell designs apart.
app::Table withShortHashes(app::Table table) {
    constexpr std::size_t kShown = 10;
    for (auto& row : table.rows) {
        row.front().text.resize(std::min(row.front().text.size(), kShown));
    }
    return table;
}

/// Designs that are left out of the list are not left out silently.
void warnOfUnreadable(const std::vector<Error>& errors) {
    if (!errors.empty()) {
        std::fprintf(stderr,
                     "warning: %zu stored %s cannot be read by this version; the first: %s\n",
                     errors.size(), errors.size() == 1 ? "design" : "designs",
                     errors.front().text().c_str());
    }
}

Result<Outcome> list(const Options& options) {
    const auto store = openForReading(options.database);
    if (!store) {
        return tl::unexpected(store.error());
    }
    const auto designs = *store ? (*store)->designs() : Result<store::DesignList>(tl::in_place);
    return designs.map([&](const store::DesignList& stored) {
        warnOfUnreadable(stored.unreadable);
        const app::Table table = app::designsTable(stored.rows);
        if (options.json) {
            return Outcome{document({{"designs", nlohmann::json::parse(app::tableText(
                                                     table, app::TableFormat::Json))}})};
        }
        if (stored.rows.empty()) {
            return Outcome{
                "no designs are stored yet; 'mantissa-cli run DESIGN.json' stores one\n"};
        }
        return Outcome{app::tableText(withShortHashes(table), app::TableFormat::Text)};
    });
}

}  // namespace

void addList(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("list", "List the stored designs, newest first");
    command->footer(
        "Test accuracy is measured: of the newest finished run of the same training, else of the\n"
        "newest that finished an epoch. Without either it is absent, and the status is that of "
        "the\n"
        "newest run. Emulation: of which arithmetic; results of this version's come before older\n"
        "ones. Area, energy and cycles of a training step are modelled.\n"
        "Example: mantissa-cli list --db results.db");
    auto options = std::make_shared<Options>();
    addDatabaseOption(*command, options->database);
    addJsonOption(*command, options->json);
    command->callback([options, &action] { action = [options] { return list(*options); }; });
}

}  // namespace mantissa::cli
