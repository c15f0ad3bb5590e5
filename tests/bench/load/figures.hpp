#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace migue::load {

/// Durations of a run, for percentiles. 0 when there are none.
class Latencies {
public:
    void add(std::chrono::nanoseconds latency) { values_.push_back(latency); }
    [[nodiscard]] double ms(double share) const;  ///< 0.5: the median; 1: the longest
    [[nodiscard]] std::size_t count() const noexcept { return values_.size(); }

private:
    mutable std::vector<std::chrono::nanoseconds> values_;
};

/// A goal: what the figure is compared with.
struct Goal {
    enum class Kind { kAtMost = 1, kAtLeast };
    Kind kind;
    double value;
};
[[nodiscard]] inline Goal at_most(double value) {
    return {Goal::Kind::kAtMost, value};
}
[[nodiscard]] inline Goal at_least(double value) {
    return {Goal::Kind::kAtLeast, value};
}

/// Prints figures as they come: a line of a table each, or with `json` an object
/// {"bench","figure","value","unit","goal","met"}.
class Figures {
public:
    Figures(std::string bench, bool json) : bench_(std::move(bench)), json_(json) {}
    void section(const std::string& title) const;
    void add(const std::string& name, double value, const std::string& unit,
             std::optional<Goal> goal = std::nullopt) const;

private:
    std::string bench_;
    bool json_;
};

}  // namespace migue::load
