#include "tests/hazards/failing_swaps.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <random>
#include <set>

#include "host/plugin_host/canary.hpp"
#include "host/plugin_runner/wire/sanitized.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

// S2: swaps fail at every point of §6, at random, while people write; what serves never misses a turn.
// `bench_swap` does the same from webhook to reply. MIGUE_FAILING_SWAPS and MIGUE_SEED give another number
// of swaps and the seed that a failed run printed.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using migue::test::FailingSwaps;
using migue::test::FailurePoint;
using test::eventually;
using test::TestBed;

constexpr const char* kId = "serving";

std::size_t number(const char* name, std::size_t otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// People who write all the time, in conversations that no canary serves. Each of their turns has to be
/// answered by the generation that serves.
class People {
public:
    People(const TestBed& bed, std::string answer, std::uint64_t generation)
        : bed_(bed), answer_(std::move(answer)), generation_(generation) {
        for (int i = 0; i < 2; ++i)
            threads_.emplace_back([this, i] {
                int conversation = i;
                while (!stop_) {
                    do conversation += 2;
                    while (is_in_canary("c" + std::to_string(conversation), 50));
                    write(conversation);
                }
            });
    }
    ~People() { stop(); }
    void stop() {
        stop_ = true;
        for (std::thread& thread : threads_)
            if (thread.joinable()) thread.join();
    }
    [[nodiscard]] std::size_t answered() const noexcept { return answered_; }
    [[nodiscard]] std::string missed() const {
        const std::lock_guard lock(mutex_);
        return missed_;
    }

private:
    void write(int conversation) {
        TurnRequest request = bed_.request("hello");
        request.conversation_id = "c" + std::to_string(conversation);
        request.intent = "failing";
        const TurnResult result = bed_.begin(kId, std::move(request)).get();
        const std::string said = TestBed::text_of(result);
        ++answered_;
        if (said == answer_ && result.generation == generation_) return;
        const std::lock_guard lock(mutex_);
        missed_ += said + " from generation " + std::to_string(result.generation) + "; ";
    }

    const TestBed& bed_;
    const std::string answer_;
    const std::uint64_t generation_;
    std::atomic<bool> stop_{false};
    std::atomic<std::size_t> answered_{0};
    mutable std::mutex mutex_;
    std::string missed_;  // guarded by mutex_
    std::vector<std::thread> threads_;
};

/// A limit of the process, for as long as it lives.
class Limit {
public:
    Limit(__rlimit_resource_t which, rlim_t most) : which_(which) {
        ::getrlimit(which_, &before_);
        rlimit now = before_;
        now.rlim_cur = most;
        ::setrlimit(which_, &now);
    }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() { ::setrlimit(which_, &before_); }

private:
    const __rlimit_resource_t which_;
    rlimit before_{};
};

class S2 : public ::testing::TestWithParam<LockEntry::Isolation> {
protected:
    void SetUp() override {
        std::signal(SIGXFSZ, SIG_IGN);  // a full disk is an error, not the end
        bed.isolation = GetParam();
        bed.options.runner = MIGUE_RUNNER;
        bed.options.rehearse = true;
        bed.options.history_dir = bed.directory.path() / "kept";
        // Time enough for what does not hang, in a process that a sanitizer makes slow to start.
        const int slow = wire::kIsSanitized ? 5 : 1;
        bed.options.rehearsal_limit = slow * 2s;
        bed.options.control_limit = slow * 300ms;
        bed.options.kill_after = slow * 300ms;
        bed.options.max_abandoned = 1000;
        swaps = std::make_unique<FailingSwaps>(MIGUE_FIXTURE_DIR, bed.directory.path() / "delivered", kId,
                                               GetParam());
        good = swaps->sound("all is well");
        follow(good);
        bed.start();
        generation = bed.host->list().at(0).generation;
    }

    void follow(const LockEntry& entry) const {
        LockFile lock;
        lock.entries.push_back(entry);
        ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    }
    /// The refusal of a swap that must fail.
    std::string refusal() const {
        const auto reloaded = bed.host->reload();
        return reloaded ? "it was taken" : reloaded.error().what;
    }
    /// Fails at one point; says what is wrong with how it did.
    std::string fail(const FailurePoint& point) {
        follow(point.entry());
        const std::string what = refusal();
        if (what.find(point.says) != std::string::npos) return {};
        return point.name + " should say '" + point.says + "', says: " + what + "\n";
    }

    /// Faults that are not the plugin's.
    std::vector<std::pair<std::string, std::function<std::string()>>> surroundings() {
        const auto told = [](const std::string& name, const std::string& what, const std::string& says) {
            return what.find(says) != std::string::npos ? std::string() : name + ": " + what + "\n";
        };
        return {{"lock file is no YAML",
                 [=, this] {
                     std::ofstream(bed.options.lock_file) << "plugins: [";
                     return told("lock file is no YAML", refusal(), "plugins.lock:");
                 }},
                {"lock file lacks the hash",
                 [=, this] {
                     std::ofstream(bed.options.lock_file) << "plugins:\n  - id: serving\n    file: x.so\n";
                     return told("lock file lacks the hash", refusal(), "sha256");
                 }},
                {"no lock file",
                 [=, this] {
                     std::filesystem::remove(bed.options.lock_file);
                     return told("no lock file", refusal(), "not found");
                 }},
                {"disk full",
                 [=, this] {
                     follow(swaps->sound("never said"));
                     const Limit limit(RLIMIT_FSIZE, 8192);
                     return told("disk full", refusal(), "write the private copy: File too large");
                 }},
                {"no descriptors left", [this] { return fail_for_want_of_descriptors(); }},
                {"staging folder gone",
                 [=, this] {
                     follow(swaps->sound("never said"));
                     // A copy that is to go while its folder is away would stay.
                     if (!eventually([&] { return copies() == 1; }))
                         return std::string("staging folder gone: old copies stay\n");
                     std::filesystem::path run;
                     for (const auto& entry : std::filesystem::directory_iterator(bed.options.staging_dir))
                         run = entry.path();
                     const auto aside = bed.directory.path() / "aside";
                     std::filesystem::rename(run, aside);
                     const std::string what = refusal();
                     std::filesystem::rename(aside, run);
                     return told("staging folder gone", what, "make the private copy: No such file");
                 }},
                {"canary fails", [this] { return fail_canary(); }}};
    }

    /// Private copies of plugins' files. That of what was replaced goes with its image, which is after it
    /// left the list.
    [[nodiscard]] std::ptrdiff_t copies() const {
        const std::filesystem::recursive_directory_iterator staged(bed.options.staging_dir);
        return std::count_if(begin(staged), end(staged),
                             [](const auto& entry) { return entry.path().extension() == ".so"; });
    }

    /// Those that are open stay, whatever their numbers; the swap gets none, or a few.
    std::string fail_for_want_of_descriptors() {
        std::string wrong;
        for (rlim_t more = 0; more < 12 && wrong.empty(); ++more) {
            follow(swaps->sound("never said"));
            const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
            ::close(next);
            std::string what;
            {
                const Limit limit(RLIMIT_NOFILE, static_cast<rlim_t>(next) + more);
                what = refusal();
            }
            // Where it has some, but none as high as those that are handed to the rehearsal.
            const bool is_above = what.find("migue-plugin-runner: Invalid argument") != std::string::npos;
            if (!is_above && what.find("Too many open files") == std::string::npos)
                wrong = fmt::format("{} more descriptors: {}\n", more, what);
        }
        return wrong;
    }

    /// A canary that fails at what people ask is sent back.
    std::string fail_canary() {
        LockEntry canary = swaps->marked("real", "handle_fails");
        canary.canary = LockEntry::Canary{50, 1000, 3600};
        follow(canary);
        if (const auto tried = bed.host->reload(); !tried) return "canary: " + tried.error().what + "\n";
        int conversation = 0;
        while (!is_in_canary("c" + std::to_string(conversation), 50)) ++conversation;
        const bool is_back = eventually([&] {
            TurnRequest request = bed.request("hello");
            request.conversation_id = "c" + std::to_string(conversation);
            static_cast<void>(bed.begin(kId, std::move(request)).get());
            const auto list = bed.host->list();
            return std::none_of(list.begin(), list.end(),
                                [](const auto& each) { return each.state == "canary"; });
        });
        return is_back ? "" : "canary: it was not sent back\n";
    }

    TestBed bed;
    std::unique_ptr<FailingSwaps> swaps;
    LockEntry good;
    std::uint64_t generation = 0;
};

TEST_P(S2, EachPointFailsWithItsReasonAndCostsNoTurn) {
    People people(bed, "all is well", generation);
    const auto others = surroundings();
    const std::size_t points = swaps->points().size() + others.size();
    const std::size_t attempts = number("MIGUE_FAILING_SWAPS", points);
    for (std::size_t i = 0; i < attempts; ++i) {
        const std::size_t which = i % points;
        if (which >= swaps->points().size()) {
            const auto& [name, fails] = others[which - swaps->points().size()];
            EXPECT_EQ(fails(), "") << name;
            continue;
        }
        EXPECT_EQ(fail(swaps->points()[which]), "");
    }
    people.stop();
    EXPECT_EQ(people.missed(), "");
    EXPECT_GT(people.answered(), attempts);
    std::printf("%zu failing swaps in order, of %zu kinds, beside %zu turns\n", attempts, points,
                people.answered());
}

TEST_P(S2, ManyAtRandomCostNoTurnAndLeaveNothingBehind) {
    const std::size_t attempts = number("MIGUE_FAILING_SWAPS", 150);
    const std::size_t seed = number("MIGUE_SEED", std::random_device()());
    SCOPED_TRACE("MIGUE_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto others = surroundings();
    std::set<std::string> seen;
    People people(bed, "all is well", generation);
    std::size_t hung = 0;
    std::string wrong;
    for (std::size_t i = 0; i < attempts && wrong.empty(); ++i) {
        const std::size_t any = random() % (swaps->points().size() + others.size());
        if (any >= swaps->points().size()) {
            wrong = others[any - swaps->points().size()].second();
            seen.insert(others[any - swaps->points().size()].first);
            continue;
        }
        const FailurePoint& point = swaps->points()[any];
        // Each of these takes its time; the other test has them all.
        if (point.hangs && ++hung > std::max<std::size_t>(2, attempts / 50)) continue;
        wrong = fail(point);
        seen.insert(point.name);
    }
    EXPECT_EQ(wrong, "");
    people.stop();
    EXPECT_EQ(people.missed(), "");
    EXPECT_GT(people.answered(), attempts);
    EXPECT_GT(seen.size(), std::min<std::size_t>(attempts / 4, 40));
    // And what serves can still be replaced.
    follow(swaps->sound("the next one"));
    const auto reloaded = bed.host->reload();
    ASSERT_TRUE(reloaded) << reloaded.error().what;
    EXPECT_EQ(bed.said(kId, "hello"), "the next one");
    EXPECT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
    EXPECT_TRUE(eventually([&] { return copies() == 1; })) << copies() << " copies are left";
    std::printf("%zu failing swaps, %zu different, beside %zu turns\n", attempts, seen.size(),
                people.answered());
}

TEST(S3, AHandleThatIgnoresCancellationIsLeftBehindAndTheCapHolds) {
    TestBed bed;
    bed.options.drain_limit = 20ms;
    bed.options.cancel_limit = 20ms;
    bed.options.max_abandoned = 2;
    const auto release = bed.directory.path() / "release";
    bed.configure("probe", "release_file: " + release.string());
    bed.install("probe", "probe");
    bed.start();
    std::vector<std::future<TurnResult>> hanging;
    for (std::uint64_t abandoned = 1; abandoned <= 3; ++abandoned) {
        hanging.push_back(bed.begin("probe", "hang", 50ms));
        ASSERT_TRUE(eventually([&] { return bed.host->list().at(0).running == 1; }));
        bed.install(abandoned % 2 == 1 ? "probe2" : "probe", "probe");
        const auto swapped = bed.host->reload();
        ASSERT_TRUE(swapped) << swapped.error().what;
        EXPECT_EQ(bed.said("probe", "version"), abandoned % 2 == 1 ? "2.0.0" : "1.0.0");
        ASSERT_TRUE(eventually([&] { return bed.host->generation_counts().abandoned == abandoned; }));
    }
    for (auto& turn : hanging) EXPECT_EQ(turn.get().status, MIGUE_E_DEADLINE);
    EXPECT_FALSE(bed.host->can_swap());
    ASSERT_EQ(bed.host->concerns().size(), 1u);
    EXPECT_NE(bed.host->concerns()[0].find("restart wanted: 0 generations stay mapped and 3 were abandoned"),
              std::string::npos)
        << bed.host->concerns()[0];
    bed.install("probe", "probe");
    const auto refused = bed.host->reload();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("3 were abandoned (G2): restart the host"), std::string::npos)
        << refused.error().what;
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
    std::ofstream(release) << "go";
}

/// The control thread's own calls: neither a swap nor the end of the host waits for more than its limit.
class AServingPluginThatHangsIn : public ::testing::TestWithParam<const char*> {};
TEST_P(AServingPluginThatHangsIn, HoldsUpNobody) {
    TestBed bed;
    bed.options.control_limit = 200ms;
    bed.options.warm = false;  // the first instance is the one that serves
    FailingSwaps swaps(MIGUE_FIXTURE_DIR, bed.directory.path() / "delivered", kId);
    const auto follow = [&](const LockEntry& entry) {
        LockFile lock;
        lock.entries.push_back(entry);
        ASSERT_TRUE(write_lock_file(bed.options.lock_file, lock));
    };
    follow(swaps.marked("always", GetParam(), "the old one"));
    bed.start();
    EXPECT_EQ(bed.said(kId, "x"), "the old one");
    follow(swaps.sound("the new one"));
    const auto swapped = bed.host->reload();
    ASSERT_TRUE(swapped) << swapped.error().what;
    EXPECT_EQ(bed.said(kId, "x"), "the new one");
    EXPECT_TRUE(eventually([&] { return bed.host->generation_counts().abandoned == 1; }));
    EXPECT_EQ(bed.host->list().at(1).state, "abandoned");
    EXPECT_TRUE(bed.lines.contain("the plugin does not come back"));
    bed.host->stop(100ms);
    EXPECT_TRUE(bed.host->list().empty());
}
INSTANTIATE_TEST_SUITE_P(Steps, AServingPluginThatHangsIn,
                         ::testing::Values("export_hangs", "quiesce_hangs", "destroy_hangs"),
                         [](const auto& step) { return std::string(step.param); });

INSTANTIATE_TEST_SUITE_P(Forms, S2,
                         ::testing::Values(LockEntry::Isolation::kNone, LockEntry::Isolation::kProcess),
                         [](const auto& form) { return std::string(name_of(form.param)); });

}  // namespace
}  // namespace migue::host
