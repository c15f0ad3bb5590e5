#include "calendar/zone_time.hpp"
#include "dialogue/agenda_text.hpp"
#include "dialogue/asides.hpp"
#include "dialogue/dates.hpp"

namespace scheduling {

namespace {

using migue::Task;
using std::chrono::minutes;

constexpr minutes kUsual{8 * 60};
/// A host that was down this long sends the day no more: it is half over.
constexpr std::int64_t kLatestMs = 3LL * 3600 * 1000;
constexpr const char* kJob = "digest";

bool is_workday(date::local_days day) {
    const date::weekday weekday(day);
    return weekday != date::Saturday && weekday != date::Sunday;
}

/// The next workday at that minute, after now.
std::int64_t next_digest(const Scene& scene, minutes at) {
    auto day = day_of(scene.now());
    while (!is_workday(day) || to_unix_ms(day + at, scene.person.zone) <= scene.now_ms) day += date::days(1);
    return to_unix_ms(day + at, scene.person.zone);
}

Task<bool> wake(Scene& scene, minutes at) {
    const std::string payload = nlohmann::json{{"do", "digest"}, {"person", scene.person.id}}.dump();
    auto stored = co_await scene.tools.services.jobs.at(
        next_digest(scene, at), std::string(scene.turn.conversation_id()), kJob, payload);
    if (!stored) scene.tools.services.log.error("a job was not stored", {{"why", stored.error().what}});
    co_return static_cast<bool>(stored);
}

LocalMinutes some_day_at(minutes time) {
    return LocalMinutes(date::local_days(date::days(0))) + time;
}

}  // namespace

Task<Reply> start_digest(Scene& scene, std::string_view text) {
    const Phrases& phrases = scene.phrases;
    const Understanding read = scene.understand(text, "schedule_meeting");
    minutes at = kUsual;
    if (read.draft.has_time && read.draft.start) at = *read.draft.start - day_of(*read.draft.start);
    const QuietHours& quiet = scene.tools.settings.quiet;
    const LocalMinutes wanted = some_day_at(at);
    const LocalMinutes given = after_quiet(quiet, wanted);
    at = given - day_of(given);
    std::vector<PersonValue> values{{"digest_minute", at.count()}, {"opted_out_ms", 0}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    const bool woken = co_await wake(scene, at);
    if (!kept || !woken) co_return say(phrases.say("failed_read"), Reply::After::kKeep);
    co_await keep_consent(scene, "messages");
    const std::string time = write_clock(phrases, given);
    std::string said = phrases.say("digest/set", {{"time", time}});
    if (given != wanted)
        said += " " + phrases.say("digest/quiet", {{"begin", write_clock(phrases, some_day_at(quiet.begin))},
                                                   {"end", write_clock(phrases, some_day_at(quiet.end))},
                                                   {"time", time}});
    co_return say(std::move(said), Reply::After::kKeep);
}

Task<Reply> stop_digest(Scene& scene) {
    if (scene.person.digest_minute == 0) co_return say(scene.phrases.say("digest/none"), Reply::After::kKeep);
    std::vector<PersonValue> values{{"digest_minute", 0}};
    auto kept = co_await scene.tools.people.keep(scene.person.id, std::move(values));
    if (!kept) co_return say(scene.phrases.say("failed_read"), Reply::After::kKeep);
    co_return say(scene.phrases.say("digest/off"), Reply::After::kKeep);
}

Task<Reply> take_digest(Scene& scene) {
    Reply quiet;
    quiet.silent = true;
    if (scene.person.digest_minute == 0 || scene.person.opted_out_ms != 0) co_return quiet;
    const minutes at(scene.person.digest_minute);
    const auto today = day_of(scene.now());
    static_cast<void>(co_await wake(scene, at));
    const std::int64_t due = to_unix_ms(today + at, scene.person.zone);
    const bool is_late = scene.now_ms < due || scene.now_ms > due + kLatestMs ||
                         is_quiet(scene.tools.settings.quiet, scene.now());
    if (is_late || !is_workday(today)) co_return quiet;
    const Interval day{to_unix_ms(LocalMinutes(today), scene.person.zone),
                       to_unix_ms(LocalMinutes(today + date::days(1)), scene.person.zone)};
    auto listed = co_await scene.booking.list(day);
    if (!listed) {
        scene.tools.services.log.warn("a day could not be read for its digest",
                                      {{"why", listed.error().what}});
        co_return quiet;
    }
    const std::vector<Event> events = events_of_day(*listed, today, scene.person.zone);
    if (events.empty()) co_return quiet;
    DayWish wish;
    wish.day = today;
    wish.zone = scene.person.zone;
    wish.work_begin = scene.moment.work_begin;
    wish.work_end = scene.moment.work_end;
    wish.now = scene.now();
    co_return say(scene.phrases.say("digest/text", {{"agenda", write_day(scene.phrases, wish, events)}}),
                  Reply::After::kKeep);
}

}  // namespace scheduling
