#include "understanding/model/reading_route.hpp"

#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"

namespace scheduling::model {

namespace {

using migue::RouteReply;
using nlohmann::json;

RouteReply answer(int status, const json& body) {
    return {status,
            {{"content-type", "application/json; charset=utf-8"}},
            body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

std::string text_in(const json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

migue::Task<RouteReply> serve_reading(const migue::Services& services, const Settings& settings,
                                      SecondReader& reader, const migue::RouteRequest& request) {
    const json asked = json::parse(request.body(), nullptr, false);
    if (!asked.is_object() || !is_zone(text_in(asked, "tz")))
        co_return answer(400,
                         {{"error", "expected {\"text\",\"intent\",\"now_unix_ms\",\"tz\",\"locale\"}"}});
    if (!settings.model.is_on()) co_return answer(409, {{"error", "no model is configured"}});
    ReaderQuestion question;
    question.text = text_in(asked, "text");
    question.intent = text_in(asked, "intent");
    question.moment.now_unix_ms = asked.contains("now_unix_ms") && asked["now_unix_ms"].is_number_integer()
                                      ? asked["now_unix_ms"].get<std::int64_t>()
                                      : services.clock.unix_ms();
    question.moment.zone = text_in(asked, "tz");
    question.moment.locale = text_in(asked, "locale");
    question.moment.work_begin = settings.work_begin;
    question.moment.work_end = settings.work_end;
    question.rules = understand(question.text, question.intent, question.moment);
    const std::uint64_t begin = services.clock.monotonic_ns();
    question.until_ns =
        begin + static_cast<std::uint64_t>(std::chrono::nanoseconds(settings.model.timeout).count());
    const Understanding rules = question.rules;
    const Moment moment = question.moment;
    const std::string intent = question.intent, text = question.text;
    const SecondReading second = co_await reader.read(std::move(question));
    const Contribution& from = second.from;
    co_return answer(200, {{"rules", json::parse(to_json(rules, moment, intent))},
                           {"reading", json::parse(to_json(second.reading, moment, intent))},
                           {"model",
                            {{"end", second.end},
                             {"took_part", second.took_part},
                             {"ms", (services.clock.monotonic_ns() - begin) / 1'000'000},
                             {"tries", second.tries},
                             {"tokens", second.tokens},
                             {"invented", second.invented},
                             {"reasons", reasons_to_ask(text, rules)},
                             {"from",
                              {{"time", from.time},
                               {"title", from.title},
                               {"guests", from.guests},
                               {"place", from.place},
                               {"wishes", from.wishes}}}}}});
}

}  // namespace scheduling::model
