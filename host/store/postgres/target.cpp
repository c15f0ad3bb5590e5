#include "host/store/postgres/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace migue::host::postgres {

namespace {

constexpr std::size_t kMostConnections = 64;
constexpr std::size_t kMostSeconds = 300;
constexpr const char* kExpected =
    "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, special characters of the "
    "password percent-encoded";

// Of libpq 15. Read here, and not by libpq: its messages repeat pieces of a malformed URL, which
// may be pieces of a password.
constexpr std::array<std::string_view, 37> kParameters{"application_name",
                                                       "channel_binding",
                                                       "client_encoding",
                                                       "connect_timeout",
                                                       "dbname",
                                                       "fallback_application_name",
                                                       "gssencmode",
                                                       "gsslib",
                                                       "host",
                                                       "hostaddr",
                                                       "keepalives",
                                                       "keepalives_count",
                                                       "keepalives_idle",
                                                       "keepalives_interval",
                                                       "krbsrvname",
                                                       "options",
                                                       "passfile",
                                                       "password",
                                                       "port",
                                                       "replication",
                                                       "requirepeer",
                                                       "service",
                                                       "sslcert",
                                                       "sslcompression",
                                                       "sslcrl",
                                                       "sslcrldir",
                                                       "sslkey",
                                                       "sslmode",
                                                       "sslpassword",
                                                       "sslrootcert",
                                                       "sslsni",
                                                       "ssl_max_protocol_version",
                                                       "ssl_min_protocol_version",
                                                       "target_session_attrs",
                                                       "tcp_user_timeout",
                                                       "user",
                                                       "pool_size"};

Error fault(const std::string& what) {
    return {Error::Code::kConfig, "store.url: " + what};
}

Error malformed(const std::string& what) {
    return fault(fmt::format("{}; {}", what, kExpected));
}

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        int byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || failed != std::errc{} || end != digits.data() + 2 || byte == 0)
            return std::nullopt;
        plain += static_cast<char>(byte);
        i += 2;
    }
    return plain;
}

/// What is before the first `mark`, which is taken off `text` with it; all when there is none.
std::string_view take_until(std::string_view& text, char mark) {
    const std::size_t at = std::min(text.find(mark), text.size());
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return before;
}

/// Fills a Target from the pieces of a URL.
class Reader {
public:
    Result<Target> read(std::string_view url);

private:
    Result<void> read_user(std::string_view text);
    Result<void> read_hosts(std::string_view text);
    Result<void> read_parameters(std::string_view text);
    Result<void> read_parameter(std::string_view name, const std::string& value);
    Result<void> add(std::string_view keyword, std::string_view encoded);
    [[nodiscard]] std::string value_of(std::string_view keyword, std::string_view otherwise) const;

    Target target_;
};

Result<void> Reader::add(std::string_view keyword, std::string_view encoded) {
    if (encoded.empty()) return {};
    auto value = decoded(encoded);
    if (!value)
        return malformed(
            fmt::format("malformed: a % in the {} is not followed by two hexadecimal digits", keyword));
    target_.keywords.emplace_back(keyword, *std::move(value));
    return {};
}

std::string Reader::value_of(std::string_view keyword, std::string_view otherwise) const {
    for (const auto& [name, value] : target_.keywords)
        if (name == keyword) return value;
    return std::string(otherwise);
}

Result<void> Reader::read_user(std::string_view text) {
    const std::string_view user = take_until(text, ':');
    if (auto added = add("user", user); !added) return added;
    return add("password", text);
}

Result<void> Reader::read_hosts(std::string_view text) {
    std::string hosts, ports;
    for (bool is_first = true; is_first || !text.empty(); is_first = false) {
        std::string_view each = take_until(text, ',');
        std::string_view host;
        if (each.starts_with('[')) {
            each.remove_prefix(1);
            host = take_until(each, ']');
            if (!each.empty() && each.front() != ':') return malformed("malformed host");
            if (!each.empty()) each.remove_prefix(1);
        } else {
            host = take_until(each, ':');
        }
        if (each.find_first_not_of("0123456789") != std::string_view::npos)
            return malformed("malformed port");
        hosts += (is_first ? "" : ",") + std::string(host);
        ports += (is_first ? "" : ",") + std::string(each);
    }
    if (auto added = add("host", hosts); !added) return added;
    return add("port", ports.find_first_not_of(',') == std::string::npos ? "" : ports);
}

Result<void> Reader::read_parameters(std::string_view text) {
    while (!text.empty()) {
        std::string_view part = take_until(text, '&');
        const std::string_view name = take_until(part, '=');
        auto value = decoded(part);
        if (!value) return malformed("malformed parameter: a % is not followed by two hexadecimal digits");
        if (auto read = read_parameter(name, *value); !read) return read;
    }
    return {};
}

Result<void> Reader::read_parameter(std::string_view name, const std::string& value) {
    if (name == "ssl" && value == "true") return add("sslmode", "require");  // as JDBC has it
    if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) {
        const bool is_word = !name.empty() && name.size() <= 32 &&
                             name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
        return malformed(is_word ? fmt::format("\"{}\" is no parameter of a Postgres URL", name)
                                 : std::string("malformed parameters"));
    }
    if (name == "pool_size" || name == "connect_timeout") {
        const std::size_t most = name == "pool_size" ? kMostConnections : kMostSeconds;
        const auto given = number(value);
        if (!given || *given < 1 || *given > most)
            return fault(fmt::format("{}: expected {} from 1 to {}", name,
                                     name == "pool_size" ? "a number" : "seconds", most));
        if (name == "pool_size")
            target_.pool_size = *given;
        else
            target_.connect_limit = std::chrono::seconds(*given);
        return {};
    }
    if (name == "port" && value.find_first_not_of("0123456789,") != std::string::npos)
        return malformed("malformed port");
    target_.keywords.emplace_back(name, value);
    return {};
}

Result<Target> Reader::read(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    std::string_view query;
    // A "?" or "/" that belongs into the password, unencoded, leaves an "@" behind where none may be.
    if (const std::size_t at = url.find('?'); at != std::string_view::npos) {
        query = url.substr(at + 1);
        url = url.substr(0, at);
    }
    std::string_view authority = take_until(url, '/');
    if (std::count(authority.begin(), authority.end(), '@') > 1 || url.find('@') != std::string_view::npos ||
        query.find('@') != std::string_view::npos)
        return malformed("malformed: more than one @, or one in the wrong place");
    if (authority.find('@') != std::string_view::npos)
        if (auto read = read_user(take_until(authority, '@')); !read) return std::move(read).error();
    if (auto read = read_hosts(authority); !read) return std::move(read).error();
    if (auto read = add("dbname", url); !read) return std::move(read).error();
    if (auto read = read_parameters(query); !read) return std::move(read).error();
    target_.keywords.emplace_back("fallback_application_name", "migue");
    target_.keywords.emplace_back("client_encoding", "UTF8");
    target_.shown = fmt::format("{}:{}/{}", value_of("host", value_of("hostaddr", "localhost")),
                                value_of("port", "5432"), value_of("dbname", ""));
    return std::move(target_);
}

}  // namespace

bool is_postgres_url(const std::string& url) {
    return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

Result<Target> parse_url(const std::string& url) {
    if (!is_postgres_url(url)) return malformed("not a Postgres URL");
    return Reader().read(url);
}

}  // namespace migue::host::postgres
