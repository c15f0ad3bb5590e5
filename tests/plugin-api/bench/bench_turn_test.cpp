#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "script_plugin.hpp"

namespace migue::bench {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(Bench, CommitsRepliesStateAndQuestionOfATurnThatEndsWell) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        EXPECT_TRUE(turn.say("hola " + std::string(turn.text())));
        EXPECT_TRUE(turn.set_state(R"({"n":1})"));
        EXPECT_TRUE(turn.ask(60s));
        co_return TurnEnd::done();
    });
    const TurnOutcome turn = bench.send("Ana", {.intent = "talk"});
    EXPECT_EQ(turn.status, MIGUE_OK);
    EXPECT_EQ(turn.text(), "hola Ana");
    EXPECT_EQ(bench.state(), R"({"n":1})");
    EXPECT_TRUE(bench.has_open_question());
    bench.advance(60s);
    EXPECT_FALSE(bench.has_open_question());
}

TEST(Bench, CommitsNothingOfATurnThatFails) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        EXPECT_TRUE(turn.say("never seen"));
        EXPECT_TRUE(turn.set_state("{}"));
        co_return Error{Error::Code::kUnavailable, "away"};
    });
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.status, MIGUE_E_UNAVAILABLE);
    EXPECT_TRUE(turn.replies.empty());
    EXPECT_EQ(turn.reasons, std::vector<std::string>{"away"});
    EXPECT_EQ(bench.state(), "");
}

TEST(Bench, WaitsOnTheFakeClock) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        EXPECT_TRUE(co_await services.timer.after(300ms));
        EXPECT_TRUE(co_await services.timer.after(0ms));
        co_return TurnEnd::done();
    });
    const std::int64_t before = bench.unix_ms();
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.took, 300ms);
    EXPECT_EQ(turn.operations, 2u);
    EXPECT_EQ(bench.unix_ms() - before, 300);
}

TEST(Bench, CancelsAtTheDeadline) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        const Result<void> waited = co_await services.timer.after(1h);
        EXPECT_FALSE(waited);
        EXPECT_TRUE(turn.cancelled());
        const Result<void> more = co_await services.timer.after(1ms);
        EXPECT_EQ(more.error().code, Error::Code::kCancelled);
        co_return waited.error();
    });
    const TurnOutcome turn = bench.send("x", {.time_limit = 2s});
    EXPECT_EQ(turn.status, MIGUE_E_CANCELLED);
    EXPECT_TRUE(turn.was_cancelled);
    EXPECT_EQ(turn.took, 2s);
    EXPECT_EQ(bench.open_operations(), 0u);
}

TEST(Bench, AnswersHttpAsTheTestSays) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        HttpRequest request{
            .method = "POST", .url = "https://api.example.org/v1/x?q=1", .headers = {{"X-Key", "k"}}};
        const auto response = co_await services.http.send(std::move(request));
        if (!response) co_return response.error();
        EXPECT_TRUE(turn.say(std::to_string(response->status) + std::string(response->header("x-a")) +
                             response->body));
        co_return TurnEnd::done();
    });
    bench.http().expect("POST", "https://api.example.org/v1/x",
                        {.status = 201, .body = "made", .headers = {{"X-A", "b"}}, .delay = 150ms});
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.text(), "201bmade");
    EXPECT_EQ(turn.took, 150ms);
    EXPECT_EQ(bench.http().calls().at(0).header("x-key"), "k");
    bench.verify();
}

TEST(Bench, FailsTheTestOnARequestNobodyExpected) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        HttpRequest request{.url = "https://api.example.org/v1/secret?token=t"};
        const auto response = co_await services.http.send(std::move(request));
        co_return response.error();
    });
    try {
        bench.send("x");
        FAIL() << "no Fault";
    } catch (const Fault& fault) {
        EXPECT_STREQ(fault.what(), "http: nobody expected GET https://api.example.org/v1/secret");
    }
}

TEST(Bench, RunsSqlOnThePluginsTables) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        SqlStatement insert{"INSERT INTO script.note VALUES ($1)",
                            "[\"" + std::string(turn.message_id()) + "\"]"};
        const auto done = co_await services.sql.execute(std::move(insert));
        if (!done) co_return done.error();
        co_return TurnEnd::done();
    });
    EXPECT_EQ(bench.send("x", {.message_id = "m7"}).status, MIGUE_OK);
    EXPECT_EQ(bench.sql("SELECT id FROM script.note"), R"([{"id":"m7"}])");
    bench.fail_next_sql(MIGUE_E_UNAVAILABLE);
    EXPECT_EQ(bench.send("x").status, MIGUE_E_UNAVAILABLE);
}

TEST(Bench, ATapCarriesIdAndTitleOfWhatWasShown) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        const json input = json::parse(turn.input_json());
        if (input["kind"] == "tap")
            EXPECT_TRUE(turn.say(input["tap"].get<std::string>() + "=" + std::string(turn.text())));
        else
            EXPECT_TRUE(turn.offer("¿Cuál?", std::vector<Button>{{"script:a", "Uno"}, {"script:b", "Dos"}}));
        co_return TurnEnd::done();
    });
    const TurnOutcome shown = bench.send("x");
    EXPECT_EQ(shown.choices(), (std::vector<std::string>{"script:a", "script:b"}));
    EXPECT_EQ(bench.tap(shown.choice("Dos")).text(), "script:b=Dos");
    EXPECT_THROW(bench.tap("script:c"), Fault);
    EXPECT_THROW((void)shown.choice("Tres"), Fault);
}

TEST(Bench, RefusesAReplyOverTheLimits) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        const Result<void> offered = turn.offer("?", std::vector<Button>{{"a", std::string(21, 'x')}});
        if (!offered) co_return offered.error();
        co_return TurnEnd::done();
    });
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.status, MIGUE_E_INVALID);
    EXPECT_EQ(turn.reasons.at(0), "reply: buttons: /buttons/0/title: 21 characters, at most 20");
}

TEST(Bench, APassedAnswerComesAgainAsAMessageOfItsOwn) {
    int turns = 0;
    Bench bench = script_bench([&](const Services&, Turn& turn) -> Task<TurnEnd> {
        ++turns;
        if (turn.answers_open_question()) co_return TurnEnd::pass();
        EXPECT_TRUE(turn.ask(60s));
        co_return TurnEnd::done();
    });
    EXPECT_FALSE(bench.send("a", {.intent = "talk"}).answered_question);
    const TurnOutcome other = bench.send("b", {.intent = "weather"});
    EXPECT_EQ(other.status, MIGUE_PASS);
    EXPECT_TRUE(other.answered_question);
    EXPECT_EQ(turns, 2);
    EXPECT_EQ(bench.send("c", {.intent = "talk"}).status, MIGUE_OK)
        << "the question was for the next message only";
    EXPECT_EQ(bench.send("d", {.intent = "talk"}).status, MIGUE_OK);
    EXPECT_EQ(turns, 5) << "the fourth message came as an answer, then afresh";
}

TEST(Bench, KeepsConversationsApart) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        EXPECT_TRUE(turn.set_state(R"({"of":")" + std::string(turn.person_id()) + "\"}"));
        co_return TurnEnd::done();
    });
    bench.send("x", {.conversation = "c1"});
    EXPECT_EQ(bench.state("c1"), R"({"of":"person-c1"})");
    EXPECT_EQ(bench.state("c2"), "");
}

TEST(Bench, RepeatsAMessageWithItsIdTimeAndOldState) {
    std::vector<std::string> seen;
    Bench bench = script_bench([&](const Services& services, Turn& turn) -> Task<TurnEnd> {
        seen.push_back(std::string(turn.message_id()) + "/" + std::to_string(turn.attempt()) + "/" +
                       std::to_string(turn.sent_unix_ms()) + std::string(turn.state_json()));
        EXPECT_TRUE(turn.set_state("{}"));
        const Result<void> waited = co_await services.timer.after(1s);
        if (!waited) co_return waited.error();
        co_return TurnEnd::done();
    });
    const TurnOutcome cut = bench.send("x", {.message_id = "m", .sent_unix_ms = 5, .cut = Cut{1, false}});
    EXPECT_EQ(cut.status, MIGUE_E_CANCELLED);
    const TurnOutcome lost = bench.repeat(cut, Cut{0});
    EXPECT_EQ(lost.status, MIGUE_E_CANCELLED);
    EXPECT_EQ(bench.repeat(lost).status, MIGUE_OK);
    EXPECT_EQ(seen, (std::vector<std::string>{"m/1/5", "m/2/5", "m/3/5"}));
    EXPECT_EQ(bench.state(), "{}");
    EXPECT_THROW(bench.repeat(lost), Fault);
}

TEST(Bench, CutsBeforeOrAfterAnOperationTakesEffect) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        SqlStatement insert{"INSERT INTO script.note VALUES ($1)", "[\"" + std::string(turn.text()) + "\"]"};
        const auto done = co_await services.sql.execute(std::move(insert));
        if (!done) co_return done.error();
        co_return TurnEnd::done();
    });
    EXPECT_EQ(bench.send("before", {.cut = Cut{1, false}}).status, MIGUE_E_CANCELLED);
    EXPECT_EQ(bench.send("after", {.cut = Cut{1, true}}).status, MIGUE_E_CANCELLED);
    EXPECT_EQ(bench.send("unreached", {.cut = Cut{2, false}}).status, MIGUE_OK);
    EXPECT_EQ(bench.sql("SELECT id FROM script.note ORDER BY id"), R"([{"id":"after"},{"id":"unreached"}])");
}

TEST(Bench, TellsOfARivalAndASecondWishAsAHostDoes) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        const json input = json::parse(turn.input_json());
        const json& wish = input.at("second_wish");
        const auto begin = wish.at("begin").get<std::size_t>(), end = wish.at("end").get<std::size_t>();
        EXPECT_TRUE(turn.say(input.at("rival").at("intent").get<std::string>() + "|" +
                             wish.at("intent").get<std::string>() + "|" +
                             std::string(turn.text().substr(begin, end - begin))));
        co_return TurnEnd::done();
    });
    Message message;
    message.rival = Rival{"reschedule_meeting", "scheduling", 0.4F};
    message.second_wish = SecondWish{"query_agenda", "scheduling", "¿qué tengo hoy?"};
    EXPECT_EQ(bench.send("cancela la de mañana. ¿qué tengo hoy?", message).text(),
              "reschedule_meeting|query_agenda|¿qué tengo hoy?");
    EXPECT_THROW(bench.send("otra cosa", message), Fault);
}

TEST(Bench, JobsAreTurns) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        const json input = json::parse(turn.input_json());
        if (input["kind"] == "job") {
            if (turn.attempt() == 1) co_return Error{Error::Code::kUnavailable, "not yet"};
            EXPECT_TRUE(turn.say(input["job"]["payload"]["say"].get<std::string>()));
            co_return TurnEnd::done();
        }
        const auto stored = co_await services.jobs.at(
            services.clock.unix_ms() + 60'000, std::string(turn.conversation_id()), "k", R"({"say":"hey"})");
        if (!stored) co_return stored.error();
        co_return TurnEnd::done();
    });
    bench.send("x");
    EXPECT_TRUE(bench.run_due_jobs().empty());
    bench.advance(60s);
    EXPECT_EQ(bench.run_due_jobs().at(0).status, MIGUE_E_UNAVAILABLE);
    const std::vector<TurnOutcome> second = bench.run_due_jobs();
    EXPECT_EQ(second.at(0).text(), "hey");
    EXPECT_TRUE(bench.jobs().empty());
}

TEST(Bench, TurnsOfTwoConversationsOverlap) {
    std::vector<std::string> order;
    Bench bench = script_bench([&](const Services& services, Turn& turn) -> Task<TurnEnd> {
        order.push_back("in " + std::string(turn.text()));
        EXPECT_TRUE(co_await services.timer.after(10ms));
        order.push_back("out " + std::string(turn.text()));
        co_return TurnEnd::done();
    });
    const TurnId a = bench.start("a", {.conversation = "c1"});
    const TurnId b = bench.start("b", {.conversation = "c2"});
    EXPECT_THROW(bench.start("c", {.conversation = "c1"}), Fault) << "T1";
    EXPECT_EQ(bench.finish(b).status, MIGUE_OK);
    EXPECT_EQ(bench.finish(a).status, MIGUE_OK);
    EXPECT_EQ(order, (std::vector<std::string>{"in a", "in b", "out a", "out b"}));
}

TEST(Bench, CapturesLogAndMetrics) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        services.log.warn("slow", {{"what", "calendar"}});
        const std::uint32_t handle = services.metrics.counter("asked_total");
        services.metrics.record(handle, 2);
        co_return TurnEnd::done();
    });
    bench.send("x");
    ASSERT_EQ(bench.log().size(), 1u);
    EXPECT_EQ(bench.log()[0].message, "slow");
    EXPECT_EQ(bench.log()[0].fields.at("what"), "calendar");
    EXPECT_EQ(bench.metric("asked_total"), std::vector<double>{2});
}

TEST(Bench, AnExceptionEndsTheTurnWithItsReason) {  // O4
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        EXPECT_TRUE(co_await services.timer.after(1ms));
        throw std::runtime_error("broken");
    });
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.status, MIGUE_E_INTERNAL);
    EXPECT_EQ(turn.reasons, std::vector<std::string>{"broken"});
}

TEST(Bench, HasTheHostsLimitsOfATurn) {
    Bench bench = script_bench([](const Services&, Turn& turn) -> Task<TurnEnd> {
        EXPECT_EQ(turn.ask(0ms).error().code, Error::Code::kInvalid);
        EXPECT_TRUE(turn.ask(24h * 30));
        EXPECT_FALSE(turn.set_state("\"" + std::string(256 * 1024, 'x') + "\""));
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(turn.say("a"));
        EXPECT_EQ(turn.say("a").error().code, Error::Code::kInvalid);
        co_return TurnEnd::done();
    });
    const TurnOutcome turn = bench.send("x");
    EXPECT_EQ(turn.replies.size(), 10u);
    EXPECT_EQ(turn.ask_ttl, 24h * 7);
}

}  // namespace migue::bench
