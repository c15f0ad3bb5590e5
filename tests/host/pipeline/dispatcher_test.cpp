#include "host/pipeline/dispatcher.hpp"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "host/store/sqlite/sqlite_store.hpp"
#include "tests/host/pipeline/scripted.hpp"
#include "tests/host/temporary_folder.hpp"

/// The walk of a message through the pipeline, with a real store.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using test::ends;
using test::RecordingChannel;
using test::router_in;
using test::says;
using test::ScriptedPlugins;

class DispatcherTest : public ::testing::Test {
protected:
    DispatcherTest() : router_(router_in(folder_.path())) { start(); }
    ~DispatcherTest() override { stop(); }

    void start(Dispatcher::Options options = {}) {
        store_ = sqlite::SqliteStore::open(folder_.path() / "migue.db").value();
        const Channels channels{{"chat", &channel_}};
        executor_ = std::make_unique<Executor>(3);
        outbox_ = std::make_unique<Outbox>(*store_, channels, clock_, log_, Outbox::Options{});
        turns_ = std::make_unique<TurnRunner>(
            *store_, plugins_, [this] { return router_; }, channels, *outbox_, *executor_, clock_, log_,
            turn_options_);
        dispatcher_ = std::make_unique<Dispatcher>(*store_, *turns_, *outbox_, *executor_, channels, clock_,
                                                   log_, options);
    }
    void stop() {
        dispatcher_->stop();
        executor_->stop();
        turns_.reset();
        outbox_->stop();
        store_.reset();
        dispatcher_.reset();
    }
    Accepted say(const std::string& text, const std::string& person = "ana",
                 const std::string& input = R"({"kind":"text"})") {
        InboundMessage message;
        message.channel = "chat";
        message.message_id = "m" + std::to_string(++messages_);
        message.identities = {person};
        message.text = text;
        message.input_json = input;
        message.kind = Json::parse(input).at("kind");
        message.sent_unix_ms = clock_.unix_ms();
        return dispatcher_->accept({message})->front();
    }

    test::TemporaryFolder folder_;
    SystemClock clock_;
    Log log_{Severity::kError, [](std::string_view) {}};
    std::shared_ptr<const intents::Router> router_;
    TurnRunner::Options turn_options_;
    ScriptedPlugins plugins_;
    RecordingChannel channel_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Executor> executor_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<TurnRunner> turns_;
    std::unique_ptr<Dispatcher> dispatcher_;
    int messages_ = 0;
};

TEST_F(DispatcherTest, AnswersAMessageThroughItsRoute) {
    plugins_.set("scheduling",
                 [](const TurnRequest& request) { return says(request.intent + " " + request.locale); });
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("smalltalk"); });
    say("agenda una reunión");
    EXPECT_EQ(channel_.texts(1), std::vector<std::string>{"schedule_meeting es"});
    say("hola");
    EXPECT_EQ(channel_.texts(2).back(), "smalltalk");
}

TEST_F(DispatcherTest, RunsOneTurnAtATimeInAConversationAndLetsOthersPass) {
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    plugins_.hold("hola 1");
    say("hola 1");
    say("hola 2");
    say("hola 3", "luis");
    EXPECT_EQ(channel_.texts(1), std::vector<std::string>{"hola 3"});
    plugins_.release("hola 1");
    EXPECT_EQ(channel_.texts(3), (std::vector<std::string>{"hola 3", "hola 1", "hola 2"}));
}

TEST_F(DispatcherTest, GivesStateBackAndTheQuestionToThePluginThatAsked) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        if (request.answers_open_question) return says("answer to " + request.state_json);
        TurnResult result = says("¿a qué hora?");
        result.state_json = R"({"day":24})";
        result.state_version = 1;
        result.ask_ttl = 15min;
        return result;
    });
    say("agenda una reunión");
    EXPECT_EQ(channel_.texts(1).front(), "¿a qué hora?");
    say("a las 3");
    EXPECT_EQ(channel_.texts(2).back(), R"(answer to {"day":24})");
}

TEST_F(DispatcherTest, RoutesAfreshWhatIsNoAnswer) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        if (request.answers_open_question) return ends(MIGUE_PASS);
        TurnResult result = says("¿a qué hora?");
        result.ask_ttl = 15min;
        return result;
    });
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.intent); });
    say("agenda una reunión");
    say("hola");
    EXPECT_EQ(channel_.texts(2).back(), "greeting");
}

TEST_F(DispatcherTest, AsksTheFallbackWhenAPluginPasses) {
    plugins_.set("scheduling", [](const TurnRequest&) { return ends(MIGUE_PASS); });
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("fallback"); });
    say("agenda una reunión");
    EXPECT_EQ(channel_.texts(1).front(), "fallback");
}

TEST_F(DispatcherTest, BringsATapToThePluginThatOfferedIt) {
    plugins_.set("scheduling", [](const TurnRequest& request) { return says(request.input_json); });
    say("Deshacer", "ana", R"({"kind":"tap","tap":"scheduling:undo:7"})");
    EXPECT_EQ(channel_.texts(1).front(), R"({"kind":"tap","tap":"undo:7"})");
}

TEST_F(DispatcherTest, AnswersWhatGoesOnWithAMessageTogetherWithIt) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        return says(request.message_id + " " + request.text + " " + request.input_json);
    });
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    plugins_.hold("hola");
    say("hola");
    say("agenda una reunión con Ana");
    say("mañana");
    say("a las 3");
    say("agenda otra");
    plugins_.release("hola");
    EXPECT_EQ(channel_.texts(3), (std::vector<std::string>{"hola",
                                                           R"(m2 agenda una reunión con Ana)"
                                                           "\nmañana\na las 3"
                                                           R"( {"joined":3,"kind":"text"})",
                                                           R"(m5 agenda otra {"kind":"text"})"}));
    EXPECT_EQ(turns_->joined(), 2U);
    const Json trace = Json::parse(store_->trace("m2").value());
    EXPECT_EQ(trace.at("messages"), 3);
    EXPECT_EQ(Json::parse(store_->trace("m4").value()).at("joined_to"), "m2");
}

TEST_F(DispatcherTest, JoinsWhatAnswersAnOpenQuestion) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        TurnResult result = says(request.text);
        result.ask_ttl = 15min;
        return result;
    });
    plugins_.hold("agenda una reunión");
    say("agenda una reunión");
    static_cast<void>(plugins_.seen(1));  // it has begun: what comes now waits behind it
    say("mañana");
    say("a las 3");
    plugins_.release("agenda una reunión");
    EXPECT_EQ(channel_.texts(2), (std::vector<std::string>{"agenda una reunión", "mañana\na las 3"}));
}

TEST_F(DispatcherTest, WaitsForMoreOnlyAsLongAsItIsTold) {
    turn_options_.burst_wait = 300ms;
    stop();
    start();
    plugins_.set("scheduling", [](const TurnRequest& request) { return says(request.text); });
    say("agenda una reunión");
    say("mañana");
    EXPECT_EQ(channel_.texts(1).front(), "agenda una reunión\nmañana");
    say("agenda otra");
    EXPECT_EQ(channel_.texts(2).back(), "agenda otra");
}

TEST_F(DispatcherTest, JoinsWordsAloneAndNotTooManyOfThem) {
    turn_options_.burst.messages = 3;
    stop();
    start();
    plugins_.set("scheduling", [](const TurnRequest& request) { return says(request.text); });
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    const auto burst = [&](const std::string& second_input) {
        plugins_.hold("hola");
        const std::size_t before = plugins_.seen(0).size();
        say("hola");
        static_cast<void>(plugins_.seen(before + 1));
        say("agenda una reunión");
        say("mañana", "ana", second_input);
        say("a las 3");
        say("con Ana");
        plugins_.release("hola");
    };
    burst(R"({"kind":"text"})");
    EXPECT_EQ(channel_.texts(3),
              (std::vector<std::string>{"hola", "agenda una reunión\nmañana\na las 3", "con Ana"}));
    burst(R"({"kind":"text","quoted":"m1"})");
    EXPECT_EQ(channel_.texts(8)[4], "agenda una reunión");
    burst(R"({"kind":"text","forwarded":true})");
    EXPECT_EQ(channel_.texts(13)[9], "agenda una reunión");
    burst(R"({"kind":"tap","tap":"smalltalk:1"})");
    EXPECT_EQ(channel_.texts(18)[14], "agenda una reunión");
}

TEST_F(DispatcherTest, RunsJoinedMessagesAgainAsTheOneTurnTheyWere) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        return says(request.message_id + " " + request.text + " " + std::to_string(request.attempt));
    });
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    plugins_.hold("hola");
    plugins_.hold("agenda una reunión\nmañana");
    say("hola");
    say("agenda una reunión");
    say("mañana");
    plugins_.release("hola");
    static_cast<void>(plugins_.seen(2));  // it was joined, and begun
    say("a las 3");
    stop();
    start();
    ASSERT_TRUE(dispatcher_->start());
    static_cast<void>(plugins_.seen(3));
    plugins_.release("agenda una reunión\nmañana");
    EXPECT_EQ(channel_.texts(3),
              (std::vector<std::string>{"hola", "m2 agenda una reunión\nmañana 2", "a las 3"}));
}

TEST_F(DispatcherTest, AsksThePluginThatListensBeforeTheFallback) {
    std::ofstream(folder_.path() / "routes.yaml", std::ios::app) << "listens: scheduling\n";
    router_ = intents::Router::load(folder_.path() / "routes.yaml").value();
    plugins_.set("scheduling", [](const TurnRequest& request) {
        return request.text == "mañana" ? says("¿qué, mañana?") : ends(MIGUE_PASS);
    });
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.intent); });
    say("mañana");
    EXPECT_EQ(channel_.texts(1).front(), "¿qué, mañana?");
    say("qué clima hace");
    EXPECT_EQ(channel_.texts(2).back(), "other");
    say("foto", "ana", R"({"kind":"image"})");
    EXPECT_EQ(channel_.texts(3).back(), "unsupported");
}

TEST_F(DispatcherTest, JoinsToWhatThePluginThatListensMayKnow) {
    std::ofstream(folder_.path() / "routes.yaml", std::ios::app) << "listens: scheduling\n";
    router_ = intents::Router::load(folder_.path() / "routes.yaml").value();
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    plugins_.set("scheduling", [](const TurnRequest& request) { return says(request.text); });
    plugins_.hold("hola");
    say("hola");
    static_cast<void>(plugins_.seen(1));  // what comes now waits behind it
    say("mañana");
    say("con Ana");
    say("agenda otra");
    plugins_.release("hola");
    EXPECT_EQ(channel_.texts(3), (std::vector<std::string>{"hola", "mañana\ncon Ana", "agenda otra"}));
}

TEST_F(DispatcherTest, TellsThePluginWhichMessageIsQuoted) {
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.input_json); });
    say("hola");
    static_cast<void>(channel_.texts(1));
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!store_->unsent(1)->empty() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();  // until its id is kept
    const std::string quoting = R"({"kind":"text","quoted":"out 1"})";
    say("hola", "ana", quoting);
    EXPECT_EQ(Json::parse(channel_.texts(2).back()).at("quoted_message"), "m1");
    say("hola", "luis", quoting);
    EXPECT_FALSE(Json::parse(channel_.texts(3).back()).contains("quoted_message"))
        << "not of his conversation";
}

TEST_F(DispatcherTest, TellsTheTruthWhenAPluginFailsAndKeepsNothingOfIt) {
    plugins_.set("smalltalk", [](const TurnRequest& request) {
        if (request.text == "hola") return says(request.state_json.empty() ? "no state" : request.state_json);
        TurnResult result = says("half an answer");
        result.status = request.text == "hola tarde" ? MIGUE_E_DEADLINE : MIGUE_E_INVALID;
        result.state_json = "{}";
        return result;
    });
    say("hola tarde");
    EXPECT_NE(channel_.texts(1).back().find("no sé si quedó hecho"), std::string::npos);
    say("hola roto");
    EXPECT_NE(channel_.texts(2).back().find("no hice nada"), std::string::npos);
    say("hola");
    EXPECT_EQ(channel_.texts(3).back(), "no state");
}

TEST_F(DispatcherTest, SaysSoWhenThePluginIsNotThere) {
    say("agenda una reunión");
    EXPECT_NE(channel_.texts(1).front().find("Ahora mismo no puedo"), std::string::npos);
}

TEST_F(DispatcherTest, AnswersARepeatedMessageOnce) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("once"); });
    say("hola");
    messages_ = 0;
    EXPECT_TRUE(say("hola").duplicate);
    say("hola 2");
    EXPECT_EQ(channel_.texts(2).size(), 2U);
}

TEST_F(DispatcherTest, FinishesAfterARestartWhatWasStoredAndNotAnswered) {
    plugins_.set("smalltalk", [](const TurnRequest& request) {
        return says("attempt " + std::to_string(request.attempt));
    });
    plugins_.hold("hola");
    say("hola");
    EXPECT_EQ(plugins_.seen(1).front().attempt, 1U);
    stop();  // the turn's end is never heard of, as when the process dies
    plugins_.set("smalltalk", [](const TurnRequest& request) {
        return says("attempt " + std::to_string(request.attempt));
    });
    plugins_.hold("hola");  // forgets the turn of the dead process
    start();
    ASSERT_TRUE(dispatcher_->start());
    plugins_.release("hola");
    EXPECT_EQ(channel_.texts(1).front(), "attempt 2");
}

TEST_F(DispatcherTest, KeepsATraceWithoutText) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("secret answer"); });
    say("hola secreta");
    channel_.texts(1);
    const Json trace = Json::parse(store_->trace("m1").value());
    EXPECT_EQ(trace.at("plugin"), "smalltalk");
    EXPECT_EQ(trace.at("intent"), "greeting");
    EXPECT_EQ(trace.dump().find("secret"), std::string::npos);
}

TEST_F(DispatcherTest, NamesAMessageInTracesByAnIdThatTellsNothingOfItsSender) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    say("hola");
    channel_.texts(1);
    const std::string trace_id = plugins_.seen(1).front().trace_id;
    EXPECT_TRUE(trace_id.starts_with("t-")) << trace_id;
    EXPECT_EQ(Json::parse(store_->trace("m1").value()).at("trace_id"), trace_id);
}

TEST_F(DispatcherTest, KeepsWhatExpectsNoAnswerAndLeavesItAtThat) {
    plugins_.set("scheduling", [](const TurnRequest& request) {
        if (request.answers_open_question) return says("answer " + request.text);
        TurnResult result = says("¿a qué hora?");
        result.ask_ttl = 15min;
        return result;
    });
    say("agenda una reunión");
    channel_.texts(1);
    InboundMessage thumb;
    thumb.channel = "chat";
    thumb.message_id = "reaction";
    thumb.identities = {"ana"};
    thumb.kind = "reaction";
    thumb.input_json = R"({"kind":"reaction"})";
    thumb.expects_answer = false;
    ASSERT_TRUE(dispatcher_->accept({thumb}));
    say("a las 3");
    EXPECT_EQ(channel_.texts(2).back(), "answer a las 3") << "the question is still open";
    EXPECT_EQ(plugins_.seen(2).size(), 2U) << "no plugin was asked about the reaction";
    EXPECT_EQ(Json::parse(store_->trace("reaction").value()).at("kind"), "reaction");
}

TEST_F(DispatcherTest, TellsAPersonOnceWhatCouldNotBeSentToThem) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    OutboundReply lost;
    lost.conversation_id = say("hola").conversation_id;
    channel_.texts(1);
    lost.sequence = store_->transcript(lost.conversation_id, 0, 10).value().back().position;
    std::promise<void> buried;
    store_->bury(lost, "the window is closed", true, clock_.unix_ms(),
                 [&](const Result<void>&) { buried.set_value(); });
    buried.get_future().wait();
    say("hola 2");
    const auto told = channel_.texts(3);
    EXPECT_NE(told[1].find("WhatsApp no me dejó"), std::string::npos) << told[1];
    EXPECT_EQ(told[2], "hi");
    say("hola 3");
    EXPECT_EQ(channel_.texts(4).back(), "hi");
}

TEST_F(DispatcherTest, GivesUpATurnThatNeverEnds) {
    plugins_.set("smalltalk", [](const TurnRequest& request) {
        return says("attempt " + std::to_string(request.attempt));
    });
    plugins_.hold("hola");
    say("hola");
    for (int restart = 0; restart < 8; ++restart) {
        plugins_.seen(static_cast<std::size_t>(restart) + 1);
        stop();
        plugins_.hold("hola");
        start();
        ASSERT_TRUE(dispatcher_->start());
    }
    EXPECT_NE(channel_.texts(1).front().find("no sé si quedó hecho"), std::string::npos);
    EXPECT_EQ(plugins_.seen(8).size(), 8U);
}

TEST_F(DispatcherTest, TakesNoMessageThatItWouldAnswerTooLate) {
    stop();
    LoadGauge::Options load;
    load.always = 2;
    load.never = 2;
    start({.load = load});
    plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
    plugins_.hold("hola 1");
    say("hola 1");
    say("hola 2");
    InboundMessage third;
    third.channel = "chat";
    third.message_id = "third";
    third.identities = {"luis"};
    third.input_json = R"({"kind":"text"})";
    const auto refused = dispatcher_->accept({third});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Error::Code::kUnavailable);
    plugins_.release("hola 1");
    channel_.texts(2);
    dispatcher_->drain(10s);
    EXPECT_TRUE(dispatcher_->accept({third})) << "it was not stored before";
    EXPECT_EQ(channel_.texts(3).size(), 3U);
}

TEST_F(DispatcherTest, BringsAJobBackThatFailed) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    plugins_.set("scheduling", [](const TurnRequest&) { return ends(MIGUE_E_UNAVAILABLE); });
    ASSERT_TRUE(dispatcher_->start());
    const Accepted turn = say("hola");
    channel_.texts(1);
    const std::int64_t due = clock_.unix_ms();
    std::promise<void> kept;
    store_->put_job({"scheduling", turn.conversation_id, "remind", "7", due, 1},
                    [&](const Result<void>&) { kept.set_value(); });
    kept.get_future().wait();
    EXPECT_EQ(plugins_.seen(2).back().attempt, 1U);
    dispatcher_->drain(10s);
    stop();
    start();
    std::vector<OpenTurn> again;
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (again.empty() && std::chrono::steady_clock::now() < deadline)
        again = store_->due_jobs(due + 120'000, 10).value();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again.front().attempt, 2U);
    EXPECT_EQ(Json::parse(again.front().message.input_json).at("job").at("payload"), 7);
}

TEST_F(DispatcherTest, RunsADueJobAsATurnOfItsPlugin) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    plugins_.set("scheduling", [](const TurnRequest& request) { return says(request.input_json); });
    ASSERT_TRUE(dispatcher_->start());
    const Accepted turn = say("hola");
    channel_.texts(1);
    std::promise<void> kept;
    store_->put_job({"scheduling", turn.conversation_id, "remind", "7", clock_.unix_ms(), 1},
                    [&](const Result<void>& put) {
                        EXPECT_TRUE(put);
                        kept.set_value();
                    });
    kept.get_future().wait();
    EXPECT_EQ(channel_.texts(2).back(), R"({"job":{"key":"remind","payload":7},"kind":"job"})");
}

/// Two routes of different plugins that share all their words, and one with a wish of its own.
std::shared_ptr<const intents::Router> doubtful_router(const std::filesystem::path& folder) {
    std::ofstream(folder / "es.yaml")
        << "schedule_meeting: [aparta la cancha azul, aparta la mesa grande, aparta el salón verde]\n"
           "handoff: [pásame la cancha azul, pásame la mesa grande, pásame el salón verde]\n"
           "cancel_meeting: [anula mi pedido ya, anula todo eso, anula lo pendiente]\n"
           "other: [qué clima hace, cuánto vale el dólar, cuéntame un chiste]\n";
    std::ofstream(folder / "routes.yaml")
        << "intents: { es: es.yaml }\nfallback: smalltalk\nthresholds: { accept: 0.1, other: 0.9, doubt: 1 "
           "}\n"
           "routes:\n"
           "  - { intent: schedule_meeting, plugin: scheduling, title: { es: Apartar } }\n"
           "  - { intent: cancel_meeting, plugin: scheduling, title: { es: Anular } }\n"
           "  - { intent: handoff, plugin: smalltalk, title: { es: Pasar } }\n";
    auto router = intents::Router::load(folder / "routes.yaml");
    EXPECT_TRUE(router) << router.error().what;
    return std::move(router).value();
}

TEST_F(DispatcherTest, AsksItselfWhichPluginWasMeantAndBringsTheMessageToTheChosenOne) {
    router_ = doubtful_router(folder_.path());
    plugins_.set("smalltalk",
                 [](const TurnRequest& request) { return says(request.intent + ": " + request.text); });
    say("aparta o pásame la cancha azul");
    ASSERT_EQ(channel_.texts(1).size(), 1U);
    const Json body = Json::parse(channel_.bodies().back());
    ASSERT_TRUE(body.contains("buttons")) << body;
    std::map<std::string, std::string> ids;
    for (const Json& button : body["buttons"]) ids[button["title"]] = button["id"];
    ASSERT_EQ(ids.size(), 2U) << body;
    say("Pasar", "ana", Json{{"kind", "tap"}, {"tap", ids.at("Pasar")}}.dump());
    EXPECT_EQ(channel_.texts(2).back(), "handoff: aparta o pásame la cancha azul");
    const TurnRequest chosen = plugins_.seen(1).back();
    EXPECT_EQ(chosen.confidence, 1);
    EXPECT_EQ(Json::parse(chosen.input_json), (Json{{"kind", "text"}}));
}

TEST_F(DispatcherTest, TellsAPluginOfASecondWishAndWhereItStands) {
    router_ = doubtful_router(folder_.path());
    plugins_.set("scheduling", [](const TurnRequest&) { return says("bien"); });
    const std::string text = "aparta la mesa grande. ¡anula todo eso!";
    say(text);
    EXPECT_EQ(channel_.texts(1).back(), "bien");
    const Json input = Json::parse(plugins_.seen(1).back().input_json);
    ASSERT_TRUE(input.contains("second_wish")) << input;
    const Json& wish = input["second_wish"];
    const bool first = plugins_.seen(1).back().intent == "schedule_meeting";
    EXPECT_EQ(wish["intent"], first ? "cancel_meeting" : "schedule_meeting");
    EXPECT_EQ(wish["plugin"], "scheduling");
    const auto begin = wish["begin"].get<std::size_t>(), end = wish["end"].get<std::size_t>();
    EXPECT_EQ(text.substr(begin, end - begin), first ? "¡anula todo eso!" : "aparta la mesa grande");
}

TEST_F(DispatcherTest, TellsAPluginOfARivalOfItsOwn) {
    router_ = doubtful_router(folder_.path());
    plugins_.set("scheduling", [](const TurnRequest&) { return says("bien"); });
    say("aparta, anula");
    EXPECT_EQ(channel_.texts(1).back(), "bien");
    const TurnRequest seen = plugins_.seen(1).back();
    const Json input = Json::parse(seen.input_json);
    ASSERT_TRUE(input.contains("rival")) << input;
    EXPECT_EQ(input["rival"]["intent"],
              seen.intent == "schedule_meeting" ? "cancel_meeting" : "schedule_meeting");
    EXPECT_EQ(input["rival"]["plugin"], "scheduling");
    EXPECT_LE(input["rival"]["confidence"].get<float>(), seen.confidence);
}

TEST_F(DispatcherTest, AJobThatSaysNothingLeavesTheOpenQuestionOpen) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    plugins_.set("scheduling", [](const TurnRequest& request) {
        if (request.input_json.find("\"job\"") != std::string::npos) return ends(MIGUE_OK);
        if (request.answers_open_question) return says("answer " + std::string(request.text));
        TurnResult result = says("at what time?");
        result.ask_ttl = 15min;
        return result;
    });
    ASSERT_TRUE(dispatcher_->start());
    const Accepted turn = say("agenda una reunión");
    channel_.texts(1);
    std::promise<void> kept;
    store_->put_job({"scheduling", turn.conversation_id, "look", "7", clock_.unix_ms(), 1},
                    [&](const Result<void>&) { kept.set_value(); });
    kept.get_future().wait();
    plugins_.seen(2);
    say("a las 4");
    EXPECT_EQ(channel_.texts(2).back(), "answer a las 4");
}

TEST_F(DispatcherTest, AJobThatSaysItIsSlowHasMoreTime) {
    plugins_.set("smalltalk", [](const TurnRequest&) { return says("hi"); });
    plugins_.set("scheduling", [](const TurnRequest&) { return ends(MIGUE_OK); });
    ASSERT_TRUE(dispatcher_->start());
    const Accepted turn = say("hola");
    channel_.texts(1);
    const std::uint64_t before = clock_.monotonic_ns();
    for (const char* key : {"slow:voice", "remind"}) {
        std::promise<void> kept;
        store_->put_job({"scheduling", turn.conversation_id, key, "7", clock_.unix_ms(), 1},
                        [&](const Result<void>&) { kept.set_value(); });
        kept.get_future().wait();
    }
    for (const TurnRequest& request : plugins_.seen(3)) {
        const bool is_slow = request.input_json.find("slow:voice") != std::string::npos;
        EXPECT_EQ(request.deadline_ns - before > 10'000'000'000u, is_slow) << request.input_json;
    }
}

}  // namespace
}  // namespace migue::host
