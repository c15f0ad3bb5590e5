#include "host/store/postgres/failure.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migue::host::postgres {

namespace {

using Code = Error::Code;

struct Meaning {
    std::string_view prefix;  // of the SQLSTATE; the first that fits counts
    Code code;
};

constexpr std::array kMeanings{
    Meaning{"40002", Code::kConflict},     // constraint found at commit
    Meaning{"40003", Code::kDeadline},     // statement completion unknown
    Meaning{"40", Code::kUnavailable},     // serialization failure, deadlock
    Meaning{"55P03", Code::kUnavailable},  // lock not available
    Meaning{"55006", Code::kUnavailable},  // object in use
    Meaning{"53", Code::kUnavailable},     // connections, memory, disk
    Meaning{"57014", Code::kUnavailable},  // statement time-out: rolled back
    Meaning{"57P01", Code::kUnavailable},  // shut down by the administrator, said before any commit
    Meaning{"57P03", Code::kUnavailable},  // starting up
    Meaning{"57P05", Code::kUnavailable},  // closed for idleness, before the statement
    Meaning{"25006", Code::kUnavailable},  // read-only: a replica that is about to be promoted
    Meaning{"25P03", Code::kUnavailable},  // idle in transaction for too long
    Meaning{"23", Code::kConflict},
    Meaning{"28", Code::kConfig},
    Meaning{"3D", Code::kConfig},
    Meaning{"3F", Code::kConfig},
    Meaning{"42501", Code::kConfig},
    Meaning{"42P01", Code::kConfig},  // no such table: not migrated
    Meaning{"42704", Code::kConfig},  // no such role
    Meaning{"57P04", Code::kConfig},  // database dropped
    Meaning{"22", Code::kInvalid},
    Meaning{"08P01", Code::kInvalid},  // and the connection stands: the wrong number of parameters
};

// Classes whose texts name tables, columns and constraints, and no values.
constexpr std::array<std::string_view, 15> kHarmless{"08", "0A", "23", "25", "28", "2B", "3D", "3F",
                                                     "40", "42", "53", "54", "55", "57", "58"};

// Said by poolers before they pass a statement on: it was not run.
constexpr std::array<std::string_view, 6> kNotPassedOn{"query_wait_timeout",
                                                       "cannot connect to server",
                                                       "server login has been failing",
                                                       "no more connections allowed",
                                                       "login_timeout",
                                                       "Max client connections reached"};

// Connecting gives no SQLSTATE. These are for an operator; all else may pass by itself.
constexpr std::array<std::string_view, 14> kOperatorsMatter{"password authentication failed",
                                                            "authentication failed",
                                                            "no password supplied",
                                                            "no pg_hba.conf entry",
                                                            "permission denied for database",
                                                            "is not permitted to log in",
                                                            "certificate",
                                                            "does not support SSL",
                                                            "Tenant or user not found",
                                                            "no such user",
                                                            "no such database",
                                                            "invalid sslmode",
                                                            "invalid port",
                                                            "unsupported"};

template <std::size_t N>
bool holds_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::any_of(words.begin(), words.end(),
                       [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// One line, without "ERROR:" and its like.
std::string tidy(std::string_view text) {
    for (const std::string_view level : {"ERROR:", "FATAL:", "PANIC:"})
        if (text.starts_with(level)) text.remove_prefix(level.size());
    std::string line;
    for (const char c : text) {
        if (c != '\n' && c != '\t' && c != ' ')
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

Error connecting(const Said& said) {
    const bool is_missing = said.text.find("does not exist") != std::string_view::npos &&
                            (said.text.find("role \"") != std::string_view::npos ||
                             said.text.find("database \"") != std::string_view::npos);
    const bool is_operators = is_missing || holds_one_of(said.text, kOperatorsMatter);
    return {is_operators ? Code::kConfig : Code::kUnavailable, tidy(said.text)};
}

Error lost(const Said& said, Stage stage) {
    const std::string why = said.text.empty() ? "the connection was lost" : tidy(said.text);
    if (stage == Stage::kInside) return {Code::kUnavailable, why + "; nothing was committed"};
    return {Code::kDeadline, why + "; it may have been committed"};
}

}  // namespace

Error failure(const Said& said, Stage stage) {
    if (stage == Stage::kConnecting) return connecting(said);
    if (holds_one_of(said.text, kNotPassedOn)) return {Code::kUnavailable, tidy(said.text)};
    // 57P02: another process crashed; this one was thrown out at whatever point it was.
    if ((said.sqlstate.starts_with("08") && said.is_lost) || said.sqlstate == "57P02" ||
        (said.sqlstate.empty() && said.is_lost))
        return lost(said, stage);
    const auto meaning = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& candidate) {
        return said.sqlstate.starts_with(candidate.prefix);
    });
    const Code code = meaning == kMeanings.end() ? Code::kInternal : meaning->code;
    const bool is_harmless =
        std::find(kHarmless.begin(), kHarmless.end(), said.sqlstate.substr(0, 2)) != kHarmless.end();
    std::string what = is_harmless ? tidy(said.text) + " " : std::string{};
    return {code, what + "(SQLSTATE " + std::string(said.sqlstate) + ")"};
}

}  // namespace migue::host::postgres
