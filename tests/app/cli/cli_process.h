// SPDX-License-Identifier: GPL-3.0-or-later
// The real mantissa-cli as a child process.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "tests/support/files.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::test {

struct CliResult {
    int status = -1;  ///< exit status; 128 + number where a signal ended it
    std::string out;
    std::string err;

    /// Standard output as JSON; a discarded value where it is not one document.
    nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

/// A folder with a tiny data set, small designs and a database of its own; the program sees no
/// other database and no other data set.
class CliTest : public testing::Test {
protected:
    CliTest();

    /// Starts the program in the folder and waits for it.
    CliResult cli(const std::vector<std::string>& arguments);
    /// Starts it; `finish` waits. Output goes to files of the given name.
    pid_t start(const std::vector<std::string>& arguments, const std::string& name);
    CliResult finish(pid_t child, const std::string& name);

    std::string path(const std::string& name) const { return (m_folder / name).string(); }

    TemporaryFolder m_folder;
};

/// A design file: an MLP on Fashion-MNIST, `epochs` of batches of 32.
std::string designJson(const std::string& name, int epochs, const std::string& format);

}  // namespace mantissa::test
