// SPDX-License-Identifier: GPL-3.0-or-later
// What the step to version 5 of the database asks of the program.
#pragma once

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own
class Database;
}

namespace mantissa::store {

/// Gives the connection the SQL function former_train_hash(json, emulation):
/// design::formerTrainHash of the design, NULL where the JSON cannot be read.
void addFormerTrainHash(SQLite::Database& database);

}  // namespace mantissa::store
