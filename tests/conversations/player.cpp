#include "tests/conversations/player.hpp"

#include <date/tz.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

namespace migue::conversations {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using LocalMinutes = date::local_time<std::chrono::minutes>;

// Long enough for a machine that does many things beside; a right answer takes milliseconds.
constexpr auto kPatience = 30s;
constexpr auto kClockStep = 2s;

std::int64_t to_unix_ms(LocalMinutes at, const std::string& zone) {
    const auto instant = date::locate_zone(zone)->to_sys(at, date::choose::earliest);
    return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

/// "2026-11-27T14:00:00-05:00" or "…Z" on that zone's wall clock.
LocalMinutes read_instant(const std::string& text, const std::string& zone) {
    date::sys_time<std::chrono::minutes> instant(read_time(text).time_since_epoch());
    if (!text.ends_with('Z')) {
        const std::string offset = text.substr(text.size() - 6);
        const auto size = std::chrono::hours(std::stoi(offset.substr(1, 2))) +
                          std::chrono::minutes(std::stoi(offset.substr(4)));
        instant += offset.front() == '-' ? std::chrono::minutes(size) : -std::chrono::minutes(size);
    }
    return date::floor<std::chrono::minutes>(date::locate_zone(zone)->to_local(instant));
}

LocalMinutes read_day(const std::string& text) {
    return read_time(text + " 00:00");
}

std::string rfc3339(LocalMinutes at, const std::string& zone) {
    return date::format(
        "%FT%T%Ez", date::zoned_time<std::chrono::seconds>(zone, date::local_time<std::chrono::seconds>(at)));
}

EventLine from_google(const json& event, const std::string& zone) {
    EventLine line;
    line.title = event.value("summary", "");
    line.all_day = event.at("start").contains("date");
    if (line.all_day) {
        line.begin = read_day(event.at("start").at("date"));
        line.end = read_day(event.at("end").at("date"));
    } else {
        line.begin = read_instant(event.at("start").at("dateTime"), zone);
        line.end = read_instant(event.at("end").at("dateTime"), zone);
    }
    line.busy = event.value("transparency", "opaque") != "transparent";
    if (event.contains("attendees"))
        for (const json& guest : event.at("attendees"))
            if (!guest.value("self", false)) line.guests.push_back(guest.at("email"));
    if (event.contains("recurrence"))
        for (const json& rule : event.at("recurrence"))
            if (const auto text = rule.get<std::string>(); text.starts_with("RRULE:"))
                line.rrule = text.substr(6);
    return line;
}

json to_google(const EventLine& event, const std::string& zone) {
    json made = {{"summary", event.title}};
    if (event.all_day) {
        made["start"] = {{"date", date::format("%F", event.begin)}};
        made["end"] = {{"date", date::format("%F", event.end)}};
    } else {
        made["start"] = {{"dateTime", rfc3339(event.begin, zone)}, {"timeZone", zone}};
        made["end"] = {{"dateTime", rfc3339(event.end, zone)}, {"timeZone", zone}};
    }
    if (!event.busy) made["transparency"] = "transparent";
    for (const std::string& guest : event.guests) made["attendees"].push_back({{"email", guest}});
    if (!event.rrule.empty()) made["recurrence"] = json::array({"RRULE:" + event.rrule});
    return made;
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + before.size();
    return text.substr(from, text.find(after, from) - from);
}

std::string differs(const std::string& expected, const std::string& got) {
    return "expected: " + expected + "\n       got: " + got;
}

std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

Player::Player(World& world, const Script& script, bool over_whatsapp)
    : world_(world), script_(script), mail_("person" + std::to_string(world.next_person()) + "@example.org") {
    const int person = world_.next_person();
    if (over_whatsapp)
        line_ = whatsapp_line(world_, person, script.person);
    else
        line_ = chat_line(world_, person);
}

std::optional<Fault> Player::play() {
    world_.clock().set(to_unix_ms(script_.now, script_.zone));
    std::optional<Fault> first;
    transcript_ = "# " + script_.title + "\n";
    if (auto* google = world_.google(); google != nullptr) {
        google->clear_faults();
        google->add_account({mail_, "sub-" + mail_, script_.zone});
        if (script_.is_linked)
            if (auto fault = link_first()) return Fault{script_.line, "link the calendar: " + *fault};
        mails_seen_ = google->mails().size();
    }
    for (step_ = 0; step_ < script_.steps.size(); ++step_) {
        auto fault = take(script_.steps[step_]);
        if (!fault) continue;
        if (!first) first = Fault{script_.steps[step_].line, std::move(*fault)};
        if (!goes_on_) return first;
    }
    if (!first) {
        if (auto more = line_->next(0ms))
            first = Fault{script_.steps.back().line, "an answer more than written: " + write_shown(*more)};
        if (const auto refused = world_.graph().refused(); !refused.empty())
            first = Fault{script_.line, "WhatsApp would refuse: " + refused.front().details};
        if (auto* google = world_.google(); google != nullptr && !google->breaches().empty())
            first =
                Fault{script_.line, "no correct client of Google does this: " + google->breaches().front()};
    }
    return first;
}

std::optional<std::string> Player::take(const Step& step) {
    switch (step.kind) {
        case Step::Kind::kSay:
        case Step::Kind::kForward:
        case Step::Kind::kSticker:
        case Step::Kind::kBurst:
            return send(step);
        case Step::Kind::kTap:
            return tap(step.text);
        case Step::Kind::kShare:
            return share(step.text);
        case Step::Kind::kQuote:
            return quote(step.text);
        case Step::Kind::kAnswer:
        case Step::Kind::kPart:
            return expect(step);
        case Step::Kind::kNothing:
            return expect_nothing();
        case Step::Kind::kClock:
            return move_clock(step.text);
        case Step::Kind::kCalendar:
            return check_calendar(step_);
        case Step::Kind::kMails:
            return check_mails(step.text);
        case Step::Kind::kGoogle:
            return fail_google(step.text);
        case Step::Kind::kRemoved:
            world_.google()->remove_app(mail_);
            world_.google()->expire_access_tokens();
            return std::nullopt;
        case Step::Kind::kLink:
            transcript_ += "link: " + step.text + "\n";
            return follow_link(step.text.empty() ? mail_ : step.text + "." + mail_);
        case Step::Kind::kShared:
            add_calendars(step.text);
            return std::nullopt;
        case Step::Kind::kEvent:
            put_event(step.text);
            return std::nullopt;
    }
    return "a step of an unknown kind";
}

std::optional<std::string> Player::send(const Step& step) {
    if (step.kind == Step::Kind::kSticker) {
        last_message_ = line_->sticker();
        transcript_ += "sticker:\n";
        return std::nullopt;
    }
    if (step.kind == Step::Kind::kBurst) {
        transcript_ += "burst: " + step.text + "\n";
        std::vector<std::string> texts;
        constexpr std::string_view kBetween = " / ";
        for (std::size_t at = 0; at <= step.text.size();) {
            const std::size_t end = std::min(step.text.find(kBetween, at), step.text.size());
            texts.push_back(step.text.substr(at, end - at));
            at = end + kBetween.size();
        }
        last_message_ = line_->burst(texts);
        return std::nullopt;
    }
    const bool forwarded = step.kind == Step::Kind::kForward;
    transcript_ += (forwarded ? "forward: " : "U: ") + step.text + "\n";
    last_message_ = line_->say(step.text, quoted_, forwarded);
    quoted_.clear();
    return std::nullopt;
}

std::optional<std::string> Player::tap(const std::string& title) {
    // "2 back: Agendar" is a button of the answer before the newest but one.
    std::size_t skip = 0;
    std::string wanted = title;
    if (const std::size_t back = title.find(" back: "); back != std::string::npos) {
        skip = std::stoul(title.substr(0, back));
        wanted = title.substr(back + 7);
    }
    transcript_ += "tap: " + title + "\n";
    for (std::size_t i = answers_.size(); i-- > 0;) {
        for (const Shown::Choice& choice : answers_[i].choices) {
            if (choice.title != wanted) continue;
            if (skip-- > 0) break;
            last_message_ = line_->tap(answers_[i], choice);
            return std::nullopt;
        }
    }
    return "no answer shows a button or row titled '" + wanted + "'" +
           (answers_.empty() ? "" : "; the newest is: " + write_shown(answers_.back()));
}

std::optional<std::string> Player::share(const std::string& text) {
    const std::size_t open = text.find(" <");
    if (open == std::string::npos || !text.ends_with('>')) return "expected 'share: Name <address>'";
    transcript_ += "share: " + text + "\n";
    last_message_ = line_->share(text.substr(0, open), text.substr(open + 2, text.size() - open - 3));
    return std::nullopt;
}

std::optional<std::string> Player::quote(const std::string& part) {
    for (std::size_t i = answers_.size(); i-- > 0;) {
        if (write_shown(answers_[i]).find(part) == std::string::npos) continue;
        quoted_ = answers_[i].id;
        transcript_ += "quote: " + part + "\n";
        return std::nullopt;
    }
    return "no answer has '" + part + "'";
}

std::optional<Shown> Player::next() {
    // Who waits sees time go on: what a machine was too busy for is tried again seconds later.
    std::optional<Shown> shown;
    for (auto waited = 0s; !shown && waited < kPatience; waited += kClockStep) {
        shown = line_->next(kClockStep);
        if (!shown)
            world_.clock().set(world_.clock().unix_ms() + std::chrono::milliseconds(kClockStep).count());
    }
    if (shown) answers_.push_back(*shown);
    return shown;
}

std::optional<std::string> Player::look_at(const Shown& shown) const {
    if (shown.text.find('{') != std::string::npos) return "a placeholder was not filled: " + shown.text;
    const std::size_t title_limit = shown.is_list ? 24 : 20;
    const std::size_t most = shown.is_list ? 10 : 3;
    if (shown.choices.size() > most) return "more choices than WhatsApp draws: " + write_shown(shown);
    for (const Shown::Choice& choice : shown.choices) {
        if (characters(choice.title) > title_limit) return "a title too long for WhatsApp: " + choice.title;
        if (characters(choice.hint) > 72) return "a description too long for WhatsApp: " + choice.hint;
    }
    if (characters(shown.text) > (shown.choices.empty() ? 4096u : 1024u))
        return "a text too long for WhatsApp";
    return std::nullopt;
}

std::optional<std::string> Player::expect(const Step& step) {
    const auto shown = next();
    if (!shown) return differs(step.text, "no answer");
    const std::string got = write_shown(*shown);
    transcript_ += "B: " + got + "\n";
    if (auto fault = look_at(*shown)) return fault;
    if (step.kind == Step::Kind::kAnswer)
        return got == step.text ? std::nullopt : std::make_optional(differs(step.text, got));
    const bool pattern = step.text.size() > 2 && step.text.front() == '/' && step.text.back() == '/';
    const bool found = pattern ? std::regex_search(got, std::regex(step.text.substr(1, step.text.size() - 2)))
                               : got.find(step.text) != std::string::npos;
    return found ? std::nullopt : std::make_optional(differs("… " + step.text + " …", got));
}

std::optional<std::string> Player::expect_nothing() {
    transcript_ += "nothing:\n";
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!world_.is_finished(last_message_)) {
        if (std::chrono::steady_clock::now() > deadline) return "the turn did not end";
        std::this_thread::yield();
    }
    if (auto shown = line_->next(0ms)) return differs("no answer", write_shown(*shown));
    return std::nullopt;
}

void Player::put_event(const std::string& text) {
    transcript_ += "event: " + text + "\n";
    const EventLine event = read_event(text);
    auto* google = world_.google();
    for (const auto& [id, name] : calendars_)
        if (name == event.calendar) {
            google->put_event_on(mail_, id, to_google(event, script_.zone).dump());
            return;
        }
    if (google != nullptr)
        google->put_event(mail_, to_google(event, script_.zone).dump());
    else
        world_.put_local(line_->person_id(), event, script_.zone);
}

std::vector<EventLine> Player::calendar() {
    if (world_.google() == nullptr) return world_.local_events(line_->person_id(), script_.zone);
    std::vector<EventLine> events;
    for (const json& event : json::parse(world_.google()->events(mail_)))
        if (event.value("status", "") != "cancelled") events.push_back(from_google(event, script_.zone));
    for (const auto& [id, name] : calendars_)
        for (const json& event : json::parse(world_.google()->events_on(mail_, id))) {
            if (event.value("status", "") == "cancelled") continue;
            events.push_back(from_google(event, script_.zone));
            events.back().calendar = name;
        }
    return events;
}

std::optional<std::string> Player::check_calendar(std::size_t at) {
    // The first of those in a row looks at them all.
    const auto is_check = [&](std::size_t i) {
        return i < script_.steps.size() && script_.steps[i].kind == Step::Kind::kCalendar;
    };
    if (at > 0 && is_check(at - 1)) return std::nullopt;
    std::vector<std::string> expected, got;
    for (; is_check(at); ++at)
        if (script_.steps[at].text != "empty")
            expected.push_back(write_event(read_event(script_.steps[at].text)));
    for (const EventLine& event : calendar()) got.push_back(write_event(event));
    std::sort(expected.begin(), expected.end());
    std::sort(got.begin(), got.end());
    const auto joined = [](const std::vector<std::string>& lines) {
        std::string text;
        for (const std::string& line : lines) text += (text.empty() ? "" : " | ") + line;
        return text.empty() ? std::string("empty") : text;
    };
    for (const std::string& line : got) transcript_ += "calendar: " + line + "\n";
    if (got.empty()) transcript_ += "calendar: empty\n";
    return expected == got ? std::nullopt : std::make_optional(differs(joined(expected), joined(got)));
}

std::optional<std::string> Player::check_mails(const std::string& expected) {
    const auto mails = world_.google()->mails();
    std::vector<std::string> fresh(mails.begin() + static_cast<std::ptrdiff_t>(mails_seen_), mails.end());
    mails_seen_ = mails.size();
    std::sort(fresh.begin(), fresh.end());
    std::string got;
    for (const std::string& mail : fresh) got += (got.empty() ? "" : ", ") + mail;
    if (got.empty()) got = "none";
    transcript_ += "mails: " + got + "\n";
    return got == expected ? std::nullopt : std::make_optional(differs(expected, got));
}

std::optional<std::string> Player::move_clock(const std::string& text) {
    static const std::regex by(R"(\+(\d+) (s|min|h|d))");
    transcript_ += "clock: " + text + "\n";
    std::smatch found;
    if (std::regex_match(text, found, by)) {
        const std::int64_t unit = found[2] == "s"     ? 1000
                                  : found[2] == "min" ? 60000
                                  : found[2] == "h"   ? 3600000
                                                      : 86400000;
        world_.clock().set(world_.clock().unix_ms() + std::stoll(found[1]) * unit);
        return std::nullopt;
    }
    const LocalMinutes at = read_time(text);
    world_.clock().set(to_unix_ms(at, script_.zone));
    return std::nullopt;
}

std::optional<std::string> Player::fail_google(const std::string& text) {
    transcript_ += "google: " + text + "\n";
    if (text == "up") {
        world_.google()->clear_faults();
        return std::nullopt;
    }
    standins::GoogleFault fault;
    fault.times = -1;
    if (text.starts_with("down"))
        fault.kind = standins::GoogleFault::Kind::kError;
    else
        return "expected 'google: down', 'google: down events.insert' or 'google: up'";
    if (text.size() > 5) fault.call = text.substr(5);
    world_.google()->fail(fault);
    return std::nullopt;
}

void Player::add_calendars(const std::string& text) {
    transcript_ += "calendars: " + text + "\n";
    static const std::regex kOne(R"(\s*([^,(]+?)\s*(?:\((\w+)\))?\s*(?:,|$))");
    for (std::sregex_iterator one(text.begin(), text.end(), kOne), end; one != end; ++one) {
        standins::GoogleCalendarEntry entry;
        entry.summary = (*one)[1];
        entry.id = entry.summary + std::to_string(calendars_.size()) + "-" + mail_;
        if ((*one)[2].matched) entry.role = (*one)[2];
        entry.zone = script_.zone;
        calendars_.emplace_back(entry.id, entry.summary);
        world_.google()->put_calendar(mail_, std::move(entry));
    }
}

std::optional<std::string> Player::follow_link(const std::string& account) {
    if (account != mail_) world_.google()->add_account({account, "sub-" + account, script_.zone});
    const auto with_link = std::find_if(answers_.rbegin(), answers_.rend(),
                                        [](const Shown& shown) { return !shown.link_url.empty(); });
    if (with_link == answers_.rend()) return "no answer had a link";
    const auto here = [&](const std::string& address) {
        return world_.url() + address.substr(std::string(kPublicUrl).size());
    };
    const std::string link = with_link->link_url;
    const HttpAnswer page = call({"GET", here(link)});
    const HttpAnswer away =
        call({"POST", here(link), "check=" + between(page.body, "name=\"check\" value=\"", "\""),
              "application/x-www-form-urlencoded", page.cookie});
    if (away.status != 303) return "the link's form answered " + std::to_string(away.status);
    const std::string back = world_.google()->consent(away.location, account);
    if (!back.starts_with(kPublicUrl)) return "consent: " + back;
    const HttpAnswer came =
        call({"GET", here(back), "", "", away.cookie.empty() ? page.cookie : away.cookie});
    if (came.status != 303) return "the way back answered " + std::to_string(came.status) + ": " + came.body;
    std::string cookie = came.cookie;
    if (cookie.empty()) cookie = away.cookie.empty() ? page.cookie : away.cookie;
    const HttpAnswer shown = call({"GET", here(came.location), "", "", cookie});
    const std::string code = between(shown.body, "data-code=\"", "\"");
    if (code.empty()) return "the last page shows no code: " + shown.body;
    last_message_ = line_->say(code, "", false);
    return std::nullopt;
}

/// Before the first line: this person's calendar is linked, in the usual way.
std::optional<std::string> Player::link_first() {
    const char* wish = script_.language == "en"   ? "connect my google calendar"
                       : script_.language == "pt" ? "conectar meu google agenda"
                                                  : "conectar mi google calendar";
    last_message_ = line_->say(wish, "", false);
    const auto offered = next();
    if (!offered) return "no answer to '" + std::string(wish) + "'";
    if (offered->link_url.empty()) return "no link in: " + write_shown(*offered);
    if (auto fault = follow_link(mail_)) return fault;
    const auto done = next();
    transcript_ = "# " + script_.title + "\n";
    if (!done || done->text.find(mail_) == std::string::npos)
        return "not linked: " + (done ? write_shown(*done) : std::string("no answer"));
    answers_.clear();
    return std::nullopt;
}

}  // namespace migue::conversations
