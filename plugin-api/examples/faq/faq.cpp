// Answers questions that its configuration lists: the answer whose words are most in the message.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "migue/cpp/plugin.hpp"

namespace faq {

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,"properties":{
  "answers":{"type":"array","default":[],"items":{"type":"object","additionalProperties":false,
    "required":["words","answer"],"properties":{
      "words":{"type":"array","minItems":1,"items":{"type":"string","minLength":1}},
      "answer":{"type":"string","minLength":1,"maxLength":4096}}}}}})";

struct Answer {
    std::vector<std::string> words;  // in lower case
    std::string text;
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

class Faq final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "faq",
                .version = "1.0.0",
                .config_schema = kSchema,
                .intents = {{"faq", "answers what is asked often"}},
                .max_concurrency = 4};
    }
    static migue::Result<std::unique_ptr<Faq>> create(const migue::Context& context) {
        const auto config = nlohmann::json::parse(context.config_json);
        std::vector<Answer> answers;
        for (const auto& item : config.value("answers", nlohmann::json::array())) {
            Answer answer{{}, item.at("answer").get<std::string>()};
            for (const auto& word : item.at("words")) answer.words.push_back(lower(word.get<std::string>()));
            answers.push_back(std::move(answer));
        }
        return std::make_unique<Faq>(std::move(answers));
    }
    explicit Faq(std::vector<Answer> answers) : answers_(std::move(answers)) {}

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        const Answer* best = find(lower(std::string(turn.text())));
        if (best == nullptr) co_return migue::TurnEnd::pass();  // somebody else may know
        if (auto said = turn.say(best->text); !said) co_return said.error();
        co_return migue::TurnEnd::done();
    }

private:
    [[nodiscard]] const Answer* find(const std::string& text) const {
        const Answer* best = nullptr;
        std::ptrdiff_t most = 0;
        for (const Answer& answer : answers_) {
            const auto hits =
                std::count_if(answer.words.begin(), answer.words.end(),
                              [&](const std::string& word) { return text.find(word) != std::string::npos; });
            if (hits > most) best = &answer;
            most = std::max(most, hits);
        }
        return best;
    }

    const std::vector<Answer> answers_;
};

}  // namespace faq

MIGUE_PLUGIN(faq::Faq)
