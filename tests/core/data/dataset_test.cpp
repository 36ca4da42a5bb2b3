// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include "core/data/dataset_registry.h"

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(DatasetKinds, SayHowTheyAreSpelledAndHowToGetThem) {
    ASSERT_EQ(datasetKinds().front().name, "fashion-mnist");
    for (const auto& kind : datasetKinds()) {
        EXPECT_FALSE(kind.label.empty()) << kind.name;
        EXPECT_FALSE(kind.help.empty()) << kind.name;
        EXPECT_FALSE(kind.howToGet.empty()) << kind.name;
        EXPECT_FALSE(kind.source.empty()) << kind.name;
        EXPECT_THAT(std::string(kind.grammar), HasSubstr(std::string(kind.name)));
    }
}

TEST(CheckDatasetName, TakesWhatTheGrammarsSay) {
    for (const auto* const text :
         {"fashion-mnist", "fashion-mnist:/data", "cifar10", "images:photos.zip", "./here",
          "/there", "synthetic", "synthetic:classes=2,size=1x8x8,noise=0.25"}) {
        EXPECT_TRUE(checkDatasetName(text)) << text;
    }
}

TEST(CheckDatasetName, SaysWhatIsWrong) {
    const auto errorOf = [](const char* text) { return checkDatasetName(text).error().text(); };
    EXPECT_THAT(errorOf("cifra10"), HasSubstr("known: fashion-mnist, mnist, cifar10"));
    EXPECT_THAT(errorOf("images"), HasSubstr("needs a path: images:PATH"));
    EXPECT_THAT(errorOf("images:"), HasSubstr("nothing stands behind the colon"));
    EXPECT_THAT(errorOf("synthetic:classes=1"), HasSubstr("\"classes=1\" is out of range"));
    EXPECT_THAT(errorOf("synthetic:size=2x8x8"), HasSubstr("allowed: classes=2..65536"));
    EXPECT_THAT(errorOf("synthetic:size=1x8"), HasSubstr("size=1x8"));
    EXPECT_THAT(errorOf("synthetic:sead=1"), HasSubstr("no option \"sead=1\""));
    EXPECT_THAT(errorOf("synthetic:size=3x256x256,train=1000000"), HasSubstr("bytes of pixels"));
}

TEST(HeldOut, TakesEverySixthImage) {
    Split train;
    for (std::uint8_t i = 0; i < 13; ++i) {
        train.labels.push_back(i);
        train.pixels.insert(train.pixels.end(), 2, i);
    }
    const Split test = heldOut(train, 2);
    EXPECT_THAT(test.labels, ElementsAre(5, 11));
    EXPECT_THAT(test.pixels, ElementsAre(5, 5, 11, 11));
    EXPECT_EQ(train.count(), 11);
    EXPECT_EQ(train.pixels.size(), 22U);
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
