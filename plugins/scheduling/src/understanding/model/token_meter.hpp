#pragma once
#include <cstdint>
#include <string>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

namespace scheduling::model {

/// What each person has cost today (UTC), in tokens. One row a person, also with several hosts.
/// Thread-safe.
class TokenMeter {
public:
    explicit TokenMeter(const migue::Services& services) : sql_(services.sql), clock_(services.clock) {}

    [[nodiscard]] migue::Task<migue::Result<std::int64_t>> today(std::string person) const;
    [[nodiscard]] migue::Task<migue::Result<void>> add(std::string person, std::int64_t tokens) const;

private:
    [[nodiscard]] std::int64_t day() const;
    migue::Sql sql_;
    migue::Clock clock_;
};

}  // namespace scheduling::model
