#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/process.hpp"

namespace migue::test {

/// The real program, started by a test and ready when the constructor returns. Its logs go to
/// `folder`/migue.log, which a failure to start shows. Throws std::runtime_error.
class RunningHost {
public:
    static constexpr std::chrono::milliseconds kStartLimit{60000};

    /// `arguments` follow the program's name; it works in `folder`.
    RunningHost(const std::filesystem::path& folder, std::vector<std::string> arguments);

    /// "http://127.0.0.1:8080", as it said.
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    /// As a power cut: no chance to finish anything. Returns once it is gone.
    void kill_now();
    /// Asks it to end, and says how it did; no value: not within the 10 seconds it promises.
    [[nodiscard]] std::optional<Process::Exit> stop();

private:
    std::unique_ptr<Process> process_;
    std::string url_;
};

/// A short-lived command of the program: its exit code, with what it printed.
struct Finished {
    int code = -1;
    std::vector<std::string> lines;
};
[[nodiscard]] Finished run_migue(const std::filesystem::path& folder, std::vector<std::string> arguments);

}  // namespace migue::test
