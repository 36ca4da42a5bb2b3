// SPDX-License-Identifier: GPL-3.0-or-later
#include "hwmodel/law_table.h"

#include <algorithm>
#include <cmath>

namespace mantissa::hw {
namespace {

double log2Of(double value) {
    return std::log2(std::max(value, 1.0));
}

/// ceil(log2(n + 1)): bits that hold n.
double bitsFor(double n) {
    return std::ceil(std::log2(n + 1.0) - 1e-12);
}

/// ceil(log2(n)): levels of a tree over n.
double treeLevels(double n) {
    return std::ceil(std::log2(std::max(n, 1.0)) - 1e-12);
}

/// Levels of a shifter that move anything: a level beyond the width only clears.
double levels(double width, double stages) {
    return std::min(stages, log2Of(width));
}

using Widths = LawWidths;

// Terms that several laws share; w is the first width.
constexpr LawTerms kAffine{{"w", "1"}, [](const Widths& p, double* t) {
                               t[0] = p[0];
                               t[1] = 1;
                           }};
constexpr LawTerms kLogarithmic{{"log2 w", "1"}, [](const Widths& p, double* t) {
                                    t[0] = log2Of(p[0]);
                                    t[1] = 1;
                                }};
// A count of leading zeros is a tree over the next power of two, of which constants are removed.
constexpr LawTerms kPaddedTree{{"2^ceil(log2 w)", "w", "1"}, [](const Widths& p, double* t) {
                                   t[0] = std::exp2(treeLevels(p[0]));
                                   t[1] = p[0];
                                   t[2] = 1;
                               }};
constexpr LawTerms kTreeLevels{{"ceil(log2 w)", "1"}, [](const Widths& p, double* t) {
                                   t[0] = treeLevels(p[0]);
                                   t[1] = 1;
                               }};
constexpr LawTerms kLinearLog{{"w", "w log2 w"}, [](const Widths& p, double* t) {
                                  t[0] = p[0];
                                  t[1] = p[0] * log2Of(p[0]);
                              }};
constexpr LawTerms kDeepening{{"w", "log2 w", "1"}, [](const Widths& p, double* t) {
                                  t[0] = p[0];
                                  t[1] = log2Of(p[0]);
                                  t[2] = 1;
                              }};
constexpr LawTerms kPartialProducts{{"(a - 1)(b - 1)", "min(a, b)", "1"},
                                    [](const Widths& p, double* t) {
                                        t[0] = (p[0] - 1) * (p[1] - 1);
                                        t[1] = std::min(p[0], p[1]);
                                        t[2] = 1;
                                    }};
constexpr LawTerms kCarrySave{{"a + b", "log2 min(a, b)", "1"}, [](const Widths& p, double* t) {
                                  t[0] = p[0] + p[1];
                                  t[1] = log2Of(std::min(p[0], p[1]));
                                  t[2] = 1;
                              }};
constexpr LawTerms kLevels{{"w min(s, log2 w)", "w"}, [](const Widths& p, double* t) {
                               t[0] = p[0] * levels(p[0], p[1]);
                               t[1] = p[0];
                           }};
constexpr LawTerms kTreeDepth{{"w log2 N", "log2 N"}, [](const Widths& p, double* t) {
                                  t[0] = p[1] * log2Of(p[0]);
                                  t[1] = log2Of(p[0]);
                              }};
constexpr LawTerms kSquare{{"R^2", "R"}, [](const Widths& p, double* t) {
                               t[0] = p[0] * p[0];
                               t[1] = p[0];
                           }};
constexpr LawTerms kFloatSerial{{"M", "E", "1"}, [](const Widths& p, double* t) {
                                    t[0] = p[1];
                                    t[1] = p[0];
                                    t[2] = 1;
                                }};
constexpr LawTerms kFloatDigit{{"M", "1"}, [](const Widths& p, double* t) {
                                   t[0] = p[1];
                                   t[1] = 1;
                               }};

// Widths are the parameters of each module, in the order that LawShape names them.
constexpr std::array<LawShape, kLaws> kShapes{{
    {LawId::Adder, "add_w", {"W"}, kLinearLog, kDeepening},
    {LawId::AdderSubtractor, "addsub_w", {"W"}, kLinearLog, kAffine},
    {LawId::AdderTree,
     "addtree",
     {"N", "W"},
     {{"(N - 1) w"}, [](const Widths& p, double* t) { t[0] = (p[0] - 1) * p[1]; }},
     {{"w", "log2 N", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[1];
          t[1] = log2Of(p[0]);
          t[2] = 1;
      }}},
    {LawId::Multiplier, "mul_u", {"WA", "WB"}, kPartialProducts, kCarrySave, {2, 2}},
    {LawId::SignedMultiplier, "mul_bw", {"WA", "WB"}, kPartialProducts, kCarrySave, {3, 3}},
    {LawId::Shifter, "shr_w", {"W", "S"}, kLevels, kDeepening},
    {LawId::StickyShifter, "shr_sticky", {"W", "S"}, kLevels, kAffine},
    {LawId::LeadingZeros, "lzc_w", {"W"}, kPaddedTree, kTreeLevels},
    {LawId::Maximum, "max_u", {"W"}, kAffine, kLogarithmic},
    {LawId::MaxMin, "maxmin_u", {"W"}, kLinearLog, kAffine},
    {LawId::MaxTree,
     "maxtree_u",
     {"N", "W"},
     {{"(N - 1) w", "N - 1"},
      [](const Widths& p, double* t) {
          t[0] = (p[0] - 1) * p[1];
          t[1] = p[0] - 1;
      }},
     kTreeDepth},
    {LawId::RangeTree,
     "maxmin_sm_tree",
     {"N", "W"},
     {{"(N - 1) w", "N w"},
      [](const Widths& p, double* t) {
          t[0] = (p[0] - 1) * p[1];
          t[1] = p[0] * p[1];
      }},
     kTreeDepth},
    {LawId::Enable, "reg_en", {"W"}, {{"w"}, [](const Widths& p, double* t) { t[0] = p[0]; }}, {}},
    {LawId::DividerArray,
     "div_array",
     {"W", "F"},
     {{"w (F + 1)", "w"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * (p[1] + 1);
          t[1] = p[0];
      }},
     {{"w (F + 1)", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * (p[1] + 1);
          t[1] = 1;
      }}},
    {LawId::RootArray, "sqrt_array", {"R"}, kSquare, kSquare},
    {LawId::DividerSerial, "div_seq", {"W"}, kAffine, kAffine},
    {LawId::RootSerial, "sqrt_seq", {"R"}, kAffine, kAffine},
    {LawId::FloatMultiplier,
     "fp_mul",
     {"E", "M", "SPEC", "SUBN"},
     {{"M^2", "M", "E", "1", "subnormals P ceil(log2(P + 1)), P = 2M + 2", "subnormals E",
       "specials E"},
      [](const Widths& p, double* t) {
          const double product = 2 * p[1] + 2;
          t[0] = p[1] * p[1];
          t[1] = p[1];
          t[2] = p[0];
          t[3] = 1;
          t[4] = p[3] * product * bitsFor(product);
          t[5] = p[3] * p[0];
          t[6] = p[2] * p[0];
      }},
     {{"M + 1", "log2(M + 1)", "E", "1", "subnormals M", "subnormals"},
      [](const Widths& p, double* t) {
          t[0] = p[1] + 1;
          t[1] = log2Of(p[1] + 1);
          t[2] = p[0];
          t[3] = 1;
          t[4] = p[3] * p[1];
          t[5] = p[3];
      }}},
    {LawId::ExactFloatMultiplier,
     "fp_mulx",
     {"M"},
     {{"M^2", "M + 1"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * p[0];
          t[1] = p[0] + 1;
      }},
     {{"M + 1", "log2(M + 1)", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[0] + 1;
          t[1] = log2Of(p[0] + 1);
          t[2] = 1;
      }}},
    {LawId::FloatAdder,
     "fp_add",
     {"E", "M", "SPEC", "SUBN"},
     {{"W log2 W, W = M + 4", "W", "E", "subnormals E", "specials E"},
      [](const Widths& p, double* t) {
          const double width = p[1] + 4;
          t[0] = width * log2Of(width);
          t[1] = width;
          t[2] = p[0];
          t[3] = p[3] * p[0];
          t[4] = p[2] * p[0];
      }},
     {{"M + 4", "E", "1", "subnormals"},
      [](const Widths& p, double* t) {
          t[0] = p[1] + 4;
          t[1] = p[0];
          t[2] = 1;
          t[3] = p[3];
      }}},
    {LawId::FloatRange,
     "fp_maxmin",
     {"E", "M"},
     {{"w, w = 1 + E + M", "1"},
      [](const Widths& p, double* t) {
          t[0] = 1 + p[0] + p[1];
          t[1] = 1;
      }},
     {{"w", "1"},
      [](const Widths& p, double* t) {
          t[0] = 1 + p[0] + p[1];
          t[1] = 1;
      }}},
    {LawId::FloatConverter,
     "fp_cvt",
     {"E1", "M2"},
     {{"E1", "M2"},
      [](const Widths& p, double* t) {
          t[0] = p[0];
          t[1] = p[1];
      }},
     {{"M2", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[1];
          t[1] = 1;
      }}},
    {LawId::FloatDividerArray,
     "fp_div",
     {"E", "M"},
     {{"(M + 1)(M + 3)"}, [](const Widths& p, double* t) { t[0] = (p[1] + 1) * (p[1] + 3); }},
     {{"(M + 1)(M + 3)", "1"},
      [](const Widths& p, double* t) {
          t[0] = (p[1] + 1) * (p[1] + 3);
          t[1] = 1;
      }},
     {0, 3}},
    {LawId::FloatRootArray,
     "fp_sqrt",
     {"E", "M"},
     {{"(M + 2)^2"}, [](const Widths& p, double* t) { t[0] = (p[1] + 2) * (p[1] + 2); }},
     {{"(M + 2)^2", "1"},
      [](const Widths& p, double* t) {
          t[0] = (p[1] + 2) * (p[1] + 2);
          t[1] = 1;
      }},
     {0, 7}},
    {LawId::FloatDividerSerial, "fp_div_seq", {"E", "M"}, kFloatSerial, kFloatDigit},
    {LawId::FloatRootSerial, "fp_sqrt_seq", {"E", "M"}, kFloatSerial, kFloatDigit},
    {LawId::IntegerMac,
     "int_mac",
     {"W", "AW"},
     {{"w^2", "w", "accumulator"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * p[0];
          t[1] = p[0];
          t[2] = p[1];
      }},
     {{"w", "accumulator", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[0];
          t[1] = p[1];
          t[2] = 1;
      }}},
    {LawId::SignedDot,
     "bfp_dot_int",
     {"N", "MW"},
     {{"N m^2", "N m", "N", "2 m + log2 N"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * p[1] * p[1];
          t[1] = p[0] * p[1];
          t[2] = p[0];
          t[3] = 2 * p[1] + log2Of(p[0]);
      }},
     {{"2 m + log2 N", "log2(N m)", "1"},
      [](const Widths& p, double* t) {
          t[0] = 2 * p[1] + log2Of(p[0]);
          t[1] = log2Of(p[0] * p[1]);
          t[2] = 1;
      }}},
    {LawId::SignMagnitudeDot,
     "bfp_dot_sm",
     {"N", "MW", "MW"},
     {{"N a b", "N (a + b)/2", "a + b + log2 N"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * p[1] * p[2];
          t[1] = p[0] * 0.5 * (p[1] + p[2]);
          t[2] = p[1] + p[2] + log2Of(p[0]);
      }},
     {{"a + b + log2 N", "log2(N (a + b)/2)", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[1] + p[2] + log2Of(p[0]);
          t[1] = log2Of(p[0] * 0.5 * (p[1] + p[2]));
          t[2] = 1;
      }}},
    {LawId::IntegerToFloat,
     "int2fp",
     {"W", "EA", "MA"},
     {{"W log2 W", "W", "EA", "EA + MA where W > MA + 1"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * log2Of(p[0]);
          t[1] = p[0];
          t[2] = p[1];
          // Rounding may carry through the fraction into the exponent.
          t[3] = p[0] > p[2] + 1 ? p[1] + p[2] : 0.0;
      }},
     {{"W", "1 where W > MA + 1", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[0];
          t[1] = p[0] > p[2] + 1 ? 1.0 : 0.0;
          t[2] = 1;
      }}},
    {LawId::BlockQuantiser,
     "bfp_quant",
     {"N", "E", "MW"},
     {{"N m log2 m", "N E", "E"},
      [](const Widths& p, double* t) {
          t[0] = p[0] * p[2] * log2Of(p[2]);
          t[1] = p[0] * p[1];
          t[2] = p[1];
      }},
     {{"E log2 N", "log2 N", "m", "1"},
      [](const Widths& p, double* t) {
          t[0] = p[1] * log2Of(p[0]);
          t[1] = log2Of(p[0]);
          t[2] = p[2];
          t[3] = 1;
      }}},
}};

constexpr bool inOrder() {
    for (std::size_t i = 0; i < kShapes.size(); ++i) {
        if (static_cast<std::size_t>(kShapes[i].id) != i) {
            return false;
        }
    }
    return true;
}
static_assert(inOrder(), "kShapes stands in the order of LawId");

}  // namespace

std::size_t LawTerms::count() const {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), std::string_view()) -
                                    names.begin());
}

std::span<const LawShape, kLaws> lawShapes() {
    return kShapes;
}

const LawShape& shapeOf(LawId law) {
    return kShapes[static_cast<std::size_t>(law)];
}

std::string_view activityText(Activity activity) {
    switch (activity) {
        case Activity::Multiplying:
            return "multiplying";
        case Activity::Summing:
            return "summing products";
        case Activity::Floating:
            return "floating";
        case Activity::Adding:
            break;
    }
    return "adding";
}

Activity activityOf(LawId law) {
    switch (law) {
        case LawId::Multiplier:
        case LawId::IntegerMac:
            return Activity::Multiplying;
        case LawId::SignedMultiplier:
        case LawId::SignedDot:
        case LawId::SignMagnitudeDot:
            return Activity::Summing;
        case LawId::FloatMultiplier:
        case LawId::ExactFloatMultiplier:
        case LawId::FloatAdder:
        case LawId::FloatConverter:
        case LawId::FloatDividerArray:
        case LawId::FloatRootArray:
        case LawId::FloatDividerSerial:
        case LawId::FloatRootSerial:
        case LawId::IntegerToFloat:
            return Activity::Floating;
        default:
            return Activity::Adding;
    }
}

}  // namespace mantissa::hw
