#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/conversations/line.hpp"
#include "tests/conversations/script.hpp"
#include "tests/conversations/world.hpp"

namespace migue::conversations {

struct Fault {
    int line = 0;
    std::string what;  ///< expected and got
};

/// Plays one script with a person of its own.
class Player {
public:
    Player(World& world, const Script& script, bool over_whatsapp);

    /// The first line that was not as written; nothing when all were.
    [[nodiscard]] std::optional<Fault> play();
    /// What happened, in the form of a script.
    [[nodiscard]] const std::string& transcript() const { return transcript_; }
    /// Goes on after a fault, so that the transcript is whole.
    void go_on() { goes_on_ = true; }

private:
    std::optional<std::string> take(const Step& step);
    std::optional<std::string> send(const Step& step);
    std::optional<std::string> tap(const std::string& title);
    std::optional<std::string> share(const std::string& text);
    std::optional<std::string> quote(const std::string& part);
    std::optional<std::string> expect(const Step& step);
    std::optional<std::string> expect_nothing();
    std::optional<std::string> check_calendar(std::size_t at);
    std::optional<std::string> check_mails(const std::string& expected);
    std::optional<std::string> move_clock(const std::string& text);
    std::optional<std::string> fail_google(const std::string& text);
    std::optional<std::string> follow_link(const std::string& account);
    void add_calendars(const std::string& text);
    std::optional<std::string> look_at(const Shown& shown) const;
    std::optional<std::string> link_first();
    void put_event(const std::string& text);
    std::vector<EventLine> calendar();
    /// The newest answer, waited for when it is still to come.
    std::optional<Shown> next();

    World& world_;
    const Script& script_;
    std::unique_ptr<Line> line_;
    const std::string mail_;
    /// What the Google account has besides its own calendar: id and name.
    std::vector<std::pair<std::string, std::string>> calendars_;
    bool goes_on_ = false;
    std::size_t step_ = 0;
    std::vector<Shown> answers_;
    std::string last_message_;
    std::string quoted_;
    std::size_t mails_seen_ = 0;
    std::string transcript_;
};

}  // namespace migue::conversations
