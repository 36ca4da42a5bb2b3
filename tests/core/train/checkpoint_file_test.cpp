// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "core/train/checkpoint.h"
#include "tests/support/temporary_folder.h"

namespace mantissa::train {
namespace {

class CheckpointFile : public testing::Test {
protected:
    test::TemporaryFolder m_folder;
    std::filesystem::path m_file = m_folder / "weights";
};

TEST_F(CheckpointFile, ReadsWhatWasWritten) {
    const Checkpoint checkpoint{3, *encodeState({}, {}, {{"loss_scale", 0.5}})};
    ASSERT_TRUE(writeCheckpointFile(m_file, checkpoint));
    const auto read = readCheckpointFile(m_file);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, checkpoint.state);
}

TEST_F(CheckpointFile, RefusesOtherFiles) {
    std::ofstream(m_file) << "{\"name\": \"a design\"}";
    EXPECT_EQ(readCheckpointFile(m_file).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(readCheckpointFile("/dev/zero").error().code, ErrorCode::Corrupt);
}

TEST_F(CheckpointFile, SaysWhatIsNotThereOrNoFile) {
    EXPECT_EQ(readCheckpointFile(m_folder / "none").error().code, ErrorCode::NotFound);
    EXPECT_EQ(readCheckpointFile(m_folder / "").error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace mantissa::train
