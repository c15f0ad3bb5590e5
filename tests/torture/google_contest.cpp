#include "tests/torture/google_contest.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/torture/google_rig.hpp"

namespace migue::torture {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// So that all of them are between their check and their insert at the same time.
constexpr int kLatency = 40, kLatencyP99 = 200;  // ms

/// Three in the afternoon in Bogotá, some days ahead.
std::int64_t hour_of(date::sys_days day) {
    return std::chrono::duration_cast<milliseconds>((day + 20h).time_since_epoch()).count();
}

ContestRound run_round(GoogleRig& rig, const PhraseReader& phrases, const ContestOptions& options, int days) {
    const date::sys_days day = date::floor<date::days>(std::chrono::system_clock::now()) + date::days(days);
    const std::string text = date::format("agenda dentista el %d/%m/%Y a las 15:00 por 30 minutos", day);
    ContestRound round;
    std::vector<bool> over(options.people), trying(options.people);
    std::size_t open = options.people;
    const TimePoint begun = Clock::now();
    rig.listen([&](const Heard& heard) {
        const Said said = phrases.read(heard.text);
        if (said == Said::kTrying) {
            trying[heard.person] = true;
            return;
        }
        if (said != Said::kBooked && said != Said::kTaken) round.strange.push_back(heard.text);
        if (over[heard.person]) {
            round.strange.push_back("once more: " + heard.text);
            return;
        }
        over[heard.person] = true;
        --open;
        ++round.ends[said];
        if (trying[heard.person]) ++round.promised[said];
        round.longest = std::max(round.longest, std::chrono::duration_cast<milliseconds>(heard.at - begun));
    });
    for (std::size_t i = 0; i < options.people; ++i) rig.say(i, text);
    if (!rig.loop().run_until([&] { return open == 0; }, Clock::now() + options.limit))
        throw std::runtime_error(
            fmt::format("{} of {} were not told an end\n{}", open, options.people, rig.log_tail(20)));
    rig.loop().run_for(500ms);  // for what comes too late
    const auto starts = rig.google().starts(rig.email(0));
    round.events = static_cast<std::size_t>(std::count(starts.begin(), starts.end(), hour_of(day)));
    for (const Said said : {Said::kBooked, Said::kTaken}) round.ends.try_emplace(said, 0);
    rig.listen({});
    return round;
}

}  // namespace

ContestResult contest(const ContestOptions& options, load::Database& database) {
    const PhraseReader phrases{MIGUE_SOURCE_FOLDER};
    // The rate at which one account is asked would spread the contest over half a minute.
    GoogleRig rig({.hosts = options.hosts,
                   .people = options.people,
                   .seed = options.seed,
                   .one_account = true,
                   .google_settings = ", calls_per_account: 100, calls_in_all: 1000"},
                  database);
    rig.link_everybody();
    rig.google().set_latency(milliseconds(kLatency), milliseconds(kLatencyP99));
    ContestResult result;
    for (std::size_t i = 0; i < options.rounds; ++i)
        result.rounds.push_back(run_round(rig, phrases, options, 2 + static_cast<int>(i)));
    result.breaches = rig.google().breaches();
    rig.stop();
    return result;
}

}  // namespace migue::torture
