// SPDX-License-Identifier: GPL-3.0-or-later
// What the store's functions share; private to core/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "core/store/store.h"

namespace mantissa::store {

/// SQLite's error as ours: what was tried, the reason, the file, what to do.
Error sqlError(const SQLite::Exception& exception, std::string_view what,
               const std::filesystem::path& file);

std::int64_t nowMs();  ///< Unix time

/// A checkpoint's state is stored in parts of so many bytes, the last one perhaps shorter.
inline constexpr std::size_t kCheckpointPartBytes = std::size_t{16} << 20U;

/// A prepared statement in use. At its end it is reset, or it would keep its lock on the database.
class Query {
public:
    explicit Query(SQLite::Statement& statement) : m_statement(statement) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    Query(Query&&) = delete;
    Query& operator=(Query&&) = delete;
    ~Query() { m_statement.tryReset(); }

    template <typename... Values>
    Query& bind(const Values&... values) {
        int index = 0;
        (bindOne(++index, values), ...);
        return *this;
    }
    bool next() { return m_statement.executeStep(); }
    int exec() { return m_statement.exec(); }

    std::string text(int column) const { return m_statement.getColumn(column).getString(); }
    std::int64_t integer(int column) const { return m_statement.getColumn(column).getInt64(); }
    int smallInteger(int column) const { return m_statement.getColumn(column).getInt(); }
    /// NULL, which is how SQLite keeps a NaN, is NaN again.
    double real(int column) const;
    std::optional<double> optionalReal(int column) const;
    bool isNull(int column) const { return m_statement.getColumn(column).isNull(); }
    /// Valid until the next step.
    std::span<const std::byte> blob(int column) const;

private:
    void bindOne(int index, double value) { m_statement.bind(index, value); }
    void bindOne(int index, int value) { m_statement.bind(index, value); }
    void bindOne(int index, std::int64_t value) { m_statement.bind(index, value); }
    void bindOne(int index, std::string_view value) { m_statement.bind(index, std::string(value)); }
    void bindOne(int index, std::span<const std::byte> value) {
        // A null pointer would bind NULL, not an empty blob.
        const void* data = value.empty() ? static_cast<const void*>("") : value.data();
        m_statement.bind(index, data, static_cast<int>(value.size()));
    }

    SQLite::Statement& m_statement;
};

struct Store::Impl {
    Impl(std::filesystem::path path, Access mode, SQLite::Database connection)
        : file(std::move(path)), access(mode), database(std::move(connection)) {}

    std::mutex mutex;
    std::filesystem::path file;
    Access access;
    SQLite::Database database;
    std::map<std::string_view, SQLite::Statement> statements;

    /// Prepared on first use and kept. `sql` is a literal.
    Query query(std::string_view sql) {
        const auto found = statements.try_emplace(sql, database, std::string(sql)).first;
        found->second.clearBindings();
        return Query(found->second);
    }

    /// Runs `function`, which returns a Result, alone and with SQLite's exceptions turned into
    /// errors.
    template <typename Function>
    auto guarded(std::string_view what, const Function& function) -> decltype(function()) {
        const std::lock_guard lock(mutex);
        try {
            return function();
        } catch (const SQLite::Exception& exception) {
            return tl::unexpected(sqlError(exception, what, file));
        } catch (const std::exception& exception) {
            return fail(ErrorCode::Internal, std::string(what) + ": " + exception.what(),
                        file.string());
        }
    }

    /// The same in one transaction that takes the writer's lock at once; refused when read-only.
    template <typename Function>
    auto writing(std::string_view what, const Function& function) -> decltype(function()) {
        if (access == Access::ReadOnly) {
            return fail(ErrorCode::Unsupported,
                        std::string(what) + ": the database was opened read-only", file.string());
        }
        return guarded(what, [&]() -> decltype(function()) {
            SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
            auto result = function();
            if (result) {
                transaction.commit();
            }
            return result;
        });
    }

    /// The same in one read transaction: all queries see the same state.
    template <typename Function>
    auto reading(std::string_view what, const Function& function) -> decltype(function()) {
        return guarded(what, [&]() -> decltype(function()) {
            SQLite::Transaction transaction(database);
            return function();
        });
    }
};

}  // namespace mantissa::store
