#pragma once
#include <cstdint>

#include "host/store/records.hpp"

namespace migue::host {

/// A due job as the turn it becomes, without what the conversation adds (person, channel,
/// address) and without its place in the order. Its message id names the job and its hour,
/// so a job that is put again under the same key is another turn.
[[nodiscard]] OpenTurn job_turn(const Job& job, std::int64_t now_unix_ms);

}  // namespace migue::host
