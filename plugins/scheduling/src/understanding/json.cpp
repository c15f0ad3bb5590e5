#include <array>
#include <cstdio>

#include "language/text.hpp"
#include "understanding/draft.hpp"
#include "understanding/event_intents.hpp"
#include "understanding/mention.hpp"

// Written by hand: it runs for every message, and the shape is small and fixed.
namespace scheduling {
namespace {

/// A JSON string. Bytes that are not UTF-8 become U+FFFD.
void quote(std::string& out, std::string_view text) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        std::size_t plain = at;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        out += text.substr(at, plain - at);
        at = plain;
        if (at == text.size()) break;
        const auto point = language::decode(text, at);
        if (point.value == 0xFFFD && point.size == 1) {
            out += "\xEF\xBF\xBD";
        } else if (point.value == '"' || point.value == '\\') {
            out += '\\';
            out += static_cast<char>(point.value);
        } else if (point.value < 0x20) {
            std::array<char, 8> escape;
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(point.value));
            out += escape.data();
        } else {
            out += text.substr(at, point.size);
        }
        at += point.size;
    }
    out += '"';
}

void quote_or_null(std::string& out, std::string_view text) {
    if (text.empty())
        out += "null";
    else
        quote(out, text);
}

template <typename Items, typename Write>
void list(std::string& out, const Items& items, Write write) {
    out += '[';
    bool first = true;
    for (const auto& item : items) {
        if (!first) out += ',';
        first = false;
        write(item);
    }
    out += ']';
}

std::string printed(LocalMinutes at, bool date_only, const std::string& zone) {
    const std::int64_t minutes = at.time_since_epoch().count();
    std::int64_t day = minutes / 1440;
    if (minutes % 1440 < 0) --day;
    const auto number = static_cast<language::DayNumber>(day);
    return date_only ? print_day(number) : print_moment(zone, number, (minutes - day * 1440) * 60);
}

void write_event(std::string& out, const EventDraft& draft) {
    const bool date_only = draft.all_day || !draft.has_time;
    out += "{\"title\":";
    quote(out, draft.title);
    out += ",\"start\":";
    quote_or_null(out, draft.start ? printed(*draft.start, date_only, draft.zone) : std::string());
    out += ",\"end\":";
    quote_or_null(out, draft.end ? printed(*draft.end, date_only, draft.zone) : std::string());
    out += ",\"all_day\":";
    out += draft.all_day ? "true" : "false";
    out += ",\"attendees\":";
    list(out, draft.attendees, [&](const std::string& name) { quote(out, name); });
    out += ",\"location\":";
    quote_or_null(out, draft.location);
    out += ",\"rrule\":";
    quote_or_null(out, draft.rrule);
    if (!draft.except.empty()) {
        out += ",\"exdates\":";
        list(out, draft.except, [&](LocalMinutes day) { quote(out, printed(day, true, draft.zone)); });
    }
    out += ",\"tz\":";
    quote(out, draft.zone);
    out += ",\"video_call\":";
    out += draft.video_call ? "true" : "false";
    out += ",\"reminder_minutes\":";
    out += draft.reminder ? std::to_string(draft.reminder->count()) : "null";
    out += ",\"inferred\":";
    list(out, draft.inferred, [&](const std::string& name) { quote(out, name); });
    out += '}';
}

void write_question(std::string& out, const Question& question, const std::string& zone) {
    out += "{\"kind\":";
    quote(out, question.kind);
    out += ",\"said\":";
    quote_or_null(out, question.said);
    out += ",\"choices\":";
    list(out, question.choices, [&](const Choice& choice) {
        out += "{\"start\":";
        quote(out, printed(choice.start, choice.all_day, zone));
        out += ",\"end\":";
        quote_or_null(out, choice.end ? printed(*choice.end, choice.all_day, zone) : std::string());
        out += '}';
    });
    out += '}';
}

/// What is moved is no event of the message's own.
bool makes_event(std::string_view intent, const EventDraft& draft) {
    return intent.empty() || intent == "schedule_meeting" || intent == "reminder" ||
           (yields_to_event(intent) && (draft.has_date || draft.has_time));
}

}  // namespace

std::string to_json(const Understanding& understanding, const Moment&, std::string_view intent) {
    std::string out;
    out.reserve(768);  // nearly every answer
    out += "{\"event\":";
    const bool told = (intent == "schedule_meeting" || yields_to_event(intent)) && understanding.is_only_told;
    if ((makes_event(intent, understanding.draft) && !told) ||
        (is_talk(intent) && understanding.is_bare_wish))
        write_event(out, understanding.draft);
    else
        out += "null";
    out += ",\"times\":";
    list(out, understanding.times, [&](const TimeMention& mention) {
        out += "{\"text\":";
        quote(out, mention.text);
        out += ",\"begin\":";
        out += std::to_string(mention.begin);
        out += ",\"finish\":";
        out += std::to_string(mention.finish);
        out += ",\"type\":\"";
        out += mention.type;
        out += "\",\"start\":";
        quote_or_null(out, mention.start);
        out += ",\"end\":";
        quote_or_null(out, mention.end);
        out += ",\"rrule\":";
        quote_or_null(out, mention.rrule);
        out += '}';
    });
    out += ",\"question\":";
    if (understanding.question)
        write_question(out, *understanding.question, understanding.draft.zone);
    else
        out += "null";
    if (!understanding.left_out.empty()) {
        out += ",\"left_out\":";
        quote(out, understanding.left_out);
    }
    out += '}';
    return out;
}

}  // namespace scheduling
