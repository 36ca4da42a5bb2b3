// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/former_train_hash.h"

#include <exception>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "core/design/design_json.h"

namespace mantissa::store {
namespace {

void formerTrainHash(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    // SQLite is C: nothing may be thrown through it.
    try {
        const auto* text = static_cast<const char*>(sqlite3_value_blob(values[0]));
        const auto bytes = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
        const auto design = design::fromJson(std::string(text, text == nullptr ? 0 : bytes), "");
        if (!design) {
            sqlite3_result_null(context);
            return;
        }
        const auto hash = design::formerTrainHash(*design, sqlite3_value_int(values[1]));
        sqlite3_result_text(context, hash.c_str(), static_cast<int>(hash.size()), SQLITE_TRANSIENT);
    } catch (const std::exception& exception) {
        sqlite3_result_error(context, exception.what(), -1);
    }
}

}  // namespace

void addFormerTrainHash(SQLite::Database& database) {
    database.createFunction("former_train_hash", 2, false, nullptr, formerTrainHash, nullptr,
                            nullptr, nullptr);
}

}  // namespace mantissa::store
