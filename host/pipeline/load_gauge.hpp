#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace migue::host {

/// Tells when work that is taken now would come too late: more is open than was lately
/// finished in the time it may take. Knows the pace only while there is enough to do, so a
/// quiet hour does not make it think that the host is slow. Thread-safe.
class LoadGauge {
public:
    struct Options {
        double patience_s = 1.5;     ///< what may lie before a new piece of work
        double first_pace = 2000;    ///< finished a second, until it is measured
        std::size_t always = 200;    ///< so much may always be open
        std::size_t never = 20'000;  ///< more than this never: it is all in memory
        std::uint64_t window_ns = 500'000'000;
    };
    explicit LoadGauge(Options options) : options_(options), pace_(options.first_pace) {}

    void begin() {
        const std::lock_guard lock(mutex_);
        ++open_;
    }
    void end(std::uint64_t now_ns) {
        const std::lock_guard lock(mutex_);
        --open_;
        ++finished_;
        measure(now_ns);
    }
    [[nodiscard]] bool overloaded(std::uint64_t now_ns) {
        const std::lock_guard lock(mutex_);
        measure(now_ns);
        return open_ >= allowed();
    }
    [[nodiscard]] std::size_t open() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }

private:
    [[nodiscard]] std::size_t allowed() const {
        return std::clamp(static_cast<std::size_t>(pace_ * options_.patience_s), options_.always,
                          options_.never);
    }
    [[nodiscard]] bool is_busy() const { return open_ >= allowed() / 2; }
    void measure(std::uint64_t now_ns) {
        if (now_ns < begun_ns_ + options_.window_ns) return;
        const double seconds = static_cast<double>(now_ns - begun_ns_) / 1e9;
        const double pace = static_cast<double>(finished_) / seconds;
        // What was finished is the pace only if there was always something to finish.
        if (pace > pace_)
            pace_ = pace;
        else if (was_busy_ && is_busy())
            pace_ = (pace_ + pace) / 2;
        was_busy_ = is_busy();
        begun_ns_ = now_ns;
        finished_ = 0;
    }

    const Options options_;
    mutable std::mutex mutex_;
    std::size_t open_ = 0;        // guarded by mutex_
    std::size_t finished_ = 0;    // guarded by mutex_, in this window
    bool was_busy_ = false;       // guarded by mutex_, when the window began
    std::uint64_t begun_ns_ = 0;  // guarded by mutex_, the window
    double pace_;                 // guarded by mutex_, a second
};

}  // namespace migue::host
