#include "accounts/people.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accounts/sealed_rows.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Error;
using migue::Result;
using migue::Task;
using nlohmann::json;

constexpr std::size_t kTokenBytes = 32;

Person read_person(const json& row) {
    return {text_of(row, "person_id"), text_of(row, "zone"), text_of(row, "locale")};
}

migue::SqlStatement select_feed(const std::string& person) {
    return {"SELECT feed_sealed FROM scheduling.people WHERE person_id = $1", json::array({person}).dump(),
            false};
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        out += kDigits[static_cast<unsigned char>(byte) >> 4];
        out += kDigits[static_cast<unsigned char>(byte) & 15];
    }
    return out;
}

Task<Result<Person>> People::load(std::string person) const {
    migue::SqlStatement select{"SELECT person_id, zone, locale FROM scheduling.people WHERE person_id = $1",
                               json::array({person}).dump(), false};
    auto answer = co_await sql_.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("load person");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    if (statements->at(0).rows.empty()) co_return Person{std::move(person), "", ""};
    co_return read_person(statements->at(0).rows.front());
}

Task<Result<void>> People::learn_zone(std::string person, std::string zone) const {
    migue::SqlStatement learn{
        "INSERT INTO scheduling.people (person_id, zone, created_ms) VALUES ($1, $2, $3)"
        " ON CONFLICT (person_id) DO UPDATE SET zone = excluded.zone WHERE people.zone = ''",
        json::array({person, zone, clock_.unix_ms()}).dump(), false};
    auto answer = co_await sql_.execute(std::move(learn));
    if (!answer) co_return std::move(answer).error().within("keep a zone");
    co_return Result<void>();
}

Task<Result<std::string>> People::feed_token(std::string person) const {
    auto fresh = vault_.random(kTokenBytes);
    if (!fresh) co_return std::move(fresh).error().within("feed token");
    const std::string token = to_hex(*fresh);
    auto sealed = vault_.seal(token, seal_context("people/feed_sealed", person));
    auto hash = vault_.sha256(token);
    if (!sealed) co_return std::move(sealed).error().within("feed token");
    if (!hash) co_return std::move(hash).error().within("feed token");
    // Kept only when there is none yet; the row then tells which one counts.
    migue::SqlStatement keep{
        "INSERT INTO scheduling.people (person_id, feed_hash, feed_sealed, created_ms) VALUES ($1, $2, $3, "
        "$4)"
        " ON CONFLICT (person_id) DO UPDATE SET feed_hash = excluded.feed_hash,"
        " feed_sealed = excluded.feed_sealed WHERE people.feed_hash = ''",
        json::array({person, to_hex(*hash), *sealed, clock_.unix_ms()}).dump(), false};
    auto answer = co_await sql_.execute(std::move(keep), select_feed(person));
    if (!answer) co_return std::move(answer).error().within("feed token");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    if (statements->size() < 2 || statements->at(1).rows.empty())
        co_return Error{Error::Code::kInternal, "feed token: the person's row is gone"};
    co_return vault_.open(text_of(statements->at(1).rows.front(), "feed_sealed"),
                          seal_context("people/feed_sealed", person));
}

Task<Result<std::optional<Person>>> People::find_by_feed(std::string token) const {
    const bool well_formed =
        token.size() == kTokenBytes * 2 && token.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!well_formed) co_return std::optional<Person>();
    auto hash = vault_.sha256(token);
    if (!hash) co_return std::move(hash).error().within("find feed");
    migue::SqlStatement select{"SELECT person_id, zone, locale FROM scheduling.people WHERE feed_hash = $1",
                               json::array({to_hex(*hash)}).dump(), false};
    auto answer = co_await sql_.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("find feed");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::optional<Person> found;
    if (!statements->at(0).rows.empty()) found = read_person(statements->at(0).rows.front());
    co_return found;
}

Task<Result<void>> People::revoke_feed(std::string person) const {
    migue::SqlStatement forget{
        "UPDATE scheduling.people SET feed_hash = '', feed_sealed = '' WHERE person_id = $1",
        json::array({person}).dump(), false};
    auto answer = co_await sql_.execute(std::move(forget));
    if (!answer) co_return std::move(answer).error().within("revoke feed");
    co_return Result<void>();
}

}  // namespace scheduling
