#include "host/store/postgres/target.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace migue::host::postgres {

namespace {

constexpr std::size_t kMostConnections = 64;
constexpr std::string_view kPoolSize = "pool_size";
constexpr const char* kExpected =
    "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, special characters of the "
    "password percent-encoded";

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

Error fault(const std::string& what) {
    return {Error::Code::kConfig, "store.url: " + what};
}

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Takes `pool_size=…` out of the query part; gives its text.
std::optional<std::string> take_pool_size(std::string& url) {
    const std::size_t query =
        url.find('?', std::min(url.rfind('@'), url.size()) == url.size() ? 0 : url.rfind('@'));
    if (query == std::string::npos) return std::nullopt;
    std::optional<std::string> found;
    std::string kept;
    std::size_t begin = query + 1;
    while (begin <= url.size()) {
        const std::size_t end = std::min(url.find('&', begin), url.size());
        const std::string_view part = std::string_view(url).substr(begin, end - begin);
        if (part.starts_with(kPoolSize) && part.substr(kPoolSize.size()).starts_with('='))
            found = std::string(part.substr(kPoolSize.size() + 1));
        else if (!part.empty())
            kept += (kept.empty() ? "?" : "&") + std::string(part);
        begin = end + 1;
    }
    url.resize(query);
    url += kept;
    return found;
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// The name of a parameter that libpq does not know; "" when there is none to name. libpq's own
/// words are not used: they repeat pieces of the URL, which may be pieces of the password.
std::string unknown_parameter(const std::string& url) {
    const std::size_t at = url.rfind('@');
    const std::size_t query = url.find('?', at == std::string::npos ? 0 : at);
    if (query == std::string::npos) return {};
    const Options known(PQconndefaults(), &PQconninfoFree);
    for (std::size_t begin = query + 1; begin < url.size();) {
        const std::size_t end = std::min(url.find('&', begin), url.size());
        const std::string name = url.substr(begin, std::min(url.find('=', begin), end) - begin);
        bool is_known = name == "ssl";
        for (const PQconninfoOption* option = known.get(); option && option->keyword; ++option)
            is_known |= name == option->keyword;
        if (!is_known && is_word(name)) return name;
        begin = end + 1;
    }
    return {};
}

}  // namespace

bool is_postgres_url(const std::string& url) {
    return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

Result<Target> parse_url(const std::string& url) {
    if (!is_postgres_url(url)) return fault(fmt::format("not a Postgres URL; {}", kExpected));
    Target target;
    std::string rest = url;
    if (const auto size = take_pool_size(rest)) {
        const auto connections = number(*size);
        if (!connections || *connections < 1 || *connections > kMostConnections)
            return fault(fmt::format("pool_size: expected a number from 1 to {}", kMostConnections));
        target.pool_size = *connections;
    }
    const Options parsed(PQconninfoParse(rest.c_str(), nullptr), &PQconninfoFree);
    if (!parsed) {
        const std::string name = unknown_parameter(rest);
        if (!name.empty())
            return fault(fmt::format("\"{}\" is no parameter of a Postgres URL; {}", name, kExpected));
        return fault(fmt::format("malformed; {}", kExpected));
    }
    std::string host = "localhost", port = "5432", database;
    for (const PQconninfoOption* option = parsed.get(); option->keyword; ++option) {
        if (!option->val) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "connect_timeout") {
            const auto seconds = number(option->val);
            if (!seconds || *seconds < 1 || *seconds > 300)
                return fault("connect_timeout: expected seconds from 1 to 300");
            target.connect_limit = std::chrono::seconds(*seconds);
            continue;
        }
        // Where an unencoded password ends up that holds a slash.
        if (keyword == "dbname" && std::string_view(option->val).find('@') != std::string_view::npos)
            return fault(fmt::format("malformed; {}", kExpected));
        if (keyword == "port" &&
            std::string_view(option->val).find_first_not_of("0123456789,") != std::string_view::npos)
            return fault(fmt::format("malformed port; {}", kExpected));
        if (keyword == "host" || (keyword == "hostaddr" && host == "localhost")) host = option->val;
        if (keyword == "port") port = option->val;
        if (keyword == "dbname") database = option->val;
        target.keywords.emplace_back(keyword, option->val);
    }
    target.keywords.emplace_back("fallback_application_name", "migue");
    target.keywords.emplace_back("client_encoding", "UTF8");
    target.shown = fmt::format("{}:{}/{}", host, port, database);
    return target;
}

}  // namespace migue::host::postgres
