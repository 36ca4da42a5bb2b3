// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numerics/bit_fields.h"

#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

/// "sign 1, exponent 4, fraction 3 | scale 8 by 32 elements".
std::string drawn(const char* format) {
    const auto fields = bitFieldsOf(parseFormat(format).value());
    std::string text;
    for (const auto& field : fields.element) {
        text += (text.empty() ? "" : ", ") + field.label + " " + std::to_string(field.bits);
    }
    for (const auto& shared : fields.shared) {
        text += " | " + shared.field.label + " " + std::to_string(shared.field.bits) + " by " +
                shared.sharedBy;
    }
    return text;
}

TEST(BitFields, SayWhatTheBitsAre) {
    EXPECT_EQ(drawn("fp32"), "sign 1, exponent 8, fraction 23");
    EXPECT_EQ(drawn("fp8_e4m3"), "sign 1, exponent 4, fraction 3");
    EXPECT_EQ(drawn("hbfp8"), "sign 1, magnitude 7 | exponent 10 by a tile of 24x24");
    EXPECT_EQ(drawn("fb12"), "sign 1, magnitude 4 | exponent 8 by a box of 1x24x3x3");
    EXPECT_EQ(drawn("fast4"), "sign 1, chunk 2, sign 1, chunk 2 | exponent 4 by 16 elements");
    EXPECT_EQ(drawn("mxfp4_e2m1"), "sign 1, exponent 2, fraction 1 | scale 8 by 32 elements");
    EXPECT_EQ(drawn("mxint8"), "two's complement 8 | scale 8 by 32 elements");
    EXPECT_EQ(drawn("smx6"),
              "sign 1, magnitude 4 | exponent 8 by 16 elements | micro-exponent 1 by 2 elements");
    EXPECT_EQ(drawn("fixed<4,12>"), "sign 1, integer 3, fraction 12");
    EXPECT_EQ(drawn("fixed<-2,10>"), "two's complement 8");
    EXPECT_EQ(drawn("eie4"), "index 4 | codebook 512 by the tensor");
    EXPECT_EQ(drawn("binary"), "sign 1");
}

void expectCounted(const Format& format) {
    const auto fields = bitFieldsOf(format);
    const auto layout = familyOf(format).storage(format);
    std::int64_t element = 0;
    for (const auto& field : fields.element) {
        EXPECT_GT(field.bits, 0);
        element += field.bits;
    }
    std::int64_t shared = 0;
    for (const auto& bits : fields.shared) {
        shared += bits.field.bits;
    }
    EXPECT_EQ(element, layout.elementBits) << formatText(format);
    EXPECT_EQ(shared, layout.blockBits + layout.subBlockBits) << formatText(format);
}

TEST(BitFields, AreTheBitsThatTheStorageCounts) {
    for (const auto& family : formatFamilies()) {
        expectCounted(family.defaults);
        expectCounted(family.example);
    }
    for (const auto& named : namedFormats()) {
        expectCounted(named.format);
    }
    for (const char* text :
         {"bfp<8,block=tensor,clamp=off>", "bfp<4,sign=out,chunk=2,clamp=off>", "bfp<7,lead=out>",
          "bfp<6,rule=exempt>", "bfp<24,rule=exempt,clamp=off>", "pow2<4,top=3>",
          "bounded<0.1,kind=relative>", "binary<scale=max,block=8>", "ternary<scale=one>",
          "smx<5,micro=0>", "fixed<2,0,clamp=off>"}) {
        const auto format = parseFormat(text);
        ASSERT_TRUE(format) << format.error().text();
        expectCounted(*format);
    }
}

}  // namespace
}  // namespace mantissa::numerics
