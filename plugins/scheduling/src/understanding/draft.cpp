#include "understanding/draft.hpp"

#include <algorithm>

#include "language/actions.hpp"
#include "language/knowledge.hpp"
#include "understanding/around.hpp"
#include "understanding/assemble.hpp"
#include "understanding/event_intents.hpp"
#include "understanding/mention.hpp"

namespace scheduling {
namespace {

/// Whose holidays, and whose order of day and month: month first is the habit of few places; in Spanish and
/// Portuguese the day is first everywhere.
void set_region(const Moment& moment, language::Context& context) {
    const std::string_view locale = moment.locale;
    std::string region = moment.region;
    if (region.empty() && locale.size() >= 5) region = locale.substr(3, 2);
    for (char& c : region)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (region.size() == 2) context.country = {{region[0], region[1]}};
    const bool month_first = region == "US" || region == "PH" || region == "PR" || region == "FM";
    const bool english = locale.empty() || locale.starts_with("en");
    context.day_first = !(english && (month_first || region.empty()));
    context.order_known = !english || !region.empty();
}

/// "a las 10 reunión con Ana y a las 12 almuerzo": words of an event behind both hours.
bool joins_events(const Around& around, std::uint32_t at, const language::Expression& first,
                  const language::Expression& second) {
    const std::uint32_t size =
        std::max(around.phrase(at, around.classes.person_and), around.phrase(at, around.classes.then));
    if (size == 0 || second.value.has_duration) return false;
    const auto has_words = [&](std::uint32_t begin, std::uint32_t end) {
        for (std::uint32_t k = begin; k < end; ++k)
            if (around.is_free(k) && around.punctuation(k) == '\0' &&
                around.phrase(k, around.classes.small) == 0)
                return true;
        return false;
    };
    return has_words(first.end_token, at) && has_words(second.end_token, around.size());
}

/// "una con Pedro mañana a las 9 y otra con Ana a las 11": takes the second away; returns its words.
std::string cut_second_wish(language::Reading& reading, Around& around) {
    const auto second = around.classes.second;
    const auto has_clock = [](const language::Expression& expression) {
        return expression.value.clock >= 0 && !expression.value.has(language::kPartOnly);
    };
    auto& all = reading.expressions;
    for (std::uint32_t at = 1; at < around.size(); ++at) {
        if (!around.is_free(at)) continue;
        const auto behind =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.begin_token >= at; });
        if (std::none_of(all.begin(), behind, has_clock) || std::none_of(behind, all.end(), has_clock))
            continue;
        if (around.phrase(at, second) == 0 && !joins_events(around, at, *(behind - 1), *behind)) continue;
        std::string words(around.slice(at, around.size()));
        all.erase(behind, all.end());
        around.mark(at, around.size(), Role::kDropped);
        return words;
    }
    return {};
}

}  // namespace

Understanding understand(std::string_view text, std::string_view intent, const Moment& moment) {
    const LocalNow now = local_now(moment.now_unix_ms, moment.zone);
    language::Context context;
    context.today = now.day;
    context.now = now.seconds;
    set_region(moment, context);
    if (language::language_of(moment.locale) == 0)
        context.local_language = language::language_spoken_in(moment.zone);

    language::Reading reading = language::read(text, moment.locale, context);
    Understanding out;
    Around around(reading);
    free_quoted(around, reading);
    for (const auto& expression : reading.expressions)
        if (auto mention = mention_of(expression, context, moment.zone)) {
            mention->is_feast = expression.value.has(language::Flag::kHoliday);
            out.times.push_back(std::move(*mention));
        }

    out.left_out = cut_second_wish(reading, around);
    Assembly assembly(reading, around, context, moment, intent);
    assembly.write(out);

    Guests guests = find_guests(around);
    drop_commands(around, intent != "schedule_meeting" && !yields_to_event(intent) && !is_talk(intent));
    out.draft.video_call = find_video(around);
    out.draft.attendees = std::move(guests.names);
    out.draft.invites = guests.invites;
    out.draft.location = find_place(around);
    out.draft.title = make_title(around);
    // "tengo que estar en el aeropuerto a las 4": where to be is all that was said of it.
    if (out.draft.title.empty() && around.find(around.classes.request) &&
        !around.find(around.classes.meet_verb))
        out.draft.title = capitalized(out.draft.location);
    assembly.ask(out);
    // "cheguei em casa só às 23h"
    out.is_only_told = tells_only(around) || (yields_to_event(intent) && tells_of_past(around));
    out.is_bare_wish = !out.is_only_told && reads_as_wish(around, out, context.today);
    const bool when_unsaid = !out.draft.has_date && !out.draft.has_time;
    if (out.is_bare_wish && when_unsaid && is_talk(intent)) out.question = Question{"missing_date", {}, {}};
    return out;
}

}  // namespace scheduling
