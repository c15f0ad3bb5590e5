#include "understanding/draft.hpp"

#include <algorithm>

#include "language/actions.hpp"
#include "understanding/around.hpp"
#include "understanding/assemble.hpp"
#include "understanding/mention.hpp"

namespace scheduling {
namespace {

/// Month first is the habit of few places; in Spanish and Portuguese the day is first everywhere.
void set_date_order(const Moment& moment, language::Context& context) {
    const std::string_view locale = moment.locale;
    std::string region = moment.region;
    if (region.empty() && locale.size() >= 5) region = locale.substr(3, 2);
    for (char& c : region)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    const bool month_first = region == "US" || region == "PH" || region == "PR" || region == "FM";
    const bool english = locale.empty() || locale.starts_with("en");
    context.day_first = !(english && (month_first || region.empty()));
    context.order_known = !english || !region.empty();
}

}  // namespace

Understanding understand(std::string_view text, std::string_view intent, const Moment& moment) {
    const LocalNow now = local_now(moment.now_unix_ms, moment.zone);
    language::Context context;
    context.today = now.day;
    context.now = now.seconds;
    set_date_order(moment, context);

    const language::Reading reading = language::read(text, moment.locale, context);
    Understanding out;
    for (const auto& expression : reading.expressions)
        if (auto mention = mention_of(expression, context, moment.zone))
            out.times.push_back(std::move(*mention));

    Around around(reading);
    Assembly assembly(reading, around, context, moment, intent);
    assembly.write(out);

    Guests guests = find_guests(around);
    drop_commands(around, intent != "schedule_meeting");
    out.draft.video_call = find_video(around);
    out.draft.attendees = std::move(guests.names);
    out.draft.invites = guests.invites;
    out.draft.location = find_place(around);
    out.draft.title = make_title(around);
    assembly.ask(out);
    return out;
}

}  // namespace scheduling
