#pragma once
#include <string>
#include <string_view>

#include "host/store/message.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// What the host itself says when a plugin could not answer: one true sentence. `locale` is
/// "es", "en" or "pt", with or without a region; anything else is read as `otherwise`.
[[nodiscard]] Reply failure_reply(migue_status status, std::string_view locale, std::string_view otherwise);

/// Something that the bot had to say could not be sent while the person was away.
[[nodiscard]] Reply untold_reply(std::string_view locale, std::string_view otherwise);

}  // namespace migue::host
