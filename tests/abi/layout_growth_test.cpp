#include "layout_growth.hpp"

#include <gtest/gtest.h>

namespace migue::abi {

namespace {

const std::string kHost = "struct migue_host\n  0 4 struct_size\n  4 4 reserved\n  size 8\n";
const std::string kGrownHost = "struct migue_host\n  0 4 struct_size\n  4 4 reserved\n  8 8 ctx\n  size 16\n";
const std::string kStr = "frozen migue_str\n  0 8 data\n  8 8 size\n  size 16\n";
const std::string kEnd = "constant MIGUE_ABI_MINOR 0\nconstant MIGUE_OK 0\n";
const std::string kNextEnd = "constant MIGUE_ABI_MINOR 1\nconstant MIGUE_OK 0\n";

}  // namespace

struct GrowthCase {
    const char* name;
    std::string newer;
    const char* fault;  ///< a part of the first one; "" when it is fine
};
class Growth : public ::testing::TestWithParam<GrowthCase> {};
TEST_P(Growth, IsAllThatIsAllowed) {  // C2
    const auto faults = growth_faults(kStr + kHost + kEnd, GetParam().newer);
    const std::string first = faults.empty() ? "" : faults[0];
    if (*GetParam().fault == '\0')
        EXPECT_EQ(first, "");
    else
        EXPECT_NE(first.find(GetParam().fault), std::string::npos) << first;
}
INSTANTIATE_TEST_SUITE_P(
    Edits, Growth,
    ::testing::Values(
        GrowthCase{"Nothing", kStr + kHost + kEnd, ""}, GrowthCase{"MinorAlone", kStr + kHost + kNextEnd, ""},
        GrowthCase{"FieldAtTheEnd", kStr + kGrownHost + kNextEnd, ""},
        GrowthCase{"StructAfterAll",
                   kStr + kHost + "struct migue_new\n  0 4 struct_size\n  size 4\n" + kNextEnd, ""},
        GrowthCase{"ConstantAfterAll", kStr + kHost + kNextEnd + "constant MIGUE_NEW 1\n", ""},
        GrowthCase{"FieldWithoutMinor", kStr + kGrownHost + kEnd, "without a higher MIGUE_ABI_MINOR"},
        GrowthCase{"ConstantWithoutMinor", kStr + kHost + kEnd + "constant MIGUE_NEW 1\n",
                   "without a higher"},
        GrowthCase{"MinorDown", kStr + kHost + "constant MIGUE_OK 0\n", "went down"},
        GrowthCase{"FieldRenamed",
                   kStr + "struct migue_host\n  0 4 struct_size\n  4 4 flags\n  size 8\n" + kNextEnd,
                   "\"  4 4 reserved\" is now \"  4 4 flags\""},
        GrowthCase{"FieldGone", kStr + "struct migue_host\n  0 4 struct_size\n  size 4\n" + kNextEnd,
                   "is now \"nothing\""},
        GrowthCase{
            "FieldInFront",
            kStr + "struct migue_host\n  0 4 struct_size\n  4 4 new\n  8 4 reserved\n  size 12\n" + kNextEnd,
            "is now \"  4 4 new\""},
        GrowthCase{"FieldWider",
                   kStr + "struct migue_host\n  0 4 struct_size\n  4 8 reserved\n  size 12\n" + kNextEnd,
                   "is now \"  4 8 reserved\""},
        GrowthCase{
            "FieldInPadding",
            kStr + "struct migue_host\n  0 4 struct_size\n  4 4 reserved\n  7 1 new\n  size 8\n" + kNextEnd,
            "inside its old size (V4)"},
        GrowthCase{"SizeAlone",
                   kStr + "struct migue_host\n  0 4 struct_size\n  4 4 reserved\n  size 16\n" + kNextEnd,
                   "size changed"},
        GrowthCase{"StructBetween",
                   kStr + "struct migue_between\n  0 4 struct_size\n  size 4\n" + kHost + kNextEnd, ""},
        GrowthCase{"ConstantBetween",
                   kStr + kHost + "constant MIGUE_ABI_MINOR 1\nconstant MIGUE_NEW 1\nconstant MIGUE_OK 0\n",
                   ""},
        GrowthCase{"ConstantGone", kStr + kHost + "constant MIGUE_ABI_MINOR 1\n",
                   "\"constant MIGUE_OK 0\" is now \"nothing\""},
        GrowthCase{"StructGone", kStr + kNextEnd, "struct migue_host: is gone"},
        GrowthCase{"StructsSwapped", kHost + kStr + kNextEnd, ""},
        GrowthCase{"FrozenGrew",
                   "frozen migue_str\n  0 8 data\n  8 8 size\n  16 8 new\n  size 24\n" + kHost + kNextEnd,
                   "grew"},
        GrowthCase{"FrozenThawed", "struct migue_str\n  0 8 data\n  8 8 size\n  size 16\n" + kHost + kNextEnd,
                   "of another kind"},
        GrowthCase{"ConstantChanged", kStr + kHost + "constant MIGUE_ABI_MINOR 1\nconstant MIGUE_OK 1\n",
                   "\"constant MIGUE_OK 0\" is now"},
        GrowthCase{"Garbage", kStr + kHost + kNextEnd + "what is this\n", "unknown line"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace migue::abi
