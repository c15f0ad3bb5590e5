#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/host/plugin_host/test_bed.hpp"

// S4: a host that is killed between any two steps of a swap starts again with a whole set.
namespace migue::host {
namespace {

using test::eventually;
using test::TestBed;

struct Point {
    const char* name;
    const char* version;
    bool is_published;  ///< the new set serves by then; whether it is known as good may depend
};

class AHostKilledAt : public ::testing::TestWithParam<Point> {};

/// The host that dies: a good set first, then the next one.
[[noreturn]] void live_and_die(TestBed& bed, const std::string& kill_at) {
    bed.start();
    bed.install("killer2", "killer");
    bed.install("probe2", "probe");
    ::setenv("MIGUE_KILL_AT", kill_at.c_str(), 1);
    static_cast<void>(bed.host->reload());
    // The old generation may end a moment after the swap.
    static_cast<void>(eventually([&] { return bed.host->generation_counts().closed >= 2; }));
    static_cast<void>(bed.turn("killer", "x"));
    ::_exit(7);  // it was never reached
}

TEST_P(AHostKilledAt, StartsAgainWithAWholeSet) {
    const Point point = GetParam();
    TestBed bed;
    bed.isolation = LockEntry::Isolation::kNone;
    bed.options.history_dir = bed.directory.path() / "kept";
    bed.install("killer1", "killer");
    bed.install("probe", "probe");
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) live_and_die(bed, std::string(point.name) + " " + point.version);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended with code " << WEXITSTATUS(status);
    ASSERT_EQ(WTERMSIG(status), SIGKILL);

    bed.options.start_with_what_works = true;
    bed.start();
    const std::string killer = bed.said("killer", "x");
    const std::string probe = bed.said("probe", "version");
    EXPECT_EQ(killer, probe);  // all of it, or none
    if (!point.is_published) {
        EXPECT_EQ(killer, "1.0.0");
    }
    for (const PluginStatus& plugin : bed.host->list()) EXPECT_EQ(plugin.state, "active") << plugin.why;
    // What the dead one left lying is cleared away.
    int folders = 0;
    for (const auto& entry : std::filesystem::directory_iterator(bed.options.staging_dir))
        folders += entry.is_directory() ? 1 : 0;
    EXPECT_EQ(folders, 1);
    // And a reload goes on where it was cut off.
    ASSERT_TRUE(bed.host->reload("killer"));
    ASSERT_TRUE(bed.host->reload("probe"));
    EXPECT_EQ(bed.said("killer", "x"), "2.0.0");
    EXPECT_EQ(bed.said("probe", "version"), "2.0.0");
}

INSTANTIATE_TEST_SUITE_P(Points, AHostKilledAt,
                         ::testing::Values(Point{"load", "2.0.0", false}, Point{"describe", "2.0.0", false},
                                           Point{"create", "2.0.0", false}, Point{"handle", "2.0.0", false},
                                           Point{"destroy", "2.0.0", false}, Point{"export", "1.0.0", false},
                                           Point{"import", "2.0.0", false}, Point{"health", "2.0.0", false},
                                           Point{"migrations", "2.0.0", false},
                                           Point{"destroy", "1.0.0", true}, Point{"unload", "1.0.0", true}),
                         [](const auto& each) {
                             return std::string(each.param.name) +
                                    (std::string(each.param.version) == "1.0.0" ? "_old" : "_new");
                         });

// ---- H20

TEST(ACrashReport, NamesThePluginAndItsGeneration) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer tells of the crash";
#endif
    TestBed bed;
    bed.isolation = LockEntry::Isolation::kNone;
    bed.options.report_crashes = true;
    bed.install("hazard_crash", "hazard");
    int pipe[2] = {-1, -1};
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::dup2(pipe[1], STDERR_FILENO);
        bed.start();
        static_cast<void>(bed.turn("hazard", "hello"));
        static_cast<void>(bed.turn("hazard", "crash"));
        ::_exit(7);
    }
    ::close(pipe[1]);
    std::string said;
    char piece[512];
    for (ssize_t got = 0; (got = ::read(pipe[0], piece, sizeof piece)) > 0;)
        said.append(piece, static_cast<std::size_t>(got));
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGSEGV);  // it goes its usual way
    const std::string hash = read_lock_file(bed.options.lock_file)->entries.at(0).sha256;
    EXPECT_EQ(said,
              "{\"severity\":\"error\",\"message\":\"the host crashed\",\"signal\":\"SIGSEGV\","
              "\"plugin\":\"hazard\",\"generation\":\"1\",\"sha256\":\"" +
                  hash + "\"}\n");
}

// ---- PLUGIN_ABI §9: what the host crashed inside of does not come into it again

/// Starts a host in a process of its own that crashes inside `second`, which follows `first` there.
void crash_a_host(TestBed& bed, const std::string& first, const std::string& second) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        bed.options.report_crashes = true;
        bed.install(first, "hazard");
        bed.start();
        if (second != first) {
            bed.install(second, "hazard");
            static_cast<void>(bed.host->reload());
        }
        static_cast<void>(bed.turn("hazard", "hello"));
        static_cast<void>(bed.turn("hazard", "crash"));
        ::_exit(7);  // it was never reached
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended with code " << WEXITSTATUS(status);
    ASSERT_EQ(WTERMSIG(status), SIGSEGV);
}

struct QuarantineBed : TestBed {
    QuarantineBed() {
        isolation = LockEntry::Isolation::kNone;
        options.history_dir = directory.path() / "kept";
    }
    [[nodiscard]] PluginStatus status(const std::string& state) const {
        for (PluginStatus& each : host->list())
            if (each.state == state) return each;
        return {};
    }
};

TEST(AHostThatCrashedInsideAPlugin, ServesTheLastGoodFileInstead) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer tells of the crash";
#endif
    QuarantineBed bed;
    crash_a_host(bed, "hazard_hang", "hazard_crash");
    const auto lock = read_lock_file(bed.options.lock_file);
    ASSERT_TRUE(lock);
    bed.start();
    EXPECT_EQ(bed.said("hazard", "crash"), "alive");  // the one before knows no such word
    const PluginStatus crashed = bed.status("quarantined");
    EXPECT_EQ(crashed.sha256, lock->entries.at(0).sha256);
    EXPECT_EQ(crashed.why, "the host crashed inside it; the last good file serves instead");
    EXPECT_TRUE(bed.lines.contain("the host crashed inside this plugin"));
    EXPECT_NE(bed.status("active").sha256, crashed.sha256);
    // A reload of everything does not bring it back, nor does the next start.
    ASSERT_TRUE(bed.host->reload());
    EXPECT_NE(bed.status("active").sha256, crashed.sha256);
    bed.host.reset();
    bed.start();
    EXPECT_NE(bed.status("active").sha256, crashed.sha256);
    // Who asks for this plugin gets what the lock file names, now and later.
    ASSERT_TRUE(bed.host->reload("hazard"));
    EXPECT_EQ(bed.status("active").sha256, crashed.sha256);
    EXPECT_EQ(bed.status("quarantined").id, "");
    bed.host.reset();
    bed.start();
    EXPECT_EQ(bed.status("active").sha256, crashed.sha256);
}

TEST(AHostThatCrashedInsideAPlugin, ServesItFromAProcessWhereThereIsNoOther) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the sanitizer tells of the crash";
#endif
    QuarantineBed bed;
    crash_a_host(bed, "hazard_crash", "hazard_crash");
    bed.start();
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
    EXPECT_EQ(bed.status("active").isolation, "process");
    EXPECT_EQ(bed.status("quarantined").why,
              "the host crashed inside it; it serves from a process of its own");
    EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);  // its own turn only
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
}

TEST(AHostThatCrashedInsideAPlugin, ReadsARecordThatWasCutOff) {
    QuarantineBed bed;
    bed.install("hazard_hang", "hazard");
    std::filesystem::create_directories(bed.options.history_dir);
    const std::string hash = read_lock_file(bed.options.lock_file)->entries.at(0).sha256;
    std::ofstream(bed.options.history_dir / "crashed")
        << "garbage\n[1]\n{\"plugin\":7,\"sha256\":8}\n"
        << R"({"plugin":"hazard","generation":"1","sha256":")" << hash << "\"}\n"
        << R"({"plugin":"other","gen)";
    bed.start();
    EXPECT_EQ(bed.status("active").isolation, "process");
}

}  // namespace
}  // namespace migue::host
