#include "host/store/postgres/postgres_store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "host/store/identity.hpp"
#include "tests/host/store/lossy_proxy.hpp"
#include "tests/host/store/postgres_database.hpp"
#include "tests/host/store/store_calls.hpp"

/// What Postgres alone can do: several hosts on one database, and a database that goes away.
namespace migue::host::postgres {
namespace {

using namespace std::chrono_literals;
using test::accept;
using test::answer;
using test::bury;
using test::finish;
using test::kNow;
using test::message;
using test::note;
using test::sent;
using Code = Error::Code;
using Options = PostgresStore::Options;

constexpr auto kGenerous = 60s;

std::unique_ptr<PostgresStore> open(const std::string& url, Options options = {}) {
    auto store = PostgresStore::open(url, options);
    EXPECT_TRUE(store) << store.error().what;
    return store ? std::move(store).value() : nullptr;
}

/// Asks until there is something to claim.
Claimed claim_soon(Store& store) {
    const auto deadline = std::chrono::steady_clock::now() + kGenerous;
    while (std::chrono::steady_clock::now() < deadline) {
        const auto claimed = store.claim(kNow, 100);
        if (claimed && (!claimed->turns.empty() || !claimed->unsent.empty())) return *claimed;
        std::this_thread::yield();
    }
    ADD_FAILURE() << "nothing came to be claimed";
    return {};
}

FinishedTurn silent(const Accepted& turn, const std::string& id) {
    FinishedTurn finished = answer(turn, id);
    finished.replies.clear();
    return finished;
}

Accepted as_accepted(const OpenTurn& turn) {
    Accepted accepted;
    accepted.conversation_id = turn.conversation_id;
    accepted.sequence = turn.sequence;
    return accepted;
}

class TwoHosts : public ::testing::Test {
protected:
    std::unique_ptr<PostgresStore> host(Options options = {}) { return open(database_.url(), options); }
    /// One that counts as dead soon after it was last heard of.
    std::unique_ptr<PostgresStore> short_lived() { return host({.lease = 50ms}); }

    std::string owner() { return database_.run("SELECT owner FROM migue.conversations").front(); }

    test::PostgresDatabase database_;
};

TEST_F(TwoHosts, LeaveATurnToTheOneThatHoldsTheConversationUntilItLetsGo) {
    const auto holder = host();
    const auto other = host();
    const Accepted first = accept(*holder, message("wamid.1")).value();
    EXPECT_TRUE(first.ours);
    const Accepted second = accept(*other, message("wamid.2")).value();
    EXPECT_FALSE(second.ours);
    EXPECT_LT(first.sequence, second.sequence);
    const auto held = other->take({second.conversation_id}, kNow);
    ASSERT_TRUE(held) << held.error().what;
    EXPECT_EQ(held->still, std::vector<std::string>{second.conversation_id});
    EXPECT_TRUE(held->work.turns.empty());
    EXPECT_EQ(finish(*other, answer(second, "wamid.2")).error().code, Code::kConflict);

    ASSERT_TRUE(finish(*holder, silent(first, "wamid.1")));
    const auto free = other->take({second.conversation_id}, kNow);
    ASSERT_TRUE(free);
    EXPECT_TRUE(free->still.empty());
    ASSERT_EQ(free->work.turns.size(), 1U);
    EXPECT_EQ(free->work.turns.front().message.message_id, "wamid.2");
    EXPECT_EQ(free->work.turns.front().attempt, 1U) << "nobody has tried it yet";
    EXPECT_TRUE(finish(*other, answer(second, "wamid.2")));
}

TEST_F(TwoHosts, GiveTheHolderWhatTheOtherStoredBeforeItsOwnNext) {
    const auto holder = host();
    const auto other = host();
    const Accepted first = accept(*holder, message("wamid.1")).value();
    const Accepted second = accept(*other, message("wamid.2")).value();
    const Accepted third = accept(*holder, message("wamid.3")).value();
    ASSERT_TRUE(third.ours);
    ASSERT_EQ(third.before.size(), 1U);
    EXPECT_EQ(third.before.front().sequence, second.sequence);
    EXPECT_EQ(third.before.front().message.text, "hola");
    EXPECT_EQ(third.before.front().attempt, 1U);
    const auto taken = other->take({second.conversation_id}, kNow);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(taken->still.empty()) << "it is in good hands";
    EXPECT_TRUE(taken->work.turns.empty());
    EXPECT_EQ(finish(*other, answer(second, "wamid.2")).error().code, Code::kConflict);
    EXPECT_TRUE(finish(*holder, answer(second, "wamid.2")));
}

TEST_F(TwoHosts, LetTheHolderClaimWhatTheOtherStored) {
    const auto holder = host();
    const auto other = host();
    const Accepted first = accept(*holder, message("wamid.1")).value();
    ASSERT_TRUE(accept(*other, message("wamid.2")));
    const auto claimed = holder->claim(kNow, 10);
    ASSERT_TRUE(claimed) << claimed.error().what;
    ASSERT_EQ(claimed->turns.size(), 1U);
    EXPECT_EQ(claimed->turns.front().message.message_id, "wamid.2");
    EXPECT_TRUE(other->claim(kNow, 10)->turns.empty());
}

TEST_F(TwoHosts, LetGoInTheCommitThatEndedTheLast) {
    const auto holder = host();
    const Accepted turn = accept(*holder, message("wamid.1")).value();
    EXPECT_NE(owner(), "");
    const auto replies = finish(*holder, answer(turn, "wamid.1")).value();
    EXPECT_NE(owner(), "");
    ASSERT_TRUE(sent(*holder, replies[0]));
    EXPECT_NE(owner(), "") << "one is still to be sent";
    Delivery arrived;
    arrived.reply_name = reply_name(replies[1]);
    arrived.state = Delivery::State::kDelivered;
    ASSERT_EQ(note(*holder, {arrived})->size(), 1U);
    EXPECT_EQ(owner(), "");
    ASSERT_TRUE(accept(*holder, message("wamid.1"))->duplicate);
    EXPECT_EQ(owner(), "") << "a repetition brings no work";
}

TEST_F(TwoHosts, TakeOverWhatADeadOneLeftAndRefuseWhatItStillFinishes) {
    const auto dead = short_lived();
    const auto heir = host();
    const Accepted first = accept(*dead, message("wamid.1")).value();
    ASSERT_TRUE(finish(*dead, answer(first, "wamid.1")));
    const Accepted second = accept(*dead, message("wamid.2")).value();
    const Claimed left = claim_soon(*heir);
    ASSERT_EQ(left.turns.size(), 1U);
    EXPECT_EQ(left.turns[0].message.message_id, "wamid.2");
    EXPECT_EQ(left.turns[0].attempt, 2U);
    ASSERT_EQ(left.unsent.size(), 2U);
    EXPECT_EQ(left.unsent[0].reply.body_json, R"({"text":"a"})");
    const auto late = finish(*dead, answer(second, "wamid.2"));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::kConflict);
    EXPECT_EQ(heir->unsent(10)->size(), 2U);
    EXPECT_TRUE(finish(*heir, answer(second, "wamid.2")));
    EXPECT_TRUE(dead->claim(kNow, 10)->turns.empty());
}

TEST_F(TwoHosts, SendWhatADeadOneLeftBeforeWhatComesNow) {
    const auto dead = short_lived();
    const Accepted first = accept(*dead, message("wamid.1")).value();
    ASSERT_TRUE(finish(*dead, answer(first, "wamid.1")));
    const Accepted second = accept(*dead, message("wamid.2")).value();
    const auto heir = host();
    const auto deadline = std::chrono::steady_clock::now() + kGenerous;
    while (database_.run("SELECT count(*) FROM migue.hosts WHERE alive_until > clock_timestamp()").front() !=
               "1" &&
           std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    const Accepted third = accept(*heir, message("wamid.3")).value();
    EXPECT_FALSE(third.ours) << "old replies wait there: take() hands out all of it";
    const auto taken = heir->take({third.conversation_id}, kNow);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->work.unsent.size(), 2U);
    ASSERT_EQ(taken->work.turns.size(), 2U);
    EXPECT_EQ(taken->work.turns[0].sequence, second.sequence);
    EXPECT_EQ(taken->work.turns[0].attempt, 2U);
    EXPECT_EQ(taken->work.turns[1].sequence, third.sequence);
    EXPECT_EQ(taken->work.turns[1].attempt, 1U);
}

TEST_F(TwoHosts, GetTheTurnsOfADeadOneWithTheNextMessage) {
    auto dead = host();
    const Accepted first = accept(*dead, message("wamid.1")).value();
    dead.reset();
    const auto heir = host();
    const Accepted second = accept(*heir, message("wamid.2")).value();
    EXPECT_TRUE(second.ours);
    ASSERT_EQ(second.before.size(), 1U);
    EXPECT_EQ(second.before[0].sequence, first.sequence);
    EXPECT_EQ(second.before[0].attempt, 2U);
    EXPECT_TRUE(heir->claim(kNow, 10)->turns.empty());
}

TEST_F(TwoHosts, DoNotWaitForTheLeaseOfOneThatEndedWell) {
    auto leaving = host({.lease = std::chrono::hours(1)});
    ASSERT_TRUE(accept(*leaving, message("wamid.1")));
    const auto heir = host();
    EXPECT_TRUE(heir->claim(kNow, 10)->turns.empty());
    leaving.reset();
    EXPECT_EQ(heir->claim(kNow, 10)->turns.size(), 1U);
}

TEST_F(TwoHosts, ClaimEachTurnOnce) {
    auto dead = host();
    for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(accept(*dead, message("wamid." + std::to_string(i), "tel:" + std::to_string(i))));
    dead.reset();
    std::mutex mutex;
    std::map<std::string, int> claimed;
    std::vector<std::unique_ptr<PostgresStore>> hosts;
    for (int i = 0; i < 3; ++i) hosts.push_back(host());
    const auto deadline = std::chrono::steady_clock::now() + kGenerous;
    std::vector<std::thread> threads;
    for (const auto& one : hosts)
        threads.emplace_back([&] {
            for (;;) {
                const auto work = one->claim(kNow, 5);
                ASSERT_TRUE(work) << work.error().what;
                const std::lock_guard lock(mutex);
                for (const OpenTurn& turn : work->turns) ++claimed[turn.message.message_id];
                if (claimed.size() == 40 || std::chrono::steady_clock::now() > deadline) return;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(claimed.size(), 40U);
    for (const auto& [id, times] : claimed) EXPECT_EQ(times, 1) << id;
}

TEST_F(TwoHosts, LeaveAJobToTheOneThatHoldsTheConversation) {
    const auto holder = host();
    const auto other = host();
    const Accepted turn = accept(*holder, message("wamid.1")).value();
    const Job job{"scheduling", turn.conversation_id, "remind", "{}", kNow, 1};
    ASSERT_TRUE(test::wait<void>([&](auto done) { other->put_job(job, std::move(done)); }));
    EXPECT_TRUE(other->due_jobs(kNow, 10)->empty());
    EXPECT_EQ(holder->due_jobs(kNow, 10)->size(), 1U);
    EXPECT_TRUE(holder->due_jobs(kNow, 10)->empty());
}

/// Both hosts write to the same few conversations, from many threads, over several lanes.
TEST_F(TwoHosts, KeepOrderAndNeverBlockEachOtherForGood) {
    constexpr int kThreads = 6;
    constexpr int kEach = 40;
    struct Order {
        std::mutex mutex;
        std::map<std::string, std::int64_t> last;  // sequence, by conversation
        int reversed = 0;
    };
    const std::array<std::unique_ptr<PostgresStore>, 2> hosts{host({.lanes = 2}), host({.lanes = 4})};
    std::array<Order, 2> orders;
    std::atomic<int> stored{0}, failed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            PostgresStore& store = *hosts[static_cast<std::size_t>(t % 2)];
            Order& order = orders[static_cast<std::size_t>(t % 2)];
            for (int i = 0; i < kEach; ++i) {
                const std::string id = "wamid." + std::to_string(t) + "." + std::to_string(i);
                // The same person by two names: they take different lanes.
                const std::string number = std::to_string(i % 3);
                InboundMessage inbound = message(id, "bsuid:" + number);
                inbound.identities.push_back("tel:" + number);
                if (i % 2 == 1) inbound.identities = {"tel:" + number};
                auto accepted = test::wait<std::vector<Accepted>>([&](auto done) {
                    store.accept({inbound}, kNow, [&, done](Result<std::vector<Accepted>> result) {
                        if (result) {
                            const std::lock_guard lock(order.mutex);
                            std::int64_t& last = order.last[result->front().conversation_id];
                            order.reversed += result->front().sequence < last ? 1 : 0;
                            last = result->front().sequence;
                        }
                        done(std::move(result));
                    });
                });
                if (!accepted) {
                    ++failed;
                    continue;
                }
                ++stored;
                const auto finished = finish(store, silent(accepted->front(), id));
                if (!finished && finished.error().code != Code::kConflict) ++failed;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(stored, kThreads * kEach);
    EXPECT_EQ(orders[0].reversed + orders[1].reversed, 0);
    EXPECT_EQ(database_.run("SELECT count(*) FROM migue.inbox").front(), std::to_string(kThreads * kEach));
    EXPECT_EQ(
        database_.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").front(),
        "0");
}

TEST_F(TwoHosts, AgreeOnAPersonTheyMeetAtOnce) {
    const auto one = host();
    const auto other = host();
    for (int i = 0; i < 20; ++i) {
        const std::string person = "tel:" + std::to_string(i);
        Result<Accepted> here = Error{Code::kState, ""};
        Result<Accepted> there = Error{Code::kState, ""};
        std::thread thread([&] { here = accept(*one, message("wamid.a" + person, person)); });
        there = accept(*other, message("wamid.b" + person, person));
        thread.join();
        ASSERT_TRUE(here);
        ASSERT_TRUE(there);
        EXPECT_EQ(here->conversation_id, there->conversation_id);
        EXPECT_NE(here->sequence, there->sequence);
        EXPECT_NE(here->ours, there->ours);
    }
}

/// Answers that are lost after the commit.
class LostAnswer : public ::testing::Test {
protected:
    std::string url() const {
        std::string url = database_.url();
        const std::string port = ":" + std::to_string(database_port_) + "/";
        return url.replace(url.find(port), port.size(), ":" + std::to_string(proxy_.port()) + "/");
    }
    std::string count(const std::string& table) {
        return database_.run("SELECT count(*) FROM migue." + table).front();
    }

    test::PostgresDatabase database_;
    const std::uint16_t database_port_ = standins::Postgres::shared().port();
    test::LossyProxy proxy_{database_port_};
    std::unique_ptr<PostgresStore> store_ = open(url(), {.statement_limit = 2s, .call_limit = 2s});
};

TEST_F(LostAnswer, IsHadByAskingAgain) {
    proxy_.lose_answer_to("migue.write");
    const auto accepted = accept(*store_, message("wamid.1"));
    ASSERT_TRUE(accepted) << accepted.error().what;
    EXPECT_FALSE(accepted->duplicate) << "its own first run is no repetition";
    EXPECT_TRUE(accepted->ours);
    EXPECT_EQ(count("inbox"), "1");

    proxy_.lose_answer_to("migue.write");
    const auto replies = finish(*store_, answer(*accepted, "wamid.1"));
    ASSERT_TRUE(replies) << replies.error().what;
    ASSERT_EQ(replies->size(), 2U);
    EXPECT_LT((*replies)[0].sequence, (*replies)[1].sequence);
    EXPECT_EQ(count("outbox"), "2");

    proxy_.lose_answer_to("migue.write");
    ASSERT_TRUE(bury(*store_, replies->front(), true));
    EXPECT_EQ(test::conversation(*store_, accepted->conversation_id)->untold, 1) << "counted once";

    Delivery arrived;
    arrived.reply_name = reply_name(replies->back());
    arrived.state = Delivery::State::kDelivered;
    proxy_.lose_answer_to("migue.write");
    EXPECT_EQ(note(*store_, {arrived})->size(), 1U) << "the news are still news";
    EXPECT_EQ(proxy_.lost(), 4);
}

TEST_F(LostAnswer, ToAJobThatIsDueIsHadByAskingAgain) {
    const Accepted turn = accept(*store_, message("wamid.1")).value();
    const Job job{"scheduling", turn.conversation_id, "remind", "{}", kNow, 1};
    ASSERT_TRUE(test::wait<void>([&](auto done) { store_->put_job(job, std::move(done)); }));
    proxy_.lose_answer_to("migue.write");
    const auto due = store_->due_jobs(kNow, 10);
    ASSERT_TRUE(due) << due.error().what;
    EXPECT_EQ(due->size(), 1U);
    EXPECT_EQ(count("inbox"), "2");
}

TEST_F(LostAnswer, ComesToLightInClaimWhenNobodyAnswersAnyMore) {
    proxy_.lose_answer_to("migue.write", true);
    const auto accepted = accept(*store_, message("wamid.1"));
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().code, Code::kDeadline) << accepted.error().what;
    proxy_.come_back();
    EXPECT_TRUE(accept(*store_, message("wamid.1"))->duplicate) << "it is stored";
    const auto claimed = store_->claim(kNow, 10);
    ASSERT_TRUE(claimed) << claimed.error().what;
    ASSERT_EQ(claimed->turns.size(), 1U);
    EXPECT_EQ(claimed->turns[0].attempt, 1U);
    EXPECT_TRUE(store_->claim(kNow, 10)->turns.empty()) << "handed out once";

    const Accepted turn = as_accepted(claimed->turns[0]);
    proxy_.lose_answer_to("migue.write", true);
    const auto finished = finish(*store_, answer(turn, "wamid.1"));
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::kDeadline) << finished.error().what;
    proxy_.come_back();
    EXPECT_EQ(finish(*store_, answer(turn, "wamid.1")).error().code, Code::kConflict);
    EXPECT_EQ(store_->claim(kNow, 10)->unsent.size(), 2U) << "its replies are to be sent all the same";
    EXPECT_TRUE(store_->claim(kNow, 10)->unsent.empty());
}

TEST_F(LostAnswer, ToAClaimDoesNotLoseTheWork) {
    auto dead = open(database_.url());
    ASSERT_TRUE(accept(*dead, message("wamid.1")));
    dead.reset();
    proxy_.lose_answer_to("migue.claim");
    const auto lost = store_->claim(kNow, 10);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, Code::kDeadline);
    const auto again = store_->claim(kNow, 10);
    ASSERT_TRUE(again);
    ASSERT_EQ(again->turns.size(), 1U);
    EXPECT_EQ(again->turns[0].attempt, 2U) << "raised once";
}

/// A server of the test's own, to be stopped and frozen.
class ServerAway : public ::testing::Test {
protected:
    static constexpr Options kQuick{.statement_limit = 300ms, .call_limit = 600ms};

    void expect_everything_ends(PostgresStore& store, const Accepted& known) {
        const auto begun = std::chrono::steady_clock::now();
        const auto passes = [](const auto& result) {
            return !result &&
                   (result.error().code == Code::kUnavailable || result.error().code == Code::kDeadline);
        };
        EXPECT_TRUE(passes(accept(store, message("wamid.away"))));
        EXPECT_TRUE(passes(finish(store, answer(known, "wamid.1"))));
        EXPECT_TRUE(passes(test::conversation(store, known.conversation_id)));
        EXPECT_TRUE(passes(store.claim(kNow, 10)));
        EXPECT_TRUE(passes(store.take({known.conversation_id}, kNow)));
        EXPECT_TRUE(passes(store.due_jobs(kNow, 10)));
        EXPECT_TRUE(passes(store.transcript(known.conversation_id, 0, 10)));
        EXPECT_TRUE(passes(store.erase_text(kNow, 10)));
        EXPECT_TRUE(passes(store.heartbeat(kNow)));
        EXPECT_TRUE(passes(store.ping()));
        EXPECT_LT(std::chrono::steady_clock::now() - begun, kGenerous);
    }
    void expect_it_works_again(PostgresStore& store, const std::string& id) {
        const auto deadline = std::chrono::steady_clock::now() + kGenerous;
        auto accepted = accept(store, message(id));
        while (!accepted && std::chrono::steady_clock::now() < deadline)
            accepted = accept(store, message(id));
        ASSERT_TRUE(accepted) << accepted.error().what;
        EXPECT_TRUE(store.ping());
    }

    standins::Postgres server_;
    test::PostgresDatabase database_{server_};
};

TEST_F(ServerAway, StoppedOrKilledEndsEachCallAndComesBack) {
    const auto store = open(database_.url(), kQuick);
    const Accepted known = accept(*store, message("wamid.1")).value();
    server_.stop();
    expect_everything_ends(*store, known);
    server_.start();
    expect_it_works_again(*store, "wamid.2");
    server_.kill();
    expect_everything_ends(*store, known);
    server_.start();
    expect_it_works_again(*store, "wamid.3");
    EXPECT_TRUE(accept(*store, message("wamid.1"))->duplicate) << "what was reported as stored is there";
}

TEST_F(ServerAway, FrozenEndsEachCallAndNothingIsDoneTwice) {
    const auto store = open(database_.url(), kQuick);
    const Accepted known = accept(*store, message("wamid.1")).value();
    server_.freeze();
    expect_everything_ends(*store, known);
    server_.resume();
    expect_it_works_again(*store, "wamid.2");
    EXPECT_EQ(database_.run("SELECT count(*) FROM migue.inbox WHERE message_id = 'wamid.1'").front(), "1");
    EXPECT_LE(std::stoi(database_.run("SELECT count(*) FROM migue.outbox").front()), 2);
}

TEST_F(ServerAway, CallsUnderWayWhenItIsKilledEndOnce) {
    const auto store = open(database_.url(), kQuick);
    std::atomic<int> ended{0}, stored{0};
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::vector<std::string> kept;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; !stop; ++i) {
                const std::string id = "wamid." + std::to_string(t) + "." + std::to_string(i);
                const auto accepted = accept(*store, message(id, "tel:" + std::to_string(t)));
                ++ended;
                if (!accepted) continue;
                ++stored;
                const std::lock_guard lock(mutex);
                kept.push_back(id);
            }
        });
    const auto reach = [&](std::atomic<int>& count, int more) {
        const int until = count + more;
        const auto deadline = std::chrono::steady_clock::now() + kGenerous;
        while (count < until && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_GE(count, until);
    };
    reach(stored, 50);
    server_.kill();
    reach(ended, 8);
    server_.start();
    reach(stored, 50);
    stop = true;
    for (std::thread& thread : threads) thread.join();
    for (const std::string& id : kept)
        ASSERT_EQ(database_.run("SELECT count(*) FROM migue.inbox WHERE message_id = '" + id + "'").front(),
                  "1")
            << id;
}

class Database : public ::testing::Test {
protected:
    test::PostgresDatabase database_;
};

TEST_F(Database, HasTheConversationInEachPrimaryKeyAndUniqueIndex) {
    const auto without = database_.run(
        "SELECT c.relname || ': ' || i.indexrelid::regclass FROM pg_class c JOIN pg_index i ON i.indrelid = "
        "c.oid"
        " WHERE c.relnamespace = 'migue'::regnamespace AND i.indisunique"
        " AND c.relname NOT IN ('hosts', 'migrations') AND NOT EXISTS ("
        "  SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'conversation_id'"
        "  AND a.attnum = ANY (i.indkey))");
    EXPECT_EQ(without, std::vector<std::string>{});
    const auto tables = database_.run(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'migue'::regnamespace AND c.relkind = 'r'"
        " AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) ORDER BY 1");
    EXPECT_EQ(tables, (std::vector<std::string>{"conversations", "hosts", "identities", "inbox", "jobs",
                                                "migrations", "outbox", "plugin_states"}));
}

TEST_F(Database, ShowsNothingToPublicRoles) {
    for (const std::string role : {"anon", "authenticated", "service_role", "public"}) {
        EXPECT_EQ(database_.run("SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'migue'::regnamespace"
                                " AND c.relkind IN ('r', 'v') AND has_table_privilege('" +
                                role +
                                "', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"),
                  std::vector<std::string>{"0"})
            << role;
        EXPECT_EQ(database_.run("SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'migue'::regnamespace"
                                " AND has_function_privilege('" +
                                role + "', p.oid, 'EXECUTE')"),
                  std::vector<std::string>{"0"})
            << role;
        EXPECT_EQ(database_.run("SELECT has_schema_privilege('" + role + "', 'migue', 'USAGE, CREATE')"),
                  std::vector<std::string>{"f"})
            << role;
    }
    EXPECT_THROW(static_cast<void>(database_.run("SET ROLE service_role; SELECT text FROM migue.inbox")),
                 std::runtime_error);
}

TEST_F(Database, IsReadByNobodyElseEvenWithARightOnTheTable) {
    const auto store = open(database_.url());
    ASSERT_TRUE(accept(*store, message("wamid.1")));
    database_.run("GRANT USAGE ON SCHEMA migue TO anon; GRANT SELECT ON migue.inbox TO anon");
    EXPECT_EQ(database_.run("SET ROLE anon; SELECT count(*) FROM migue.inbox"),
              std::vector<std::string>{"0"});
}

TEST_F(Database, FailsABadWriteAlone) {
    const auto store = open(database_.url());
    constexpr std::size_t kAll = 40;
    constexpr std::size_t kBad = 20;
    // Longer than an index takes, and not to be compressed.
    std::string endless;
    for (std::uint32_t i = 0, chance = 1; i < 20'000; ++i, chance = chance * 1664525 + 1013904223)
        endless += static_cast<char>('a' + (chance >> 24) % 26);
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::optional<Code>> outcomes(kAll, Code::kState);
    std::size_t ended = 0;
    for (std::size_t i = 0; i < kAll; ++i) {
        const std::string id = i == kBad ? endless : "wamid." + std::to_string(i);
        store->accept({message(id, "tel:" + std::to_string(i))}, kNow, [&, i](auto result) {
            const std::lock_guard lock(mutex);
            outcomes[i] = result ? std::nullopt : std::optional(result.error().code);
            ++ended;
            changed.notify_one();
        });
    }
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, kGenerous, [&] { return ended == kAll; }));
    for (std::size_t i = 0; i < kAll; ++i) EXPECT_EQ(outcomes[i].has_value(), i == kBad) << i;
}

TEST_F(Database, KeepsTextThatPostgresWouldNotTake) {
    const auto store = open(database_.url());
    InboundMessage odd = message("wamid.1");
    odd.text = std::string("a\0b\xFF", 4) + "\xED\xA0\x80" + "ñ🎉";
    const Accepted accepted = accept(*store, odd).value();
    EXPECT_EQ(store->transcript(accepted.conversation_id, 0, 10)->front().text,
              "a�b�"
              "���"
              "ñ🎉");
}

TEST_F(Database, SaysWhoHasToDoWhatWhenTablesAreMissing) {
    const std::string empty = database_.server().fresh_database();
    const auto store = PostgresStore::open(database_.server().url(empty, "store_login"));
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::kConfig);
    EXPECT_NE(store.error().what.find("migue migrate"), std::string::npos) << store.error().what;
    EXPECT_EQ(store.error().what.find(standins::Postgres::kPassword), std::string::npos)
        << store.error().what;
}

TEST_F(Database, IsSetUpByALoginThatMay) {
    database_.server().login("store_owner", "CREATEROLE");
    const std::string own = database_.server().fresh_database("store_owner");
    const auto store = open(database_.server().url(own, "store_owner"));
    ASSERT_TRUE(store);
    EXPECT_TRUE(accept(*store, message("wamid.1")));
}

TEST_F(Database, ForgetsHostsThatAreLongDead) {
    auto dead = open(database_.url());
    ASSERT_TRUE(accept(*dead, message("wamid.1")));
    dead.reset();
    const auto heir = open(database_.url());
    database_.run(
        "UPDATE migue.hosts SET alive_until = alive_until - interval '2 hours' WHERE alive_until < "
        "clock_timestamp()");
    ASSERT_EQ(heir->claim(kNow, 10)->turns.size(), 1U);
    EXPECT_EQ(database_.run("SELECT count(*) FROM migue.hosts").front(), "2")
        << "its work is only being taken";
    ASSERT_TRUE(heir->claim(kNow, 10));
    EXPECT_EQ(database_.run("SELECT count(*) FROM migue.hosts").front(), "1");
}

}  // namespace
}  // namespace migue::host::postgres
