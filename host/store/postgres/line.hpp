#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "host/store/postgres/connection.hpp"

namespace migue::host::postgres {

/// One connection for statement after statement, made when it is needed and made anew after it
/// broke. One that rested for long is asked whether it still answers. One thread at a time.
class Line {
public:
    /// `target` outlives it.
    explicit Line(const Target& target) : target_(target) {}

    [[nodiscard]] Result<Rows> query(const std::string& sql, const Params& params, Deadline deadline);

private:
    [[nodiscard]] bool is_good(Deadline deadline);

    const Target& target_;
    std::unique_ptr<Connection> connection_;
    std::chrono::steady_clock::time_point used_;
};

}  // namespace migue::host::postgres
