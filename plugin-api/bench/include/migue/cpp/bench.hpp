#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/bench_http.hpp"
#include "migue/cpp/bench_media.hpp"
#include "migue/cpp/plugin.hpp"
#include "migue/cpp/reply_check.hpp"
#include "migue/plugin.h"

namespace migue::sql {
class Schema;
}

/// A test bench for plugins: everything a host does around a turn, without a host.
///
///     TEST(Echo, RepeatsWhatWasSaid) {
///         Bench bench(entry_of<Echo>());
///         const TurnOutcome turn = bench.send("hola", {.intent = "echo"});
///         EXPECT_EQ(turn.text(), "hola");
///     }
///
/// It drives the plugin through the C border, with a clock that only the test and waiting
/// turns move, scripted HTTP, real SQL on SQLite in memory, and is as strict as a host: a
/// turn commits all or nothing, replies obey the channel's limits, HTTP goes only where the
/// config points. One thread, so a test runs the same each time.
///
/// What a plugin may never do (answer twice, use a turn that has ended, call an address
/// nobody expected, …) ends the running call of the bench with a Fault.
namespace migue::bench {

/// The plugin, or the test's script, broke a rule; what() lists every breach.
class Fault : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// The entry of a plugin class that is linked into the test.
template <typename P>
[[nodiscard]] const migue_entry& entry_of() noexcept {
    static constexpr migue_entry entry = detail::make_entry<P>();
    return entry;
}

struct Options {
    std::int64_t now_unix_ms = 1'795'446'300'000;  ///< Monday 23 November 2026, 10:05 in Bogotá
    std::vector<std::string> without = {};         ///< services that this host does not have
    ReplyLimits limits = {};
    /// The plugin's tables; empty: SQLite in memory. Benches that share one are hosts that
    /// share a database.
    std::shared_ptr<sql::Schema> tables = {};
};

/// Where a turn is cut off, as by a crash: at its n-th operation, before or after that took
/// effect. All that is open ends as cancelled and nothing is committed.
struct Cut {
    std::size_t operation = 1;  ///< from 1; 0: after the turn has ended well, before the commit
    bool after_effect = false;
};

/// Another intent nearly as likely as a message's own.
struct Rival {
    std::string intent;
    std::string plugin;  ///< who answers it
    float confidence = 0;
};

/// What else a message asks for.
struct SecondWish {
    std::string intent;
    std::string plugin;  ///< who answers it
    std::string clause;  ///< the words of the message that say so
};

/// A message and what the host knows about it.
struct Message {
    std::string intent = {};
    std::string locale = "es";
    std::string region = {};
    std::string conversation = "c1";
    std::string person = {};      ///< "" is "person-" and the conversation
    std::string message_id = {};  ///< "" is a new one
    std::string input_json = {};  ///< "" is {"kind":"text"}
    std::optional<std::int64_t> sent_unix_ms = {};
    std::chrono::milliseconds time_limit{2000};
    std::uint32_t attempt = 1;
    float confidence = 1;
    std::optional<Cut> cut = {};
    /// Go into input_json as a host puts them there. A clause that the text does not hold is a Fault.
    std::optional<Rival> rival = {};
    std::optional<SecondWish> second_wish = {};
};

struct Reply {
    std::string kind;
    std::string body_json;
};

/// How a turn ended, and what of it the person gets.
struct TurnOutcome {
    migue_status status = MIGUE_E_INTERNAL;
    std::vector<Reply> replies;             ///< empty unless status is MIGUE_OK
    std::vector<std::string> reasons;       ///< "<where>: <what>", or what alone, of all sent to diag
    std::optional<std::string> state_json;  ///< set in this turn and committed; "" removed it
    std::optional<std::chrono::milliseconds> ask_ttl;
    std::string message_id;
    std::size_t operations = 0;        ///< accepted ones
    std::chrono::nanoseconds took{0};  ///< on the bench's clock
    bool answered_question = false;    ///< it came as the answer to an open question
    bool was_cancelled = false;        ///< its time was over

    /// The "text" of all replies, one a line.
    [[nodiscard]] std::string text() const;
    /// Ids of buttons and rows, in order.
    [[nodiscard]] std::vector<std::string> choices() const;
    /// The id of the button or row with this title; throws Fault when there is none.
    [[nodiscard]] std::string choice(std::string_view title) const;
};

struct LogLine {
    std::int32_t severity;
    std::string message;
    std::map<std::string, std::string> fields;
};

struct StoredJob {
    std::int64_t at_unix_ms;
    std::string conversation, key, payload_json;
};

struct RouteCall {
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    std::string public_url = "https://bot.example.org";
    bool admin = false;  ///< through the admin listener, token checked
};

using TurnId = std::size_t;

/// migue.intents/1: (text, locale) to the reading's JSON.
using Classify = std::function<std::string(std::string_view text, std::string_view locale)>;

class Bench {
public:
    /// Loads as a host does: descriptor, config against its schema, create(), migrations,
    /// health. Throws Fault with every reason when any of it fails.
    explicit Bench(const migue_entry& entry, std::string config_json = "{}", Options options = {});
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    /// Quiesces, cancels what is open, destroys the instance.
    ~Bench();

    // ---- people
    /// One message, run to its end. The clock goes on to whatever the turn waits for, at
    /// most to its deadline, where it is cancelled. An answer to an open question that the
    /// plugin passes on comes again as a message of its own, if its intent is the plugin's.
    TurnOutcome send(std::string_view text, Message message = {});
    /// A tap on a button or row that was shown in this conversation, by its id.
    TurnOutcome tap(std::string_view choice_id, Message message = {});
    /// The same message again, as after a crash: same id and time, old state, next attempt.
    TurnOutcome repeat(const TurnOutcome& turn, std::optional<Cut> cut = {});

    /// Turns of several conversations that overlap: each goes on until it waits.
    TurnId start(std::string_view text, Message message = {});
    TurnOutcome finish(TurnId turn);
    /// As the host does at the deadline, now.
    void cancel(TurnId turn);

    // ---- time
    [[nodiscard]] std::int64_t unix_ms() const noexcept;
    /// Moves the clock, running what becomes due on the way. Jobs wait for run_due_jobs().
    void advance(std::chrono::nanoseconds time);
    /// A turn for each job that is due, in order of time; one whose key begins with
    /// MIGUE_JOBS_SLOW has 20 s. A job whose turn fails stays.
    std::vector<TurnOutcome> run_due_jobs();
    [[nodiscard]] std::vector<StoredJob> jobs() const;

    // ---- the plugin's other sides
    struct RouteReply {
        int status = 0;
        std::vector<std::pair<std::string, std::string>> headers;
        std::string body;
        [[nodiscard]] std::string_view header(std::string_view name) const noexcept;  ///< any case
    };
    /// An HTTP request to the plugin: "/feed/x.ics?a=b", below /p/<plugin>. 404 when no
    /// route fits.
    RouteReply request(std::string_view method, std::string_view target, RouteCall call = {});
    [[nodiscard]] Result<std::string> understand(const UnderstandRequest& request);
    /// Replaces the instance as a swap does: quiesce, destroy, create. Tables, conversations
    /// and jobs stay.
    void restart(std::optional<std::string> config_json = {});

    // ---- what it did
    [[nodiscard]] FakeHttp& http() noexcept;
    [[nodiscard]] FakeMedia& media() noexcept;
    /// How this host reads words; until then it does not: MIGUE_E_UNAVAILABLE.
    void read_intents_with(Classify classify);
    /// Rows of one statement on the plugin's tables, as a JSON array. Throws Fault.
    [[nodiscard]] std::string sql(std::string_view text, std::string_view params_json = "[]");
    /// The next transaction is not run and gets this status instead.
    void fail_next_sql(migue_status status);
    [[nodiscard]] const std::vector<LogLine>& log() const noexcept;
    /// Values recorded for a series, in order; empty for an unknown one.
    [[nodiscard]] std::vector<double> metric(std::string_view name) const;
    /// The state last committed, or "".
    [[nodiscard]] std::string state(std::string_view conversation = "c1") const;
    [[nodiscard]] bool has_open_question(std::string_view conversation = "c1") const;
    /// Operations not finished yet.
    [[nodiscard]] std::size_t open_operations() const noexcept;
    /// Throws Fault unless every HTTP expectation was met and nothing is open.
    void verify();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Why a plugin does not load with this config: "<where>: <what>", empty when it does.
[[nodiscard]] std::vector<std::string> load_faults(const migue_entry& entry, std::string config_json,
                                                   Options options = {});

}  // namespace migue::bench
