#pragma once
#include <string_view>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// Whether `signature` (64 bytes, or base64 of them, a line's end allowed) is the Ed25519
/// signature of `text` by the owner of `public_key` (base64 of 32 bytes).
[[nodiscard]] Result<void> check_signature(std::string_view text, std::string_view signature,
                                           std::string_view public_key);

}  // namespace migue::host
