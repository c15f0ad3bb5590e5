#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/conversations/world.hpp"

namespace migue::conversations {

/// An answer as a person sees it.
struct Shown {
    struct Choice {
        std::string id, title, hint;
    };
    std::string id;  ///< the channel's name for the message; "" where it has none
    std::string text;
    std::vector<Choice> choices;
    bool is_list = false;
    std::string list_button;
    std::string link_title, link_url;
};

/// "Text [Agendar] [Cambiar]"; a list: "Text {Ver horarios} ▸ jue 26/11 · 9:30 ▸ Otra hora (hint)";
/// a link: "Text <Conectar Google>". Line breaks are spaces.
[[nodiscard]] std::string write_shown(const Shown& shown);

/// Somebody's telephone or browser.
class Line {
public:
    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    virtual ~Line() = default;

    /// Each gives the id of the message; it is with the host when this returns.
    virtual std::string say(const std::string& text, const std::string& quoted, bool forwarded) = 0;
    virtual std::string tap(const Shown& on, const Shown::Choice& choice) = 0;
    virtual std::string share(const std::string& name, const std::string& address) = 0;
    virtual std::string sticker() = 0;
    /// Several texts in one delivery; gives the id of the last.
    virtual std::string burst(const std::vector<std::string>& texts) = 0;
    /// The next answer; nothing when none comes in time.
    virtual std::optional<Shown> next(std::chrono::milliseconds limit) = 0;
    [[nodiscard]] virtual std::string person_id() const = 0;
};

[[nodiscard]] std::unique_ptr<Line> chat_line(World& world, int person);
[[nodiscard]] std::unique_ptr<Line> whatsapp_line(World& world, int person, const std::string& name);

}  // namespace migue::conversations
