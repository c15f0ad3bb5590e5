#include "calendar/zone_time.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/cards.hpp"
#include "dialogue/dates.hpp"
#include "dialogue/edits.hpp"
#include "dialogue/folding.hpp"

namespace scheduling {

namespace {

using migue::Task;

/// "Madrid hasta el viernes" → the zone of the longest run of first words that is a place.
struct Whereabouts {
    std::string zone;
    std::string rest;  ///< what is said behind the place
};
std::optional<Whereabouts> read_place(const Answers& answers, const std::string& said) {
    const std::vector<std::string> words = words_of(said);
    for (std::size_t count = std::min<std::size_t>(words.size(), 4); count > 0; --count) {
        std::string place, rest;
        for (std::size_t i = 0; i < words.size(); ++i) {
            std::string& part = i < count ? place : rest;
            part += (part.empty() ? "" : " ") + words[i];
        }
        if (auto zone = answers.zone_of(place)) return Whereabouts{std::move(*zone), std::move(rest)};
    }
    return std::nullopt;
}

/// "hasta el viernes": the end of that day on the zone's clock; 0 when no day is named.
std::int64_t read_until(const Scene& scene, const Whereabouts& where) {
    std::string_view rest = where.rest;
    // Without the word, Friday is a day and not what comes before it.
    const std::string_view first = rest.substr(0, rest.find(' '));
    if (scene.answers().is("until_words", first)) rest.remove_prefix(std::min(first.size() + 1, rest.size()));
    Moment there = scene.moment;
    there.zone = where.zone;
    const Understanding read = understand(rest, "query_agenda", there);
    if (!read.draft.has_date || !read.span) return 0;
    const LocalMinutes last = read.span->end - std::chrono::minutes(1);
    const std::int64_t until = to_unix_ms(LocalMinutes(day_of(last) + date::days(1)), where.zone);
    return until > scene.now_ms ? until : 0;
}

Task<std::optional<Reply>> be_away(Scene& scene, Whereabouts where) {
    const Phrases& phrases = scene.phrases;
    const std::string city = zone_city(where.zone);
    const bool is_home = where.zone == scene.person.home_zone;
    const std::int64_t until = is_home || where.rest.empty() ? 0 : read_until(scene, where);
    std::vector<PersonValue> values{{"away_zone", is_home ? std::string() : where.zone},
                                    {"away_until_ms", until}};
    const bool same = where.zone == scene.person.zone && until == scene.person.away_until_ms;
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (!kept) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    if (same) co_return say(phrases.say("travel/same", {{"zone", city}}), Reply::After::kKeep);
    if (is_home) co_return say(phrases.say("travel/back", {{"zone", city}}), Reply::After::kKeep);
    const std::string time = write_clock(phrases, to_local(scene.now_ms, where.zone));
    if (until == 0)
        co_return say(phrases.say("travel/set", {{"zone", city}, {"time", time}}), Reply::After::kKeep);
    const LocalMinutes last = to_local(until - 60'000, where.zone);
    const std::string date = write_date(phrases, day_of(last), DateStyle::kLong);
    co_return say(phrases.say("travel/set_until", {{"zone", city}, {"time", time}, {"date", date}}),
                  Reply::After::kKeep);
}

Task<std::optional<Reply>> come_home(Scene& scene) {
    const std::string city = zone_city(scene.person.home_zone);
    if (scene.person.away_zone.empty())
        co_return say(scene.phrases.say("travel/at_home", {{"zone", city}}), Reply::After::kKeep);
    std::vector<PersonValue> values{{"away_zone", ""}, {"away_until_ms", 0}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    co_return say(scene.phrases.say("travel/back", {{"zone", city}}), Reply::After::kKeep);
}

}  // namespace

void be_where_they_are(Scene& scene) {
    Person& person = scene.person;
    person.home_zone = person.zone;
    const bool is_over = person.away_until_ms != 0 && scene.now_ms >= person.away_until_ms;
    if (is_over) person.away_zone.clear();
    if (is_zone(person.away_zone)) person.zone = person.away_zone;
}

Task<std::optional<Reply>> take_whereabouts(Scene& scene, std::string_view text) {
    const Answers& answers = scene.answers();
    if (const auto said = answers.behind("away", text)) {
        auto where = read_place(answers, *said);
        // Behind the place only a time: "estoy en Madrid, agenda …" is a request, made there.
        const bool only_that = where && !answers.has_word("new_words", where->rest);
        if (only_that) co_return co_await be_away(scene, std::move(*where));
    }
    const bool is_back = answers.is("home_again", text) ||
                         (!scene.person.away_zone.empty() && answers.mentions("home_again", text) &&
                          !answers.has_word("new_words", text));
    if (is_back && (!scene.person.away_zone.empty() || scene.turn.intent() == "travel"))
        co_return co_await come_home(scene);
    co_return std::nullopt;
}

std::string home_note(const Scene& scene, const EventDraft& draft) {
    const std::string& home = scene.person.home_zone;
    const bool differs = !home.empty() && home != scene.person.zone && home != draft.zone && !draft.all_day;
    if (!differs) return {};
    const Event event = to_event(draft);
    const LocalSpan span{to_local(event.start_ms, home), to_local(event.end_ms, home)};
    if (to_local(event.start_ms, draft.zone) == span.begin) return {};
    return " " + scene.phrases.say("detail_home",
                                   {{"zone", zone_city(home)},
                                    {"when", write_when(scene.phrases, span, false, DateStyle::kLong)}});
}

}  // namespace scheduling
