#include "tests/bench/load/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace migue::load {

double Latencies::ms(double share) const {
    if (values_.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values_.size())));
    const auto nth = values_.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values_.begin(), nth, values_.end());
    return std::chrono::duration<double, std::milli>(*nth).count();
}

void Figures::section(const std::string& title) const {
    if (json_) return;
    fmt::print("\n{}\n", title);
    std::fflush(stdout);
}

void Figures::add(const std::string& name, double value, const std::string& unit,
                  std::optional<Goal> goal) const {
    const bool met =
        !goal || (goal->kind == Goal::Kind::kAtMost ? value <= goal->value : value >= goal->value);
    if (json_) {
        nlohmann::ordered_json line = {{"bench", bench_}, {"figure", name}, {"value", value}, {"unit", unit}};
        if (goal) {
            line["goal"] = goal->value;
            line["goal_is"] = goal->kind == Goal::Kind::kAtMost ? "at most" : "at least";
            line["met"] = met;
        }
        fmt::print("{}\n", line.dump());
    } else {
        const std::string told =
            goal ? fmt::format("{} {:g} {}", goal->kind == Goal::Kind::kAtMost ? "≤" : "≥", goal->value,
                               met ? "met" : "MISSED")
                 : std::string();
        fmt::print("  {:<58} {:>10} {:<10} {}\n", name,
                   fmt::format("{:.{}f}", value,
                               value < 10    ? 2
                               : value < 100 ? 1
                                             : 0),
                   unit, told);
    }
    std::fflush(stdout);
}

}  // namespace migue::load
