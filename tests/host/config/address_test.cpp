#include "host/config/address.hpp"

#include <gtest/gtest.h>

namespace migue::host::config {
namespace {

struct ListenCase {
    std::string_view text, host;
    int port;  ///< -1: refused
};
std::ostream& operator<<(std::ostream& out, const ListenCase& c) {
    return out << c.text;
}

class ParseListen : public ::testing::TestWithParam<ListenCase> {};
TEST_P(ParseListen, WantsHostAndPort) {
    const auto listen = parse_listen(GetParam().text);
    ASSERT_EQ(listen.has_value(), GetParam().port >= 0);
    if (!listen) return;
    EXPECT_EQ(listen->host, GetParam().host);
    EXPECT_EQ(listen->port, GetParam().port);
    EXPECT_EQ(listen_text(*listen), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Forms, ParseListen,
    ::testing::Values(ListenCase{"127.0.0.1:8080", "127.0.0.1", 8080}, ListenCase{"0.0.0.0:0", "0.0.0.0", 0},
                      ListenCase{"[::1]:65535", "::1", 65535}, ListenCase{"[::]:80", "::", 80},
                      ListenCase{"localhost:80", "localhost", 80},
                      ListenCase{"db-1.example.org:5432", "db-1.example.org", 5432}, ListenCase{"", "", -1},
                      ListenCase{"8080", "", -1}, ListenCase{":8080", "", -1},
                      ListenCase{"127.0.0.1", "", -1}, ListenCase{"127.0.0.1:", "", -1},
                      ListenCase{"127.0.0.1:65536", "", -1}, ListenCase{"127.0.0.1:-1", "", -1},
                      ListenCase{"127.0.0.1:80a", "", -1}, ListenCase{"127.0.0.1:+80", "", -1},
                      ListenCase{"127.0.0.1:000080", "", -1}, ListenCase{"256.0.0.1:80", "", -1},
                      ListenCase{"1.2.3:80", "", -1}, ListenCase{"::1:80", "", -1},
                      ListenCase{"[::1]80", "", -1}, ListenCase{"[::1", "", -1},
                      ListenCase{"[127.0.0.1]:80", "", -1}, ListenCase{"a b:80", "", -1},
                      ListenCase{"http://x:80", "", -1}, ListenCase{"-x:80", "", -1},
                      ListenCase{"x..y:80", "", -1}));

TEST(IsLoopback, IsTrueOnlyForThisMachine) {
    for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "localhost"})
        EXPECT_TRUE(is_loopback(host)) << host;
    for (const char* host :
         {"0.0.0.0", "::", "10.0.0.1", "127.example.org", "localhost.example.org", "", "::ffff:10.0.0.1"}) {
        EXPECT_FALSE(is_loopback(host)) << host;
    }
}

TEST(UrlFault, AcceptsAbsoluteHttpAddresses) {
    for (const char* url : {"http://x", "https://bot.example.org", "https://bot.example.org/base/",
                            "http://127.0.0.1:8080", "http://[::1]:80/x"}) {
        EXPECT_EQ(url_fault(url), "") << url;
    }
}

TEST(UrlFault, SaysWhatIsWrongWithTheOthers) {
    for (const char* url :
         {"", "bot.example.org", "//x", "ftp://x", "HTTPS://x", "https://", "https:///x", "https://x:0",
          "https://x:", "https://x:99999", "https://user:secret@x", "https://x?secret=1", "https://x/#a",
          "https://x/a b", "https://x y", "https://[::1", "https://x\\y", "https://300.1.1.1"}) {
        const std::string fault = url_fault(url);
        EXPECT_NE(fault, "") << url;
        EXPECT_EQ(fault.find("secret"), std::string::npos) << fault;
    }
}

}  // namespace
}  // namespace migue::host::config
