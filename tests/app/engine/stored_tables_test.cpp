// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "app/engine/export.h"

namespace mantissa::app {
namespace {

store::RunRow runOf(int emulation) {
    store::RunRow run;
    run.status = store::StoredStatus::Done;
    run.emulation = emulation;
    return run;
}

nlohmann::json listed(int emulation) {
    store::DesignRow row;
    row.latestRun = runOf(emulation);
    return nlohmann::json::parse(tableText(designsTable(std::span(&row, 1)), TableFormat::Json))[0];
}

TEST(StoredTables, KeepTheEmulationOutOfTheStatusOfADesign) {
    EXPECT_EQ(listed(1)["status"], "done");
    EXPECT_EQ(listed(1)["emulation"], 1);
    EXPECT_EQ(listed(store::kUnknownEmulation)["emulation"], "unknown");
}

TEST(StoredTables, SayByWhichOlderEmulationARunEnded) {
    const auto ended = [](int emulation) {
        const auto run = runOf(emulation);
        return runsTable(std::span(&run, 1)).rows[0][3].text;
    };
    EXPECT_EQ(ended(1), "done by emulation 1");
    EXPECT_EQ(ended(store::kUnknownEmulation), "done by an unknown emulation");
    EXPECT_EQ(ended(design::kEmulation), "done");
}

}  // namespace
}  // namespace mantissa::app
