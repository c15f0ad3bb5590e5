#include "tests/bench/load/database.hpp"

#include <fmt/format.h>

#ifdef MIGUE_LOAD_POSTGRES
#include "tests/standins/postgres/postgres.hpp"
#endif

namespace migue::load {

namespace {

class SqliteDatabase final : public Database {
public:
    explicit SqliteDatabase(const std::filesystem::path& folder)
        : url_("sqlite:" + (folder / "migue.db").string()) {}
    [[nodiscard]] std::string url() const override { return url_; }
    [[nodiscard]] std::string url_by(std::uint16_t) const override { return url_; }
    [[nodiscard]] std::uint16_t port() const override { return 0; }
    [[nodiscard]] bool can_fail() const override { return false; }
    void take_away(Fault) override {}
    void bring_back() override {}

private:
    const std::string url_;
};

#ifdef MIGUE_LOAD_POSTGRES
class PostgresDatabase final : public Database {
public:
    PostgresDatabase() : name_(server_.fresh_database()) {}
    [[nodiscard]] std::string url() const override { return server_.url(name_); }
    [[nodiscard]] std::string url_by(std::uint16_t port) const override {
        std::string url = server_.url(name_);
        const std::string here = fmt::format(":{}/", server_.port());
        return url.replace(url.find(here), here.size(), fmt::format(":{}/", port));
    }
    [[nodiscard]] std::uint16_t port() const override { return server_.port(); }
    [[nodiscard]] bool can_fail() const override { return true; }
    void take_away(Fault fault) override {
        fault_ = fault;
        switch (fault) {
            case Fault::kFrozen:
                server_.freeze();
                return;
            case Fault::kStopped:
                server_.stop();
                return;
            case Fault::kKilled:
                server_.kill();
                return;
        }
    }
    void bring_back() override {
        if (fault_ == Fault::kFrozen)
            server_.resume();
        else
            server_.start();
    }

private:
    standins::Postgres server_;
    const std::string name_;
    Fault fault_ = Fault::kFrozen;
};
#endif

}  // namespace

std::unique_ptr<Database> sqlite_database(const std::filesystem::path& folder) {
    return std::make_unique<SqliteDatabase>(folder);
}

std::unique_ptr<Database> postgres_database() {
#ifdef MIGUE_LOAD_POSTGRES
    return std::make_unique<PostgresDatabase>();
#else
    return nullptr;
#endif
}

}  // namespace migue::load
