#include "understanding/model/second_reader.hpp"

#include <algorithm>

#include "reader_data.embedded.hpp"

namespace scheduling::model {

namespace {

using migue::Task;

constexpr std::string_view kSchemaName = "marked_words";

std::string_view data(std::string_view name) {
    for (const auto& [path, text] : reader_data::embedded_files())
        if (path == name) return text;
    return {};
}

}  // namespace

SecondReader::SecondReader(const migue::Services& services, const ModelSettings& settings)
    : services_(services),
      settings_(settings),
      client_(services, settings, "model"),
      meter_(services),
      taken_(services.metrics.counter("model_readings_total")) {}

ChatQuestion SecondReader::question_for(const ReaderQuestion& question) const {
    const std::string language =
        question.moment.locale.empty() ? "unknown" : question.moment.locale.substr(0, 2);
    ChatQuestion asked;
    asked.system = data("reader_prompt.txt");
    asked.schema_name = kSchemaName;
    asked.schema = data("reader_schema.json");
    asked.user =
        "Language: " + language + "\n" + model_client::between_markers(services_.vault, question.text);
    if (!question.contacts.empty()) {
        std::string names;
        for (const std::string& name : question.contacts)
            names += (names.empty() ? "" : "\n") + clean(name, 80);
        asked.user += "Contacts:\n" + model_client::between_markers(services_.vault, names);
    }
    return asked;
}

Task<SecondReading> SecondReader::read(ReaderQuestion question) {
    SecondReading second;
    const std::uint64_t begin = services_.clock.monotonic_ns();
    const auto patience = static_cast<std::uint64_t>(std::chrono::nanoseconds(settings_.timeout).count());
    const std::uint64_t until = std::min(question.until_ns, begin + patience);
    second.reading = question.rules;
    if (!question.person.empty()) {
        auto used = co_await meter_.today(question.person);
        if (!used)
            services_.log.warn("the model is not asked: its budget is unknown", {{"why", used.error().what}});
        if (!used || *used >= settings_.daily_tokens) {
            second.end = "over_budget";
            co_return second;
        }
    }
    const ChatQuestion asked = question_for(question);
    ChatAnswer answer = co_await client_.ask(asked, until, is_answer);
    second.end = model_client::name_of(answer.end);
    second.tokens = answer.tokens;
    second.tries = answer.tries;
    if (answer.tokens > 0 && !question.person.empty()) {
        auto counted = co_await meter_.add(question.person, answer.tokens);
        if (!counted) services_.log.warn("tokens are not counted", {{"why", counted.error().what}});
    }
    if (answer.end == ChatEnd::kAnswered) {
        const Marks marks = find_marks(answer.content, question.text, question.contacts);
        second.invented = marks.invented;
        second.took_part = true;
        second.reading =
            merge(question.text, question.intent, question.moment, question.rules, marks, second.from);
        services_.metrics.record(taken_, 1);
    }
    const std::uint64_t took_ms = (services_.clock.monotonic_ns() - begin) / 1'000'000;
    services_.log.info("second reading", {{"end", second.end},
                                          {"model", settings_.name},
                                          {"ms", std::to_string(took_ms)},
                                          {"tokens", std::to_string(second.tokens)},
                                          {"invented", std::to_string(second.invented)}});
    co_return second;
}

Task<void> SecondReader::warm_up() {
    ReaderQuestion question;
    question.text = "hola";
    const ChatQuestion asked = question_for(question);
    co_await client_.warm_up(asked);
}

}  // namespace scheduling::model
