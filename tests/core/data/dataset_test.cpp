// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include <array>

#include <gmock/gmock.h>

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Normalise, MapsBytesToMinusOneToOneInTheOrderAsked) {
    const Split split{{0, 255, 51, 204}, {0, 1}};
    const std::array<std::int64_t, 2> indices{1, 0};
    std::array<float, 4> out{};
    Dataset::normalise(split, 2, indices, out);
    EXPECT_THAT(out, ElementsAre(::testing::FloatNear(-0.6F, 1e-6F),
                                 ::testing::FloatNear(0.6F, 1e-6F), -1.0F, 1.0F));
}

TEST(KnownDatasets, SayHowToGetThem) {
    ASSERT_FALSE(knownDatasets().empty());
    for (const auto& info : knownDatasets()) {
        EXPECT_FALSE(info.label.empty()) << info.name;
        EXPECT_FALSE(info.howToGet.empty()) << info.name;
        EXPECT_FALSE(info.source.empty()) << info.name;
    }
}

TEST(LoadDataset, ListsTheKnownNames) {
    const auto dataset = loadDataset("imagenet");
    ASSERT_FALSE(dataset);
    EXPECT_EQ(dataset.error().code, ErrorCode::NotFound);
    EXPECT_THAT(dataset.error().message, HasSubstr("\"imagenet\""));
    EXPECT_THAT(dataset.error().message, HasSubstr("fashion-mnist"));
}

TEST(LoadDataset, PassesTheFolderOn) {
    const auto dataset = loadDataset("fashion-mnist", "/nonexistent/folder");
    ASSERT_FALSE(dataset);
    EXPECT_THAT(dataset.error().message, HasSubstr("/nonexistent/folder"));
}

}  // namespace
}  // namespace mantissa::data
