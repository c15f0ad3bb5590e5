#include "dialogue/contacts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dialogue/folding.hpp"
#include "tables/rows.hpp"

namespace scheduling {

namespace {

using migue::Result;
using migue::Task;
using nlohmann::json;

}  // namespace

Task<Result<std::vector<Guest>>> Contacts::all(std::string person) const {
    migue::SqlStatement select{
        "SELECT name, mail FROM scheduling.contacts WHERE person_id = $1 ORDER BY name, mail",
        json::array({person}).dump(), false};
    auto answer = co_await sql_.execute(std::move(select));
    if (!answer) co_return std::move(answer).error().within("read the contact book");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    std::vector<Guest> guests;
    for (const json& row : statements->at(0).rows)
        guests.push_back({text_of(row, "name"), text_of(row, "mail")});
    co_return guests;
}

Task<Result<void>> Contacts::keep(std::string person, Guest contact) const {
    migue::SqlStatement insert{
        "INSERT INTO scheduling.contacts (person_id, mail, name, created_ms)"
        " SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)"
        " WHERE (SELECT COUNT(*) FROM scheduling.contacts WHERE person_id = $1) < " +
            std::to_string(kMost) + " ON CONFLICT (person_id, mail) DO UPDATE SET name = excluded.name",
        json::array({person, contact.mail, contact.name, clock_.unix_ms()}).dump(), false};
    auto answer = co_await sql_.execute(std::move(insert));
    if (!answer) co_return std::move(answer).error().within("keep a contact");
    auto statements = read_rows(*answer);
    if (!statements) co_return std::move(statements).error();
    if (statements->at(0).changed == 0)
        co_return migue::Error{migue::Error::Code::kInvalid,
                               "the contact book is full, at most " + std::to_string(kMost) + " are kept"};
    co_return Result<void>();
}

Task<Result<void>> Contacts::forget(std::string person, std::string mail) const {
    migue::SqlStatement erase{"DELETE FROM scheduling.contacts WHERE person_id = $1 AND mail = $2",
                              json::array({person, mail}).dump(), false};
    auto answer = co_await sql_.execute(std::move(erase));
    if (!answer) co_return std::move(answer).error().within("forget a contact");
    co_return Result<void>();
}

std::string mail_in(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) return {};
    constexpr std::string_view kAround = " \t\r\n<>(),;:\"'?!";
    // Any mark of more than one byte ends an address too.
    const auto is_inside = [&](char c) {
        return static_cast<unsigned char>(c) < 0x80 && kAround.find(c) == std::string_view::npos;
    };
    std::size_t begin = at, end = at;
    while (begin > 0 && is_inside(text[begin - 1])) --begin;
    while (end < text.size() && is_inside(text[end])) ++end;
    std::string mail(text.substr(begin, end - begin));
    while (mail.ends_with('.')) mail.pop_back();
    std::transform(mail.begin(), mail.end(), mail.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return mail;
}

std::vector<Guest> named(const std::vector<Guest>& guests, std::string_view name) {
    const std::vector<std::string> wanted = words_of(fold(name));
    std::vector<Guest> found;
    for (const Guest& guest : guests) {
        const std::vector<std::string> words = words_of(fold(guest.name));
        const bool all =
            !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
                return std::find(words.begin(), words.end(), word) != words.end();
            });
        if (all) found.push_back(guest);
    }
    std::sort(found.begin(), found.end(), [](const Guest& a, const Guest& b) { return a.name < b.name; });
    return found;
}

}  // namespace scheduling
