#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "migue/ext/operation.h"
#include "migue/sql/sqlite_schema.hpp"
#include "time_line.hpp"
#include "turn_call.hpp"

namespace migue::bench {

/// Rules that were broken, until somebody is told.
class Breaches {
public:
    void add(std::string what) { all_.push_back(std::move(what)); }
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    /// Throws Fault with all of them, unless there are none.
    void raise();

private:
    std::vector<std::string> all_;
};

/// Series by name; a handle is a place in the list, from 1.
class MetricBook {
public:
    enum class Kind { kCounter = 1, kHistogram };
    [[nodiscard]] migue_status add(Kind kind, std::string_view name, std::uint32_t* handle);
    /// False for a handle that was not given out, or a counter that would go down.
    [[nodiscard]] bool record(std::uint32_t handle, double value);
    [[nodiscard]] std::vector<double> values(std::string_view name) const;

private:
    struct Series {
        Kind kind;
        std::string name;
        std::vector<double> values;
    };
    std::vector<Series> series_;
};

/// Seals for tests: real authenticated encryption, under a key that everybody knows, with
/// nonces and random bytes that are the same in every run.
class TestVault {
public:
    [[nodiscard]] Result<std::string> seal(std::string_view plain, std::string_view context);
    [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view context) const;
    [[nodiscard]] std::string random(std::size_t size);
    [[nodiscard]] static std::string sha256(std::string_view bytes);

private:
    std::uint64_t seals_ = 0;
    std::uint64_t randoms_ = 0;
};

/// Jobs by conversation and key.
class JobBook {
public:
    struct Job {
        StoredJob job;
        std::uint64_t number;  ///< another for each time it is set
        std::uint32_t attempt = 1;
    };
    void put(StoredJob job);
    void remove(const std::string& conversation, const std::string& key);
    /// Removes it unless it was set anew meanwhile.
    void remove(const Job& job);
    void failed(const Job& job);
    [[nodiscard]] std::vector<Job> due(std::int64_t unix_ms) const;
    [[nodiscard]] std::vector<StoredJob> all() const;

private:
    using Key = std::pair<std::string, std::string>;
    std::uint64_t last_number_ = 0;
    std::map<Key, Job> jobs_;
};

struct HostTable;

/// Everything around the plugin that outlives one instance of it.
struct World {
    explicit World(Options given);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Whether an operation may be started now.
    [[nodiscard]] migue_status admit();
    /// Takes an operation on: done() follows once, at due_ns or when it is cancelled.
    [[nodiscard]] migue_status accept(std::uint64_t due_ns, TimeLine::Deliver deliver, std::uint64_t* op);
    /// The same for one that tells only its status.
    [[nodiscard]] migue_status accept(std::uint64_t due_ns, migue_status status, migue_done done, void* user,
                                      std::uint64_t* op);
    void cancel_turn(TurnCall& turn);
    /// Ends the next operation that is due by now. False: there is none.
    bool run_one();
    /// Calls into the plugin on behalf of a turn, or of none.
    template <typename Call>
    auto run_as(TurnCall* turn, Call call) {
        current = turn;
        struct Restore {
            World& world;
            ~Restore() { world.current = nullptr; }
        } restore{*this};
        return call();
    }

    const Options options;
    std::string plugin_id;
    Breaches breaches;
    TimeLine time;
    FakeHttp http;
    FakeMedia media;
    Classify classify;
    std::vector<std::string> egress;  ///< addresses that the config names
    std::shared_ptr<sql::Schema> schema;
    std::optional<migue_status> next_sql;
    std::vector<LogLine> log;
    MetricBook metrics;
    TestVault vault;
    JobBook jobs;
    std::vector<std::unique_ptr<HostTable>> hosts;  ///< one an instance, outliving it
    std::vector<std::unique_ptr<TurnCall>> turns;   ///< by id, from 1
    TurnCall* current = nullptr;                    ///< whose code runs
    bool is_quiesced = false;
    const std::thread::id thread = std::this_thread::get_id();
};

/// The host as one instance sees it; after destroy() it answers MIGUE_E_STATE (O6).
struct HostTable {
    explicit HostTable(World& owner);
    HostTable(const HostTable&) = delete;
    HostTable& operator=(const HostTable&) = delete;

    migue_host raw;
    World& world;
    bool is_destroyed = false;
};

/// The world behind a host table, or null after destroy().
[[nodiscard]] World* world_of(const migue_host* host) noexcept;

/// The services' tables, by id; null for an unknown one.
[[nodiscard]] const void* service_table(std::string_view id) noexcept;
[[nodiscard]] const void* http_table() noexcept;
[[nodiscard]] const void* intents_table() noexcept;
[[nodiscard]] const void* jobs_table() noexcept;
[[nodiscard]] const void* media_table() noexcept;
[[nodiscard]] const void* metrics_table() noexcept;
[[nodiscard]] const void* sql_table() noexcept;
[[nodiscard]] const void* vault_table() noexcept;

}  // namespace migue::bench
