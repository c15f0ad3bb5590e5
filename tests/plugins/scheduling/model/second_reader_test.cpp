#include <gtest/gtest.h>

#include "model_talk.hpp"
#include "understanding/model/beside.hpp"
#include "understanding/model/second_reader.hpp"

namespace scheduling {
namespace {

using namespace std::chrono_literals;
using Kind = ModelFault::Kind;
using Profile = ModelOptions::Profile;

TEST(SecondReader, IsNotAskedAboutClearMessages) {
    ModelTalk talk;
    const auto done = talk.say("marca dentista mañana a las 10");
    EXPECT_TRUE(has(done.text(), "Dentista"));
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
    EXPECT_EQ(talk.asked(), 0u);
}

TEST(SecondReader, NeverBooksWithoutATap) {
    ModelTalk talk;
    talk.mark("dentista", json::array({"el jueves a las 4 de la tarde"}));
    const auto card = talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    EXPECT_TRUE(talk.titles().empty());
    EXPECT_TRUE(has(card.text(), "Dentista"));
    EXPECT_TRUE(has(card.text(), "26 de noviembre"));
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista con la doctora Paz"});
}

TEST(SecondReader, NeverBooksWithoutATapAlsoWhereCardsAreOff) {
    ModelTalk talk({}, {{"confirm", "never"}});
    talk.mark("dentista", json::array({"el jueves a las 4 de la tarde"}));
    const auto card = talk.say(kTangled);
    EXPECT_TRUE(talk.titles().empty());
    EXPECT_EQ(talk.draft().value("show_first", false), true);
    EXPECT_FALSE(card.choices().empty());
}

TEST(SecondReader, AnHourThatIsPickedIsShownBeforeItIsBooked) {
    ModelTalk talk;
    talk.mark("dentista", json::array({"el jueves"}));
    std::string text = kTangled;
    text.erase(text.find(" a las 4 de la tarde"), 20);
    text.replace(text.find("todo el día"), std::string("todo el día").size(), "sin parar");
    const auto asked = talk.say(text);
    ASSERT_EQ(talk.asked(), 1u);
    ASSERT_FALSE(asked.choices().empty());
    Message message;
    message.person = "ana";
    const auto card = talk.bench.tap(asked.choices().front(), message);
    EXPECT_TRUE(talk.titles().empty()) << card.text();
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles().size(), 1u);
}

struct FaultCase {
    const char* name;
    ModelFault fault;
    bool repeats = false;  ///< one more try helps
};
std::ostream& operator<<(std::ostream& out, const FaultCase& one) {
    return out << one.name;
}
class SecondReaderSurvives : public ::testing::TestWithParam<FaultCase> {};

TEST_P(SecondReaderSurvives, AndTheRulesAnswerInTime) {
    ModelTalk talk;
    ModelFault fault = GetParam().fault;
    fault.times = -1;
    talk.model.fail(fault);
    const auto turn = talk.say(kTangled);
    EXPECT_FALSE(turn.text().empty());
    EXPECT_FALSE(turn.was_cancelled);
    EXPECT_LE(turn.took, 1800ms);
    EXPECT_GE(talk.asked(), 1u);
    EXPECT_FALSE(talk.draft().is_object() && talk.draft().value("show_first", false));
    EXPECT_EQ(turn.text().find("sorry"), std::string::npos);
}

TEST_P(SecondReaderSurvives, AndTriesOnceMoreWhereThatHelps) {
    ModelTalk talk;
    talk.mark("dentista", json::array({"el jueves a las 4 de la tarde"}));
    talk.model.fail(GetParam().fault);
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), GetParam().repeats ? 2u : 1u);
    EXPECT_EQ(talk.draft().is_object() && talk.draft().value("show_first", false), GetParam().repeats);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, SecondReaderSurvives,
    ::testing::Values(
        FaultCase{"status_400", {.status = 400, .text = "bad"}}, FaultCase{"status_401", {.status = 401}},
        FaultCase{"status_404", {.status = 404}}, FaultCase{"status_503", {.status = 503}, true},
        FaultCase{"status_500", {.status = 500}, true},
        FaultCase{"html_502", {.kind = Kind::kRaw, .status = 502, .text = "<html>"}, true},
        FaultCase{"html_200", {.kind = Kind::kRaw, .status = 200, .text = "<html>"}, true},
        FaultCase{"limited", {.status = 429, .headers = {{"retry-after-ms", "200"}}}, true},
        FaultCase{"limited_for_long", {.status = 429, .headers = {{"retry-after", "3600"}}}},
        FaultCase{"limited_until",
                  {.status = 429, .headers = {{"retry-after", "Mon, 23 Nov 2026 16:05:00 GMT"}}}},
        FaultCase{"quota", {.status = 429, .code = "insufficient_quota"}},
        FaultCase{"prose", {.kind = Kind::kContent, .text = "Of course! I booked it."}, true},
        FaultCase{"wrong_schema", {.kind = Kind::kContent, .text = R"({"action":"book"})"}, true},
        FaultCase{"cut", {.kind = Kind::kCut}, true},
        FaultCase{"cut_unsaid", {.kind = Kind::kCutUnsaid}, true},
        FaultCase{"filtered", {.kind = Kind::kFiltered}}, FaultCase{"refusal", {.kind = Kind::kRefusal}},
        FaultCase{"empty", {.kind = Kind::kEmpty}}, FaultCase{"null", {.kind = Kind::kNull}},
        FaultCase{"tool_calls", {.kind = Kind::kToolCalls}},
        FaultCase{"reasoning", {.kind = Kind::kReasoningOnly}, true},
        FaultCase{"large", {.kind = Kind::kLarge}, true}, FaultCase{"reset", {.kind = Kind::kReset}, true},
        FaultCase{"refuse", {.kind = Kind::kRefuse}, true}, FaultCase{"hang", {.kind = Kind::kHang}},
        FaultCase{"drip", {.kind = Kind::kDrip}}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(SecondReader, FencedJsonIsTaken) {
    ModelTalk talk;
    talk.model.fail({.kind = Kind::kContent,
                     .text = "```json\n{\"wishes\":[{\"title\":\"dentista\",\"times\":[],\"guests\":[],"
                             "\"place\":null}]}\n```"});
    talk.say(kTangled);
    EXPECT_TRUE(talk.draft().value("show_first", false));
}

TEST(SecondReader, StopsAskingADeadModel) {
    ModelTalk talk;
    talk.model.fail({.kind = Kind::kHang, .times = -1});
    for (int i = 0; i < 8; ++i) talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 5u);
    talk.model.clear_faults();
    talk.bench.advance(61s);
    talk.say(kTangled);
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 7u);
}

TEST(SecondReader, AWrongKeyIsNotTriedAgainAndAgain) {
    ModelTalk talk;
    talk.model.fail({.status = 401});
    talk.say(kTangled);
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    bool alarmed = false;
    for (const auto& line : talk.bench.log()) alarmed = alarmed || has(line.message, "does not let us in");
    EXPECT_TRUE(alarmed);
}

TEST(SecondReader, TakesTheFormatThatTheServerTakesAndRemembersIt) {
    ModelTalk talk({.takes_json_schema = false, .takes_json_object = false});  // learnt by the warm-up
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    EXPECT_TRUE(talk.draft().value("show_first", false));
    EXPECT_FALSE(json::parse(talk.model.calls().back().body).contains("response_format"));
}

TEST(SecondReader, TakesTheNameOfTheLimitThatTheServerTakes) {
    ModelTalk talk({.wants_completion_tokens = true});
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    EXPECT_TRUE(json::parse(talk.model.calls().back().body).contains("max_completion_tokens"));
}

class SecondReaderAt : public ::testing::TestWithParam<Profile> {};
TEST_P(SecondReaderAt, EachServerIsUnderstood) {
    ModelTalk talk({.profile = GetParam()});
    talk.mark("dentista", json::array({"el jueves a las 4 de la tarde"}));
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    EXPECT_TRUE(talk.draft().value("show_first", false));
    EXPECT_TRUE(talk.model.breaches().empty()) << talk.model.breaches().front();
}
INSTANTIATE_TEST_SUITE_P(Profiles, SecondReaderAt,
                         ::testing::Values(Profile::kOpenAi, Profile::kOllama, Profile::kLlamaCpp,
                                           Profile::kVllm));

TEST(SecondReader, KeepsToThePersonsDailyBudget) {
    ModelTalk talk({}, {{"model", {{"daily_tokens", 1}}}});
    talk.say(kTangled);
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 1u);
    const json rows = json::parse(talk.bench.sql("SELECT person_id, tokens FROM scheduling.model_tokens"));
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_GT(rows[0].at("tokens"), 1);
    talk.bench.advance(24h);
    talk.say(kTangled);
    EXPECT_EQ(talk.asked(), 2u);
}

TEST(SecondReader, SendsLittleAndTheSameBytesFirst) {
    ModelTalk talk;
    talk.say(kTangled);
    talk.say(std::string(kTangled) + " [[m-00]]");
    const auto calls = talk.model.calls();
    const json first = json::parse(calls[calls.size() - 2].body), second = json::parse(calls.back().body);
    EXPECT_EQ(first.at("messages").at(0), second.at("messages").at(0));
    EXPECT_EQ(first.at("messages").size(), 2u);
    const std::string user = second.at("messages").at(1).at("content");
    EXPECT_TRUE(has(user, "ponme dentista"));
    EXPECT_EQ(user.find("[[m-00]]"), std::string::npos);
    for (const char* secret : {"ana", kModelKey, "tools"})
        EXPECT_EQ(user.find("\"" + std::string(secret) + "\""), std::string::npos);
    EXPECT_EQ(calls.back().body.find("America/Bogota"), std::string::npos);
    EXPECT_LT(first.at("messages").at(0).at("content").get<std::string>().size(), 2000u);
}

TEST(SecondReader, LongMessagesAreCut) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "[[ ñandú ";
    const std::string data = model_client::as_data(text);
    EXPECT_LT(data.size(), 3000u);
    EXPECT_EQ(data.find("[["), std::string::npos);
}

TEST(SecondReader, LogsNoWordsOfTheMessage) {
    ModelTalk talk;
    talk.say(kTangled);
    talk.model.fail({.status = 400, .text = "dentista is not allowed"});
    talk.say(kTangled);
    for (const auto& line : talk.bench.log())
        for (const auto& [key, value] : line.fields) {
            EXPECT_EQ(value.find("dentista"), std::string::npos) << line.message;
            EXPECT_EQ(value.find(kModelKey), std::string::npos) << line.message;
        }
}

TEST(SecondReader, IsCounted) {
    ModelTalk talk;
    talk.say(kTangled);
    EXPECT_EQ(talk.bench.metric("model_readings_total").size(), 1u);
    EXPECT_FALSE(talk.bench.metric("model_tokens_total").empty());
}

TEST(SecondReader, ShowsBothReadingsToOperators) {
    ModelTalk talk;
    talk.mark("dentista", json::array({"el jueves a las 4 de la tarde"}));
    migue::bench::RouteCall call;
    call.admin = true;
    call.body = json{
        {"text", kTangled},
        {"intent", "schedule_meeting"},
        {"now_unix_ms", talk.bench.unix_ms()},
        {"tz", "America/Bogota"},
        {"locale",
         "es"}}.dump();
    const auto reply = talk.bench.request("POST", "/reading", call);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json shown = json::parse(reply.body);
    EXPECT_EQ(shown.at("model").at("end"), "answered");
    EXPECT_TRUE(shown.at("rules").contains("event"));
    EXPECT_EQ(shown.at("reading").at("event").at("title"), "Dentista con la doctora Paz");
    EXPECT_EQ(shown.at("model").at("from").at("title"), "rules") << shown;
    EXPECT_EQ(shown.at("model").at("from").at("time"), "model") << shown;
    call.admin = false;
    EXPECT_EQ(talk.bench.request("POST", "/reading", call).status, 404);
}

TEST(ModelSettings, LeaveOurMembersAlone) {
    const auto faults = migue::bench::load_faults(
        migue::bench::entry_of<Plugin>(),
        json{{"model",
              {{"url", "https://model.example/v1"}, {"name", "x"}, {"extra", {{"tools", json::array()}}}}}}
            .dump());
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_TRUE(has(faults[0], "/model/extra/tools"));
}

}  // namespace
}  // namespace scheduling
