#include "understanding/model/token_meter.hpp"

#include "tables/rows.hpp"

namespace scheduling::model {

using migue::Result;
using migue::Task;
using nlohmann::json;

std::int64_t TokenMeter::day() const {
    constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
    return clock_.unix_ms() / kDayMs;
}

Task<Result<std::int64_t>> TokenMeter::today(std::string person) const {
    migue::SqlStatement select{"SELECT tokens FROM scheduling.model_tokens WHERE person_id = $1 AND day = $2",
                               json::array({person, day()}).dump(), false};
    auto answer = co_await sql_.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("tokens of today");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    if (statements->at(0).rows.empty()) co_return std::int64_t{0};
    co_return number_of(statements->at(0).rows.front(), "tokens");
}

Task<Result<void>> TokenMeter::add(std::string person, std::int64_t tokens) const {
    migue::SqlStatement count{
        "INSERT INTO scheduling.model_tokens (person_id, day, tokens) VALUES ($1, $2, $3)"
        " ON CONFLICT (person_id) DO UPDATE SET tokens = CASE WHEN model_tokens.day = excluded.day"
        " THEN model_tokens.tokens + excluded.tokens ELSE excluded.tokens END, day = excluded.day",
        json::array({person, day(), tokens}).dump(), false};
    auto answer = co_await sql_.execute(std::move(count));
    if (!answer) co_return std::move(answer).error().within("count tokens");
    co_return Result<void>();
}

}  // namespace scheduling::model
