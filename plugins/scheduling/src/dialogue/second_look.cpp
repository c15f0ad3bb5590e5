#include <algorithm>
#include <chrono>

#include "calendar/zone_time.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/flows.hpp"
#include "dialogue/folding.hpp"
#include "understanding/model/beside.hpp"
#include "understanding/model/second_reader.hpp"

/// A message that the rules read unsurely is read by a model besides, while the calendar is
/// looked at.
namespace scheduling {

namespace {

using migue::Task;

// What the turn still needs when the model has answered: another look at a calendar outside,
// or only its own tables.
constexpr std::uint64_t kForGoogleNs = 400'000'000, kForTablesNs = 50'000'000;

/// Only for people who use this bot: whoever has linked nothing cannot book yet either.
Task<bool> may_ask(const Scene& scene) {
    if (scene.tools.google == nullptr) co_return true;
    auto accounts = co_await scene.tools.google->accounts.all(scene.person.id);
    co_return accounts&& std::any_of(accounts->begin(), accounts->end(),
                                     [](const GoogleAccount& account) { return account.is_alive; });
}

/// The day that the rules read: the one a card or a conflict will most likely be about.
std::optional<Interval> likely_day(const EventDraft& draft) {
    if (!draft.start || !draft.has_date || draft.all_day) return std::nullopt;
    const LocalMinutes day(day_of(*draft.start));
    return Interval{to_unix_ms(day, draft.zone), to_unix_ms(day + std::chrono::hours(24), draft.zone)};
}

}  // namespace

std::vector<std::string> contacts_in(const Scene& scene, std::string_view text) {
    constexpr std::size_t kLeastBegin = 3, kMost = 20;
    std::vector<std::string> names;
    const std::string words = " " + fold(text);
    for (const Guest& guest : scene.book) {
        if (names.size() == kMost) break;
        const std::string begin = fold(guest.name).substr(0, kLeastBegin);
        if (begin.size() == kLeastBegin && words.find(" " + begin) != std::string::npos)
            names.push_back(guest.name);
    }
    return names;
}

namespace {

/// Asks the model about words that the rules read so, while the day is looked at.
Task<model::SecondReading> ask_model(Scene& scene, std::string_view text, std::string_view intent,
                                     Understanding rules) {
    model::ReaderQuestion question;
    question.person = scene.person.id;
    question.text = text;
    question.intent = intent;
    question.moment = scene.moment;
    question.rules = std::move(rules);
    question.contacts = contacts_in(scene, text);
    const std::uint64_t needed = scene.tools.google != nullptr ? kForGoogleNs : kForTablesNs;
    const std::uint64_t until = scene.booking.caller().until_ns;
    question.until_ns = until > needed ? until - needed : 0;
    const std::optional<Interval> day = likely_day(question.rules.draft);
    model::Beside<model::SecondReading> asked(scene.tools.reader->read(std::move(question)));
    if (day) co_await scene.booking.look_ahead(*day);
    co_return co_await asked;
}

}  // namespace

Task<Understanding> read_twice(Scene& scene, std::string_view text, std::string_view intent) {
    Understanding rules = scene.understand(text, intent);
    rules.draft.show_first = scene.heard != nullptr;
    if (scene.tools.reader == nullptr || model::reasons_to_ask(text, rules).empty()) co_return rules;
    const bool may = co_await may_ask(scene);
    if (!may) co_return rules;
    model::SecondReading second = co_await ask_model(scene, text, intent, std::move(rules));
    second.reading.draft.show_first = second.took_part || scene.heard != nullptr;
    co_return std::move(second.reading);
}

Task<std::optional<Understanding>> find_new_time(Scene& scene, std::string_view text) {
    constexpr std::string_view kIntent = "reschedule_meeting";
    std::optional<Understanding> found;
    Understanding rules = scene.understand(text, kIntent);
    // A word or two say nothing that the rules would miss.
    const bool is_long = std::count(text.begin(), text.end(), ' ') >= 3;
    if (scene.tools.reader == nullptr || !is_long) co_return found;
    const bool may = co_await may_ask(scene);
    if (!may) co_return found;
    model::SecondReading second = co_await ask_model(scene, text, kIntent, std::move(rules));
    if (!second.took_part || second.reading.times.empty()) co_return found;
    found = std::move(second.reading);
    // What only the rules took for a name may be anything else of the sentence.
    if (second.from.title == "rules") found->draft.title.clear();
    co_return found;
}

}  // namespace scheduling
