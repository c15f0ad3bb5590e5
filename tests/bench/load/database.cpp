#include "tests/bench/load/database.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "tests/standins/postgres/postgres.hpp"

namespace migue::load {

namespace {

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(const std::filesystem::path& folder)
        : url_("sqlite:" + (folder / "migue.db").string()) {}
    [[nodiscard]] std::string url() const override { return url_; }
    [[nodiscard]] std::string url_by(std::uint16_t) const override { return url_; }
    [[nodiscard]] std::uint16_t port() const override { return 0; }
    [[nodiscard]] bool can_fail() const override { return false; }
    std::future<void> take_away(Fault) override {
        return std::async(std::launch::deferred, [] {});
    }
    std::future<void> bring_back() override {
        return std::async(std::launch::deferred, [] {});
    }

private:
    const std::string url_;
};

/// One thread for as long as the server lives: the system ends a server with the very thread
/// that started it.
class Worker {
public:
    Worker() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
    std::future<void> post(std::function<void()> work) {
        std::packaged_task<void()> task(std::move(work));
        std::future<void> done = task.get_future();
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
        added_.notify_one();
        return done;
    }

private:
    void run(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (added_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
            std::packaged_task<void()> task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            lock.lock();
        }
    }
    std::mutex mutex_;
    std::condition_variable_any added_;
    std::deque<std::packaged_task<void()>> tasks_;  // guarded by mutex_
    std::jthread thread_;                           // last: it uses the members above
};

class PostgresDatabase final : public Database {
public:
    PostgresDatabase() : name_(server_.fresh_database()) {}
    [[nodiscard]] std::string url() const override { return server_.url(name_); }
    [[nodiscard]] std::string url_by(std::uint16_t port) const override {
        std::string url = server_.url(name_);
        const std::string here = fmt::format(":{}/", server_.port());
        return url.replace(url.find(here), here.size(), fmt::format(":{}/", port));
    }
    [[nodiscard]] std::uint16_t port() const override { return server_.port(); }
    [[nodiscard]] bool can_fail() const override { return true; }
    std::future<void> take_away(Fault fault) override {
        fault_ = fault;
        return worker_.post([this, fault] {
            switch (fault) {
                case Fault::kFrozen:
                    server_.freeze();
                    return;
                case Fault::kStopped:
                    server_.stop();
                    return;
                case Fault::kKilled:
                    server_.kill();
                    return;
            }
        });
    }
    std::future<void> bring_back() override {
        return worker_.post([this] {
            if (fault_ == Fault::kFrozen)
                server_.resume();
            else
                server_.start();
        });
    }

private:
    Worker worker_;  // outlives the server it may have started
    // What is measured is durable: it reaches the disk, as on a server that is not a test's.
    standins::Postgres server_{{.settings = {"fsync = on", "full_page_writes = on"}}};
    const std::string name_;
    Fault fault_ = Fault::kFrozen;
};

}  // namespace

std::unique_ptr<Database> sqlite_database(const std::filesystem::path& folder) {
    return std::make_unique<SqliteDatabase>(folder);
}

std::unique_ptr<Database> postgres_database() {
    return std::make_unique<PostgresDatabase>();
}

}  // namespace migue::load
