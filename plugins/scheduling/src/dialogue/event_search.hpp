#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogue/scene.hpp"
#include "understanding/edit.hpp"

/// Which event a sentence is about: "la de Laura", "tomorrow's 3pm", "a última".
namespace scheduling {

struct EventReference {
    std::vector<std::string> words;            ///< folded; each must be in the title or among the guests
    std::string said;                          ///< the same as written
    std::optional<Span> span;                  ///< the event touches it
    std::optional<std::chrono::minutes> time;  ///< and begins at this hour of the day
    bool everything = false;

    [[nodiscard]] bool is_empty() const { return words.empty() && !span && !time; }
};

/// Reads the part of a sentence that names the event.
[[nodiscard]] EventReference read_reference(const Scene& scene, std::string_view text,
                                            std::string_view intent);

/// The same, from a sentence that is an edit.
[[nodiscard]] EventReference reference_of(const EventWords& event);

/// Each of the folded words stands in the title or among the guests, whole or as its beginning.
[[nodiscard]] bool names_all(const std::vector<std::string>& words, std::string_view title,
                             const std::vector<std::string>& guests);

/// Words that change a time: "mejor a las 5", and "make it 5", "to 8", where a number that stands
/// alone is an hour.
[[nodiscard]] Understanding read_new_time(const Scene& scene, std::string_view text);

/// Those of the events that it may mean, in the order they came.
[[nodiscard]] std::vector<Event> matching(const EventReference& reference, const std::vector<Event>& events,
                                          std::string_view zone);

/// Where to look for it.
[[nodiscard]] Interval search_span(const Scene& scene, const EventReference& reference);

}  // namespace scheduling
