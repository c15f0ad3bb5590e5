#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"

/// What is kept about a person beside their events.
namespace scheduling {

struct Person {
    std::string id;
    std::string zone;                  ///< IANA, "" when not told; where the person is now once a turn began
    std::string locale;                ///< last language used, "" when none
    std::string home_zone = {};        ///< the one they come back to; set where a turn begins
    std::string away_zone = {};        ///< where they said they are, "" at home
    std::int64_t away_until_ms = 0;    ///< 0: until they say so
    std::int64_t opted_out_ms = 0;     ///< since when they want answers only; 0 never
    std::int64_t paused_ms = 0;        ///< since when somebody else has the chat; 0 nobody
    std::int64_t digest_minute = 0;    ///< of the day, when they want their day; 0 never
    std::string conversation_id = {};  ///< where the last of these was said
};

/// One of a person's columns with its new value.
struct PersonValue {
    const char* column;
    nlohmann::json value;
};

/// Thread-safe.
class People {
public:
    explicit People(const migue::Services& services)
        : sql_(services.sql), vault_(services.vault), clock_(services.clock) {}

    /// A person who is not known yet is one with nothing told.
    [[nodiscard]] migue::Task<migue::Result<Person>> load(std::string person) const;

    /// Only for a person who has not told a zone.
    [[nodiscard]] migue::Task<migue::Result<void>> learn_zone(std::string person, std::string zone) const;

    /// Writes columns of a person; a stranger gets a row.
    [[nodiscard]] migue::Task<migue::Result<void>> keep(std::string person,
                                                        std::vector<PersonValue> values) const;

    /// The secret of this person's feed: 256 random bits as 64 hexadecimal digits; made at the
    /// first call, the same one until revoked. Stored sealed, and hashed to be found by.
    [[nodiscard]] migue::Task<migue::Result<std::string>> feed_token(std::string person) const;

    /// Whose feed this is, or nobody's.
    [[nodiscard]] migue::Task<migue::Result<std::optional<Person>>> find_by_feed(std::string token) const;

    /// The old link answers 404 from now on; the next feed_token() makes another.
    [[nodiscard]] migue::Task<migue::Result<void>> revoke_feed(std::string person) const;

private:
    migue::Sql sql_;
    migue::Vault vault_;
    migue::Clock clock_;
};

/// Bytes as lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(std::string_view bytes);

}  // namespace scheduling
