#include "host/config/scalar.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace migue::host::config {
namespace {

using Kind = PlainScalar::Kind;

struct KindCase {
    std::string_view text;
    Kind kind;
};
std::ostream& operator<<(std::ostream& out, const KindCase& c) {
    return out << c.text;
}

class PlainScalarKind : public ::testing::TestWithParam<KindCase> {};
TEST_P(PlainScalarKind, FollowsTheCoreSchema) {
    EXPECT_EQ(read_plain_scalar(GetParam().text).kind, GetParam().kind);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, PlainScalarKind,
    ::testing::Values(
        KindCase{"", Kind::kNull}, KindCase{"~", Kind::kNull}, KindCase{"NULL", Kind::kNull},
        KindCase{"nUll", Kind::kText}, KindCase{"True", Kind::kBoolean}, KindCase{"tRUE", Kind::kText},
        KindCase{"no", Kind::kText}, KindCase{"0", Kind::kInteger}, KindCase{"-0", Kind::kInteger},
        KindCase{"+7", Kind::kInteger}, KindCase{"00", Kind::kLeadingZero},
        KindCase{"-01", Kind::kLeadingZero}, KindCase{"08", Kind::kLeadingZero},
        KindCase{"0.5", Kind::kNumber}, KindCase{".5", Kind::kNumber}, KindCase{"5.", Kind::kNumber},
        KindCase{".", Kind::kText}, KindCase{"-", Kind::kText}, KindCase{"+", Kind::kText},
        KindCase{"1e5", Kind::kNumber}, KindCase{"1e", Kind::kText}, KindCase{"1e+", Kind::kText},
        KindCase{"1.2.3", Kind::kText}, KindCase{"1_000", Kind::kText}, KindCase{"09:00", Kind::kText},
        KindCase{"2025-01-02", Kind::kText}, KindCase{"+57300", Kind::kInteger}, KindCase{"0x", Kind::kText},
        KindCase{"0xg", Kind::kText}, KindCase{"-0x1", Kind::kText}, KindCase{"0o8", Kind::kText},
        KindCase{"1e400", Kind::kTooBig}, KindCase{"9223372036854775808", Kind::kUnsigned},
        KindCase{"18446744073709551616", Kind::kTooBig}, KindCase{"-9223372036854775809", Kind::kTooBig},
        KindCase{"0xFFFFFFFFFFFFFFFFF", Kind::kTooBig}, KindCase{"-.inf", Kind::kNotFinite},
        KindCase{"-.nan", Kind::kText}, KindCase{"inf", Kind::kText}));

TEST(PlainScalarValue, ReachesBothEndsOfTheIntegers) {
    EXPECT_EQ(read_plain_scalar("9223372036854775807").integer, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(read_plain_scalar("-9223372036854775808").integer, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(read_plain_scalar("18446744073709551615").whole, std::numeric_limits<std::uint64_t>::max());
}

TEST(PlainScalarValue, ReadsEachBase) {
    EXPECT_EQ(read_plain_scalar("0x1F").integer, 31);
    EXPECT_EQ(read_plain_scalar("0o17").integer, 15);
    EXPECT_EQ(read_plain_scalar("+12").integer, 12);
    EXPECT_DOUBLE_EQ(read_plain_scalar("+1.5e2").number, 150.0);
    EXPECT_DOUBLE_EQ(read_plain_scalar("-.5").number, -0.5);
}

}  // namespace
}  // namespace migue::host::config
