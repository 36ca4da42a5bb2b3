// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/lookup.h"

#include <utility>

#include "app/engine/database_path.h"
#include "core/design/design_json.h"

namespace mantissa::cli {
namespace {

/// Whether a name that is no stored design was meant as a file: to say the right thing about it.
bool looksLikeFile(const std::string& name) {
    return name.find('/') != std::string::npos || name.ends_with(".json");
}

/// A file's design with the run that speaks for its training, or a stored one's row.
Result<store::DesignRow> findRow(const std::string& name, const store::Store* store) {
    std::error_code ignored;
    if (!looksLikeFile(name) && !std::filesystem::is_regular_file(name, ignored)) {
        if (store != nullptr) {
            return store->findDesign(name);
        }
        return fail(ErrorCode::NotFound, "there is neither such a file nor a database to look in",
                    name, "name a design file, or the database with --db");
    }
    return design::readDesignFile(name).and_then(
        [&](design::DesignPoint design) -> Result<store::DesignRow> {
            store::DesignRow row;
            row.design = std::move(design);
            if (store != nullptr) {
                // A design that is stored has the results that are shown of it by its hash, too.
                auto stored = store->findDesign(design::designHash(row.design));
                auto run = stored ? Result<std::optional<store::RunRow>>(stored->latestRun)
                                  : store->latestRun(design::trainHash(row.design));
                if (!run) {
                    return tl::unexpected(run.error());
                }
                row.latestRun = *std::move(run);
            }
            return row;
        });
}

}  // namespace

Result<std::filesystem::path> databasePath(const std::string& option) {
    if (!option.empty()) {
        return std::filesystem::path(option);
    }
    return app::defaultDatabasePath();
}

Result<std::optional<store::Store>> openForReading(const std::string& option) {
    const auto file = databasePath(option);
    if (!file) {
        return tl::unexpected(file.error());
    }
    std::error_code ignored;
    if (!std::filesystem::exists(*file, ignored)) {
        if (option.empty()) {
            return std::nullopt;
        }
        return fail(ErrorCode::NotFound, "there is no such database", file->string(),
                    "'mantissa-cli run DESIGN.json --db FILE' makes one");
    }
    auto store = store::Store::open(*file, store::Access::ReadOnly);
    if (!store && store.error().code == ErrorCode::Unsupported) {
        // An older version's, which only a writer brings up to date.
        if (auto renewed = store::Store::open(*file, store::Access::ReadWrite)) {
            store = std::move(renewed);
        } else {
            store.error().message +=
                ", and it cannot be brought up to date: " + renewed.error().message;
            store.error().hint = "copy it to where you may write and name the copy";
        }
    }
    return std::move(store).map(
        [](store::Store opened) { return std::optional(std::move(opened)); });
}

Result<store::Store> openForWriting(const std::filesystem::path& file) {
    return app::makeParentFolder(file).and_then(
        [&] { return store::Store::open(file, store::Access::ReadWrite); });
}

Result<design::DesignPoint> findDesign(const std::string& name, const store::Store* store) {
    return findRow(name, store).map([](const store::DesignRow& row) { return row.design; });
}

Result<std::vector<app::ComparedDesign>> findCompared(const std::vector<std::string>& names,
                                                      const store::Store* store) {
    std::vector<app::ComparedDesign> designs;
    for (const auto& name : names) {
        auto compared = findRow(name, store).and_then([&](const store::DesignRow& row) {
            return app::comparedDesign(row.design, row.latestRun, store);
        });
        if (!compared) {
            return tl::unexpected(compared.error());
        }
        designs.push_back(*std::move(compared));
    }
    return designs;
}

}  // namespace mantissa::cli
