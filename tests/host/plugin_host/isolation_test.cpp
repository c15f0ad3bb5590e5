#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/plugin_host/error_output.hpp"
#include "host/plugin_runner/wire/lane.hpp"
#include "host/plugin_runner/wire/sanitized.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

#include <sys/socket.h>

// PLUGIN_ABI §9: a plugin in a process of its own. That the contract is the same there is shown
// by turn_test, swap_test and service_test, which run in both forms.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::fixture;
using test::TestBed;

class CountingSink final : public MetricsSink {
public:
    std::uint64_t series(Kind, const std::string& name) override {
        const std::lock_guard lock(mutex_);
        return names_.emplace(name, names_.size() + 1).first->second;
    }
    void record(std::uint64_t series, double value) override {
        const std::lock_guard lock(mutex_);
        sums_[series] += value;
    }
    [[nodiscard]] double sum(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        const auto found = names_.find(name);
        return found == names_.end() || !sums_.contains(found->second) ? 0 : sums_.at(found->second);
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> names_;  // guarded by mutex_
    std::map<std::uint64_t, double> sums_;        // guarded by mutex_
};

struct Bed : TestBed {
    Bed() {
        isolation = LockEntry::Isolation::kProcess;
        options.kill_after = 200ms;
        options.restarts.first_pause = 1ms;
        options.restarts.most_ends = 1'000'000;
        metrics = &sink;
    }
    ~Bed() { host.reset(); }  // it counts to the end
    [[nodiscard]] PluginStatus status(const std::string& plugin) const {
        for (PluginStatus& each : host->list())
            if (each.id == plugin && each.state != "draining") return each;
        return {};
    }
    CountingSink sink;
};

TEST(Isolation, ShowsInTheListOfPlugins) {
    Bed bed;
    bed.install("probe", "probe");
    bed.start();
    EXPECT_EQ(bed.status("probe").isolation, "process");
    EXPECT_EQ(bed.status("probe").state, "active");
    EXPECT_EQ(bed.status("probe").why, "");
}

/// This process's children, as ps(1) knows them.
std::vector<pid_t> children() {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "stat");
        std::string line;
        if (!std::getline(file, line)) continue;
        std::istringstream behind_name(line.substr(line.rfind(')') + 1));  // a name may hold blanks
        char state = ' ';
        pid_t parent = 0;
        behind_name >> state >> parent;
        if (parent == ::getpid() && state != 'Z') found.push_back(std::stoi(entry.path().filename()));
    }
    return found;
}

TEST(Isolation, ItsProcessIsNicerThanTheHost) {
    Bed bed;
    bed.install("probe", "probe");
    bed.start();
    const auto processes = children();
    ASSERT_EQ(processes.size(), 1U);
    EXPECT_EQ(::sched_getscheduler(processes[0]), ::sched_getscheduler(0));
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(processes[0])),
              std::min(::getpriority(PRIO_PROCESS, 0) + 5, 19));
}

TEST(Isolation, ACrashHurtsItsOwnTurnAndNobodyElses) {
    Bed bed;
    bed.install("hazard_crash", "hazard");
    bed.install("probe", "probe");
    bed.start();
    auto other = bed.begin("probe", "timers 20");
    const TurnResult crashed = bed.turn("hazard", "crash");
    EXPECT_EQ(crashed.status, MIGUE_E_INTERNAL);  // nobody runs it again
    ASSERT_EQ(crashed.reasons.size(), 1u);
    EXPECT_EQ(crashed.reasons[0], "the plugin's process is over: it crashed (SIGSEGV)");
    EXPECT_TRUE(crashed.replies.empty());
    // What comes right after it is held until the plugin is there again.
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
    EXPECT_EQ(TestBed::text_of(other.get()), "waited");
    EXPECT_EQ(bed.status("hazard").state, "active");
    EXPECT_EQ(bed.status("hazard").why,
              "its process ended 1 times and was started again 1 times; the last time: it crashed (SIGSEGV)");
    EXPECT_EQ(bed.sink.sum("migue_process_ends_hazard"), 1);
    EXPECT_EQ(bed.sink.sum("migue_process_restarts_hazard"), 1);
    EXPECT_EQ(bed.sink.sum("migue_process_ends_probe"), 0);
}

TEST(Isolation, AHangIsKilledAfterItsDeadline) {
    Bed bed;
    bed.install("hazard_hang", "hazard");
    bed.install("probe", "probe");
    bed.start();
    auto hangs = bed.begin("hazard", "hang", 100ms);
    EXPECT_EQ(bed.said("probe", "timers 5"), "waited");
    EXPECT_EQ(hangs.get().status, MIGUE_E_DEADLINE);
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
    EXPECT_TRUE(bed.lines.contain("it hung: a call did not come back in time (T4)"));
    EXPECT_EQ(bed.host->generation_counts().abandoned, 0u);
}

TEST(Isolation, TurnsThatWaitInTheProcessAreEndedWithIt) {
    Bed bed;
    const auto release = bed.directory.path() / "release";
    bed.configure("probe", "release_file: " + release.string());
    bed.install("probe", "probe");
    bed.start();
    auto waits = bed.begin("probe", "timer 3600000", 1h);
    auto hangs = bed.begin("probe", "hang", 50ms);
    EXPECT_EQ(hangs.get().status, MIGUE_E_DEADLINE);
    const TurnResult ended = waits.get();
    EXPECT_EQ(ended.status, MIGUE_E_INTERNAL);
    ASSERT_FALSE(ended.reasons.empty());
    EXPECT_NE(ended.reasons[0].find("the plugin's process is over: it hung"), std::string::npos);
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    // The one that ended leaves nothing behind.
    EXPECT_TRUE(eventually([&] { return bed.host->list().size() == 1; }));
    EXPECT_EQ(bed.host->generation_counts().closed, 1u);
}

TEST(Isolation, AProcessThatKeepsEndingIsStartedRarely) {
    Bed bed;
    bed.options.restarts.most_ends = 3;
    bed.options.restarts.window = 1500ms;
    bed.install("hazard_crash", "hazard");
    bed.start();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);
    ASSERT_TRUE(eventually([&] { return bed.status("hazard").state == "broken off"; }));
    const auto before = std::chrono::steady_clock::now();
    const TurnResult refused = bed.turn("hazard", "hello");
    if (std::chrono::steady_clock::now() - before < 1s) {  // unless the machine stood still
        EXPECT_EQ(refused.status, MIGUE_E_UNAVAILABLE);
        EXPECT_EQ(refused.reasons.at(0), "the process of plugin hazard is over: it crashed (SIGSEGV)");
    }
    EXPECT_TRUE(bed.lines.contain("keeps ending"));
    ASSERT_TRUE(eventually([&] { return bed.status("hazard").state == "active"; }));
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
    // It has one try: the next end is enough.
    EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);
    EXPECT_TRUE(eventually([&] { return bed.status("hazard").state == "broken off"; }));
}

TEST(Isolation, AProcessThatCannotBeStartedIsTriedRarely) {
    Bed bed;
    const auto runner = bed.directory.path() / "runner";
    std::filesystem::copy_file(MIGUE_RUNNER, runner);
    bed.options.runner = runner;
    bed.options.restarts.most_ends = 3;
    bed.options.restarts.window = 1500ms;
    bed.install("hazard_crash", "hazard");
    bed.start();
    const auto aside = bed.directory.path() / "aside";
    std::filesystem::rename(runner, aside);
    EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);
    ASSERT_TRUE(eventually([&] { return bed.status("hazard").state == "broken off"; }));
    EXPECT_EQ(bed.status("hazard").why,
              "its process ended 1 times and was started again 0 times; the last time: it crashed (SIGSEGV)");
    EXPECT_TRUE(bed.lines.contain("cannot be started again"));
    std::filesystem::rename(aside, runner);
    ASSERT_TRUE(eventually([&] { return bed.status("hazard").state == "active"; }));
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
}

TEST(Isolation, ASwapReplacesTheProcessAndDrainsTheOldOne) {
    Bed bed;
    bed.install("probe", "probe");
    bed.start();
    auto old = bed.begin("probe", "timer 300");
    ASSERT_TRUE(eventually([&] { return bed.host->list().at(0).running == 1; }));
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
    const TurnResult ended = old.get();
    EXPECT_EQ(TestBed::text_of(ended), "waited");
    EXPECT_EQ(ended.plugin_version, "1.0.0");
    EXPECT_TRUE(eventually([&] { return bed.host->generation_counts().closed == 1; }));
}

TEST(Isolation, ASwapFromInsideToAProcessAndBack) {
    Bed bed;
    bed.isolation = LockEntry::Isolation::kNone;
    bed.install("probe", "probe");
    bed.start();
    for (const auto isolation : {LockEntry::Isolation::kProcess, LockEntry::Isolation::kNone}) {
        bed.isolation = isolation;
        bed.install("probe", "probe");
        ASSERT_TRUE(bed.host->reload());
        EXPECT_EQ(bed.status("probe").isolation, name_of(isolation));
        EXPECT_EQ(bed.said("probe", "cached"), "caches of 1.0.0, states 1");
    }
}

TEST(Isolation, WhatIsRefusedInTheHostMayRunInAProcess) {  // H2, H4, H13, H15
    for (const char* name : {"hazard_thread", "hazard_thread_local", "hazard_nodelete"}) {
        Bed bed;
        bed.options.rehearse = true;
        bed.lock_by_hand("hazard", fixture(name));
        bed.start();
        EXPECT_EQ(bed.turn("hazard", "x").status, MIGUE_OK) << name;
    }
    Bed bed;
    bed.lock_by_hand("linking", fixture("linking_poco"));
    bed.start();
    EXPECT_EQ(bed.turn("linking", "x").status, MIGUE_OK);
}

TEST(Isolation, TheProcessHasNothingOfTheHosts) {
    Bed bed;
    bed.lock_by_hand("confined", fixture("confined"));
    bed.start();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's runtime needs more than a plugin may have";
#endif
    EXPECT_EQ(bed.said("confined", "x"),
              "environment no, passwd no, descriptors 0, socket no, new rights no, process no, thread yes");
}

TEST(Isolation, WhatTheRuntimeSaysOfACrashIsInTheLogAndWhatPeopleWroteIsNot) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "standard error is kept for the sanitizer's reports";
#endif
    Bed bed;
    bed.lock_by_hand("confined", fixture("confined"));
    bed.start();
    EXPECT_EQ(bed.turn("confined", "terminate").status, MIGUE_E_INTERNAL);
    const auto logged = [&](const std::string& line) {
        return eventually([&] {
            return bed.lines.contain(
                "\"the plugin's process wrote to its standard error\",\"plugin\":\"confined\","
                "\"generation\":\"1\",\"line\":\"" +
                line);
        });
    };
    EXPECT_TRUE(logged("terminate called after throwing an instance of 'std::runtime_error'\""))
        << bed.lines.text();
    EXPECT_TRUE(logged("(not shown"));
    EXPECT_TRUE(logged("(27 bytes in all that were not shown)\"")) << bed.lines.text();  // what(): …
    EXPECT_FALSE(bed.lines.contain("Laura"));
    // Also of one that lives on.
    EXPECT_EQ(bed.turn("confined", "chatter").status, MIGUE_OK);
    EXPECT_TRUE(eventually([&] { return bed.lines.contain("free(): invalid pointer"); })) << bed.lines.text();
    EXPECT_FALSE(bed.lines.contain("Laura"));
}

TEST(Isolation, WhatASanitizerFindsInTheProcessFailsTheTest) {
    if (!wire::kIsSanitized) GTEST_SKIP() << "a build without sanitizers";
    Bed bed;
    bed.lock_by_hand("confined", fixture("confined"));
    bed.start();
    bed.expects_fault = true;
    const TurnResult result = bed.turn("confined", "fault");
    ASSERT_EQ(result.reasons.size(), 1u);
    EXPECT_EQ(result.reasons[0], "the plugin's process is over: a sanitizer found a fault in it");
}

// ---- standard error

TEST(ErrorOutput, ShowsOnlyWhatTheRuntimesSay) {
    for (const char* good :
         {"terminate called after throwing an instance of 'std::bad_alloc'",
          "terminate called without an active exception", "free(): invalid pointer",
          "*** stack smashing detected ***: terminated", "double free or corruption (fasttop)",
          "a.cpp:7: int f(int): Assertion `x > 0' failed.",
          "p: symbol lookup error: p.so: undefined symbol: f",
          "/usr/include/c++/12/optional:477: T& f(): Assertion 'this->_M_is_engaged()' failed."})
        EXPECT_TRUE(is_runtime_message(good)) << good;
    for (const char* bad :
         {"", "  what():  hola", "hola", "terminate called after throwing an instance of 'A' hola 'B'",
          "free(): invalid pointer said by somebody whose sentence is much longer than glibc's own is",
          "\x1b[2J", "mañana"})
        EXPECT_FALSE(is_runtime_message(bad)) << bad;
}

TEST(ErrorOutput, IsBoundedAndCutAnywhere) {
    std::vector<std::string> told;
    ErrorOutput output([&](std::string_view line) { told.emplace_back(line); });
    for (const char letter : std::string("pure virtual method called\nhola\n")) output.take({&letter, 1});
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0], "pure virtual method called");
    EXPECT_TRUE(told[1].starts_with("(not shown"));
    output.take(std::string(1'000'000, 'x'));
    output.take("pure virtual method called\n");  // the end of that line
    for (int i = 0; i < 100; ++i) output.take("terminate called recursively\n");
    EXPECT_EQ(told.size(), 1 + ErrorOutput::kMostShown);
    output.take("cut");
    output.end();
    constexpr std::size_t kRecursively = 28;
    EXPECT_EQ(told.back(),
              "(" + std::to_string(4 + 1'000'000 + 26 + 3 + kRecursively * (101 - ErrorOutput::kMostShown)) +
                  " bytes in all that were not shown)");
}

// ---- the wire

/// A bed whose runner breaks the rules as `mode` says.
struct HostileBed : Bed {
    explicit HostileBed(const std::string& mode) {
        options.runner = MIGUE_HOSTILE_RUNNER;
        options.warm = false;
        options.kill_after = 100ms;
        configure("hostile", "mode: " + mode);
        lock_by_hand("hostile", fixture("probe"));
    }
};

TEST(AHostileRunner, ThatBehavesIsServed) {
    HostileBed bed("sound");
    bed.start();
    EXPECT_EQ(bed.turn("hostile", "x").status, MIGUE_OK);
}

struct Hostility {
    const char* mode;
    const char* says;
};
class AHostileRunnerThat : public ::testing::TestWithParam<Hostility> {};

TEST_P(AHostileRunnerThat, EndsItselfAndNothingElse) {
    HostileBed bed(GetParam().mode);
    bed.start();
    const TurnResult result = bed.turn("hostile", "x", 300ms);
    EXPECT_LT(result.status, 0);
    EXPECT_TRUE(eventually([&] { return bed.lines.contain(GetParam().says); })) << bed.lines.text();
    EXPECT_TRUE(eventually([&] { return bed.sink.sum("migue_process_restarts_hostile") >= 1; }));
}

INSTANTIATE_TEST_SUITE_P(
    Modes, AHostileRunnerThat,
    ::testing::Values(Hostility{"garbage", "it breaks the protocol: "},
                      Hostility{"huge", "it breaks the protocol: a frame with a bad header"},
                      Hostility{"long", "it hung"},
                      Hostility{"short", "it breaks the protocol: a status that cannot be read"},
                      Hostility{"longer", "it breaks the protocol: a status that cannot be read"},
                      Hostility{"answers", "it breaks the protocol: message 64 cannot be served"},
                      Hostility{"calls", "it breaks the protocol: message 4 cannot be served"},
                      Hostility{"shuts", "it closed its socket"}, Hostility{"exits", "it ended by itself"},
                      Hostility{"floods", "it hung"}, Hostility{"deaf", "it hung"}),
    [](const auto& each) { return std::string(each.param.mode); });

TEST(AHostileRunner, ThatAsksForAnythingNeverHarmsTheHost) {
    for (int seed = 1; seed <= 40; ++seed) {
        HostileBed bed("fuzz" + std::to_string(seed));
        bed.start();
        std::vector<std::future<TurnResult>> turns;
        for (int i = 0; i < 20; ++i) turns.push_back(bed.begin("hostile", "x", 200ms));
        for (auto& turn : turns) static_cast<void>(turn.get());
        bed.host->stop(50ms);
    }
}

TEST(Wire, AReaderTakesNothingThatDoesNotFit) {
    wire::Writer writer;
    writer.u32(7).text(std::string_view("seven")).f64(0.5).i64(-7);
    const std::string& whole = writer.bytes();
    wire::Reader good(whole);
    EXPECT_EQ(good.u32(), 7u);
    EXPECT_EQ(good.text(), "seven");
    EXPECT_EQ(good.f64(), 0.5);
    EXPECT_FALSE(good.is_whole());
    EXPECT_EQ(good.i64(), -7);
    EXPECT_TRUE(good.is_whole());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        wire::Reader cut(std::string_view(whole).substr(0, size));
        static_cast<void>(cut.u32());
        static_cast<void>(cut.text());
        static_cast<void>(cut.f64());
        static_cast<void>(cut.i64());
        EXPECT_FALSE(cut.is_sound()) << size;
    }
    wire::Reader longer(whole);
    static_cast<void>(longer.u32());
    EXPECT_EQ(longer.text(4), "");
    EXPECT_FALSE(longer.is_sound());
    wire::Reader many(whole);
    EXPECT_EQ(many.count(6), 0u);
    EXPECT_FALSE(many.is_sound());
}

TEST(Wire, ALaneCarriesWhatIsLongerThanItsBuffers) {
    int pair[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    wire::Lane here(pair[0]);
    wire::Lane there(pair[1]);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    const std::string text(20u << 20, 'x');
    std::thread other([&] {
        auto frame = there.receive(deadline);
        ASSERT_TRUE(frame);
        EXPECT_EQ(wire::Reader(frame->body).text().size(), text.size());
        ASSERT_TRUE(there.send(wire::Kind::kReturn, wire::Writer().u32(1), deadline));
        ASSERT_TRUE(there.send(wire::Kind::kReturn, wire::Writer().u32(2), deadline));
    });
    ASSERT_TRUE(here.send(wire::Kind::kHandle, wire::Writer().text(text), deadline));
    other.join();
    for (std::uint32_t i = 1; i <= 2; ++i) {
        const auto frame = here.receive(deadline);
        ASSERT_TRUE(frame);
        EXPECT_EQ(wire::Reader(frame->body).u32(), i);
    }
    EXPECT_EQ(here.send(wire::Kind::kHandle, wire::Writer().text(std::string(41u << 20, 'x')), deadline)
                  .error()
                  .code,
              Error::Code::kInternal);
    there.shut_down();
    EXPECT_EQ(here.receive(deadline).error().code, Error::Code::kUnavailable);
}

}  // namespace
}  // namespace migue::host
