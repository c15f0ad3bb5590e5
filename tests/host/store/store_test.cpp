#include "host/store/store.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "host/store/identity.hpp"
#include "host/store/postgres/postgres_store.hpp"
#include "host/store/sqlite/sqlite_store.hpp"
#include "tests/host/store/postgres_database.hpp"
#include "tests/host/store/store_calls.hpp"
#include "tests/host/temporary_folder.hpp"

/// What every Store promises. Each engine runs the whole suite.
namespace migue::host {
namespace {

using test::answer;
using test::kNow;
using test::message;
using test::wait;

class Engine {
public:
    virtual ~Engine() = default;
    /// The same data, opened again, as after the process died.
    virtual std::unique_ptr<Store> open() = 0;
};

class SqliteEngine final : public Engine {
public:
    std::unique_ptr<Store> open() override {
        auto store = sqlite::SqliteStore::open(folder_.path() / "var" / "migue.db");
        EXPECT_TRUE(store) << store.error().what;
        return std::move(store).value();
    }

private:
    test::TemporaryFolder folder_;
};

/// With a login that may use the tables and nothing else, straight or through a pooler.
class PostgresEngine final : public Engine {
public:
    enum class Way { kStraight = 1, kPooled };
    explicit PostgresEngine(Way way) : url_(way == Way::kPooled ? database_.pooler_url() : database_.url()) {}

    std::unique_ptr<Store> open() override {
        auto store = postgres::PostgresStore::open(url_);
        EXPECT_TRUE(store) << store.error().what;
        return std::move(store).value();
    }

private:
    test::PostgresDatabase database_;
    const std::string url_;
};

class StoreTest : public ::testing::TestWithParam<std::function<std::unique_ptr<Engine>()>> {
protected:
    StoreTest() : engine_(GetParam()()), store_(engine_->open()) {}

    Accepted accept(InboundMessage inbound) {
        auto accepted = test::accept(*store_, std::move(inbound));
        EXPECT_TRUE(accepted);
        return std::move(accepted).value();
    }
    Result<std::vector<OutboundReply>> finish(FinishedTurn turn) {
        return test::finish(*store_, std::move(turn));
    }
    Result<void> sent(const OutboundReply& reply) { return test::sent(*store_, reply); }
    Result<void> bury(const OutboundReply& reply, bool untold) { return test::bury(*store_, reply, untold); }
    std::vector<DeliveryEffect> note(std::vector<Delivery> news) {
        auto effects = test::note(*store_, std::move(news));
        EXPECT_TRUE(effects);
        return std::move(effects).value();
    }
    Conversation conversation(const std::string& id) {
        auto read = test::conversation(*store_, id);
        EXPECT_TRUE(read);
        return std::move(read).value();
    }
    /// Everything that is to be claimed, asked for in bites.
    std::vector<OpenTurn> claim_all(std::size_t bite) {
        std::vector<OpenTurn> turns;
        for (;;) {
            auto claimed = store_->claim(kNow, bite);
            EXPECT_TRUE(claimed);
            unsent_.insert(unsent_.end(), claimed->unsent.begin(), claimed->unsent.end());
            if (claimed->turns.empty() && claimed->unsent.empty()) return turns;
            turns.insert(turns.end(), claimed->turns.begin(), claimed->turns.end());
        }
    }
    void die_and_restart() {
        store_.reset();
        store_ = engine_->open();
    }

    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Store> store_;
    std::vector<OutboundReply> unsent_;  // what claim_all() found
};

TEST_P(StoreTest, KnowsAMessageThatComesAgain) {
    const Accepted first = accept(message("wamid.1"));
    const Accepted again = accept(message("wamid.1"));
    EXPECT_FALSE(first.duplicate);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(first.sequence, again.sequence);
    die_and_restart();
    EXPECT_TRUE(accept(message("wamid.1")).duplicate);
}

TEST_P(StoreTest, KnowsAMessageTwiceInOneBatch) {
    const auto accepted = wait<std::vector<Accepted>>([&](auto done) {
        store_->accept({message("wamid.1"), message("wamid.1"), message("wamid.2")}, kNow, std::move(done));
    });
    ASSERT_TRUE(accepted);
    EXPECT_FALSE((*accepted)[0].duplicate);
    EXPECT_TRUE((*accepted)[1].duplicate);
    EXPECT_FALSE((*accepted)[2].duplicate);
    EXPECT_LT((*accepted)[0].sequence, (*accepted)[2].sequence);
}

TEST_P(StoreTest, KeepsAConversationWhenANameIsAddedOrChanges) {
    const Accepted by_phone = accept(message("wamid.1", "tel:57300"));
    InboundMessage both = message("wamid.2", "bsuid:CO.1");
    both.identities.push_back("tel:57300");
    EXPECT_EQ(accept(both).conversation_id, by_phone.conversation_id);
    const Accepted by_user_id = accept(message("wamid.3", "bsuid:CO.1"));
    EXPECT_EQ(by_user_id.conversation_id, by_phone.conversation_id);
    EXPECT_EQ(by_user_id.person_id, by_phone.person_id);
    EXPECT_NE(accept(message("wamid.4", "tel:57301")).conversation_id, by_phone.conversation_id);
    const auto found = store_->find_conversation("whatsapp", "123", "bsuid:CO.1");
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, by_phone.conversation_id);
    EXPECT_EQ(store_->find_conversation("whatsapp", "123", "tel:0").value(), "");
}

TEST_P(StoreTest, HandsOutWhatADeadHostLeftOpenInOrderWithAHigherAttempt) {
    accept(message("wamid.1", "tel:1"));
    accept(message("wamid.2", "tel:2"));
    const Accepted done = accept(message("wamid.3", "tel:1"));
    ASSERT_TRUE(finish(answer(done, "wamid.3")));
    EXPECT_TRUE(store_->claim(kNow, 10)->turns.empty()) << "this host's own turns are not handed out again";
    die_and_restart();
    const auto turns = claim_all(1);
    ASSERT_EQ(turns.size(), 2U);
    EXPECT_EQ(turns[0].message.message_id, "wamid.1");
    EXPECT_EQ(turns[0].attempt, 2U);
    EXPECT_EQ(turns[0].message.text, "hola");
    EXPECT_EQ(turns[0].message.address_json, R"({"to":"+1"})");
    EXPECT_EQ(turns[1].message.message_id, "wamid.2");
}

TEST_P(StoreTest, CommitsRepliesStateAndQuestionTogether) {
    const Accepted turn = accept(message("wamid.1"));
    FinishedTurn finished = answer(turn, "wamid.1");
    finished.state = Conversation::PluginState{3, R"({"draft":1})"};
    finished.asked_plugin = "scheduling";
    finished.asked_until_unix_ms = kNow + 900'000;
    const auto replies = finish(finished);
    ASSERT_TRUE(replies);
    ASSERT_EQ(replies->size(), 2U);
    EXPECT_EQ((*replies)[1].ordinal, 1);
    EXPECT_EQ((*replies)[1].address_json, R"({"to":"+1"})");
    const Conversation kept = conversation(turn.conversation_id);
    EXPECT_EQ(kept.states.at("scheduling").json, R"({"draft":1})");
    EXPECT_EQ(kept.states.at("scheduling").version, 3U);
    EXPECT_EQ(kept.asked_plugin, "scheduling");
    EXPECT_EQ(kept.locale, "es");
}

TEST_P(StoreTest, FinishesATurnOnce) {
    const Accepted turn = accept(message("wamid.1"));
    ASSERT_TRUE(finish(answer(turn, "wamid.1")));
    const auto again = finish(answer(turn, "wamid.1"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Error::Code::kConflict);
    EXPECT_EQ(store_->unsent(10)->size(), 2U) << "the second finish must not leave replies behind";
}

TEST_P(StoreTest, ForgetsAStateThatIsEmptied) {
    const Accepted one = accept(message("wamid.1"));
    FinishedTurn with_state = answer(one, "wamid.1");
    with_state.state = Conversation::PluginState{1, "{}"};
    ASSERT_TRUE(finish(with_state));
    const Accepted two = accept(message("wamid.2"));
    FinishedTurn without = answer(two, "wamid.2");
    without.state = Conversation::PluginState{1, ""};
    ASSERT_TRUE(finish(without));
    EXPECT_TRUE(conversation(one.conversation_id).states.empty());
}

TEST_P(StoreTest, KeepsUnsentRepliesOverARestartUntilTheyAreSentOrBuried) {
    const Accepted turn = accept(message("wamid.1"));
    ASSERT_TRUE(finish(answer(turn, "wamid.1")));
    die_and_restart();
    EXPECT_TRUE(claim_all(10).empty());
    ASSERT_EQ(unsent_.size(), 2U);
    EXPECT_EQ(unsent_[0].reply.body_json, R"({"text":"a"})");
    EXPECT_EQ(unsent_[0].person_wrote_unix_ms, kNow - 1000);
    unsent_[0].due_unix_ms = kNow + 4000;
    unsent_[0].uncertain = true;
    ASSERT_TRUE(wait<void>([&](auto done) { store_->postpone(unsent_[0], "429", std::move(done)); }));
    EXPECT_EQ(store_->unsent(10)->front().attempt, 1U);
    EXPECT_EQ(store_->unsent(10)->front().due_unix_ms, kNow + 4000);
    EXPECT_TRUE(store_->unsent(10)->front().uncertain);
    ASSERT_TRUE(sent(unsent_[0]));
    ASSERT_TRUE(bury(unsent_[1], false));
    EXPECT_TRUE(store_->unsent(10)->empty());
    EXPECT_EQ(conversation(turn.conversation_id).untold, 0);
}

TEST_P(StoreTest, CountsWhatThePersonHasYetToBeTold) {
    const Accepted turn = accept(message("wamid.1"));
    const auto replies = finish(answer(turn, "wamid.1"));
    ASSERT_TRUE(replies);
    ASSERT_TRUE(bury(replies->front(), true));
    ASSERT_TRUE(sent(replies->back()));
    ASSERT_TRUE(bury(replies->back(), true)) << "it was sent and failed afterwards";
    ASSERT_TRUE(bury(replies->back(), true)) << "once is enough";
    EXPECT_EQ(conversation(turn.conversation_id).untold, 2);
    FinishedTurn tells = answer(accept(message("wamid.2")), "wamid.2");
    tells.told = 2;
    ASSERT_TRUE(finish(tells));
    EXPECT_EQ(conversation(turn.conversation_id).untold, 0);
}

Delivery news(const OutboundReply& reply, Delivery::State state) {
    Delivery delivery;
    delivery.reply_name = reply_name(reply);
    delivery.channel_message_id = "wamid.out";
    delivery.state = state;
    delivery.unix_ms = kNow;
    return delivery;
}

TEST_P(StoreTest, LearnsFromNewsThatAnUncertainReplyHasArrived) {
    const auto replies = finish(answer(accept(message("wamid.1")), "wamid.1"));
    ASSERT_TRUE(replies);
    const auto effects = note({news(replies->front(), Delivery::State::kDelivered)});
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(effects[0].reply.sequence, replies->front().sequence);
    EXPECT_EQ(effects[0].reply.reply.body_json, R"({"text":"a"})");
    EXPECT_EQ(store_->unsent(10)->size(), 1U) << "the one that has arrived is not sent again";
    EXPECT_TRUE(note({news(replies->front(), Delivery::State::kSent)}).empty()) << "older news, and known";
}

TEST_P(StoreTest, TellsOfAFailedReplyOnce) {
    const auto replies = finish(answer(accept(message("wamid.1")), "wamid.1"));
    ASSERT_TRUE(replies);
    ASSERT_TRUE(sent(replies->front()));
    EXPECT_TRUE(note({news(replies->front(), Delivery::State::kRead)}).empty());
    Delivery failed = news(replies->front(), Delivery::State::kFailed);
    failed.error_code = 131047;
    ASSERT_EQ(note({failed, failed}).size(), 1U);
    EXPECT_TRUE(note({failed}).empty());
}

TEST_P(StoreTest, LeavesNewsAboutOthersAlone) {
    auto replies = finish(answer(accept(message("wamid.1")), "wamid.1"));
    ASSERT_TRUE(replies);
    Delivery foreign = news(replies->front(), Delivery::State::kFailed);
    foreign.reply_name = "some other program's data";
    OutboundReply earlier_store = replies->front();
    earlier_store.created_unix_ms -= 1;
    EXPECT_TRUE(note({foreign, news(earlier_store, Delivery::State::kFailed)}).empty());
    EXPECT_EQ(store_->unsent(10)->size(), 2U);
}

TEST_P(StoreTest, ForgetsAConversationOnceItsFarewellIsSent) {
    const Accepted first = accept(message("wamid.1"));
    FinishedTurn turn = answer(first, "wamid.1");
    turn.replies.clear();
    turn.replies.push_back({"forget", R"({"text":"bye"})"});
    const auto replies = finish(turn);
    ASSERT_TRUE(replies);
    ASSERT_EQ(replies->size(), 1U);
    EXPECT_EQ(store_->erase_text(kNow, 10).value(), 0U) << "it is still to be sent";
    ASSERT_TRUE(sent(replies->front()));
    EXPECT_EQ(store_->erase_text(kNow, 10).value(), 1U) << "however young it is";
    EXPECT_TRUE(store_->transcript(first.conversation_id, 0, 10)->empty());
    EXPECT_EQ(store_->trace("wamid.1").value(), "");
    EXPECT_EQ(store_->erase_text(kNow, 10).value(), 0U);
    // Somebody with the same name is somebody new.
    const Accepted again = accept(message("wamid.2"));
    EXPECT_FALSE(again.duplicate);
    EXPECT_EQ(store_->transcript(again.conversation_id, 0, 10)->size(), 1U);
}

TEST_P(StoreTest, ForgetsOnlyWhatWasBeforeTheFarewellWhenThePersonGoesOn) {
    const Accepted first = accept(message("wamid.1"));
    FinishedTurn turn = answer(first, "wamid.1");
    turn.replies.clear();
    turn.replies.push_back({"forget", R"({"text":"bye"})"});
    const auto replies = finish(turn);
    ASSERT_TRUE(replies);
    ASSERT_TRUE(sent(replies->front()));
    const Accepted second = accept(message("wamid.2"));
    EXPECT_EQ(store_->erase_text(kNow, 10).value(), 1U);
    const auto lines = store_->transcript(second.conversation_id, 0, 10);
    ASSERT_EQ(lines->size(), 1U);
    EXPECT_EQ(lines->front().message_id, "wamid.2");
}

TEST_P(StoreTest, ErasesOldTextAndKeepsTheIds) {
    const auto replies = finish(answer(accept(message("wamid.1")), "wamid.1"));
    ASSERT_TRUE(replies);
    for (const OutboundReply& reply : *replies) ASSERT_TRUE(sent(reply));
    const Accepted open = accept(message("wamid.2"));
    EXPECT_EQ(store_->erase_text(kNow, 10).value(), 0U) << "not old enough";
    EXPECT_EQ(store_->erase_text(kNow + 1, 10).value(), 3U);
    EXPECT_EQ(store_->erase_text(kNow + 1, 10).value(), 0U);
    const auto lines = store_->transcript(open.conversation_id, 0, 10);
    ASSERT_EQ(lines->size(), 4U);
    EXPECT_EQ((*lines)[0].text, "");
    EXPECT_EQ((*lines)[1].body_json, "") << "a reply to the first message";
    EXPECT_EQ((*lines)[3].text, "hola") << "still open";
    EXPECT_TRUE(accept(message("wamid.1")).duplicate);
}

TEST_P(StoreTest, DoesNotGiveAConversationToWhoeverGetsTheNumberNext) {
    InboundMessage ana = message("wamid.1", "bsuid:CO.1");
    ana.identities.push_back("tel:57300");
    const Accepted of_ana = accept(ana);
    InboundMessage luis = message("wamid.2", "bsuid:CO.2");
    luis.identities.push_back("tel:57300");
    const Accepted of_luis = accept(luis);
    EXPECT_NE(of_luis.conversation_id, of_ana.conversation_id);
    EXPECT_NE(of_luis.person_id, of_ana.person_id);
    EXPECT_EQ(accept(message("wamid.3", "tel:57300")).conversation_id, of_luis.conversation_id);
    EXPECT_EQ(accept(message("wamid.4", "bsuid:CO.1")).conversation_id, of_ana.conversation_id);
}

TEST_P(StoreTest, FollowsAPersonWhoseIdAndNumberAreChanged) {
    const Accepted before = accept(message("wamid.1", "bsuid:CO.1"));
    InboundMessage changed = message("wamid.2", "bsuid:CO.1");
    changed.identities = {"bsuid:CO.2", "tel:57301", "bsuid:CO.1"};
    changed.renamed = true;
    EXPECT_EQ(accept(changed).conversation_id, before.conversation_id);
    EXPECT_EQ(accept(message("wamid.3", "bsuid:CO.2")).conversation_id, before.conversation_id);
    EXPECT_EQ(accept(message("wamid.4", "tel:57301")).conversation_id, before.conversation_id);
}

TEST_P(StoreTest, CountsTheWindowFromWhatThePersonWrote) {
    accept(message("wamid.1"));
    InboundMessage changed = message("wamid.2");
    changed.kind = "system";
    changed.sent_unix_ms = kNow + 60'000;
    const auto replies = finish(answer(accept(changed), "wamid.2"));
    ASSERT_TRUE(replies);
    EXPECT_EQ(replies->front().person_wrote_unix_ms, kNow - 1000);
}

TEST_P(StoreTest, PutsAJobAgainInTheCommitThatFailed) {
    const Accepted turn = accept(message("wamid.1"));
    FinishedTurn failed = answer(turn, "wamid.1");
    failed.again = Job{"scheduling", turn.conversation_id, "remind", "{}", kNow + 1000, 3};
    ASSERT_TRUE(finish(failed));
    const auto due = store_->due_jobs(kNow + 1000, 10);
    ASSERT_EQ(due->size(), 1U);
    EXPECT_EQ(due->front().attempt, 3U);
}

TEST_P(StoreTest, KeepsTheOpenQuestionWhenAMessageIsOnlyNoted) {
    const Accepted turn = accept(message("wamid.1"));
    FinishedTurn asks = answer(turn, "wamid.1");
    asks.asked_plugin = "scheduling";
    asks.asked_until_unix_ms = kNow + 900'000;
    ASSERT_TRUE(finish(asks));
    InboundMessage thumb = message("wamid.2");
    thumb.expects_answer = false;
    FinishedTurn noted = answer(accept(thumb), "wamid.2");
    noted.replies.clear();
    noted.keeps_question = true;
    ASSERT_TRUE(finish(noted));
    EXPECT_EQ(conversation(turn.conversation_id).asked_plugin, "scheduling");
    accept(thumb);
    InboundMessage other = message("wamid.3");
    other.expects_answer = false;
    accept(other);
    die_and_restart();
    const auto left = claim_all(10);
    ASSERT_EQ(left.size(), 1U);
    EXPECT_FALSE(left[0].message.expects_answer);
}

TEST_P(StoreTest, KnowsWhichMessageAQuotedReplyAnswered) {
    const Accepted turn = accept(message("wamid.1"));
    const auto replies = finish(answer(turn, "wamid.1"));
    ASSERT_TRUE(replies);
    ASSERT_TRUE(sent(replies->front()));
    const auto quoted = [&](const std::string& conversation_id, const std::string& id) {
        return wait<std::string>([&](auto done) { store_->quoted(conversation_id, id, std::move(done)); });
    };
    die_and_restart();
    EXPECT_EQ(quoted(turn.conversation_id, "wamid.out").value(), "wamid.1");
    EXPECT_EQ(quoted(turn.conversation_id, "wamid.1").value(), "wamid.1") << "one of the person's own";
    EXPECT_EQ(quoted(turn.conversation_id, "wamid.nobody's").value(), "");
    const Accepted other = accept(message("wamid.2", "tel:2"));
    EXPECT_EQ(quoted(other.conversation_id, "wamid.out").value(), "") << "somebody else's";
}

JoinedTurn joined(const Accepted& first, std::initializer_list<Accepted> others) {
    JoinedTurn turn{first.conversation_id, first.sequence, R"({"kind":"text","others":["a"]})", kNow + 7, {}};
    for (const Accepted& other : others)
        turn.others.push_back({other.sequence, R"({"joined_to":"wamid.1"})"});
    return turn;
}

TEST_P(StoreTest, JoinsMessagesIntoTheTurnOfTheFirst) {
    const Accepted first = accept(message("wamid.1"));
    const Accepted second = accept(message("wamid.2"));
    const Accepted third = accept(message("wamid.3"));
    const auto join = [&](const JoinedTurn& turn) {
        return wait<void>([&](auto done) { store_->join(turn, kNow, std::move(done)); });
    };
    ASSERT_TRUE(join(joined(first, {second})));
    EXPECT_EQ(store_->trace("wamid.2").value(), R"({"joined_to":"wamid.1"})");
    const auto again = join(joined(third, {second}));
    ASSERT_FALSE(again) << "it belongs to another already";
    EXPECT_EQ(again.error().code, Error::Code::kConflict);
    EXPECT_FALSE(finish(answer(second, "wamid.2"))) << "it has no turn of its own";
    die_and_restart();
    const auto left = claim_all(10);
    ASSERT_EQ(left.size(), 2U) << "the first, with all of it, and the third, as it was";
    EXPECT_EQ(left[0].message.input_json, R"({"kind":"text","others":["a"]})");
    EXPECT_EQ(left[0].message.sent_unix_ms, kNow + 7);
    EXPECT_EQ(left[1].message.input_json, R"({"kind":"text"})");
    EXPECT_TRUE(accept(message("wamid.2")).duplicate);
    ASSERT_TRUE(finish(answer(first, "wamid.1")));
    const auto late = join(joined(first, {third}));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Error::Code::kConflict) << "the turn is over";
    ASSERT_TRUE(finish(answer(third, "wamid.3"))) << "and nothing happened to the other";
}

TEST_P(StoreTest, TurnsADueJobIntoOneTurn) {
    const Accepted turn = accept(message("wamid.1"));
    const auto put = [&](std::int64_t at) {
        return wait<void>([&](auto done) {
            store_->put_job({"scheduling", turn.conversation_id, "remind", R"({"event":"e1"})", at, 1},
                            std::move(done));
        });
    };
    ASSERT_TRUE(put(kNow + 5000));
    ASSERT_TRUE(put(kNow + 1000)) << "the same key replaces";
    EXPECT_TRUE(store_->due_jobs(kNow, 10)->empty());
    const auto due = store_->due_jobs(kNow + 1000, 10);
    ASSERT_TRUE(due);
    ASSERT_EQ(due->size(), 1U);
    EXPECT_EQ(due->front().job_plugin, "scheduling");
    EXPECT_EQ(due->front().message.input_json,
              R"({"kind":"job","job":{"key":"remind","payload":{"event":"e1"}}})");
    EXPECT_EQ(due->front().message.address_json, R"({"to":"+1"})");
    EXPECT_TRUE(store_->due_jobs(kNow + 9000, 10)->empty());
    die_and_restart();
    const auto left = claim_all(10);
    ASSERT_EQ(left.size(), 2U) << "the message and the job's turn are both still open";
    EXPECT_EQ(left.back().job_plugin, "scheduling");
}

TEST_P(StoreTest, AnswersAsLongAsItIsThere) {
    EXPECT_TRUE(store_->ping());
    EXPECT_TRUE(store_->heartbeat(kNow));
}

TEST_P(StoreTest, CancelsAJob) {
    const Accepted turn = accept(message("wamid.1"));
    ASSERT_TRUE(wait<void>([&](auto done) {
        store_->put_job({"p", turn.conversation_id, "k", "{}", kNow, 1}, std::move(done));
    }));
    ASSERT_TRUE(
        wait<void>([&](auto done) { store_->cancel_job("p", turn.conversation_id, "k", std::move(done)); }));
    EXPECT_TRUE(store_->due_jobs(kNow + 1, 10)->empty());
}

TEST_P(StoreTest, ShowsBothSidesOfAConversationInOrderOfCommit) {
    const Accepted one = accept(message("wamid.1"));
    accept(message("wamid.2"));
    ASSERT_TRUE(finish(answer(one, "wamid.1")));
    const auto lines = store_->transcript(one.conversation_id, 0, 10);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 4U);
    EXPECT_TRUE((*lines)[0].from_person);
    EXPECT_EQ((*lines)[1].message_id, "wamid.2");
    EXPECT_FALSE((*lines)[2].from_person);
    EXPECT_EQ(store_->transcript(one.conversation_id, (*lines)[2].position, 10)->size(), 1U);
}

TEST_P(StoreTest, ManyWritersShareCommitsAndLoseNothing) {
    constexpr int kThreads = 16;
    constexpr int kEach = 25;
    std::vector<std::thread> threads;
    std::atomic<int> stored{0};
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                const std::string id = "wamid." + std::to_string(t) + "." + std::to_string(i);
                const auto accepted = wait<std::vector<Accepted>>([&](auto done) {
                    store_->accept({message(id, "tel:" + std::to_string(t))}, kNow, std::move(done));
                });
                if (accepted && !accepted->front().duplicate) ++stored;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(stored, kThreads * kEach);
    die_and_restart();
    EXPECT_EQ(claim_all(100).size(), static_cast<std::size_t>(kThreads * kEach));
}

template <typename Made, auto... Args>
std::unique_ptr<Engine> make() {
    return std::make_unique<Made>(Args...);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreTest, ::testing::Values(make<SqliteEngine>),
                         [](const auto&) { return "Engine"; });
INSTANTIATE_TEST_SUITE_P(Postgres, StoreTest,
                         ::testing::Values(make<PostgresEngine, PostgresEngine::Way::kStraight>),
                         [](const auto&) { return "Engine"; });
INSTANTIATE_TEST_SUITE_P(Pgbouncer, StoreTest,
                         ::testing::Values(make<PostgresEngine, PostgresEngine::Way::kPooled>),
                         [](const auto&) { return "Engine"; });

TEST(SqliteStore, RefusesAFileThatAnotherStoreHasOpen) {
    const test::TemporaryFolder folder;
    const auto first = sqlite::SqliteStore::open(folder.path() / "migue.db");
    ASSERT_TRUE(first);
    const auto second = sqlite::SqliteStore::open(folder.path() / "migue.db");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Error::Code::kState);
    EXPECT_NE(second.error().what.find("another migue"), std::string::npos) << second.error().what;
}

TEST(SqliteStore, KeepsItsFileFromOtherUsers) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(sqlite::SqliteStore::open(folder.path() / "migue.db"));
    const auto mode = std::filesystem::status(folder.path() / "migue.db").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask,
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(SqliteStore, NamesAFileItCannotUse) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "migue.db");
    const auto store = sqlite::SqliteStore::open(folder.path() / "migue.db");
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().what.find("migue.db"), std::string::npos) << store.error().what;
}

}  // namespace
}  // namespace migue::host
