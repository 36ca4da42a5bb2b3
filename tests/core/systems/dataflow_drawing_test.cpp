// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/systems/dataflow_drawing.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/systems/catalogue.h"
#include "core/systems/read_system.h"
#include "tests/core/systems/small_system.h"
#include "tests/support/files.h"

namespace mantissa::systems {
namespace {

using testing::HasSubstr;

std::size_t countOf(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(Drawing, HasABoxForEachNodeAndAnArrowForEachEdge) {
    const auto flow = systemFromJson(smallSystem().dump()).value().dataflow;
    const auto svg = drawingSvg(flow, "Small");
    EXPECT_EQ(countOf(svg, "fill=\"#808080\" stroke=\"none\""), 2U);
    EXPECT_EQ(countOf(svg, "<rect"), 4U) << "what is kept has a double edge";
    EXPECT_EQ(countOf(svg, "<text"), 4U) << "three names and a format";
    EXPECT_THAT(svg, HasSubstr("a &lt; b &amp; c"));
    EXPECT_THAT(svg, HasSubstr("<title>Small</title>"));
}

TEST(Drawing, ArrowsRunFromBorderToBorder) {
    const Dataflow flow{
        {{"a", "A", FlowNode::Kind::Tensor, 0, 0}, {"b", "B", FlowNode::Kind::Operation, 1, 0}},
        {{"a", "b", ""}}};
    EXPECT_THAT(drawingSvg(flow, "x"), HasSubstr("d=\"M156 31L248 31\""));
    EXPECT_THAT(drawingSvg(flow, "x"), HasSubstr("d=\"M248 31L238 35L238 27z\""));
}

TEST(Drawing, FilesAreWhatTheSystemsSay) {
    const auto folder =
        std::filesystem::path(MANTISSA_SOURCE_DIR) / "docs" / "images" / "reproduce";
    std::size_t drawings = 0;
    const auto all = catalogue().value();
    for (const auto& system : all) {
        EXPECT_TRUE(test::readFile(folder / (system.id + ".svg")) ==
                    drawingSvg(system.dataflow, "Dataflow of " + system.title))
            << system.id << ".svg is out of date; run scripts/reproduce --drawings";
        ++drawings;
    }
    const auto files = std::filesystem::directory_iterator(folder);
    EXPECT_EQ(static_cast<std::size_t>(std::distance(begin(files), end(files))), drawings)
        << "a drawing is left over";
}

}  // namespace
}  // namespace mantissa::systems
