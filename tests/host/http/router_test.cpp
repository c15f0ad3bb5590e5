#include "host/http/router.hpp"

#include <gtest/gtest.h>

namespace migue::host::http {
namespace {

Handler named(std::string name) {
    return [name](const Request&) { return Reply{200, "text/plain", name, {}}; };
}

std::string found(const Router& router, std::string_view method, std::string_view path) {
    const auto match = router.find(method, path);
    return match.handler ? (*match.handler)(Request{}).body : "none, allow " + match.allow;
}

TEST(Router, TheMostExactPatternWinsWhateverTheOrder) {
    Router router;
    router.add("GET", "/p/*rest", named("rest"));
    router.add("GET", "/p/:plugin/events/:id", named("event"));
    router.add("GET", "/p/scheduling/events/:id", named("scheduling event"));
    router.add("GET", "/p/:plugin/*rest", named("plugin rest"));
    EXPECT_EQ(found(router, "GET", "/p/scheduling/events/7"), "scheduling event");
    EXPECT_EQ(found(router, "GET", "/p/other/events/7"), "event");
    EXPECT_EQ(found(router, "GET", "/p/other/things/7"), "plugin rest");
    EXPECT_EQ(found(router, "GET", "/p/other"), "rest");
}

TEST(Router, ARestTakesSlashesAndMayBeEmpty) {
    Router router;
    router.add("GET", "/console/*file", named("console"));
    EXPECT_EQ(router.find("GET", "/console/a/b.js").params.at(0).second, "a/b.js");
    EXPECT_EQ(router.find("GET", "/console/").params.at(0).second, "");
    EXPECT_EQ(found(router, "GET", "/console"), "none, allow ");
}

TEST(Router, AParameterIsOneSegmentAndNotEmpty) {
    Router router;
    router.add("POST", "/admin/plugins/:id/reload", named("reload"));
    EXPECT_EQ(router.find("POST", "/admin/plugins/smalltalk/reload").params.at(0).second, "smalltalk");
    EXPECT_EQ(found(router, "POST", "/admin/plugins//reload"), "none, allow ");
    EXPECT_EQ(found(router, "POST", "/admin/plugins/a/b/reload"), "none, allow ");
}

TEST(Router, AnotherMethodIsAllowedByItsOwnRoutesOnly) {
    Router router;
    router.add("GET", "/webhook", named("verify"));
    router.add("POST", "/webhook", named("receive"));
    router.add("GET", "/:page", named("page"));
    EXPECT_EQ(found(router, "GET", "/webhook"), "verify");
    EXPECT_EQ(found(router, "HEAD", "/webhook"), "verify");
    EXPECT_EQ(found(router, "POST", "/webhook"), "receive");
    EXPECT_EQ(found(router, "PUT", "/webhook"), "none, allow GET, HEAD, POST");
    EXPECT_EQ(found(router, "POST", "/other"), "none, allow GET, HEAD");
}

TEST(Router, TheRootIsAPathLikeAnyOther) {
    Router router;
    router.add("GET", "/", named("root"));
    EXPECT_EQ(found(router, "GET", "/"), "root");
    EXPECT_EQ(found(router, "GET", "/a"), "none, allow ");
}

}  // namespace
}  // namespace migue::host::http
