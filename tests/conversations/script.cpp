#include "tests/conversations/script.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace migue::conversations {

namespace {

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

[[noreturn]] void refuse(const Script& script, int line, const std::string& why) {
    throw std::runtime_error(script.file.string() + ":" + std::to_string(line) + ": " + why);
}

const std::map<std::string, Step::Kind>& step_words() {
    static const std::map<std::string, Step::Kind> words{
        {"U:", Step::Kind::kSay},           {"forward:", Step::Kind::kForward},
        {"tap:", Step::Kind::kTap},         {"share:", Step::Kind::kShare},
        {"sticker:", Step::Kind::kSticker}, {"burst:", Step::Kind::kBurst},
        {"quote:", Step::Kind::kQuote},     {"B:", Step::Kind::kAnswer},
        {"B~", Step::Kind::kPart},          {"nothing:", Step::Kind::kNothing},
        {"clock:", Step::Kind::kClock},     {"calendar:", Step::Kind::kCalendar},
        {"mails:", Step::Kind::kMails},     {"google:", Step::Kind::kGoogle},
        {"access:", Step::Kind::kRemoved},  {"link:", Step::Kind::kLink},
        {"event:", Step::Kind::kEvent},     {"calendars:", Step::Kind::kShared}};
    return words;
}

/// "a title, with marks!" → "a_title_with_marks"
std::string slug(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!out.empty() && out.back() != '_')
            out += '_';
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    return out;
}

void read_setting(Script& script, int line, const std::string& key, const std::string& value) {
    if (key == "zone")
        script.zone = value;
    else if (key == "now")
        script.now = read_time(value);
    else if (key == "person")
        script.person = value;
    else if (key == "confirm")
        script.confirm = value;
    else if (key == "template" && std::count(value.begin(), value.end(), ' ') == 1)
        script.message_template = value;
    else if (key == "linked")
        script.is_linked = value != "no";
    else if (key == "on" && value == "local")
        script.on_google = false;
    else if (key == "on" && value == "google")
        script.on_local = false;
    else if (key == "over" && value == "chat")
        script.on_whatsapp = false;
    else if (key == "over" && value == "whatsapp")
        script.on_chat = false;
    else
        refuse(script, line,
               "'" + key + ": " + value +
                   "' is no setting, expected zone, now, person, confirm, template: name language, linked: "
                   "no, on: local|google, "
                   "over: chat|whatsapp");
}

/// "zone: Europe/Madrid   now: 2026-11-23 10:05": settings stand two spaces or more apart.
bool read_settings(Script& script, int line, const std::string& text) {
    static const std::regex apart("\\s{2,}");
    const std::sregex_token_iterator end;
    bool any = false;
    for (std::sregex_token_iterator part(text.begin(), text.end(), apart, -1); part != end; ++part) {
        const std::string setting = part->str();
        const std::size_t colon = setting.find(": ");
        if (colon == std::string::npos) return any;
        read_setting(script, line, setting.substr(0, colon), trimmed(setting.substr(colon + 2)));
        any = true;
    }
    return any;
}

Script fresh(const std::filesystem::path& file) {
    Script script;
    script.file = file;
    script.language = file.parent_path().filename().string();
    script.zone = script.language == "en"   ? "America/New_York"
                  : script.language == "pt" ? "America/Sao_Paulo"
                                            : "America/Bogota";
    script.now = read_time("2026-11-23 10:05");
    return script;
}

/// A sticker, a burst, a shared contact and a forward exist in WhatsApp alone.
bool needs_whatsapp(Step::Kind kind) {
    return kind == Step::Kind::kForward || kind == Step::Kind::kShare || kind == Step::Kind::kSticker ||
           kind == Step::Kind::kBurst;
}
bool needs_google(Step::Kind kind) {
    return kind == Step::Kind::kMails || kind == Step::Kind::kGoogle || kind == Step::Kind::kRemoved ||
           kind == Step::Kind::kLink || kind == Step::Kind::kShared;
}

void close(Script& script, std::vector<Script>& scripts) {
    if (script.title.empty()) return;
    if (script.steps.empty()) refuse(script, script.line, "the script has no steps");
    for (const Step& step : script.steps) {
        if (needs_whatsapp(step.kind)) script.on_chat = false;
        if (needs_google(step.kind)) script.on_local = false;
    }
    script.name = slug(script.file.stem().string()) + "." + slug(script.title);
    scripts.push_back(script);
}

void read_step(Script& script, int line, const std::string& text) {
    for (const auto& [word, kind] : step_words()) {
        if (!text.starts_with(word)) continue;
        script.steps.push_back({kind, line, trimmed(text.substr(word.size()))});
        return;
    }
    if (script.steps.empty() && read_settings(script, line, text)) return;
    refuse(script, line, "cannot read this line, expected a step such as 'U: …' or 'B: …'");
}

void read_file(const std::filesystem::path& file, std::vector<Script>& scripts) {
    std::ifstream in(file);
    Script script = fresh(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        const std::string text = trimmed(line);
        if (text.empty() || text.starts_with("--")) continue;
        if (text.starts_with("#")) {
            close(script, scripts);
            script = fresh(file);
            script.line = number;
            script.title = trimmed(text.substr(1));
            continue;
        }
        if (script.title.empty()) refuse(script, number, "expected '# title' before the first step");
        const bool goes_on =
            (line.front() == ' ' || text.starts_with("▸") || text.front() == '[') && !script.steps.empty();
        if (goes_on)
            script.steps.back().text += " " + text;
        else
            read_step(script, number, text);
    }
    close(script, scripts);
}

}  // namespace

date::local_time<std::chrono::minutes> read_time(const std::string& text) {
    int year = 0, hour = 0, minute = 0, used = 0;
    unsigned month = 0, day = 0;
    const int read =
        std::sscanf(text.c_str(), "%d-%u-%u%*1[ T]%d:%d%n", &year, &month, &day, &hour, &minute, &used);
    const date::year_month_day ymd{date::year(year), date::month(month), date::day(day)};
    if (read != 5 || !ymd.ok())
        throw std::runtime_error("'" + text + "': expected a time like 2026-11-23 10:05");
    return date::local_days(ymd) + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::vector<Script> read_scripts(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<Script> scripts;
    for (const auto& file : files) read_file(file, scripts);
    for (std::size_t i = 0; i < scripts.size(); ++i)
        for (std::size_t k = i + 1; k < scripts.size(); ++k)
            if (scripts[i].language == scripts[k].language && scripts[i].name == scripts[k].name)
                refuse(scripts[k], scripts[k].line, "another script of this file has the same title");
    return scripts;
}

EventLine read_event(const std::string& text) {
    static const std::regex shape(
        R"((.+?) (\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d)| (\d\d:\d\d)-(\d\d:\d\d)))"
        R"((?: with ([^ ]+))?(?: every ([^ ]+))?( free)?(?: on (.+))?)");
    std::smatch found;
    if (!std::regex_match(text, found, shape))
        throw std::runtime_error(
            "'" + text +
            "': expected 'Title 2026-11-27 14:00-15:00' or 'Title 2026-12-21..2026-12-24', "
            "then 'with a@x.co,b@x.co', 'every RRULE', 'free', 'on Calendar'");
    EventLine event;
    event.title = found[1];
    event.all_day = found[3].matched;
    const std::string day = found[2];
    if (event.all_day) {
        event.begin = read_time(day + " 00:00");
        event.end = read_time(found[3].str() + " 00:00") + date::days(1);
        event.busy = false;
    } else {
        event.begin = read_time(day + " " + found[4].str());
        event.end = read_time(day + " " + found[5].str());
        if (event.end <= event.begin) event.end += date::days(1);
    }
    std::istringstream guests(found[6].str());
    for (std::string guest; std::getline(guests, guest, ',');) event.guests.push_back(guest);
    event.rrule = found[7];
    if (found[8].matched) event.busy = false;
    event.calendar = found[9];
    return event;
}

std::string write_event(const EventLine& event) {
    std::string text = event.title + " " + date::format("%F", event.begin);
    if (event.all_day)
        text += ".." + date::format("%F", event.end - std::chrono::minutes(1));
    else
        text += " " + date::format("%H:%M", event.begin) + "-" + date::format("%H:%M", event.end);
    if (!event.guests.empty()) {
        std::vector<std::string> guests = event.guests;
        std::sort(guests.begin(), guests.end());
        text += " with ";
        for (std::size_t i = 0; i < guests.size(); ++i) text += (i == 0 ? "" : ",") + guests[i];
    }
    if (!event.rrule.empty()) text += " every " + event.rrule;
    if (!event.busy && !event.all_day) text += " free";
    if (!event.calendar.empty()) text += " on " + event.calendar;
    return text;
}

}  // namespace migue::conversations
