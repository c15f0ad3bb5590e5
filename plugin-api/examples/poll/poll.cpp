// One question with up to three choices; everybody has one vote and may change it.
#include <nlohmann/json.hpp>

#include "migue/cpp/plugin.hpp"

namespace poll {

constexpr const char* kSchema = R"({"type":"object","additionalProperties":false,"properties":{
  "question":{"type":"string","minLength":1,"default":"Where shall we meet?"},
  "choices":{"type":"array","minItems":2,"maxItems":3,"default":["Office","Online"],
    "items":{"type":"string","minLength":1,"maxLength":20}}}})";

class Poll final : public migue::Plugin {
public:
    static migue::Description describe() {
        return {.id = "poll",
                .version = "1.0.0",
                .config_schema = kSchema,
                .required_services = {"migue.sql/1"},
                .intents = {{"poll", "asks one question and counts the votes"}},
                .max_concurrency = 4};
    }
    static migue::Result<std::unique_ptr<Poll>> create(const migue::Context& context) {
        const auto config = nlohmann::json::parse(context.config_json);
        return std::make_unique<Poll>(context.services, config.at("question").get<std::string>(),
                                      config.at("choices").get<std::vector<std::string>>());
    }
    Poll(migue::Services services, std::string question, std::vector<std::string> choices)
        : services_(services), question_(std::move(question)), choices_(std::move(choices)) {}

    [[nodiscard]] std::vector<migue::Migration> migrations() const override {
        constexpr const char* kVotes =
            "CREATE TABLE poll.votes (person TEXT PRIMARY KEY, choice BIGINT NOT NULL)";
        return {{"sqlite", "20261122_votes", kVotes}, {"postgres", "20261122_votes", kVotes}};
    }

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
        const auto input = nlohmann::json::parse(turn.input_json());
        const std::string tap = input.value("tap", "");
        for (std::size_t i = 0; i < choices_.size(); ++i)
            if (tap == "poll:" + std::to_string(i)) co_return co_await vote(turn, i);
        std::vector<migue::Button> buttons;
        for (std::size_t i = 0; i < choices_.size(); ++i)
            buttons.push_back({"poll:" + std::to_string(i), choices_[i]});
        if (auto said = turn.offer(question_, buttons); !said) co_return said.error();
        co_return migue::TurnEnd::done();
    }

private:
    /// The person's only row is replaced, so a turn that is run again counts once.
    migue::Task<migue::TurnEnd> vote(migue::Turn& turn, std::size_t choice) {
        const std::string person = migue::json_quote(turn.person_id());
        migue::SqlStatement before{"DELETE FROM poll.votes WHERE person = $1", "[" + person + "]"};
        migue::SqlStatement now{"INSERT INTO poll.votes (person, choice) VALUES ($1, $2)",
                                "[" + person + "," + std::to_string(choice) + "]"};
        migue::SqlStatement all{"SELECT choice, COUNT(*) AS votes FROM poll.votes GROUP BY choice", "[]"};
        const auto rows = co_await services_.sql.execute(std::move(before), std::move(now), std::move(all));
        if (!rows) co_return rows.error();
        std::vector<std::int64_t> votes(choices_.size());
        const auto results = nlohmann::json::parse(*rows);
        for (const auto& row : results.at(2).at("rows"))
            if (const auto index = row.at("choice").get<std::size_t>(); index < votes.size())
                votes[index] = row.at("votes").get<std::int64_t>();
        std::string text;
        for (std::size_t i = 0; i < choices_.size(); ++i)
            text += (i == 0 ? "" : ", ") + choices_[i] + ": " + std::to_string(votes[i]);
        if (auto said = turn.say(text); !said) co_return said.error();
        co_return migue::TurnEnd::done();
    }

    const migue::Services services_;
    const std::string question_;
    const std::vector<std::string> choices_;
};

}  // namespace poll

MIGUE_PLUGIN(poll::Poll)
