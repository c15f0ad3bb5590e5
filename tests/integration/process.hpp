#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::test {

/// A program run by a test: its lines of standard output, and the ways to end it. It leads a
/// process group of its own, which is killed with this object, whatever the test did.
class Process {
public:
    struct Options {
        std::vector<std::string> arguments;  ///< the program first; found in PATH without a slash
        std::filesystem::path directory;     ///< works here; empty: where the test does
        std::vector<std::pair<std::string, std::string>> environment;  ///< on top of the test's own
        std::filesystem::path errors;  ///< standard error is appended here; empty: shared
    };
    /// How it ended.
    struct Exit {
        int code = -1;   ///< of exit(); -1 when a signal ended it
        int signal = 0;  ///< 0 when it exited
    };

    [[nodiscard]] static Result<std::unique_ptr<Process>> start(Options options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    /// The first line, of those that came and those to come, that `accepts` likes.
    [[nodiscard]] Result<std::string> line(const std::function<bool(const std::string&)>& accepts,
                                           std::chrono::milliseconds limit);
    /// All of standard output until now.
    [[nodiscard]] std::vector<std::string> lines() const;

    void kill_now();   ///< SIGKILL, to it alone
    void terminate();  ///< SIGTERM, to it alone
    [[nodiscard]] std::optional<Exit> wait(std::chrono::milliseconds limit);
    [[nodiscard]] int pid() const noexcept;

private:
    struct Impl;
    explicit Process(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A folder of its own that goes with the test.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace migue::test
