// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/numerics/registry.h"

namespace mantissa::numerics {
namespace {

using ::testing::HasSubstr;

TEST(FormatText, SpellsEveryNamedFormatByItsNameAndReadsItBack) {
    for (const auto& named : namedFormats()) {
        EXPECT_EQ(formatText(named.format), named.name);
        const auto parsed = parseFormat(named.name);
        ASSERT_TRUE(parsed) << named.name;
        EXPECT_EQ(*parsed, named.format) << named.name;
    }
}

class Canonical : public testing::TestWithParam<const char*> {};

TEST_P(Canonical, TextIsReadBackAndSpelledTheSame) {
    const auto format = parseFormat(GetParam());
    ASSERT_TRUE(format) << format.error().text();
    EXPECT_EQ(formatText(*format), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    FormatText, Canonical,
    testing::Values(
        "float<4,3>", "float<4,3,overflow=inf>", "float<5,2,subnormals=off>", "float<5,2,bias=16>",
        "float<3,3,bias=-4,variant=all,subnormals=off,overflow=inf>", "float<1,2,variant=fn>",
        "float<2,0,variant=all>", "float<8,23>", "float<8,23,variant=fn>", "float<1,3>",
        "float<8,7,bias=403>", "bfp<8,block=tensor,arithmetic=released>",
        "bfp<4,exp=10,sign=out,block=slice,rule=ceil,arithmetic=released>",
        "fixed<4,12,arithmetic=released>", "bfp<8,block=16>", "bfp<4,block=32>",
        "bfp<3,sign=out,block=12>", "bfp<8,exp=5,block=slice>", "bfp<8,block=tensor>",
        "bfp<7,block=16x64>", "bfp<7,exp=10,sign=out,block=24x24,rule=ceil,eps=1e-08>",
        "bfp<8,block=16,rule=ceil>", "bfp<8,block=16,rule=ceil,eps=0.5>", "bfp<8,block=1x24x3x3>",
        "bfp<8,block=box8x4>", "bfp<8,block=16,rule=even>",
        "bfp<8,block=16,bias=9,lead=out,clamp=off>",
        "bfp<5,exp=5,sign=out,block=4,rule=exempt,first_exp=5,first_man=4>", "mx<e4m3,block=16>",
        "mx<int4,block=32>", "mx<e3m1,block=32,variant=ieee>",
        "mx<e2m1,block=16,rule=rceil,scale=6>", "smx<7,block=32,sub=4,micro=2>", "fixed<4,12>",
        "fixed<-2,9,symmetric=on,clamp=off>", "affine<4,block=slice>", "pow2<5,block=tensor>",
        "pow2<4,top=-3,distance=log,block=tensor>", "binary<scale=mean,block=slice>",
        "ternary<threshold=0.5,block=tensor>", "codebook<2,iterations=7,block=tensor>",
        "bounded<0.001,block=tensor>", "bounded<0.01,kind=relative,bits=8,block=1024>"));

struct Spelling {
    const char* text;
    const char* canonical;
};

class Accepted : public testing::TestWithParam<Spelling> {};

TEST_P(Accepted, SpellingHasOneCanonicalForm) {
    const auto format = parseFormat(GetParam().text);
    ASSERT_TRUE(format) << format.error().text();
    EXPECT_EQ(formatText(*format), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    FormatText, Accepted,
    testing::Values(Spelling{"BF16", "bf16"}, Spelling{" FP8_E4M3 ", "fp8_e4m3"},
                    Spelling{"Float< 4, 3, Variant = FN >", "fp8_e4m3"},
                    Spelling{"float<5,10,bias=15,overflow=inf>", "fp16"},
                    Spelling{"float<5,2,variant=ieee,subnormals=on,overflow=saturate>", "fp8_e5m2"},
                    Spelling{"bfp<8>", "bfp<8,block=16>"},
                    Spelling{"bfp<8,sign=in,exp=8,block=16,rule=floor>", "bfp<8,block=16>"},
                    Spelling{"bfp<8,exp=10,block=24X24,rule=ceil,eps=0.00000001>", "hbfp8"},
                    Spelling{"bfp<8,block=16,eps=1e-8>",
                             "bfp<8,block=16>"}));  // no effect under floor

TEST(FormatText, MembersWithoutEffectDoNotShow) {
    BlockFloat format;
    format.block = {.kind = BlockShape::Kind::Tensor, .size = 99, .rows = 3, .columns = 5};
    EXPECT_EQ(formatText(format), "bfp<8,block=tensor>");
}

struct Mistake {
    const char* text;
    const char* says;
};

class Rejected : public testing::TestWithParam<Mistake> {};

TEST_P(Rejected, MessageNamesTheMistakeTheRangeAndAnExample) {
    const auto format = parseFormat(GetParam().text);
    ASSERT_FALSE(format);
    EXPECT_EQ(format.error().code, ErrorCode::InvalidInput);
    EXPECT_THAT(format.error().message, HasSubstr(GetParam().says));
    EXPECT_THAT(format.error().where, HasSubstr(GetParam().text));
    EXPECT_THAT(format.error().hint, HasSubstr("for example"));
}

INSTANTIATE_TEST_SUITE_P(
    FormatText, Rejected,
    testing::Values(
        Mistake{"", "unknown format"}, Mistake{"bfp8", "unknown format, must be one of fp32"},
        Mistake{"bfp", "unknown format"}, Mistake{"posit<8,1>", "unknown format"},
        Mistake{"float<4,3", "must end with"}, Mistake{"bfp<8>x", "must end with"},
        Mistake{"float<>", "exp is \"\", must be an integer from 1 to 8"},
        Mistake{"float<4>", "man is missing"}, Mistake{"float<4,variant=fn>", "man is missing"},
        Mistake{"float<9,3>", "exp is 9, must be an integer from 1 to 8 bits"},
        Mistake{"mx<e4>", "element is \"e4\", must be an element such as e4m3"},
        Mistake{"mx<>", "element is \"\""}, Mistake{"mx<int1>", "must have from 2 to 23"},
        Mistake{"mx<e4m3,rule=exempt>", "must be floor, ceil, even or rceil"},
        Mistake{"fixed<4>", "frac is missing"}, Mistake{"fixed<20,20>", "must be from 2 to 32"},
        Mistake{"smx<7,sub=3>", "must divide the block of 16"},
        Mistake{"bfp<4,chunk=2>", "must divide the 3 magnitude"},
        Mistake{"pow2<4,top=-140,block=x>", "must be a size such as 16"},
        Mistake{"pow2<8,top=-40>", "must be from -23 to 127"},
        Mistake{"float<4,24>", "man is 24, must be an integer from 0 to 23"},
        Mistake{"float<4,3,5>", "must be KEY=VALUE with a key of bias, variant"},
        Mistake{"float<4,3,block=16>", "must be KEY=VALUE"},
        Mistake{"float<4,3,bias=x>", "bias is \"x\", must be an integer from -149 to 404"},
        Mistake{"float<4,3,bias=200>", "bias is 200, must be from -129 to 163 with exp=4"},
        Mistake{"float<8,7,bias=-134>", "bias is -134, must be from -133 to 403 with exp=8"},
        Mistake{"float<8,7,bias=405,variant=fn>", "bias is 405, must be an integer from -149"},
        Mistake{"float<8,7,bias=-127,subnormals=off>", "must be from -126 to 403"},
        Mistake{"float<4,3,variant=mx>", "variant is \"mx\", must be ieee, fn or all"},
        Mistake{"float<4,3,subnormals=maybe>", "subnormals is \"maybe\", must be on or off"},
        Mistake{"float<4,3,overflow=wrap>", "must be saturate or inf"},
        Mistake{"float<4,3,bias=5,bias=6>", "bias is given twice"},
        Mistake{"float<1,0>", "must be from 2 to 8 with variant=ieee and man=0"},
        Mistake{"float<1,3,subnormals=off>", "with variant=ieee and subnormals=off"},
        Mistake{"float<1,0,variant=fn>", "must be from 1 to 23"},
        Mistake{"bfp<x>", "man is \"x\", must be an integer from 1 to 24"},
        Mistake{"bfp<1>", "man is 1, must be from 2 to 24 with sign=in"},
        Mistake{"bfp<24,sign=out>", "must be from 1 to 23 with sign=out"},
        Mistake{"bfp<8,exp=1>", "exp is 1, must be an integer from 2 to 10"},
        Mistake{"bfp<8,exp=99999999999>", "exp is \"99999999999\""},
        Mistake{"bfp<8,block=0>", "size is 0, must be an integer from 1"},
        Mistake{"bfp<8,block=24x>", "must be a size such as 16"},
        Mistake{"bfp<8,block=row>", "must be a size such as 16"},
        Mistake{"bfp<8,block=-4>", "size is -4"},
        Mistake{"bfp<8,rule=round>", "must be floor, ceil, even, rceil or exempt"},
        Mistake{"bfp<8,rule=ceil,eps=nan>", "eps must be a finite number"},
        Mistake{"bfp<8,rule=ceil,eps=2>", "eps is 2, must be a number from 0 to 1"},
        Mistake{"bfp<8,,>", "must be KEY=VALUE"}));

TEST(RoundingText, IsReadBack) {
    for (const char* text : {"nearest_even", "nearest_away", "nearest_up", "nearest_down",
                             "toward_zero", "floor", "stochastic", "stochastic<8>"}) {
        const auto choice = parseRounding(text);
        ASSERT_TRUE(choice) << text;
        EXPECT_EQ(roundingText(choice->rounding, choice->randomBits), text);
    }
}

TEST(RoundingText, UnknownListsWhatThereIs) {
    for (const char* wrong : {"stochastic<0>", "stochastic<25>", "stochastic<8", "stochastic<x>"}) {
        EXPECT_FALSE(parseRounding(wrong)) << wrong;
    }
    const auto rounding = parseRounding("dither");
    ASSERT_FALSE(rounding);
    EXPECT_THAT(rounding.error().message, HasSubstr("\"dither\", must be one of nearest_even"));
}

}  // namespace
}  // namespace mantissa::numerics
