// SPDX-License-Identifier: GPL-3.0-or-later
// From what a user names to what is meant: the database, a stored design, a design file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/comparison.h"
#include "core/design/design_point.h"
#include "core/error.h"
#include "core/store/store.h"

namespace mantissa::cli {

/// `option` as given with --db, or the default place where it is empty.
Result<std::filesystem::path> databasePath(const std::string& option);

/// For reading; a database of an older version is brought up to date. A default database that
/// nobody has made yet is no error but absent; one that was asked for by name has to be there.
Result<std::optional<store::Store>> openForReading(const std::string& option);

/// Made, with its folder, where it is not there.
Result<store::Store> openForWriting(const std::filesystem::path& file);

/// The design that `name` says: a design file where there is one of that name, else a stored
/// design by hash, prefix of at least 4 characters or name. `store` may be null.
Result<design::DesignPoint> findDesign(const std::string& name, const store::Store* store);

/// All named designs with their runs and hardware, in order.
Result<std::vector<app::ComparedDesign>> findCompared(const std::vector<std::string>& names,
                                                      const store::Store* store);

}  // namespace mantissa::cli
