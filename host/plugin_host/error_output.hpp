#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace migue::host {

/// What a plugin's process writes to its standard error, made fit for the host's log.
///
/// A plugin's own words go through migue.log/1. What comes here is said by libraries, mostly
/// while the process dies, and may quote what a person wrote: so only what the C and C++
/// runtimes and the loader say in words of their own is shown, and the rest is counted.
///
/// One thread at a time.
class ErrorOutput {
public:
    using Tell = std::function<void(std::string_view line)>;
    static constexpr std::size_t kMostShown = 20;  ///< lines, of one process
    static constexpr std::size_t kLongest = 400;   ///< bytes of a line; a longer one is not shown

    explicit ErrorOutput(Tell tell) : tell_(std::move(tell)) {}

    /// The next bytes, cut anywhere. The first that is not shown is told of at once.
    void take(std::string_view bytes);
    /// There is no more.
    void end();

private:
    void end_line();
    const Tell tell_;
    std::string line_;
    bool is_too_long_ = false;
    std::size_t shown_ = 0;
    std::uint64_t hidden_ = 0;  ///< bytes
    bool is_told_ = false;      ///< that something is hidden
};

/// Words of the runtimes and the loader alone: an abort, a failed assertion, a missing symbol. No
/// value of a program is in it.
[[nodiscard]] bool is_runtime_message(std::string_view line);

}  // namespace migue::host
