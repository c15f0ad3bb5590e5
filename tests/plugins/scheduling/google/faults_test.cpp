#include "google_talk.hpp"

/// Every way in which Google fails, at every call of a turn: what is said must be true, and
/// in the end there is one event or none, as was said.
namespace scheduling {
namespace {

using Kind = GoogleFault::Kind;

struct Failing {
    const char* name;
    GoogleFault fault;
};

const std::vector<Failing>& faults() {
    static const std::vector<Failing> kFaults{
        {"500", {.status = 500, .reason = "backendError"}},
        {"502 HTML", {.kind = Kind::kRaw, .status = 502, .body = "<html>Bad Gateway</html>"}},
        {"503", {.status = 503, .reason = "backendError"}},
        {"503 after the work", {.kind = Kind::kErrorAfter, .status = 503, .reason = "backendError"}},
        {"429", {.status = 429, .reason = "rateLimitExceeded", .headers = {{"retry-after", "3"}}}},
        {"403 rate", {.status = 403, .reason = "userRateLimitExceeded"}},
        {"403 quota", {.status = 403, .reason = "quotaExceeded"}},
        {"403 HTML", {.kind = Kind::kRaw, .status = 403, .body = "<html>Forbidden</html>"}},
        {"lost after the work", {.kind = Kind::kLose}},
        {"lost before the work", {.kind = Kind::kLoseBefore}},
        {"hangs", {.kind = Kind::kHang}},
        {"refused", {.kind = Kind::kRefuse}},
        {"200 not JSON", {.kind = Kind::kRaw, .status = 200, .body = "<html>login</html>"}},
    };
    return kFaults;
}

class EveryFault : public ::testing::TestWithParam<std::tuple<std::size_t, const char*, int>> {
protected:
    [[nodiscard]] GoogleFault fault() const {
        GoogleFault one = faults()[std::get<0>(GetParam())].fault;
        one.call = std::get<1>(GetParam());
        one.times = std::get<2>(GetParam());
        return one;
    }
};

std::string name_of(const ::testing::TestParamInfo<EveryFault::ParamType>& info) {
    std::string name = std::string(faults()[std::get<0>(info.param)].name) + "_" + std::get<1>(info.param) +
                       (std::get<2>(info.param) < 0 ? "_always" : "_once");
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return name;
}

/// Runs the jobs of a quarter of an hour; what they said.
std::string patience(GoogleTalk& talk) {
    std::string said;
    for (int i = 0; i < 60; ++i)
        for (const TurnOutcome& turn : talk.wait(std::chrono::seconds(18))) {
            EXPECT_EQ(turn.status, MIGUE_OK);
            for (const auto& reason : turn.reasons) ADD_FAILURE() << reason;
            said += turn.text();
        }
    return said;
}

TEST_P(EveryFault, OfABookingGetsATrueAnswer) {
    GoogleTalk talk;
    talk.link();
    talk.google.expire_access_tokens();
    talk.bench.advance(std::chrono::hours(2));
    talk.google.fail(fault());
    const TurnOutcome turn = talk.say("agenda dentista mañana a las 3");
    ASSERT_FALSE(turn.replies.empty());
    const std::string said = turn.text();
    if (said.find("Agendado") != std::string::npos) {
        EXPECT_EQ(talk.titles().size(), 1u);
        return;
    }
    EXPECT_TRUE(contains(said, "sigo intentando"));
    if (std::get<2>(GetParam()) > 0) {
        EXPECT_TRUE(contains(patience(talk), "Agendado"));
        EXPECT_EQ(talk.titles().size(), 1u);
        return;
    }
    const std::string end = patience(talk);
    if (end.find("Agendado") != std::string::npos)
        EXPECT_EQ(talk.titles().size(), 1u) << end;
    else if (end.find("No se cambió nada") != std::string::npos)
        EXPECT_TRUE(talk.titles().empty()) << end;
    else
        EXPECT_TRUE(contains(end, "no sé si"));
}

TEST_P(EveryFault, OfACancellationGetsATrueAnswer) {
    GoogleTalk talk;
    talk.link();
    talk.say("agenda dentista mañana a las 3");
    patience(talk);
    const TurnOutcome asked = talk.say("cancela el dentista de mañana", "cancel_meeting");
    talk.google.fail(fault());
    const std::string said = talk.tap(asked, "Sí, cancelar").text();
    if (said.find("Cancelado") != std::string::npos) {
        EXPECT_TRUE(talk.titles().empty());
        return;
    }
    EXPECT_TRUE(contains(said, "sigo intentando"));
    const std::string end = patience(talk);
    if (std::get<2>(GetParam()) > 0) {
        // A deletion that was done before its answer got lost shows as nothing left to cancel.
        EXPECT_TRUE(talk.titles().empty()) << end;
        EXPECT_FALSE(end.empty());
    } else if (end.find("No se cambió nada") != std::string::npos) {
        EXPECT_EQ(talk.titles().size(), 1u) << end;
    }
}

INSTANTIATE_TEST_SUITE_P(Google, EveryFault,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 13),
                                            ::testing::Values("events.list", "events.insert", "events.get",
                                                              "events.delete", "token.refresh"),
                                            ::testing::Values(1, -1)),
                         name_of);

TEST(GoogleFaults, OfACalendarThatCannotBeReadMakeNoHourLookFree) {
    GoogleTalk talk;
    talk.link();
    talk.google.fail({.status = 503, .call = "events.list", .times = -1});
    EXPECT_TRUE(contains(talk.say("¿estoy libre mañana a las 3?", "query_agenda").text(), "No puedo leer"));
}

TEST(GoogleFaults, OfTheProjectAreTheOperatorsAndKeepTheLink) {
    GoogleTalk talk;
    talk.link();
    talk.google.fail({.status = 403, .reason = "accessNotConfigured", .call = "events.list"});
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "falla de configuración"));
    EXPECT_TRUE(contains(talk.say("agenda dentista mañana a las 3").text(), "Agendado"));
}

TEST(GoogleFaults, OfAMissingScopeAskForItAgain) {
    GoogleTalk talk;
    talk.link();
    talk.google.fail({.status = 403, .reason = "insufficientPermissions", .call = "events.list"});
    const TurnOutcome offered = talk.say("agenda dentista mañana a las 3");
    EXPECT_TRUE(contains(offered.text(), "casilla"));
    const TurnOutcome card = talk.say(talk.consent(GoogleTalk::link_of(offered)), "other");
    EXPECT_TRUE(contains(card.text(), "*Dentista*"));
}

TEST(GoogleFaults, OfAChangeInBetweenAreMergedOnce) {
    GoogleTalk talk;
    talk.link();
    talk.say("agenda dentista mañana a las 3");
    const TurnOutcome card =
        talk.say("mueve el dentista de mañana a las 5 de la tarde", "reschedule_meeting");
    talk.google.fail({.status = 412, .reason = "conditionNotMet", .call = "events.patch"});
    EXPECT_TRUE(contains(talk.tap(card, "Mover").text(), "Movido"));
}

TEST(GoogleFaults, OfAMoveThatWasDoneBeforeItsAnswerGotLost) {
    for (const Kind kind : {Kind::kLose, Kind::kErrorAfter, Kind::kHang}) {
        GoogleTalk talk;
        talk.link();
        talk.say("agenda dentista mañana a las 3");
        const TurnOutcome card =
            talk.say("mueve el dentista de mañana a las 5 de la tarde", "reschedule_meeting");
        talk.google.fail({.kind = kind, .call = "events.patch"});
        std::string said = talk.tap(card, "Mover").text();
        if (said.find("Movido") == std::string::npos) said = patience(talk);
        EXPECT_TRUE(contains(said, "Movido"));
    }
}

TEST(GoogleFaults, OfAnEventThatIsGone) {
    GoogleTalk talk;
    talk.link();
    talk.say("agenda dentista mañana a las 3");
    const TurnOutcome card =
        talk.say("mueve el dentista de mañana a las 5 de la tarde", "reschedule_meeting");
    talk.google.delete_event(
        "maria@example.org",
        json::parse(talk.google.events("maria@example.org")).at(0).at("id").get<std::string>());
    EXPECT_TRUE(contains(talk.tap(card, "Mover").text(), "No encontré"));
}

TEST(GoogleFaults, OfAnIdThatADeletedEventHoldsTakeAnother) {
    GoogleTalk talk;
    talk.link();
    Message message = GoogleTalk::message("schedule_meeting", "ana");
    message.message_id = "wamid-1";
    message.cut = migue::bench::Cut{0, false};
    const TurnOutcome cut = talk.bench.send("agenda dentista mañana a las 3", message);
    talk.google.delete_event(
        "maria@example.org",
        json::parse(talk.google.events("maria@example.org")).at(0).at("id").get<std::string>());
    EXPECT_TRUE(contains(talk.bench.repeat(cut).text(), "Agendado"));
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(GoogleFaults, OfATurnThatDiedOverItsPromiseAreToldOnce) {
    bool was_cut = true;
    for (std::size_t operation = 1; was_cut; ++operation) {
        ASSERT_LT(operation, 100u);
        GoogleTalk talk;
        talk.link();
        talk.google.fail({.status = 503, .call = "events.list", .times = -1});
        Message message = GoogleTalk::message("schedule_meeting", "ana");
        message.message_id = "wamid-1";
        message.cut = migue::bench::Cut{operation, true};
        const TurnOutcome cut = talk.bench.send("agenda dentista mañana a las 3", message);
        was_cut = cut.status == MIGUE_E_CANCELLED;
        talk.google.clear_faults();
        std::string said = was_cut ? talk.bench.repeat(cut).text() : cut.text();
        said += patience(talk);
        std::size_t told = 0;
        for (std::size_t at = said.find("Agendado"); at != std::string::npos;
             at = said.find("Agendado", at + 1))
            ++told;
        EXPECT_EQ(told, 1u) << "cut at operation " << operation << ": " << said;
        EXPECT_EQ(talk.titles().size(), 1u);
    }
}

}  // namespace
}  // namespace scheduling
