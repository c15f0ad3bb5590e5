#pragma once
#include <optional>
#include <string>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"

/// Two wishes in one message: "agenda dentista mañana a las 10 y almuerzo el jueves a la 1". Both
/// are on one numbered card; nothing is booked before it is tapped. What the card cannot hold
/// (something missing, a guest who would get a mail, a series, an hour that is taken) is done one
/// after the other: the first now, and the second is said to be left out.
namespace scheduling {

/// The card for the two events of this text, which was read as `read`; nothing when it makes no card.
[[nodiscard]] migue::Task<std::optional<Reply>> offer_pair(Scene& scene, std::string_view text,
                                                           const Understanding& read);
/// A button of the card, or a row of its list.
[[nodiscard]] migue::Task<Reply> choose_of_pair(Scene& scene, const Open& open, const Option& chosen);
/// "las dos", "la segunda": which of the card's choices it is; nothing when it is none.
[[nodiscard]] std::optional<Option> option_of_pair(const Scene& scene, const Open& open,
                                                   std::string_view text);

}  // namespace scheduling
