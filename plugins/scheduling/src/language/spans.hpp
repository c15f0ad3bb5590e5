#pragma once
#include <cstddef>
#include <string_view>

/// Stretches of a message that are one thing and never a time: addresses, links, phone numbers.
namespace scheduling::language {

/// Bytes of the e-mail address that begins at `at`; 0 when there is none. Looks no further
/// than the next space.
[[nodiscard]] std::size_t email_size(std::string_view text, std::size_t at);

/// Bytes of the link that begins at `at`; 0 when there is none.
[[nodiscard]] std::size_t url_size(std::string_view text, std::size_t at);

/// Bytes of the phone number that begins at `at`; 0 when there is none. Dates are no phone numbers.
[[nodiscard]] std::size_t phone_size(std::string_view text, std::size_t at);

}  // namespace scheduling::language
