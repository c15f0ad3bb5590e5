#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "host/store/postgres/deadline.hpp"
#include "host/store/postgres/failure.hpp"
#include "host/store/postgres/rows.hpp"
#include "host/store/postgres/target.hpp"
#include "migue/cpp/result.hpp"

struct pg_conn;  // libpq's
struct pg_result;

namespace migue::host::postgres {

class Transaction;

struct Statement {
    std::string sql;
    Params params = {};
    /// The whole batch is rolled back with kConflict when this one neither returns nor changes a row.
    bool requires_row = false;
};

/// How Connection::batch() goes about it.
struct BatchRules {
    std::string opening = {};  ///< what follows BEGIN, such as "SET LOCAL ROLE x"
    /// Looks at what the statements gave; an error rolls them back. Costs a round trip: COMMIT
    /// waits for it.
    std::function<Result<void>(const std::vector<Rows>&)> check = {};
    /// Of all cells together. More is kInvalid, and the connection is given up.
    std::optional<std::size_t> most_bytes = {};
};

/// One connection to Postgres, or to a pooler in front of it.
///
/// Leans on nothing that lasts longer than a transaction, since a transaction pooler gives
/// every transaction another session: no prepared statements, SET, LISTEN or session locks.
/// A call ends at its deadline whatever the server does; what that means is in failure.hpp.
/// After a failure that left the connection in doubt is_usable() is false: throw it away.
/// One thread at a time.
class Connection {
public:
    /// kConfig: an operator has to act. kUnavailable: try again. Both name target.shown.
    /// Looking up the host's name is the system's resolver's business, and takes its time.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Target& target, Deadline deadline);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// One statement, committed by itself: one round trip.
    [[nodiscard]] Result<Rows> query(const std::string& sql, const Params& params, Deadline deadline);

    /// All or nothing, in the given order: one round trip, two when one of them requires a row.
    /// `opening`: what follows BEGIN, such as "SET LOCAL ROLE x"; "" for nothing. On failure
    /// failed_statement() says which it was.
    [[nodiscard]] Result<std::vector<Rows>> batch(std::span<const Statement> statements, Deadline deadline,
                                                  const std::string& opening = {});
    [[nodiscard]] Result<std::vector<Rows>> batch(std::span<const Statement> statements, Deadline deadline,
                                                  const BatchRules& rules);

    /// Runs `work(Transaction&)`, which gives a Result, and commits unless that is an error.
    /// BEGIN travels with the first statement. `work` may be run again by retry(): it must
    /// have no effects of its own.
    template <typename Work>
    [[nodiscard]] auto transaction(Work&& work, Deadline deadline, const std::string& opening = {})
        -> std::invoke_result_t<Work, Transaction&>;

    /// Neither broken nor in the middle of something.
    [[nodiscard]] bool is_usable() const noexcept;
    /// The same, and the other side has not hung up: looks at the socket, sends nothing.
    [[nodiscard]] bool is_connected() const noexcept;

    /// Of the last call that failed: "" when the server had no part in it.
    [[nodiscard]] const std::string& last_sqlstate() const noexcept { return last_sqlstate_; }
    /// Of the last batch() that failed: which statement it was about, if about one.
    [[nodiscard]] std::optional<std::size_t> failed_statement() const noexcept { return failed_statement_; }

private:
    friend class Transaction;
    struct Close {
        void operator()(pg_conn* connection) const noexcept;
    };
    using Handle = std::unique_ptr<pg_conn, Close>;
    explicit Connection(Handle handle);

    /// One round trip for all of them, which stop at the first that fails: failed_statement_ is
    /// its index.
    [[nodiscard]] Result<std::vector<Rows>> pipeline(std::span<const Statement* const> statements,
                                                     Stage stage, Deadline deadline,
                                                     std::optional<std::size_t> most_bytes = {});
    [[nodiscard]] Result<void> send(std::span<const Statement* const> statements, Stage stage,
                                    Deadline deadline);
    /// The second half of a batch whose COMMIT waits for a look at its rows.
    [[nodiscard]] Result<void> look_at(std::span<const Statement> statements, const std::vector<Rows>& rows,
                                       const BatchRules& rules, Deadline deadline);
    [[nodiscard]] bool is_in_transaction() const noexcept;
    /// Several statements in one text, without parameters.
    [[nodiscard]] Result<void> script(const std::string& sql, Stage stage, Deadline deadline);
    /// Forgets the last failure; whether there is a connection, and time, to begin a call.
    [[nodiscard]] Result<void> ready(Deadline deadline);
    /// What was sent leaves. False: the deadline came first, or the connection broke.
    [[nodiscard]] bool flush(Deadline deadline);
    /// The next answer can be read without waiting. False as in flush().
    [[nodiscard]] bool await(Deadline deadline);
    /// Waits for the socket. False at the deadline.
    [[nodiscard]] bool wait(short events, Deadline deadline) const;
    /// After flush() or await() gave false, or libpq gave up: closes the connection.
    [[nodiscard]] Error break_off(Stage stage, Deadline deadline);
    [[nodiscard]] Error refused(const pg_result* answer, Stage stage);
    /// After a failure inside a transaction.
    void roll_back(Deadline deadline);

    Handle handle_;  ///< null once broken
    std::string last_sqlstate_;
    std::optional<std::size_t> failed_statement_;
};

/// What is going on within Connection::transaction().
class Transaction {
public:
    /// Once one has failed, the rest fail with the same error.
    [[nodiscard]] Result<Rows> query(const std::string& sql, const Params& params = {});
    /// Several statements in one text, without parameters: for migrations.
    [[nodiscard]] Result<void> script(const std::string& sql);

private:
    friend class Connection;
    Transaction(Connection& connection, Deadline deadline, const std::string& opening);
    /// BEGIN, what follows it, and `statement` unless that is null.
    [[nodiscard]] Result<Rows> begin(const Statement* statement);
    [[nodiscard]] Result<void> commit();
    void abandon();

    Connection& connection_;
    const Deadline deadline_;
    const Statement begin_;
    const std::optional<Statement> opening_;
    bool is_open_ = false;
    std::optional<Error> failed_;
};

template <typename Work>
auto Connection::transaction(Work&& work, Deadline deadline, const std::string& opening)
    -> std::invoke_result_t<Work, Transaction&> {
    Transaction transaction(*this, deadline, opening);
    struct Abandon {
        Transaction& transaction;
        ~Abandon() { transaction.abandon(); }
    } abandon{transaction};
    auto result = work(transaction);
    if (!result) return result;
    if (auto committed = transaction.commit(); !committed) return std::move(committed).error();
    return result;
}

}  // namespace migue::host::postgres
