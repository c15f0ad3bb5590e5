#include "host/services/url.hpp"

#include <gtest/gtest.h>

namespace migue::host {
namespace {

TEST(Url, KeepsTheTargetAsItWasWritten) {
    const auto url = parse_url("HTTPS://API.Example.org/calendars/a%2Fb%40c/events?q=%20x");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "api.example.org");
    EXPECT_EQ(url->port, 443);
    EXPECT_EQ(url->target, "/calendars/a%2Fb%40c/events?q=%20x");
    EXPECT_EQ(url->path(), "/calendars/a%2Fb%40c/events");
    EXPECT_EQ(url->authority(), "api.example.org");
}

TEST(Url, UnderstandsPortsAndIp6) {
    const auto url = parse_url("http://[::1]:8080?x=1");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->target, "/?x=1");
    EXPECT_EQ(url->authority(), "[::1]:8080");
    EXPECT_EQ(url->origin(), "http://::1:8080");
}

class BadUrl : public ::testing::TestWithParam<const char*> {};
TEST_P(BadUrl, IsRefusedWithoutRepeatingIt) {
    const auto url = parse_url(GetParam());
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().code, Error::Code::kInvalid);
    EXPECT_EQ(url.error().what.find("secret"), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Edges, BadUrl,
                         ::testing::Values("", "secret", "/secret", "ftp://host/secret", "http://",
                                           "http:///secret", "http://u:secret@host/", "http://host/#secret",
                                           "http://host:0/secret", "http://host:65536/", "http://host:80x/",
                                           "http://ho st/secret", "http://host/secret\r\nX: y",
                                           "http://host/\x01", "http://[::1/secret", "http://hóst/secret",
                                           "http://[::1]x/"));

struct BelowCase {
    const char* url;
    const char* allowed;
    bool below;
};
class UrlIsBelow : public ::testing::TestWithParam<BelowCase> {};
TEST_P(UrlIsBelow, OnlyOnTheSameServerAndPath) {
    const auto url = parse_url(GetParam().url);
    const auto allowed = parse_url(GetParam().allowed);
    ASSERT_TRUE(url && allowed);
    EXPECT_EQ(is_below(*url, *allowed), GetParam().below) << GetParam().url;
}
INSTANTIATE_TEST_SUITE_P(
    Edges, UrlIsBelow,
    ::testing::Values(BelowCase{"https://a.org/v3/calendars", "https://a.org/v3", true},
                      BelowCase{"https://a.org/v3?x=1", "https://a.org/v3/", true},
                      BelowCase{"https://a.org/anything", "https://a.org", true},
                      BelowCase{"https://a.org:443/v3/x", "https://A.org/v3", true},
                      BelowCase{"https://a.org/v33", "https://a.org/v3", false},
                      BelowCase{"http://a.org/v3/x", "https://a.org/v3", false},
                      BelowCase{"https://a.org:444/v3/x", "https://a.org/v3", false},
                      BelowCase{"https://a.org.evil.org/v3/x", "https://a.org/v3", false},
                      BelowCase{"https://a.org/v3/../admin", "https://a.org/v3", false},
                      BelowCase{"https://a.org/v3/%2E%2e/admin", "https://a.org/v3", false},
                      BelowCase{"https://a.org/v3/.%2e", "https://a.org/v3", false},
                      BelowCase{"https://a.org/v3/..\\admin", "https://a.org/v3", false},
                      BelowCase{"https://a.org/v3/a..b/...", "https://a.org/v3", true},
                      BelowCase{"https://a.org/v3/x?up=../..", "https://a.org/v3", true}));

}  // namespace
}  // namespace migue::host
