#include "tests/integration/process.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

namespace migue::test {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Process> shell(const std::string& script, Process::Options options = {}) {
    options.arguments = {"sh", "-c", script};
    auto started = Process::start(std::move(options));
    if (!started) throw std::runtime_error(started.error().what);
    return std::move(*started);
}

bool anything(const std::string&) {
    return true;
}

TEST(Process, FindsALineAmongOthersAndReportsTheExitCode) {
    const auto process = shell("echo one; echo two; printf three; exit 7");
    const auto line = process->line([](const std::string& text) { return text.starts_with("t"); }, 10s);
    ASSERT_TRUE(line) << line.error().what;
    EXPECT_EQ(*line, "two");
    const auto exit = process->wait(10s);
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->code, 7);
    const auto last = process->line([](const std::string& text) { return text == "three"; }, 10s);
    EXPECT_TRUE(last) << "a last line without its end counts";
}

TEST(Process, SaysThatTheLineDidNotComeOrCannotComeAnyMore) {
    const auto silent = shell("exec sleep 60");
    EXPECT_EQ(silent->line(anything, 20ms).error().code, Error::Code::kDeadline);
    const auto finished = shell("true");
    EXPECT_EQ(finished->line(anything, 10s).error().code, Error::Code::kUnavailable);
}

TEST(Process, EndsBySignal) {
    const auto killed = shell("exec sleep 60");
    EXPECT_FALSE(killed->wait(0ms));
    killed->kill_now();
    EXPECT_EQ(killed->wait(10s).value_or(Process::Exit{}).signal, SIGKILL);
    const auto asked = shell("trap 'exit 3' TERM; echo ready; while true; do sleep 0.01; done");
    ASSERT_TRUE(asked->line(anything, 10s));
    asked->terminate();
    EXPECT_EQ(asked->wait(10s).value_or(Process::Exit{}).code, 3);
}

TEST(Process, WorksInItsFolderWithItsEnvironmentAndKeepsItsErrors) {
    const TemporaryFolder folder;
    Process::Options options;
    options.directory = folder.path();
    options.environment = {{"MIGUE_TEST_VALUE", "x y"}};
    options.errors = folder.path() / "errors";
    const auto process = shell("pwd; echo \"$MIGUE_TEST_VALUE\"; echo bad >&2", std::move(options));
    ASSERT_TRUE(process->wait(10s));
    const auto value = process->line([](const std::string& text) { return text == "x y"; }, 10s);
    ASSERT_TRUE(value);
    EXPECT_EQ(process->lines().front(), std::filesystem::canonical(folder.path()).string());
    std::string errors;
    std::getline(std::ifstream(folder.path() / "errors"), errors);
    EXPECT_EQ(errors, "bad");
}

TEST(Process, TakesItsGrandchildrenWithIt) {
    int grandchild = -1;  // a pidfd: readable once it has ended, whoever collects it
    {
        const auto process = shell("sleep 60 & echo $!; wait");
        const auto line = process->line(anything, 10s);
        ASSERT_TRUE(line);
        grandchild = static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(*line), 0));
        ASSERT_GE(grandchild, 0);
    }
    pollfd ended{grandchild, POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
    ::close(grandchild);
}

TEST(Process, SaysWhatCouldNotBeStarted) {
    Process::Options options;
    options.arguments = {"/no/such/program"};
    const auto started = Process::start(std::move(options));
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().what.find("/no/such/program"), std::string::npos);
}

}  // namespace
}  // namespace migue::test
