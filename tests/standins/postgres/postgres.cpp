#include "tests/standins/postgres/postgres.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "tests/standins/postgres/process.hpp"

#if defined(__SANITIZE_ADDRESS__)
// libpqxx 6.4 forgets a result when its connection breaks: some 2 KB, each time. Not ours to mend.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:PQmakeEmptyPGresult\n";
}
#endif

namespace migue::standins {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Server = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr auto kStartLimit = 60s;

/// Debian's newest.
fs::path program(const std::string& name) {
    std::vector<fs::path> versions;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none))
        if (fs::exists(entry.path() / "bin" / name)) versions.push_back(entry.path());
    if (versions.empty())
        throw std::runtime_error("no " + name + " under /usr/lib/postgresql: ./dev deps installs it");
    const auto newest = std::max_element(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
        return std::stoi(a.filename().string()) < std::stoi(b.filename().string());
    });
    return *newest / "bin" / name;
}

/// True once `is_so`, false at the limit.
template <typename Condition>
bool wait_until(std::chrono::milliseconds limit, Condition is_so) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

}  // namespace

class Postgres::Impl {
public:
    explicit Impl(PostgresOptions options)
        : options_(std::move(options)), account_(unprivileged_account()), folder_(account_) {
        port_ = options_.port ? options_.port : free_port();
        initialize();
        start();
        run("CREATE ROLE anon NOLOGIN; CREATE ROLE authenticated NOLOGIN; CREATE ROLE service_role NOLOGIN "
            "BYPASSRLS;",
            "postgres");
        logins_.push_back("postgres");
    }
    ~Impl() {
        if (pooler_ > 0) end(pooler_, SIGKILL);
        kill();
    }

    void start() {
        if (is_alive(server_)) return;
        std::vector<std::string> command{program("postgres"), "-D", data().string()};
        server_ = spawn(account_, command, log());
        const std::string where = "host=" + folder_.path().string() + " port=" + std::to_string(port_) +
                                  " user=postgres dbname=postgres";
        const bool is_up =
            wait_until(kStartLimit, [&] { return PQping(where.c_str()) == PQPING_OK || !is_alive(server_); });
        if (!is_up || !is_alive(server_))
            throw std::runtime_error("the Postgres server did not start: " + text_of(log()));
    }
    void stop() {
        signal_all(SIGCONT);
        end(server_, SIGINT);  // "fast"
        server_ = 0;
    }
    void kill() {
        if (server_ <= 0) return;
        const std::vector<pid_t> all = family(server_);
        for (const pid_t process : all) ::kill(process, SIGKILL);
        wait_for(server_);
        server_ = 0;
        // The next one refuses to start while any of them still holds the shared memory.
        (void)wait_until(10s, [&] { return std::all_of(all.begin(), all.end(), &is_gone); });
    }
    void signal_all(int signal) {
        if (server_ <= 0) return;
        // The parent first when freezing, so that it has no more children; last when going on.
        std::vector<pid_t> all;
        if (signal == SIGSTOP) ::kill(server_, SIGSTOP);
        all = family(server_);
        if (signal == SIGCONT) std::reverse(all.begin(), all.end());
        for (const pid_t process : all) ::kill(process, signal);
    }

    std::vector<std::string> run(const std::string& sql, const std::string& database) {
        const std::string port = std::to_string(port_);
        const char* const keywords[] = {"host", "port", "user", "dbname", nullptr};
        const char* const values[] = {folder_.path().c_str(), port.c_str(), "postgres", database.c_str(),
                                      nullptr};
        const Server server(PQconnectdbParams(keywords, values, 0), &PQfinish);
        PQsetNoticeReceiver(
            server.get(), [](void*, const PGresult*) {}, nullptr);
        const Answer answer(PQexec(server.get(), sql.c_str()), &PQclear);
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error(sql + ": " + PQerrorMessage(server.get()));
        std::vector<std::string> first;
        for (int row = 0; row < PQntuples(answer.get()); ++row)
            first.emplace_back(PQgetvalue(answer.get(), row, 0));
        return first;
    }

    std::uint16_t pooler_port() {
        if (pooler_ > 0) return pooler_port_;
        pooler_port_ = free_port();
        std::string users;
        for (const std::string& login : logins_)
            users += "\"" + login + "\" \"" + std::string(kPassword) + "\"\n";
        folder_.write("users.txt", users);
        const std::string folder = folder_.path().string();
        folder_.write("pgbouncer.ini", "[databases]\n* = host=" + folder + " port=" + std::to_string(port_) +
                                           "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " +
                                           std::to_string(pooler_port_) +
                                           "\nunix_socket_dir =\nauth_type = plain\nauth_file = " + folder +
                                           "/users.txt\npool_mode = transaction\ndefault_pool_size = 4\n"
                                           "max_client_conn = 200\nserver_login_retry = 1\n");
        pooler_ = spawn(account_, {"/usr/sbin/pgbouncer", folder + "/pgbouncer.ini"},
                        folder_.path() / "pooler.log");
        const std::string where =
            "host=127.0.0.1 port=" + std::to_string(pooler_port_) + " dbname=postgres user=postgres";
        if (!wait_until(kStartLimit, [&] { return PQping(where.c_str()) == PQPING_OK; }))
            throw std::runtime_error("pgbouncer did not start: " + text_of(folder_.path() / "pooler.log"));
        return pooler_port_;
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] bool is_running() const { return is_alive(server_); }
    [[nodiscard]] std::string root_certificate() const { return (folder_.path() / "root.crt").string(); }
    std::vector<std::string>& logins() { return logins_; }
    int next_database() { return ++databases_; }

private:
    [[nodiscard]] fs::path data() const { return folder_.path() / "data"; }
    [[nodiscard]] fs::path log() const { return folder_.path() / "server.log"; }

    void initialize() {
        folder_.write("password.txt", kPassword);
        const pid_t initdb =
            spawn(account_,
                  {program("initdb"), "-D", data().string(), "--username=postgres", "--no-sync",
                   "--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
                   "--pwfile=" + (folder_.path() / "password.txt").string()},
                  log());
        if (wait_for(initdb) != 0) throw std::runtime_error("initdb failed: " + text_of(log()));
        if (options_.tls) make_certificates();
        std::ofstream settings(data() / "postgresql.conf", std::ios::app);
        settings << "\nlisten_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '"
                 << folder_.path().string() << "'\nshared_buffers = 16MB\nmax_connections = 200\n"
                 << "fsync = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n";
        if (options_.tls)
            settings << "ssl = on\nssl_cert_file = '" << (folder_.path() / "server.crt").string()
                     << "'\nssl_key_file = '" << (folder_.path() / "server.key").string() << "'\n";
        for (const std::string& setting : options_.settings) settings << setting << "\n";
    }

    void make_certificates() {
        const std::string openssl = "/usr/bin/openssl", folder = folder_.path().string();
        const std::vector<std::vector<std::string>> commands{
            {openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "2", "-subj", "/CN=migue test authority", "-keyout", folder + "/root.key", "-out",
             folder + "/root.crt"},
            {openssl, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
             "/CN=localhost", "-keyout", folder + "/server.key", "-out", folder + "/server.csr"},
            {openssl, "x509", "-req", "-in", folder + "/server.csr", "-CA", folder + "/root.crt", "-CAkey",
             folder + "/root.key", "-CAcreateserial", "-days", "2", "-out", folder + "/server.crt"}};
        for (const auto& command : commands)
            if (wait_for(spawn(account_, command, log())) != 0)
                throw std::runtime_error("openssl failed: " + text_of(log()));
    }

    static void end(pid_t process, int signal) {
        if (process <= 0) return;
        ::kill(process, signal);
        wait_for(process);
    }

    const PostgresOptions options_;
    const Account account_;
    const AccountFolder folder_;
    std::uint16_t port_ = 0, pooler_port_ = 0;
    pid_t server_ = 0, pooler_ = 0;
    std::vector<std::string> logins_;
    int databases_ = 0;
};

Postgres::Postgres(PostgresOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Postgres::~Postgres() = default;

Postgres& Postgres::shared() {
    static Postgres server;
    return server;
}

std::string Postgres::fresh_database(const std::string& owner) {
    const std::string name = "test_" + std::to_string(impl_->next_database());
    run("CREATE DATABASE " + name + " OWNER " + owner);
    return name;
}

void Postgres::login(const std::string& role, const std::string& attributes) {
    auto& logins = impl_->logins();
    if (std::find(logins.begin(), logins.end(), role) != logins.end()) return;
    run("CREATE ROLE " + role + " LOGIN PASSWORD '" + kPassword + "' " + attributes);
    logins.push_back(role);
}

std::string Postgres::url(const std::string& database, const std::string& user) const {
    return "postgres://" + user + ":" + kPassword + "@127.0.0.1:" + std::to_string(impl_->port()) + "/" +
           database;
}

std::string Postgres::pooler_url(const std::string& database, const std::string& user) {
    return "postgres://" + user + ":" + kPassword + "@127.0.0.1:" + std::to_string(impl_->pooler_port()) +
           "/" + database;
}

std::string Postgres::root_certificate() const {
    return impl_->root_certificate();
}
std::uint16_t Postgres::port() const {
    return impl_->port();
}

std::vector<std::string> Postgres::run(const std::string& sql, const std::string& database) {
    return impl_->run(sql, database);
}

int Postgres::sessions(const std::string& database) {
    return std::stoi(run("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database +
                         "' AND pid <> pg_backend_pid()")
                         .front());
}

void Postgres::disconnect_all(const std::string& database) {
    run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + database +
        "' AND pid <> pg_backend_pid()");
}

void Postgres::freeze() {
    impl_->signal_all(SIGSTOP);
}
void Postgres::resume() {
    impl_->signal_all(SIGCONT);
}
void Postgres::stop() {
    impl_->stop();
}
void Postgres::kill() {
    impl_->kill();
}
void Postgres::start() {
    impl_->start();
}
bool Postgres::is_running() const {
    return impl_->is_running();
}

}  // namespace migue::standins
