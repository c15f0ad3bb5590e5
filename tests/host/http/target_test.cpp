#include "host/http/target.hpp"

#include <gtest/gtest.h>

namespace migue::host::http {
namespace {

TEST(ParseTarget, TakesPathAndQueryApart) {
    const auto target = parse_target("/a/b%20c?x=1&y=%3D+z&&flag&x=2");
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(target->path, "/a/b c");
    const std::vector<std::pair<std::string, std::string>> expected{
        {"x", "1"}, {"y", "= z"}, {"flag", ""}, {"x", "2"}};
    EXPECT_EQ(target->query, expected);
}

struct AbsoluteCase {
    std::string_view text, authority, path;
};
class AbsoluteTarget : public ::testing::TestWithParam<AbsoluteCase> {};
TEST_P(AbsoluteTarget, IsSplit) {
    const auto target = parse_target(GetParam().text);
    ASSERT_TRUE(target) << target.error().what;
    EXPECT_EQ(target->authority, GetParam().authority);
    EXPECT_EQ(target->path, GetParam().path);
}
INSTANTIATE_TEST_SUITE_P(Edges, AbsoluteTarget,
                         ::testing::Values(AbsoluteCase{"http://a.b:80/c?d=1", "a.b:80", "/c"},
                                           AbsoluteCase{"https://a.b", "a.b", "/"},
                                           AbsoluteCase{"http://a.b?q=1", "a.b", "/"}));

class RefusedTarget : public ::testing::TestWithParam<std::string_view> {};
TEST_P(RefusedTarget, IsInvalidAndNotRepeatedInTheError) {
    const auto target = parse_target(GetParam());
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, Error::Code::kInvalid);
    EXPECT_EQ(target.error().what.find("secret"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Edges, RefusedTarget,
                         ::testing::Values("", "*", "host:443", "ftp://a/secret", "http://", "http:///secret",
                                           "http://u:p@host/secret", "/secret%", "/secret%4", "/secret%4g",
                                           "/secret%00", "/secret%0d%0a", "/secret%7f", "/secret%c0%af",
                                           "/secret%ed%a0%80", "/a/../secret", "/a/./secret", "/a/..",
                                           "/%2e%2E/secret", "/a%2fsecret", "/a%5csecret", "/a\\secret",
                                           "/a?secret=%1", "/a?%ff=secret"));

TEST(Segments, KeepEmptyOnes) {
    using Views = std::vector<std::string_view>;
    EXPECT_EQ(segments_of("/"), Views{""});
    EXPECT_EQ(segments_of("/a//b/"), (Views{"a", "", "b", ""}));
}

}  // namespace
}  // namespace migue::host::http
