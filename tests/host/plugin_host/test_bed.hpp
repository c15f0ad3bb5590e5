#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host/config/yaml.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/native_plugin_host.hpp"
#include "host/plugin_host/stage.hpp"

namespace migue::host::test {

using namespace std::chrono_literals;

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "migue-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = pattern;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Where the build left a fixture.
[[nodiscard]] inline std::filesystem::path fixture(const std::string& name) {
    return std::filesystem::path(MIGUE_FIXTURE_DIR) / (name + ".so");
}

/// Waits until something holds; false after ten seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
        if (holds()) return true;
        std::this_thread::yield();
    }
    return holds();
}

/// Log lines, kept.
class LogLines {
public:
    [[nodiscard]] Log::Writer writer() {
        return [this](std::string_view line) {
            const std::lock_guard lock(mutex_);
            text_ += line;
        };
    }
    [[nodiscard]] std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }
    [[nodiscard]] bool contain(std::string_view part) const { return text().find(part) != std::string::npos; }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// A host over a lock file in its own directory, with short limits.
class TestBed {
public:
    TestBed() {
        options.lock_file = directory.path() / "plugins.lock";
        options.staging_dir = directory.path() / "staging";
        options.grace = 100ms;
        options.drain_limit = 10s;
        options.cancel_limit = 200ms;
        options.rehearse = false;  // has tests of its own
#if defined(MIGUE_RUNNER)
        options.runner = MIGUE_RUNNER;
#endif
    }
    ~TestBed() {
        host.reset();
        // A report in a plugin's process is a fault like one in this.
        EXPECT_EQ(lines.contain("a sanitizer found a fault"), expects_fault) << lines.text();
    }
    TestBed(const TestBed&) = delete;
    TestBed& operator=(const TestBed&) = delete;

    /// Copies a fixture under another name and writes its lock entry.
    void install(const std::string& name, const std::string& as) {
        const std::filesystem::path file = directory.path() / (as + ".so");
        const std::filesystem::path fresh = directory.path() / (as + ".fresh");
        std::filesystem::copy_file(fixture(name), fresh, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::rename(fresh, file);
        InstallWishes wishes;
        wishes.pinned = name.ends_with("_pinned");
        wishes.isolation = isolation;
        const auto installed = install_plugin(file, options.lock_file, options.staging_dir, wishes);
        ASSERT_TRUE(installed) << installed.error().what;
    }
    /// Writes a lock entry by hand, for files that install_plugin() would refuse.
    void lock_by_hand(const std::string& id, const std::filesystem::path& file) {
        const auto digest = hash_file(file);
        ASSERT_TRUE(digest) << digest.error().what;
        LockFile lock;
        if (std::filesystem::exists(options.lock_file)) lock = read_lock_file(options.lock_file).value();
        std::erase_if(lock.entries, [&](const LockEntry& entry) { return entry.id == id; });
        LockEntry entry;
        entry.id = id;
        entry.file = file;
        entry.sha256 = digest->sha256;
        entry.size = digest->size;
        entry.isolation = isolation;
        lock.entries.push_back(entry);
        ASSERT_TRUE(write_lock_file(options.lock_file, lock));
    }
    /// The settings of a plugin, as they stand in a file.
    void configure(const std::string& id, const std::string& yaml) {
        auto node = config::parse_yaml(yaml, "migue.yaml", config::environment());
        ASSERT_TRUE(node) << node.error().what;
        options.plugins.push_back({id, node->to_json(), std::make_shared<const config::Node>(*node)});
    }
    void make() {
        auto made = NativePluginHost::make(options, clock, log, store, metrics);
        ASSERT_TRUE(made) << made.error().what;
        host = std::move(made).value();
    }
    void start() {
        make();
        const auto started = host->start();
        ASSERT_TRUE(started) << started.error().what;
    }

    [[nodiscard]] TurnRequest request(const std::string& text, std::chrono::milliseconds limit = 5s) const {
        TurnRequest request;
        request.message_id = "m1";
        request.conversation_id = "c1";
        request.person_id = "p1";
        request.intent = "probe";
        request.text = text;
        request.locale = "es";
        request.trace_id = "trace-1";
        request.input_json = R"({"kind":"text"})";
        request.channel_json = R"({"buttons":3,"list_rows":10})";
        request.deadline_ns =
            clock.monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(limit).count());
        return request;
    }
    [[nodiscard]] std::future<TurnResult> begin(const std::string& plugin, TurnRequest turn) const {
        auto promise = std::make_shared<std::promise<TurnResult>>();
        auto future = promise->get_future();
        host->run_turn(plugin, std::move(turn),
                       [promise](TurnResult result) { promise->set_value(std::move(result)); });
        return future;
    }
    [[nodiscard]] std::future<TurnResult> begin(const std::string& plugin, const std::string& text,
                                                std::chrono::milliseconds limit = 5s) const {
        return begin(plugin, request(text, limit));
    }
    [[nodiscard]] TurnResult turn(const std::string& plugin, const std::string& text,
                                  std::chrono::milliseconds limit = 5s) const {
        return begin(plugin, text, limit).get();
    }
    /// The only reply of a turn that went well, as the text of its body.
    [[nodiscard]] std::string said(const std::string& plugin, const std::string& text) const {
        return text_of(turn(plugin, text));
    }
    [[nodiscard]] static std::string text_of(const TurnResult& result) {
        if (result.status != MIGUE_OK || result.replies.size() != 1)
            return "status " + std::to_string(result.status) +
                   (result.reasons.empty() ? "" : ": " + result.reasons[0]);
        const std::string& body = result.replies[0].body_json;
        return body.substr(9, body.size() - 11);  // {"text":"…"}
    }

#if defined(MIGUE_TEST_ISOLATED)
    LockEntry::Isolation isolation = LockEntry::Isolation::kProcess;
#else
    LockEntry::Isolation isolation = LockEntry::Isolation::kNone;
#endif
    bool expects_fault = false;  ///< that a sanitizer finds in a plugin's process
    TemporaryDirectory directory;
    LogLines lines;
    SystemClock clock;
    Log log{Severity::kDebug, lines.writer()};
    Store* store = nullptr;
    MetricsSink* metrics = nullptr;
    PluginHostOptions options;
    std::unique_ptr<NativePluginHost> host;
};

}  // namespace migue::host::test
