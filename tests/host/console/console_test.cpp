#include "host/console/console.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "console_page.embedded.hpp"

namespace migue::host::console {
namespace {

std::string header(const http::Reply& reply, const std::string& name) {
    for (const auto& [key, value] : reply.headers)
        if (key == name) return value;
    return {};
}

/// What `pattern` captures, everywhere in `text`.
std::set<std::string> all_of(const std::string& text, const std::string& pattern) {
    const std::regex regex(pattern);
    std::set<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) out.insert((*it)[1]);
    return out;
}

TEST(Console, ServesThePageUnderAStrictPolicy) {
    const auto page = page_file("");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    const std::string policy = header(page, "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'self';")) << policy;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(page_file("app.js").content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(page_file("app.css").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(page_file("favicon.svg").content_type, "image/svg+xml");
}

TEST(Console, KnowsItsOwnFilesOnly) {
    for (const char* path : {"../page/index.html", "no.js", "page/index.html", "/app.js", "app.js/"})
        EXPECT_EQ(page_file(path).status, 404) << path;
}

TEST(Console, EverythingThePageNamesIsThereAndNothingComesFromElsewhere) {
    for (const auto& [path, content] : console_page::embedded_files()) {
        const std::string text(content);
        for (const std::string& name : all_of(text, R"re((?:from '\./|(?:src|href)=")([a-z]+\.[a-z]+))re"))
            EXPECT_EQ(page_file(name).status, 200) << path << " names " << name;
        EXPECT_TRUE(all_of(text, R"re((?:src|href|import|url)\W+(https?://[^'" ]+))re").empty()) << path;
        EXPECT_EQ(text.find("innerHTML"), std::string::npos) << path << ": text goes in as text";
        EXPECT_EQ(text.find("insertAdjacentHTML"), std::string::npos) << path;
    }
}

TEST(Console, ThePageNeedsNoInlineScriptOrStyle) {
    const std::string page = page_file("").body;
    EXPECT_TRUE(all_of(page, R"re((<script(?![^>]*src=)))re").empty());
    EXPECT_TRUE(all_of(page, R"re(( (?:style|on[a-z]+)="))re").empty());
}

TEST(Console, SaysEveryTextInThreeLanguages) {
    const std::string texts(*console_page::embedded("page/texts.js"));
    std::set<std::string> used;
    for (const auto& [path, content] : console_page::embedded_files())
        for (const std::string& key :
             all_of(std::string(content), R"re((?:\btext\('|data-(?:text|label|placeholder)=")(\w+))re"))
            used.insert(key);
    ASSERT_GT(used.size(), 20u);
    for (const std::string& key : used) {
        const std::regex entry("\\b" + key + ": ['\\[]");
        const auto found =
            std::distance(std::sregex_iterator(texts.begin(), texts.end(), entry), std::sregex_iterator());
        EXPECT_EQ(found, 3) << key;
    }
}

struct GuardCase {
    const char *method, *path;
    bool open;
};
class ConsoleGuard : public ::testing::TestWithParam<GuardCase> {};
TEST_P(ConsoleGuard, OpensThePageAndNothingElse) {
    http::Request request;
    request.method = GetParam().method;
    request.path = GetParam().path;
    const auto guard = require_token("secret", {"/healthz"});
    EXPECT_EQ(guard(request) == nullptr, GetParam().open) << request.method << ' ' << request.path;
    request.headers = {{"authorization", "Bearer secret"}};
    EXPECT_EQ(guard(request), nullptr);
}
INSTANTIATE_TEST_SUITE_P(
    Paths, ConsoleGuard,
    ::testing::Values(GuardCase{"GET", "/", true}, GuardCase{"GET", "/console", true},
                      GuardCase{"GET", "/console/", true}, GuardCase{"HEAD", "/console/app.js", true},
                      GuardCase{"GET", "/healthz", true}, GuardCase{"POST", "/console/", false},
                      GuardCase{"GET", "/console/api/chat/me/messages", false},
                      GuardCase{"POST", "/console/api/chat/me/messages", false},
                      GuardCase{"GET", "/console/../admin/plugins", false},
                      GuardCase{"GET", "/admin/plugins", false}, GuardCase{"GET", "/metrics", false}));

}  // namespace
}  // namespace migue::host::console
