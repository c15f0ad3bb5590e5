#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// Every sealed value in the plugin's tables, for the rotation of the vault's keys.
namespace scheduling {

/// One page of it.
struct Resealed {
    std::int64_t values = 0;      ///< sealed anew, under the newest key
    std::int64_t unreadable = 0;  ///< left as they are: their key is gone, or they are not of this row
    std::string next;             ///< where the next page begins; "" when this was the last
};

/// Opens and seals again the values of up to a hundred rows from `after` on ("" begins). A value
/// that somebody changes meanwhile is left alone: whoever changed it has the newest key as well.
/// May run beside any number of hosts, and again. kInvalid: `after` is none of ours.
[[nodiscard]] migue::Task<migue::Result<Resealed>> reseal_page(const migue::Services& services,
                                                               std::string after);

/// What a sealed value is bound to: its table and column, the person, and the row's second key.
[[nodiscard]] std::string seal_context(std::string_view column, std::string_view person,
                                       std::string_view second_key = {});

}  // namespace scheduling
