#include "talk.hpp"

namespace scheduling {

namespace {

using namespace std::chrono_literals;
using Labels = std::vector<std::string>;
using Titles = std::vector<std::string>;

}  // namespace

TEST(Cards, TwoTapsCountOnce) {
    Talk talk;
    const TurnOutcome card = talk.say("una reunión mañana a las 10");
    const std::string yes = card.choice("Agendar");
    talk.press(yes);
    const TurnOutcome second = talk.press(yes);
    EXPECT_EQ(talk.titles(), Titles{"Reunión"});
    EXPECT_TRUE(second.text().starts_with("Esa tarjeta ya no vale.")) << second.text();
    EXPECT_EQ(Talk::labels(second), (Labels{"Deshacer", "Cambiar"}));
}

TEST(Cards, LiveFifteenMinutes) {
    Talk talk;
    const TurnOutcome card = talk.say("una reunión mañana a las 10");
    talk.bench().advance(16min);
    EXPECT_EQ(talk.tap(card, "Agendar").text(), "Esa tarjeta ya no vale; no cambié nada.");
    EXPECT_TRUE(talk.titles().empty());
}

TEST(Cards, OfAnotherShapeAreIgnored) {
    Talk talk;
    const TurnOutcome card = talk.say("una reunión mañana a las 10");
    const std::string id = card.choice("Agendar");
    talk.bench().advance(1ms);
    Message message;
    message.person = "ana";
    for (const std::string& bad :
         {std::string("scheduling:"), std::string("scheduling:x:0"), std::string("x"), id + "9", id + "x",
          std::string("x:0"), std::string(":0"), std::string()}) {
        message.input_json = nlohmann::json{{"kind", "tap"}, {"tap", bad}}.dump();
        const TurnOutcome turn = talk.bench().send("", message);
        EXPECT_EQ(turn.status, MIGUE_OK) << bad;
    }
    EXPECT_TRUE(talk.titles().empty());
}

TEST(Undo, WorksForTenMinutesAndThenSaysWhyNot) {
    Talk talk;
    const TurnOutcome early = talk.say("dentista mañana a las 3");
    talk.bench().advance(9min);
    talk.tap(early, "Deshacer");
    EXPECT_TRUE(talk.titles().empty());
    const TurnOutcome late = talk.say("dentista mañana a las 3");
    talk.bench().advance(11min);
    EXPECT_EQ(talk.tap(late, "Deshacer").text(),
              "Ya pasaron los 10 minutos para deshacer. Puedes escribir «cancela Dentista».");
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
}

TEST(Undo, OfACancellationIsRefusedWhenTheTimeWasGivenAway) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const TurnOutcome done = talk.tap(talk.say("cancela el dentista", "cancel_meeting"), "Sí, cancelar");
    talk.say("llamada con Ana mañana a las 3", "schedule_meeting", "c2");
    EXPECT_EQ(talk.tap(done, "Deshacer").text(), "No pude deshacerlo: esa hora ya está ocupada.");
    EXPECT_EQ(talk.titles(), Titles{"Llamada con Ana"});
}

/// The turn is cut at each of its operations, before and after the effect, and repeated.
class Crash : public ::testing::TestWithParam<std::tuple<std::size_t, bool>> {};
TEST_P(Crash, LeavesOneEventAndTheSameAnswer) {
    const auto [operation, after] = GetParam();
    Talk talk;
    Message message;
    message.intent = "schedule_meeting";
    message.person = "ana";
    message.cut = migue::bench::Cut{operation, after};
    const TurnOutcome broken = talk.bench().send("dentista mañana a las 3", message);
    const TurnOutcome again = talk.bench().repeat(broken);
    EXPECT_EQ(again.status, MIGUE_OK);
    EXPECT_EQ(again.text(), "Agendado ✅ *Dentista* — martes 24 de noviembre de 2026, 15:00–15:30.");
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
    EXPECT_EQ(talk.bench().sql("SELECT count(*) AS n FROM scheduling.local_events"), R"([{"n":1}])");
}
INSTANTIATE_TEST_SUITE_P(Anywhere, Crash,
                         ::testing::Combine(::testing::Values(0u, 1u, 2u, 3u, 4u, 5u), ::testing::Bool()));

TEST(Failures, OfTheStoreAreToldAndNothingIsClaimed) {
    Talk talk;
    const TurnOutcome card = talk.say("una reunión mañana a las 10");
    Message message;
    message.person = "ana";
    // The person cannot even be loaded: the host tries the turn again.
    talk.bench().fail_next_sql(MIGUE_E_UNAVAILABLE);
    const TurnOutcome turn = talk.bench().tap(card.choice("Agendar"), message);
    EXPECT_EQ(turn.status, MIGUE_E_UNAVAILABLE);
    EXPECT_TRUE(turn.replies.empty());
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles(), Titles{"Reunión"});
}

TEST(Audit, HasNoTitleGuestOrText) {
    Talk talk;
    talk.say("reunión con Xiomara mañana a las 3");
    talk.say("cancela la reunión con Xiomara", "cancel_meeting");
    talk.say("sí", "");
    talk.say("deshacer", "");
    EXPECT_EQ(talk.audit(), (Titles{"asked", "booked", "cancelled", "undone"}));
    const std::string rows = talk.bench().sql("SELECT * FROM scheduling.calendar_events");
    EXPECT_EQ(rows.find("Xiomara"), std::string::npos);
    EXPECT_EQ(rows.find("Reuni"), std::string::npos);
    for (const auto& line : talk.bench().log()) {
        EXPECT_EQ(line.message.find("Xiomara"), std::string::npos);
        for (const auto& [key, value] : line.fields)
            EXPECT_EQ(value.find("Xiomara"), std::string::npos) << key;
    }
}

TEST(OpenQuestion, IsLeftForAnotherPluginsWish) {
    Talk talk;
    talk.say("una reunión mañana a las 10");
    Message message;
    message.person = "ana";
    message.intent = "";  // as the host asks the plugin whose question is open
    EXPECT_EQ(talk.bench().send("cuéntame un chiste", message).status, MIGUE_PASS);
    talk.say("sí", "");
    EXPECT_EQ(talk.titles(), Titles{"Reunión"});
}

TEST(Limits, HoldForVeryLongTitles) {
    Talk talk;
    std::string title(400, 'x');
    for (int i = 0; i < 40; ++i) title += "🎉";
    const TurnOutcome turn = talk.say("agenda " + title + " mañana a las 3");
    EXPECT_EQ(turn.status, MIGUE_OK);
    talk.say("¿qué tengo mañana?", "query_agenda");
    talk.say("agenda otra cosa mañana a las 3");
    talk.say("cancela todo mañana", "cancel_meeting");
}

TEST(Swap, ACardOutlivesTheInstanceThatShowedIt) {
    Talk talk;
    const TurnOutcome card = talk.say("una reunión mañana a las 10");
    talk.bench().restart();
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles(), Titles{"Reunión"});
}

TEST(Config, OfGoogleNeedsItsClientAndAnAddressToComeBackTo) {
    const auto faults = migue::bench::load_faults(migue::bench::entry_of<Plugin>(),
                                                  R"({"calendar":"google","timezone":"Mars/Base"})");
    ASSERT_EQ(faults.size(), 3u);
    EXPECT_TRUE(faults[0].starts_with("/google: ")) << faults[0];
    EXPECT_TRUE(faults[1].starts_with("/public_url: ")) << faults[1];
    EXPECT_TRUE(faults[2].starts_with("/timezone: ")) << faults[2];
}

TEST(Config, IsCheckedWhole) {
    for (const char* config : {R"({"confirm":"sometimes"})", R"({"work_hours":{"begin":"9"}})",
                               R"({"colour":1})", R"({"work_hours":{"begin":"18:00","end":"09:00"}})"})
        EXPECT_FALSE(migue::bench::load_faults(migue::bench::entry_of<Plugin>(), config).empty()) << config;
    EXPECT_TRUE(migue::bench::load_faults(migue::bench::entry_of<Plugin>(),
                                          R"({"google":{"client_id":"a","client_secret":"b"},
                                              "model":{"url":"https://m.example/v1","name":"m"}})")
                    .empty());
}

}  // namespace scheduling
