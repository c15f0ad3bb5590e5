#include "host/store/postgres/connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <new>

namespace migue::host::postgres {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

// For the ROLLBACK after a failure at the deadline: longer, and the connection is given up.
constexpr auto kRollBackLimit = 200ms;

std::vector<const char*> pointers(const Params& params) {
    std::vector<const char*> texts;
    texts.reserve(params.size());
    for (const Value& value : params) texts.push_back(value.text() ? value.text()->c_str() : nullptr);
    return texts;
}

/// libpq takes C strings: what follows a NUL would be lost without a word.
std::optional<Error> unfit(const Params& params) {
    for (std::size_t i = 0; i < params.size(); ++i)
        if (params[i].text() && params[i].text()->find('\0') != std::string::npos)
            return Error{Error::Code::kInvalid, fmt::format("parameter ${} holds a NUL character", i + 1)};
    return std::nullopt;
}

Rows empty_rows(const PGresult* result) {
    std::vector<Rows::Column> columns;
    for (int i = 0; i < PQnfields(result); ++i) columns.push_back({PQfname(result, i), PQftype(result, i)});
    return Rows(std::move(columns), 0);
}

void add_rows(Rows& rows, PGresult* result) {
    const int width = PQnfields(result);
    for (int row = 0; row < PQntuples(result); ++row)
        for (int i = 0; i < width; ++i) {
            if (PQgetisnull(result, row, i))
                rows.add(std::nullopt);
            else
                rows.add(std::string_view(PQgetvalue(result, row, i),
                                          static_cast<std::size_t>(PQgetlength(result, row, i))));
        }
    std::size_t changed = 0;
    for (const char* digit = PQcmdTuples(result); *digit; ++digit)
        changed = changed * 10 + static_cast<std::size_t>(*digit - '0');
    rows.count(changed);
}

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

/// False at the deadline.
bool wait_for(int socket, short events, Deadline deadline) {
    pollfd waiting{.fd = socket, .events = events, .revents = 0};
    for (;;) {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) return false;
        if (::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) > 0) return true;
    }
}

bool is_failure(ExecStatusType status) {
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY &&
           status != PGRES_SINGLE_TUPLE && status != PGRES_PIPELINE_SYNC;
}

/// The session is over, though its socket may not show it yet.
bool is_fatal(const PGresult* answer) {
    const std::string_view severity = field(answer, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity == "FATAL" || severity == "PANIC";
}

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

Connection::Connection(Handle handle) : handle_(std::move(handle)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const Target& target, Deadline deadline) {
    const Deadline limit = std::min(deadline, std::chrono::steady_clock::now() + target.connect_limit);
    std::vector<const char*> keywords, values;
    for (const auto& [keyword, value] : target.keywords) {
        keywords.push_back(keyword.c_str());
        values.push_back(value.c_str());
    }
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    Handle handle(PQconnectStartParams(keywords.data(), values.data(), 0));
    if (!handle) throw std::bad_alloc();
    const auto refuse = [&target](std::string_view text) {
        return failure({.text = text, .is_lost = true}, Stage::kConnecting)
            .within("Postgres at " + target.shown);
    };
    // libpq wants to be treated as if it had said "writing" before the first poll.
    auto wanted = PQstatus(handle.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (wanted != PGRES_POLLING_OK) {
        if (wanted == PGRES_POLLING_FAILED) return refuse(PQerrorMessage(handle.get()));
        const auto events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        if (!wait_for(PQsocket(handle.get()), events, limit))
            return refuse("no answer in time while connecting");
        wanted = PQconnectPoll(handle.get());
    }
    PQsetnonblocking(handle.get(), 1);
    // Else they go to standard error.
    PQsetNoticeReceiver(
        handle.get(), [](void*, const PGresult*) {}, nullptr);
    return std::unique_ptr<Connection>(new Connection(std::move(handle)));
}

bool Connection::is_usable() const noexcept {
    return handle_ && PQstatus(handle_.get()) == CONNECTION_OK &&
           PQtransactionStatus(handle_.get()) == PQTRANS_IDLE;
}

bool Connection::is_connected() const noexcept {
    if (!is_usable()) return false;
    // An idle server says nothing, unless that it goes away.
    pollfd look{.fd = PQsocket(handle_.get()), .events = POLLIN, .revents = 0};
    return ::poll(&look, 1, 0) == 0;
}

bool Connection::is_in_transaction() const noexcept {
    return handle_ && PQtransactionStatus(handle_.get()) == PQTRANS_INTRANS;
}

Result<void> Connection::ready(Deadline deadline) {
    failed_statement_.reset();
    last_sqlstate_.clear();
    if (!handle_) return Error{Error::Code::kUnavailable, "the connection was lost"};
    if (deadline <= std::chrono::steady_clock::now())
        return Error{Error::Code::kUnavailable, "no time left; nothing was sent"};
    return {};
}

bool Connection::wait(short events, Deadline deadline) const {
    return wait_for(PQsocket(handle_.get()), events, deadline);
}

bool Connection::flush(Deadline deadline) {
    for (;;) {
        const int left = PQflush(handle_.get());
        if (left <= 0) return left == 0;
        // Reads too: the server may wait for us to take its answers before it reads on.
        if (!wait(POLLIN | POLLOUT, deadline) || !PQconsumeInput(handle_.get())) return false;
    }
}

bool Connection::await(Deadline deadline) {
    while (PQisBusy(handle_.get()))
        if (!wait(POLLIN, deadline) || !PQconsumeInput(handle_.get())) return false;
    return true;
}

Error Connection::break_off(Stage stage, Deadline deadline) {
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    const std::string text = is_late ? "no answer in time" : PQerrorMessage(handle_.get());
    handle_.reset();
    return failure({.text = text, .is_lost = true}, stage);
}

Error Connection::refused(const pg_result* answer, Stage stage) {
    last_sqlstate_ = field(answer, PG_DIAG_SQLSTATE);
    // The primary message alone: DETAIL and CONTEXT show values of rows.
    std::string_view text = field(answer, PG_DIAG_MESSAGE_PRIMARY);
    if (last_sqlstate_.empty()) text = PQresultErrorMessage(answer);
    const bool is_lost = is_fatal(answer) || PQstatus(handle_.get()) != CONNECTION_OK;
    Error error = failure({.sqlstate = last_sqlstate_, .text = text, .is_lost = is_lost}, stage);
    if (is_lost) handle_.reset();
    return error;
}

Result<Rows> Connection::query(const std::string& sql, const Params& params, Deadline deadline) {
    const Statement statement{.sql = sql, .params = params};
    const Statement* const all[] = {&statement};
    auto rows = pipeline(all, Stage::kCommitting, deadline);
    if (!rows) return std::move(rows).error();
    return std::move(rows.value().front());
}

Result<void> Connection::send(std::span<const Statement* const> statements, Stage stage, Deadline deadline) {
    if (auto begun = ready(deadline); !begun) return begun;
    for (const Statement* statement : statements)
        if (auto fault = unfit(statement->params)) return *std::move(fault);
    PGconn* const handle = handle_.get();
    bool is_sent = PQenterPipelineMode(handle) == 1;
    for (const Statement* statement : statements)
        is_sent = is_sent && PQsendQueryParams(handle, statement->sql.c_str(),
                                               static_cast<int>(statement->params.size()), nullptr,
                                               pointers(statement->params).data(), nullptr, nullptr, 0) == 1;
    if (!is_sent || PQpipelineSync(handle) != 1 || !flush(deadline)) return break_off(stage, deadline);
    return {};
}

Result<std::vector<Rows>> Connection::pipeline(std::span<const Statement* const> statements, Stage stage,
                                               Deadline deadline, std::optional<std::size_t> most_bytes) {
    if (auto sent = send(statements, stage, deadline); !sent) return std::move(sent).error();
    PGconn* const handle = handle_.get();
    std::vector<Rows> rows;
    std::optional<Error> failed;
    std::size_t bytes = 0;
    bool is_begun = false;  // of this statement some rows have come
    // Each statement's answers end with a null; after the last comes the sync, which has none.
    for (std::size_t i = 0; i <= statements.size();) {
        // Row by row: else libpq keeps all of them before we see how many there are.
        if (most_bytes && !is_begun && i < statements.size()) PQsetSingleRowMode(handle);
        if (!await(deadline)) return failed ? *failed : break_off(stage, deadline);
        const Answer answer(PQgetResult(handle), &PQclear);
        if (!answer) {
            ++i;
            is_begun = false;
            continue;
        }
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status == PGRES_PIPELINE_SYNC) break;
        if (!is_failure(status)) {
            if (!is_begun) rows.push_back(empty_rows(answer.get()));
            is_begun = true;
            const std::size_t before = rows.back().bytes();
            add_rows(rows.back(), answer.get());
            bytes += rows.back().bytes() - before;
        } else if (!failed && status != PGRES_PIPELINE_ABORTED) {
            failed = refused(answer.get(), stage);
            failed_statement_ = i;
        }
        if (!handle_) return *std::move(failed);
        if (bytes > most_bytes.value_or(bytes)) {
            handle_.reset();
            failed_statement_ = i;
            return Error{Error::Code::kInvalid, fmt::format("the result is over {} bytes", *most_bytes)};
        }
    }
    if (PQexitPipelineMode(handle) != 1) {
        if (!failed) return break_off(stage, deadline);
        handle_.reset();
    }
    if (failed) return *std::move(failed);
    return rows;
}

Result<void> Connection::script(const std::string& sql, Stage stage, Deadline deadline) {
    if (auto begun = ready(deadline); !begun) return begun;
    PGconn* const handle = handle_.get();
    if (PQsendQuery(handle, sql.c_str()) != 1 || !flush(deadline)) return break_off(stage, deadline);
    std::optional<Error> failed;
    for (;;) {
        if (!await(deadline)) return failed ? *failed : break_off(stage, deadline);
        const Answer answer(PQgetResult(handle), &PQclear);
        if (!answer) break;
        if (is_failure(PQresultStatus(answer.get())) && !failed) failed = refused(answer.get(), stage);
        if (!handle_) break;
    }
    if (failed) return *std::move(failed);
    return {};
}

void Connection::roll_back(Deadline deadline) {
    if (!handle_) return;
    const PGTransactionStatusType status = PQtransactionStatus(handle_.get());
    if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR) return;
    const auto failed = failed_statement_;
    const std::string sqlstate = last_sqlstate_;
    // If it fails the connection is not usable, which is_usable() tells.
    (void)script("ROLLBACK", Stage::kInside,
                 std::max(deadline, std::chrono::steady_clock::now() + kRollBackLimit));
    failed_statement_ = failed;
    last_sqlstate_ = sqlstate;
}

Result<std::vector<Rows>> Connection::batch(std::span<const Statement> statements, Deadline deadline,
                                            const std::string& opening) {
    return batch(statements, deadline, BatchRules{.opening = opening, .check = {}, .most_bytes = {}});
}

Result<std::vector<Rows>> Connection::batch(std::span<const Statement> statements, Deadline deadline,
                                            const BatchRules& rules) {
    static const Statement kBegin{.sql = "BEGIN"};
    static const Statement kCommit{.sql = "COMMIT"};
    const Statement opening{.sql = rules.opening};
    std::vector<const Statement*> all{&kBegin};
    if (!rules.opening.empty()) all.push_back(&opening);
    const std::size_t first = all.size();
    bool is_looked_at = static_cast<bool>(rules.check);
    for (const Statement& statement : statements) {
        all.push_back(&statement);
        is_looked_at |= statement.requires_row;
    }
    if (!is_looked_at) all.push_back(&kCommit);

    auto rows = pipeline(all, is_looked_at ? Stage::kInside : Stage::kCommitting, deadline, rules.most_bytes);
    if (failed_statement_) {
        const std::size_t failed = *failed_statement_;
        failed_statement_.reset();
        if (failed >= first && failed < first + statements.size()) failed_statement_ = failed - first;
    }
    if (!rows) {
        roll_back(deadline);
        return rows;
    }
    auto& given = rows.value();
    given.erase(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(first));
    given.resize(statements.size());
    if (!is_looked_at) return rows;
    if (auto seen = look_at(statements, given, rules, deadline); !seen) return std::move(seen).error();
    return rows;
}

Result<void> Connection::look_at(std::span<const Statement> statements, const std::vector<Rows>& rows,
                                 const BatchRules& rules, Deadline deadline) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (!statements[i].requires_row || rows[i].size() > 0 || rows[i].changed() > 0) continue;
        roll_back(deadline);
        failed_statement_ = i;
        return Error{Error::Code::kConflict, fmt::format("statement {} found no row", i)};
    }
    if (rules.check)
        if (auto good = rules.check(rows); !good) {
            roll_back(deadline);
            return good;
        }
    auto committed = script("COMMIT", Stage::kCommitting, deadline);
    if (!committed) roll_back(deadline);
    return committed;
}

Transaction::Transaction(Connection& connection, Deadline deadline, const std::string& opening)
    : connection_(connection),
      deadline_(deadline),
      begin_{.sql = "BEGIN"},
      opening_(opening.empty() ? std::nullopt : std::optional<Statement>({.sql = opening})) {}

Result<Rows> Transaction::begin(const Statement* statement) {
    std::vector<const Statement*> all{&begin_};
    if (opening_) all.push_back(&*opening_);
    if (statement) all.push_back(statement);
    is_open_ = true;
    auto rows = connection_.pipeline(all, Stage::kInside, deadline_);
    if (rows) return std::move(rows.value().back());
    failed_ = rows.error();
    return *failed_;
}

Result<Rows> Transaction::query(const std::string& sql, const Params& params) {
    if (failed_) return *failed_;
    const Statement statement{.sql = sql, .params = params};
    if (!is_open_) return begin(&statement);
    const Statement* const all[] = {&statement};
    auto rows = connection_.pipeline(all, Stage::kInside, deadline_);
    if (rows) return std::move(rows.value().back());
    failed_ = rows.error();
    return *failed_;
}

Result<void> Transaction::script(const std::string& sql) {
    if (failed_) return *failed_;
    if (!is_open_)
        if (auto begun = begin(nullptr); !begun) return std::move(begun).error();
    auto done = connection_.script(sql, Stage::kInside, deadline_);
    if (done && !connection_.is_in_transaction())
        done = Error{Error::Code::kInvalid, "the text ends the transaction that it runs in"};
    if (!done) failed_ = done.error();
    return done;
}

Result<void> Transaction::commit() {
    if (failed_) return *failed_;
    if (!is_open_) return {};
    auto committed = connection_.script("COMMIT", Stage::kCommitting, deadline_);
    if (!committed) {
        failed_ = committed.error();
        return *failed_;
    }
    is_open_ = false;
    return {};
}

void Transaction::abandon() {
    if (is_open_) connection_.roll_back(deadline_);
    is_open_ = false;
}

}  // namespace migue::host::postgres
