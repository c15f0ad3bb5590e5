// Any bytes as a message: no crash, bounded work, offsets inside the text, valid JSON.
//
// The first byte picks language, intent and the moment; the rest is the message.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "language/reading.hpp"
#include "understanding/draft.hpp"

namespace {

// What robustness_test.cpp allows a message of any length.
constexpr std::uint64_t kMostSteps = 150'000;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

scheduling::Moment moment_of(std::uint8_t choice) {
    constexpr const char* kLocales[] = {"es-CO", "en-US", "pt-BR", ""};
    // The clock is set forward and back near the second and third moments.
    constexpr const char* kZones[] = {"America/Bogota", "America/New_York", "Europe/Madrid",
                                      "Australia/Sydney"};
    constexpr std::int64_t kMoments[] = {1795446300000, 1772953140000, 1761439800000, 951782399000};
    scheduling::Moment moment;
    moment.locale = kLocales[choice & 3];
    moment.zone = kZones[choice >> 2 & 3];
    moment.now_unix_ms = kMoments[choice >> 4 & 3];
    return moment;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const scheduling::Moment moment = moment_of(data[0]);
    constexpr const char* kIntents[] = {"schedule_meeting", "reschedule_meeting", "cancel_meeting",
                                        "query_agenda"};
    const char* intent = kIntents[data[0] >> 6];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

    scheduling::language::Context context;
    context.today = static_cast<scheduling::language::DayNumber>(moment.now_unix_ms / 86'400'000);
    require(scheduling::language::read(text, moment.locale, context).steps <= kMostSteps, "work is bounded");

    const auto understanding = scheduling::understand(text, intent, moment);
    std::size_t last = 0;
    for (const auto& mention : understanding.times) {
        require(last <= mention.begin && mention.begin < mention.finish && mention.finish <= text.size(),
                "mentions lie inside the text, in order");
        last = mention.finish;
    }
    if (understanding.draft.start && understanding.draft.end)
        require(*understanding.draft.start <= *understanding.draft.end,
                "an event does not end before it begins");
    require(nlohmann::json::accept(scheduling::to_json(understanding, moment, intent)), "the answer is JSON");
    return 0;
}
