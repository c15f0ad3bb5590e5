#include "model_line.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "folding.hpp"
#include "smalltalk_data.embedded.hpp"

namespace smalltalk {

namespace {

using migue::Task;
using nlohmann::json;

constexpr std::size_t kMostBytes = 4096, kMostCharacters = 220, kLeastCharacters = 2;

/// The one member, and nothing else: a model that sends more was talked into it.
std::optional<std::string> answer_in(std::string_view content) {
    if (content.size() > kMostBytes) return std::nullopt;
    const json parsed = json::parse(content, nullptr, false);
    const bool is_ours = parsed.is_object() && parsed.size() == 1 && parsed.contains("answer");
    if (!is_ours || !parsed.at("answer").is_string()) return std::nullopt;
    return parsed.at("answer").get<std::string>();
}

/// Control characters, digits, what chats format, and what turns or hides text.
bool has_forbidden_byte(std::string_view line) {
    constexpr std::string_view kForbidden = "0123456789@/\\<>[]{}|*_`~#=";
    return std::any_of(line.begin(), line.end(), [&](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
               kForbidden.find(c) != std::string_view::npos;
    });
}

/// Zero-width and direction marks, line separators (in U+2000 to U+206F, but for dashes, quotes and the
/// ellipsis), and all that is written with lookalikes: letters outside of Latin.
bool has_strange_letter(std::string_view line) {
    const auto byte_at = [&](std::size_t at) {
        return at < line.size() ? static_cast<unsigned char>(line[at]) : 0u;
    };
    for (std::size_t i = 0; i < line.size(); ++i) {
        const unsigned byte = byte_at(i), next = byte_at(i + 1), third = byte_at(i + 2);
        const bool is_punctuation = next != 0x80 || (third >= 0x90 && third < 0xA8);
        if (byte == 0xE2 && (next == 0x81 || !is_punctuation)) return true;
        if (byte >= 0xC6 && byte <= 0xDF) return true;  // Latin ends with U+017F; accents, Greek, Cyrillic …
        if (byte == 0xE1 || (byte >= 0xE3 && byte <= 0xEF)) return true;
    }
    return false;
}

/// "evil.example": a dot inside a word.
bool has_dotted_word(std::string_view line) {
    for (std::size_t i = 1; i + 1 < line.size(); ++i)
        if (line[i] == '.' && line[i - 1] != ' ' && line[i - 1] != '.' && line[i + 1] != ' ' &&
            line[i + 1] != '.')
            return true;
    return false;
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

migue::Detached warm_up_soon(const migue::Services& services, model_client::ChatClient& client,
                             model_client::ChatQuestion question) {
    try {
        auto begun = co_await services.timer.after(std::chrono::milliseconds(100));
        if (begun) co_await client.warm_up(question);
    } catch (const std::exception& failure) {  // no memory: the first question warms it up
        services.log.warn("the model is not warmed up", {{"why", failure.what()}});
    }
}

}  // namespace

std::optional<std::string> harmless_line(std::string_view content,
                                         const std::vector<std::string>& never_said) {
    auto line = answer_in(content);
    if (!line) return std::nullopt;
    const std::size_t begin = line->find_first_not_of(' ');
    if (begin == std::string::npos) return std::nullopt;
    *line = line->substr(begin, line->find_last_not_of(' ') - begin + 1);
    const std::size_t size = characters_in(*line);
    if (size < kLeastCharacters || size > kMostCharacters) return std::nullopt;
    if (has_forbidden_byte(*line) || has_strange_letter(*line) || has_dotted_word(*line)) return std::nullopt;
    const std::string folded = fold(*line);
    const bool is_said_never =
        std::any_of(never_said.begin(), never_said.end(),
                    [&](const std::string& phrase) { return has_phrase(folded, phrase); });
    if (is_said_never) return std::nullopt;
    return line;
}

LineWriter::LineWriter(const migue::Services& services, const model_client::ModelSettings& settings,
                       std::vector<std::string> never_said)
    : services_(services),
      settings_(settings),
      never_said_(std::move(never_said)),
      client_(services, settings, "model"),
      refused_(services.metrics.counter("model_refused_total")) {}

model_client::ChatQuestion LineWriter::ask_about(const LineQuestion& question) const {
    model_client::ChatQuestion asked;
    asked.system = smalltalk_data::embedded("src/model_prompt.txt").value_or("");
    asked.schema_name = "one_line";
    asked.schema = smalltalk_data::embedded("src/model_schema.json").value_or("{}");
    asked.user = "Language: " + question.language + "\n" +
                 model_client::between_markers(services_.vault, question.text);
    return asked;
}

/// As the host reads it; where it does not, the model is taken at its word.
bool LineWriter::is_in(const std::string& language, const std::string& line) const {
    const auto reading = services_.intents.classify(line, language);
    if (!reading) return true;
    const json read = json::parse(*reading, nullptr, false);
    const std::string locale = read.is_object() ? read.value("locale", "") : "";
    return locale.empty() || locale.substr(0, 2) == language;
}

Task<ModelLine> LineWriter::write(LineQuestion question) {
    ModelLine line;
    const std::uint64_t now = services_.clock.monotonic_ns();
    const auto patience = static_cast<std::uint64_t>(std::chrono::nanoseconds(settings_.timeout).count());
    const model_client::ChatQuestion asked = ask_about(question);
    const auto is_answer = [](std::string_view content) {
        const json parsed = json::parse(content, nullptr, false);
        return parsed.is_object() && parsed.contains("answer");
    };
    auto answer = co_await client_.ask(asked, std::min(question.until_ns, now + patience), is_answer);
    line.tokens = answer.tokens;
    if (answer.end != model_client::ChatEnd::kAnswered) co_return line;
    line.text = harmless_line(answer.content, never_said_);
    if (line.text && !is_in(question.language, *line.text)) line.text.reset();
    if (!line.text) services_.metrics.record(refused_, 1);
    co_return line;
}

void LineWriter::warm_up() {
    LineQuestion question;
    question.text = "hola";
    question.language = "es";
    warm_up_soon(services_, client_, ask_about(question));
}

}  // namespace smalltalk
