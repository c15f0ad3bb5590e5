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
    /// Looks at what the statements gave; an error rolls them back.
    std::function<Result<void>(const std::vector<Rows>&)> check = {};
    /// Of all cells together. More is kInvalid, and rolls them back.
    std::optional<std::size_t> most_bytes = {};
};

/// One connection to Postgres, or to a pooler in front of it.
///
/// Leans on nothing that lasts longer than a transaction, since a transaction pooler gives
/// every transaction another session: no prepared statements, SET, LISTEN or session locks.
/// A call ends at its deadline whatever the server does (a watchdog shuts the socket); what that
/// means is in failure.hpp. A broken connection stays broken: libpqxx, which would connect anew in
/// the middle of things, may not. After a failure that left the connection in doubt is_usable() is false:
/// throw it away. One thread at a time.
class Connection {
public:
    /// kConfig: an operator has to act. kUnavailable: try again. Both name target.shown.
    /// Connecting takes whole seconds, two at least: so much later than the deadline it may end
    /// when the server stands still.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Target& target, Deadline deadline);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// One statement, committed by itself: one round trip.
    [[nodiscard]] Result<Rows> query(const std::string& sql, const Params& params, Deadline deadline);

    /// All or nothing, in the given order: a round trip for each statement, for BEGIN and for
    /// COMMIT; one in all for a single statement with nothing to look at. `opening`: what follows BEGIN, such
    /// as "SET LOCAL ROLE x"; "" for nothing. On failure failed_statement() says which it was.
    [[nodiscard]] Result<std::vector<Rows>> batch(std::span<const Statement> statements, Deadline deadline,
                                                  const std::string& opening = {});
    [[nodiscard]] Result<std::vector<Rows>> batch(std::span<const Statement> statements, Deadline deadline,
                                                  const BatchRules& rules);

    /// Runs `work(Transaction&)`, which gives a Result, and commits unless that is an error. `work` may be
    /// run again by retry(): it must have no effects of its own.
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
    struct Session;
    explicit Connection(std::unique_ptr<Session> session);

    /// Runs `call` on libpqxx, under the watchdog; what it throws becomes an Error.
    template <typename Call>
    [[nodiscard]] Result<Rows> guarded(Stage stage, Deadline deadline, Call call);
    [[nodiscard]] Result<Rows> run(const std::string& sql, const Params& params, Stage stage,
                                   Deadline deadline);
    /// Several statements in one text, without parameters.
    [[nodiscard]] Result<void> script(const std::string& sql, Stage stage, Deadline deadline);
    [[nodiscard]] Result<void> begin(const std::string& opening, Deadline deadline);
    [[nodiscard]] Result<void> commit(Deadline deadline);
    /// The statements of a batch, within its transaction.
    [[nodiscard]] Result<std::vector<Rows>> run_all(std::span<const Statement> statements, Deadline deadline,
                                                    const BatchRules& rules);
    [[nodiscard]] Error refused(const Said& said, Stage stage, bool has_timed_out);
    /// Ends a transaction that failed. One that takes longer than a moment costs the connection.
    void roll_back(Deadline deadline);

    const std::unique_ptr<Session> session_;
    bool is_broken_ = false, is_in_transaction_ = false;
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
    /// Before the first statement.
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> commit();
    void abandon();

    Connection& connection_;
    const Deadline deadline_;
    const std::string opening_;
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
