#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "host/pipeline/dispatcher.hpp"
#include "host/store/postgres/postgres_store.hpp"
#include "tests/host/pipeline/scripted.hpp"
#include "tests/host/store/postgres_database.hpp"
#include "tests/host/temporary_folder.hpp"

/// Two hosts on one Postgres: each is a whole pipeline with a store of its own.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::RecordingChannel;
using test::says;

class Host {
public:
    Host(const std::string& url, std::shared_ptr<const intents::Router> router, Channel& channel)
        : router_(std::move(router)) {
        store_ = postgres::PostgresStore::open(url).value();
        const Channels channels{{"chat", &channel}};
        executor_ = std::make_unique<Executor>(3);
        outbox_ = std::make_unique<Outbox>(*store_, channels, clock_, log_, Outbox::Options{});
        turns_ = std::make_unique<TurnRunner>(
            *store_, plugins_, [this] { return router_; }, channels, *outbox_, *executor_, clock_, log_,
            TurnRunner::Options{});
        dispatcher_ = std::make_unique<Dispatcher>(*store_, *turns_, *outbox_, *executor_, channels, clock_,
                                                   log_, Dispatcher::Options{});
        plugins_.set("smalltalk", [](const TurnRequest& request) { return says(request.text); });
        EXPECT_TRUE(dispatcher_->start());
    }
    ~Host() {
        dispatcher_->stop();
        executor_->stop();
        turns_.reset();
        outbox_->stop();
        store_.reset();
    }

    Result<std::vector<Accepted>> say(const std::string& text, const std::string& person = "ana") {
        InboundMessage message;
        message.channel = "chat";
        message.message_id = person + " " + text;
        message.identities = {"chat:" + person};
        message.text = text;
        message.input_json = R"({"kind":"text"})";
        message.sent_unix_ms = clock_.unix_ms();
        return dispatcher_->accept({message});
    }
    [[nodiscard]] test::ScriptedPlugins& plugins() { return plugins_; }
    /// It says no more that it lives, and looks after nothing: what others see of a dead host.
    void fall_silent() { dispatcher_->stop(); }

private:
    SystemClock clock_;
    Log log_{Severity::kError, [](std::string_view) {}};
    std::shared_ptr<const intents::Router> router_;
    test::ScriptedPlugins plugins_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Executor> executor_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<TurnRunner> turns_;
    std::unique_ptr<Dispatcher> dispatcher_;
};

class TwoHosts : public ::testing::Test {
protected:
    test::TemporaryFolder folder_;
    std::shared_ptr<const intents::Router> router_ = test::router_in(folder_.path());
    test::PostgresDatabase database_;
    RecordingChannel channel_;  // where both send: the phone of the person
    Host a_{database_.url(), router_, channel_};
    Host b_{database_.url(), router_, channel_};
};

TEST_F(TwoHosts, AnswerAConversationInTheOrderOfItsCommits) {
    a_.plugins().hold("hola 1");
    ASSERT_TRUE(a_.say("hola 1"));
    const auto second = b_.say("hola 2");
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->front().ours) << "the other host has the conversation";
    const auto third = a_.say("hola 3");
    ASSERT_TRUE(third);
    EXPECT_EQ(third->front().before.size(), 1U) << "the holder takes the older message along";
    a_.plugins().release("hola 1");
    EXPECT_EQ(channel_.texts(3), (std::vector<std::string>{"hola 1", "hola 2", "hola 3"}));
    EXPECT_TRUE(b_.plugins().seen(0).empty());
}

TEST_F(TwoHosts, HandAConversationOverWhenItIsQuiet) {
    a_.plugins().hold("hola 1");
    ASSERT_TRUE(a_.say("hola 1"));
    ASSERT_TRUE(b_.say("hola 2"));
    a_.plugins().release("hola 1");
    EXPECT_EQ(channel_.texts(2), (std::vector<std::string>{"hola 1", "hola 2"}));
    EXPECT_EQ(b_.plugins().seen(1).front().attempt, 1U) << "it was never begun elsewhere";
}

TEST_F(TwoHosts, FinishWhatTheOtherLeftBehind) {
    a_.plugins().hold("hola 1");
    ASSERT_TRUE(a_.say("hola 1"));
    ASSERT_TRUE(a_.say("hola 2"));
    a_.fall_silent();
    EXPECT_EQ(channel_.texts(2), (std::vector<std::string>{"hola 1", "hola 2"}));
    EXPECT_EQ(b_.plugins().seen(1).front().attempt, 2U);
    // The other wakes up and ends its turn: too late, and nothing of it is heard.
    a_.plugins().release("hola 1");
    ASSERT_TRUE(b_.say("hola 3"));
    EXPECT_EQ(channel_.texts(3), (std::vector<std::string>{"hola 1", "hola 2", "hola 3"}));
}

TEST_F(TwoHosts, LoseNothingAndKeepTheOrderWhenBothAreBusy) {
    constexpr int kPeople = 8;
    constexpr int kEach = 15;
    std::vector<std::thread> people;
    for (int p = 0; p < kPeople; ++p)
        people.emplace_back([&, p] {
            const std::string person = "p" + std::to_string(p);
            for (int i = 0; i < kEach; ++i)
                ASSERT_TRUE(
                    ((p + i) % 2 == 0 ? a_ : b_).say("hola " + person + " " + std::to_string(i), person));
        });
    for (std::thread& person : people) person.join();
    std::map<std::string, std::vector<std::string>> by_person;
    for (const std::string& text : channel_.texts(kPeople * kEach))
        by_person[text.substr(0, text.rfind(' '))].push_back(text.substr(text.rfind(' ') + 1));
    for (const auto& [person, order] : by_person)
        for (int i = 0; i < kEach; ++i)
            EXPECT_EQ(order.at(static_cast<std::size_t>(i)), std::to_string(i)) << person;
}

}  // namespace
}  // namespace migue::host
