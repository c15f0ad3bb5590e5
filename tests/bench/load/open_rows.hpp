#pragma once
#include <cstddef>
#include <string>

#include "tests/bench/load/webhook_text.hpp"

namespace migue::load {

/// Stores messages through the host's own store, as a host that died right after the commits
/// would have left them: one each of as many people, whose numbers no run uses. The host
/// must not run. Throws std::runtime_error.
void leave_open_rows(const std::string& store_url, const WebhookText& text,
                     const std::string& phone_number_id, std::size_t count);

}  // namespace migue::load
