#include "host/http/guards.hpp"

#include <gtest/gtest.h>

namespace migue::host::http {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

Request request(std::string method, std::string path, Headers headers) {
    Request out;
    out.method = std::move(method);
    out.path = std::move(path);
    out.headers = std::move(headers);
    return out;
}

int status(const Guard& guard, const Request& asked) {
    const auto reply = guard(asked);
    return reply ? reply->status : 0;
}

struct TokenCase {
    std::string_view name;
    Headers headers;
    bool passes;
};
class TokenGuard : public ::testing::TestWithParam<TokenCase> {};
TEST_P(TokenGuard, AsksForTheExactToken) {
    const auto asked = request("GET", "/metrics", GetParam().headers);
    EXPECT_EQ(status(require_token("s3cret"), asked), GetParam().passes ? 0 : 401);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, TokenGuard,
    ::testing::Values(TokenCase{"Bearer", {{"authorization", "Bearer s3cret"}}, true},
                      TokenCase{"SchemeInAnyCase", {{"authorization", "bearer s3cret"}}, true},
                      TokenCase{"Cookie", {{"cookie", "a=b; migue_token=s3cret; c=d"}}, true},
                      TokenCase{"None", {}, false}, TokenCase{"Empty", {{"authorization", "Bearer "}}, false},
                      TokenCase{"Prefix", {{"authorization", "Bearer s3cre"}}, false},
                      TokenCase{"Longer", {{"authorization", "Bearer s3cret2"}}, false},
                      TokenCase{"OtherCase", {{"authorization", "Bearer S3CRET"}}, false},
                      TokenCase{"Basic", {{"authorization", "Basic s3cret"}}, false},
                      TokenCase{"OtherCookie", {{"cookie", "xmigue_token=s3cret"}}, false},
                      TokenCase{"WrongHeaderBeatsCookie",
                                {{"authorization", "Bearer no"}, {"cookie", "migue_token=s3cret"}},
                                false}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(RequireToken, AnEmptyTokenIsCarriedByNobody) {
    EXPECT_FALSE(carries_token(request("GET", "/", {}), ""));
    EXPECT_FALSE(carries_token(request("GET", "/", {{"authorization", "Bearer "}}), ""));
    EXPECT_EQ(status(require_token(""), request("GET", "/", {{"cookie", "migue_token="}})), 401);
}

TEST(RequireToken, LeavesOpenPathsOpenAndNothingElse) {
    const Guard guard = require_token("s3cret", {"/healthz", "/public/"});
    EXPECT_EQ(status(guard, request("GET", "/healthz", {})), 0);
    EXPECT_EQ(status(guard, request("GET", "/public/page", {})), 0);
    EXPECT_EQ(status(guard, request("GET", "/healthzz", {})), 401);
    EXPECT_EQ(status(guard, request("GET", "/healthz/x", {})), 401);
}

struct HostCase {
    std::string_view host;
    bool passes;
};
class HostGuard : public ::testing::TestWithParam<HostCase> {};
TEST_P(HostGuard, KnowsItsNames) {
    const Guard guard = require_host({"localhost", "127.0.0.1", "[::1]", "Bot.example.org:8443"});
    const auto asked = request("GET", "/", {{"host", std::string(GetParam().host)}});
    EXPECT_EQ(status(guard, asked), GetParam().passes ? 0 : 421) << GetParam().host;
}
INSTANTIATE_TEST_SUITE_P(Edges, HostGuard,
                         ::testing::Values(HostCase{"localhost", true}, HostCase{"LOCALHOST:9090", true},
                                           HostCase{"127.0.0.1:1", true}, HostCase{"[::1]:9090", true},
                                           HostCase{"[::1]", true}, HostCase{"bot.example.org:8443", true},
                                           HostCase{"bot.example.org", false},
                                           HostCase{"bot.example.org:1", false},
                                           HostCase{"evil.example", false},
                                           HostCase{"localhost.evil.example", false},
                                           HostCase{"evil.example:127.0.0.1", false}, HostCase{"", false}));

struct OriginCase {
    std::string_view name;
    std::string method;
    Headers headers;
    bool passes;
};
class OriginGuard : public ::testing::TestWithParam<OriginCase> {};
TEST_P(OriginGuard, StopsWritesOfOtherSites) {
    Headers headers = GetParam().headers;
    headers.emplace_back("host", "bot.local:9090");
    const auto asked = request(GetParam().method, "/", std::move(headers));
    EXPECT_EQ(status(require_same_origin({"https://bot.example.org"}), asked), GetParam().passes ? 0 : 403);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, OriginGuard,
    ::testing::Values(OriginCase{"ReadsPass", "GET", {{"origin", "https://evil.example"}}, true},
                      OriginCase{"OwnHost", "POST", {{"origin", "http://bot.local:9090"}}, true},
                      OriginCase{"ListedOrigin", "DELETE", {{"origin", "https://bot.example.org"}}, true},
                      OriginCase{"NoBrowser", "POST", {}, true},
                      OriginCase{"OtherSite", "POST", {{"origin", "https://evil.example"}}, false},
                      OriginCase{"OtherPort", "POST", {{"origin", "http://bot.local:1"}}, false},
                      OriginCase{"NullOrigin", "POST", {{"origin", "null"}}, false},
                      OriginCase{"OwnFormWithNullOrigin",
                                 "POST",
                                 {{"origin", "null"}, {"sec-fetch-site", "same-origin"}},
                                 true},
                      OriginCase{"CrossSiteWithoutOrigin", "POST", {{"sec-fetch-site", "cross-site"}}, false},
                      OriginCase{"SameSiteIsNotSameOrigin",
                                 "POST",
                                 {{"origin", "http://x.bot.local"}, {"sec-fetch-site", "same-site"}},
                                 false},
                      OriginCase{"CookieWithoutOrigin", "POST", {{"cookie", "migue_token=x"}}, false}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace migue::host::http
