#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a model marked in a message, after it was checked against that message. Nothing of
/// the answer is used but positions: every piece is the message's own bytes.
namespace scheduling::model {

/// Bytes [begin, end) of the message.
struct Piece {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] std::string_view in(std::string_view message) const {
        return message.substr(begin, end - begin);
    }
    [[nodiscard]] bool overlaps(const Piece& other) const { return begin < other.end && other.begin < end; }
};

/// One event that the message asks for.
struct Wish {
    std::optional<Piece> title, place;
    std::vector<Piece> times;               ///< in the message's order, apart from each other
    std::vector<Piece> guests;              ///< the same
    std::vector<std::string> known_guests;  ///< of the contact book, by their name there
};

struct Marks {
    std::vector<Wish> wishes;  ///< in the message's order
    int invented = 0;          ///< pieces that do not stand in the message
};

/// The answer's JSON against our schema, and strictly: no unknown, missing or repeated keys,
/// at most 16 KiB and four levels. Nothing when it is anything else.
[[nodiscard]] bool is_answer(std::string_view content);

/// Finds each piece of a good answer in the message; what does not stand there is dropped and
/// counted. `contacts`: names that a guest may have besides.
[[nodiscard]] Marks find_marks(std::string_view content, std::string_view message,
                               std::span<const std::string> contacts);

/// Without control characters and those that turn the writing direction, one space between
/// words, at most `most` characters.
[[nodiscard]] std::string clean(std::string_view text, std::size_t most);

}  // namespace scheduling::model
