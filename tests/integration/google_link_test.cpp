#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/google_host.hpp"
#include "tests/integration/link_pages.hpp"

namespace migue::test {
namespace {

using nlohmann::json;

TEST(GoogleLink, FromTheFirstMessageToAnEventInTheCalendar) {
    GoogleHost host("http://bot.example.test");
    const std::string offered = host.say("agenda dentista mañana a las 10");
    const std::string link = between(offered, "\"url\":\"", "\"");
    ASSERT_TRUE(link.starts_with(host.public_url() + "/p/scheduling/link/")) << offered;
    const std::string code =
        link_account(host.local_url(), host.public_url(), link, host.google(), "maria@example.org");
    ASSERT_EQ(code.size(), 9u) << code;

    const std::string card = host.say(code);
    EXPECT_NE(card.find("maria@example.org"), std::string::npos) << card;
    EXPECT_NE(card.find("Dentista"), std::string::npos) << card;
    const std::string booked = host.say("sí");
    EXPECT_NE(booked.find("Agendado"), std::string::npos) << booked;
    const json events = json::parse(host.google().events("maria@example.org"));
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].at("summary"), "Dentista");
    EXPECT_TRUE(host.google().breaches().empty()) << host.google().breaches().front();

    const std::string lines = host.log();
    for (const std::string& secret : {link.substr(link.rfind('/') + 1), code, std::string("ya29."),
                                      std::string("1//0"), std::string("client_secret_1")})
        EXPECT_EQ(lines.find(secret), std::string::npos) << secret;
    EXPECT_EQ(host.stop(), 0);
}

}  // namespace
}  // namespace migue::test
