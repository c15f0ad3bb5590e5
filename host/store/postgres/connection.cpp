#include "host/store/postgres/connection.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <pqxx/connection>
#include <pqxx/errorhandler>
#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/result>

#include "host/store/postgres/watchdog.hpp"

namespace migue::host::postgres {

namespace {

using namespace std::chrono_literals;

// For a ROLLBACK after a failure at the deadline.
constexpr auto kRollBackLimit = 200ms;

/// libpqxx takes C strings: what follows a NUL would be lost without a word.
std::optional<Error> unfit(const Params& params) {
    for (std::size_t i = 0; i < params.size(); ++i)
        if (params[i].text() && params[i].text()->find('\0') != std::string::npos)
            return Error{Error::Code::kInvalid, fmt::format("parameter ${} holds a NUL character", i + 1)};
    return std::nullopt;
}

std::vector<const char*> pointers(const Params& params) {
    std::vector<const char*> texts;
    texts.reserve(params.size());
    for (const Value& value : params) texts.push_back(value.text() ? value.text()->c_str() : nullptr);
    return texts;
}

Rows rows_of(const pqxx::result& result) {
    std::vector<Rows::Column> columns;
    for (pqxx::row::size_type i = 0; i < result.columns(); ++i)
        columns.push_back({result.column_name(i), result.column_type(i)});
    Rows rows(std::move(columns), result.affected_rows());
    for (const auto& row : result)
        for (const auto& field : row) {
            if (field.is_null())
                rows.add(std::nullopt);
            else
                rows.add(std::string_view(field.c_str(), field.size()));
        }
    return rows;
}

/// libpqxx 6.4 loses the SQLSTATE of those to which it gives a type of their own.
std::string sqlstate_of(const pqxx::failure& said) {
    if (const auto* error = dynamic_cast<const pqxx::sql_error*>(&said)) {
        if (!error->sqlstate().empty()) return error->sqlstate();
        if (dynamic_cast<const pqxx::insufficient_privilege*>(error)) return "42501";
        if (dynamic_cast<const pqxx::syntax_error*>(error)) {
            if (dynamic_cast<const pqxx::undefined_column*>(error)) return "42703";
            if (dynamic_cast<const pqxx::undefined_function*>(error)) return "42883";
            return dynamic_cast<const pqxx::undefined_table*>(error) ? "42P01" : "42601";
        }
        if (dynamic_cast<const pqxx::insufficient_resources*>(error)) return "53000";
    }
    if (dynamic_cast<const pqxx::serialization_failure*>(&said)) return "40001";
    if (dynamic_cast<const pqxx::deadlock_detected*>(&said)) return "40P01";
    if (dynamic_cast<const pqxx::statement_completion_unknown*>(&said)) return "40003";
    if (dynamic_cast<const pqxx::transaction_rollback*>(&said)) return "40000";
    if (dynamic_cast<const pqxx::too_many_connections*>(&said)) return "53300";
    return {};
}

bool is_fatal(std::string_view text) {
    return text.starts_with("FATAL") || text.starts_with("PANIC");
}

/// As libpq reads it: keyword='value' …
std::string conninfo(const Target& target, Deadline deadline) {
    std::string text;
    const auto add = [&text](std::string_view keyword, std::string_view value) {
        text += fmt::format("{}='", keyword);
        for (const char c : value) {
            if (c == '\\' || c == '\'') text += '\\';
            text += c;
        }
        text += "' ";
    };
    for (const auto& [keyword, value] : target.keywords) add(keyword, value);
    const auto left =
        std::min<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now(), target.connect_limit);
    // Whole seconds, and libpq makes two of one.
    const auto seconds = std::max<std::int64_t>(2, std::chrono::ceil<std::chrono::seconds>(left).count());
    add("connect_timeout", std::to_string(seconds));
    return text;
}

}  // namespace

struct Connection::Session {
    explicit Session(const std::string& conninfo) : connection(conninfo), quiet(connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // until libpqxx 7, which never does it
        connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
        // Else DETAIL and CONTEXT, which show values of rows, become part of what errors say.
        connection.set_verbosity(pqxx::connection_base::terse);
        socket = ::dup(connection.sock());
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() {
        if (socket >= 0) ::close(socket);
    }

    pqxx::connection connection;
    pqxx::quiet_errorhandler quiet;  // else notices go to standard error
    const std::shared_ptr<Watchdog> watchdog = Watchdog::shared();
    /// A second name of the connection's: libpq may close its own in the middle of a call, and the
    /// number be another socket's when the watchdog comes.
    int socket = -1;
};

Connection::Connection(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Target& target, Deadline deadline) {
    const std::string where = "Postgres at " + target.shown;
    if (deadline <= std::chrono::steady_clock::now())
        return Error{Error::Code::kUnavailable, where + ": no time left to connect"};
    try {
        auto session = std::make_unique<Session>(conninfo(target, deadline));
        if (session->socket < 0) return Error{Error::Code::kUnavailable, where + ": no file descriptor left"};
        return std::unique_ptr<Connection>(new Connection(std::move(session)));
    } catch (const pqxx::failure& said) {
        return failure({.text = said.what(), .is_lost = true}, Stage::kConnecting).within(where);
    }
}

bool Connection::is_usable() const noexcept {
    return !is_broken_ && !is_in_transaction_ && session_->connection.is_open();
}

bool Connection::is_connected() const noexcept {
    if (!is_usable()) return false;
    // An idle server says nothing, unless that it goes away.
    pollfd look{.fd = session_->socket, .events = POLLIN, .revents = 0};
    return ::poll(&look, 1, 0) == 0;
}

Error Connection::refused(const Said& said, Stage stage, bool has_timed_out) {
    is_broken_ |= said.is_lost || has_timed_out;
    last_sqlstate_ = said.sqlstate;
    if (has_timed_out && said.sqlstate.empty())
        return failure({.text = "no answer in time", .is_lost = true}, stage);
    return failure(said, stage);
}

template <typename Call>
Result<Rows> Connection::guarded(Stage stage, Deadline deadline, Call call) {
    last_sqlstate_.clear();
    if (is_broken_) return Error{Error::Code::kUnavailable, "the connection was lost"};
    if (deadline <= std::chrono::steady_clock::now())
        return Error{Error::Code::kUnavailable, "no time left; nothing was sent"};
    Watchdog::Guard guard = session_->watchdog->watch(session_->socket, deadline);
    try {
        const pqxx::result result = call();
        // The answer came at the last moment: it counts, and the connection is no more.
        is_broken_ |= guard.disarm();
        return rows_of(result);
    } catch (const pqxx::failure& said) {
        const bool has_timed_out = guard.disarm();
        std::string sqlstate = sqlstate_of(said);
        std::string_view text = said.what();
        bool is_lost = !session_->connection.is_open() || is_fatal(text);
        // libpqxx tells class 08 by type alone. Over a connection that stands it is the wrong
        // number of parameters; anything else without a SQLSTATE is libpq's own trouble.
        if (sqlstate.empty() && !has_timed_out) {
            if (!is_lost && dynamic_cast<const pqxx::broken_connection*>(&said))
                sqlstate = "08P01";
            else
                is_lost = true;
        }
        // When the server ends the session libpqxx stumbles over what is left of the connection: the
        // server's reason is lost, and with it the 2 KB of that result, once a broken connection.
        if (text.starts_with("Could not obtain client encoding")) text = {};
        return refused({.sqlstate = sqlstate, .text = text, .is_lost = is_lost}, stage, has_timed_out);
    }
}

Result<Rows> Connection::run(const std::string& sql, const Params& params, Stage stage, Deadline deadline) {
    if (auto fault = unfit(params)) return *std::move(fault);
    return guarded(stage, deadline, [&] {
        pqxx::nontransaction statement(session_->connection);
        return statement.exec_params(sql, pqxx::prepare::make_dynamic_params(pointers(params)));
    });
}

Result<void> Connection::script(const std::string& sql, Stage stage, Deadline deadline) {
    auto done = guarded(stage, deadline, [&] {
        pqxx::nontransaction statement(session_->connection);
        return statement.exec(sql);
    });
    if (!done) return std::move(done).error();
    return {};
}

Result<Rows> Connection::query(const std::string& sql, const Params& params, Deadline deadline) {
    failed_statement_.reset();
    return run(sql, params, Stage::kCommitting, deadline);
}

Result<void> Connection::begin(const std::string& opening, Deadline deadline) {
    failed_statement_.reset();
    auto begun = script(opening.empty() ? "BEGIN" : "BEGIN; " + opening, Stage::kInside, deadline);
    // What follows BEGIN may have failed alone.
    is_in_transaction_ = !is_broken_ && (begun || !last_sqlstate_.empty());
    return begun;
}

Result<void> Connection::commit(Deadline deadline) {
    auto committed = script("COMMIT", Stage::kCommitting, deadline);
    // One that is refused has ended the transaction all the same.
    if (committed || !last_sqlstate_.empty()) is_in_transaction_ = false;
    return committed;
}

void Connection::roll_back(Deadline deadline) {
    if (!is_in_transaction_ || is_broken_) return;
    const std::string sqlstate = last_sqlstate_;
    const auto limit = std::max(deadline, std::chrono::steady_clock::now() + kRollBackLimit);
    if (script("ROLLBACK", Stage::kInside, limit))
        is_in_transaction_ = false;
    else
        is_broken_ = true;
    last_sqlstate_ = sqlstate;
}

Result<std::vector<Rows>> Connection::batch(std::span<const Statement> statements, Deadline deadline,
                                            const std::string& opening) {
    return batch(statements, deadline, BatchRules{.opening = opening, .check = {}, .most_bytes = {}});
}

Result<std::vector<Rows>> Connection::batch(std::span<const Statement> statements, Deadline deadline,
                                            const BatchRules& rules) {
    const bool is_looked_at = rules.check || rules.most_bytes || !rules.opening.empty();
    if (statements.size() == 1 && !statements[0].requires_row && !is_looked_at) {
        auto rows = query(statements[0].sql, statements[0].params, deadline);
        if (rows) return std::vector<Rows>{std::move(rows).value()};
        if (!last_sqlstate_.empty()) failed_statement_ = 0;
        return std::move(rows).error();
    }
    auto begun = begin(rules.opening, deadline);
    auto rows =
        begun ? run_all(statements, deadline, rules) : Result<std::vector<Rows>>(std::move(begun).error());
    if (rows && rules.check)
        if (auto good = rules.check(*rows); !good) rows = std::move(good).error();
    if (rows)
        if (auto committed = commit(deadline); !committed) rows = std::move(committed).error();
    if (!rows) roll_back(deadline);
    return rows;
}

Result<std::vector<Rows>> Connection::run_all(std::span<const Statement> statements, Deadline deadline,
                                              const BatchRules& rules) {
    std::vector<Rows> all;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const Statement& statement = statements[i];
        auto rows = run(statement.sql, statement.params, Stage::kInside, deadline);
        const auto refuse = [&](Error error) {
            failed_statement_ = i;
            return error;
        };
        if (!rows) return refuse(std::move(rows).error());
        bytes += rows->bytes();
        if (bytes > rules.most_bytes.value_or(bytes))
            return refuse(
                {Error::Code::kInvalid, fmt::format("the result is over {} bytes", *rules.most_bytes)});
        if (statement.requires_row && rows->size() == 0 && rows->changed() == 0)
            return refuse({Error::Code::kConflict, fmt::format("statement {} found no row", i)});
        all.push_back(std::move(rows).value());
    }
    return all;
}

Transaction::Transaction(Connection& connection, Deadline deadline, const std::string& opening)
    : connection_(connection), deadline_(deadline), opening_(opening) {}

Result<void> Transaction::begin() {
    if (is_open_) return {};
    is_open_ = true;
    return connection_.begin(opening_, deadline_);
}

Result<Rows> Transaction::query(const std::string& sql, const Params& params) {
    if (failed_) return *failed_;
    if (auto begun = begin(); !begun) {
        failed_ = begun.error();
        return *failed_;
    }
    auto rows = connection_.run(sql, params, Stage::kInside, deadline_);
    if (!rows) failed_ = rows.error();
    return rows;
}

Result<void> Transaction::script(const std::string& sql) {
    if (failed_) return *failed_;
    auto done = begin();
    if (done) done = connection_.script(sql, Stage::kInside, deadline_);
    // Outside of a transaction it is refused: the text has ended ours.
    if (done && !connection_.script("SAVEPOINT migue; RELEASE SAVEPOINT migue", Stage::kInside, deadline_))
        done = Error{Error::Code::kInvalid, "the text ends the transaction that it runs in"};
    if (!done) failed_ = done.error();
    return done;
}

Result<void> Transaction::commit() {
    if (failed_) return *failed_;
    if (!is_open_) return {};
    auto committed = connection_.commit(deadline_);
    if (!committed) failed_ = committed.error();
    return committed;
}

void Transaction::abandon() {
    connection_.roll_back(deadline_);
}

}  // namespace migue::host::postgres
