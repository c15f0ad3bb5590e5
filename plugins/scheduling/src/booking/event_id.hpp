#pragma once
#include <string>
#include <string_view>

#include "migue/cpp/result.hpp"
#include "migue/cpp/services.hpp"

namespace scheduling {

/// The bytes in base32hex, lower case and without padding: letters a to v and digits, as
/// Google wants event ids.
[[nodiscard]] std::string base32hex(std::string_view bytes);

/// The id of the event that this message makes: always the same one for the same message,
/// so a turn that runs again finds its own event.
[[nodiscard]] migue::Result<std::string> event_id_for(const migue::Vault& vault, std::string_view person,
                                                      std::string_view message_id);

}  // namespace scheduling
