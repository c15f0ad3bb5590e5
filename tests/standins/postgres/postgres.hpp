#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// A Postgres server of the tests' own: Debian's, in a folder of its own, on a Unix socket and
/// a loopback port, gone with its object. Debian's servers refuse root; as root it runs as
/// `postgres` or `nobody`.
namespace migue::standins {

struct PostgresOptions {
    std::uint16_t port = 0;  ///< 0: any free one
    bool tls = false;        ///< certificate for "localhost", by an authority made for it
    /// "name=value", as in postgresql.conf. fsync is off unless it is among them: a server that
    /// is killed loses nothing by that, but what is measured on it is not what a disk gives.
    std::vector<std::string> settings = {};
};

/// Roles there are: `postgres` (superuser), and as on Supabase `anon`, `authenticated`,
/// `service_role` (no login). Each login's password is kPassword; over the Unix socket none is
/// asked for. Failures to start throw std::runtime_error with the server's log. It ends with the
/// thread that made it. Not thread-safe.
class Postgres {
public:
    static constexpr const char* kPassword = "test_password";

    explicit Postgres(PostgresOptions options = {});
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;
    ~Postgres();

    /// The one of this program: started at the first call, stopped and removed at exit.
    static Postgres& shared();

    /// A new, empty database; its name.
    [[nodiscard]] std::string fresh_database(const std::string& owner = "postgres");
    /// A role that may log in: "CREATEROLE" and the like in `attributes`. There may be one already.
    void login(const std::string& role, const std::string& attributes = "");

    /// Over TCP, with the password.
    [[nodiscard]] std::string url(const std::string& database, const std::string& user = "postgres") const;
    /// Through pgbouncer in transaction mode, which is started at the first call and knows the
    /// logins made before it.
    [[nodiscard]] std::string pooler_url(const std::string& database, const std::string& user = "postgres");
    /// The authority's certificate; with options.tls.
    [[nodiscard]] std::string root_certificate() const;
    [[nodiscard]] std::uint16_t port() const;

    /// As the superuser; several statements in one text. Gives the first column of the last one.
    std::vector<std::string> run(const std::string& sql, const std::string& database = "postgres");
    /// Sessions of a database, without the one that asks.
    [[nodiscard]] int sessions(const std::string& database);
    /// Throws everybody out of a database.
    void disconnect_all(const std::string& database);

    void freeze();  ///< every process of it stands still; connections stay open
    void resume();
    void stop();   ///< in order: open transactions are rolled back, who is connected is told
    void kill();   ///< SIGKILL to all of it, frozen or not
    void start();  ///< after stop() or kill(), at the same address with the same data
    [[nodiscard]] bool is_running() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
