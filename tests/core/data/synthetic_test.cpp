// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "core/data/dataset_registry.h"

namespace mantissa::data {
namespace {

std::shared_ptr<const Dataset> drawn(const std::string& options) {
    const auto dataset = loadDataset("synthetic:" + options);
    EXPECT_TRUE(dataset) << dataset.error().text();
    return dataset ? *dataset : std::make_shared<Dataset>();
}

TEST(Synthetic, HasTheSizeAskedFor) {
    const auto dataset = drawn("classes=3,size=3x8x6,train=7,test=4");
    EXPECT_EQ(dataset->image, (Shape{3, 8, 6}));
    EXPECT_THAT(dataset->train.labels, ::testing::ElementsAre(0, 1, 2, 0, 1, 2, 0));
    EXPECT_EQ(dataset->test.pixels.size(), 4U * 3 * 8 * 6);
}

TEST(Synthetic, IsTheSameEverywhere) {
    EXPECT_EQ(drawn("classes=2,size=1x4x4,train=4,test=2")->hash,
              "a89bb2749864aa677a68ca48c6e4636e");
}

TEST(Synthetic, ChangesWithItsSeed) {
    const std::string options = "classes=2,size=1x4x4,train=4,test=2,seed=";
    EXPECT_NE(drawn(options + "1")->hash, drawn(options + "2")->hash);
}

TEST(Synthetic, WithoutNoiseEveryImageOfAClassIsItsPattern) {
    const auto dataset = drawn("classes=2,size=1x8x8,train=4,test=2,noise=0");
    const auto image = [&](std::size_t i) {
        const auto pixels = std::span(dataset->train.pixels).subspan(64 * i, 64);
        return std::vector<std::uint8_t>(pixels.begin(), pixels.end());
    };
    EXPECT_EQ(image(0), image(2));
    EXPECT_NE(image(0), image(1));
}

TEST(Synthetic, TakesNoMemoryForClassesWithoutAnImage) {
    struct rusage before {};
    struct rusage after {};
    ::getrusage(RUSAGE_SELF, &before);
    const auto dataset = drawn("classes=200,size=3x256x256,train=2,test=1");  // patterns: 315 MB
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_EQ(dataset->classes.size(), 200U);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);  // KiB
}

TEST(Synthetic, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    const auto dataset = loadDataset("synthetic", {}, JobContext(stop.get_token()));
    ASSERT_FALSE(dataset);
    EXPECT_EQ(dataset.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace mantissa::data
