#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "host/store/postgres/migrate.hpp"
#include "host/store/postgres/plugin_schema.hpp"
#include "scheduling_data.embedded.hpp"
#include "tests/host/store/postgres/postgres_fixture.hpp"
#include "tests/plugin-api/sql/schema_fixture.hpp"

namespace scheduling {

inline std::vector<migue::sql::NamedSql> migrations(const std::string& dialect) {
    std::vector<migue::sql::NamedSql> found;
    const std::string folder = "migrations/" + dialect + "/";
    for (const auto& [path, text] : scheduling_data::embedded_files())
        if (path.starts_with(folder))
            found.emplace_back(path.substr(folder.size(), path.size() - folder.size() - 4), text);
    EXPECT_FALSE(found.empty()) << dialect;
    return found;
}

/// A Postgres with the host's roles and the plugin's tables, as `migue migrate` makes them.
class SchedulingDatabase {
public:
    using Postgres = migue::host::postgres::test::Postgres;
    using PluginSchema = migue::host::postgres::PluginSchema;
    using Pool = migue::host::postgres::Pool;

    SchedulingDatabase() : server_(Postgres::shared()) {
        server_.login("migrator", "CREATEROLE");
        name_ = server_.fresh_database("migrator");
        const auto pool =
            std::make_shared<Pool>(migue::host::postgres::test::target_of(server_.url(name_, "migrator")));
        auto lease = pool->borrow(migue::host::postgres::test::soon());
        EXPECT_TRUE(lease) << lease.error().what;
        const auto host = migue::host::postgres::migrate(**lease, migue::host::postgres::host_migrations(),
                                                         migue::host::postgres::test::soon());
        EXPECT_TRUE(host) << host.error().what;
        schema_ = another_host();
        const auto made = migue::sql::migrate(*schema_, migrations("postgres"), "postgres");
        EXPECT_TRUE(made) << made.error().what;
    }
    migue::sql::Schema& schema() { return *schema_; }
    std::shared_ptr<migue::sql::Schema> shared() { return schema_; }
    /// The same tables over connections of their own.
    std::shared_ptr<migue::sql::Schema> another_host() {
        auto opened = PluginSchema::open(
            std::make_shared<Pool>(migue::host::postgres::test::target_of(server_.url(name_, "migrator"))),
            "scheduling");
        EXPECT_TRUE(opened) << opened.error().what;
        return std::move(opened).value();
    }
    /// What a role gives to a statement: "rows 3", or the error.
    std::string as(const std::string& role, const std::string& sql) {
        try {
            const auto rows = server_.run("SET ROLE " + role + "; " + sql, name_);
            return "rows " + std::to_string(rows.size());
        } catch (const std::exception& refused) {
            return refused.what();
        }
    }
    std::vector<std::string> ask(const std::string& sql) { return server_.run(sql, name_); }

private:
    Postgres& server_;
    std::string name_;
    std::shared_ptr<migue::sql::Schema> schema_;
};

}  // namespace scheduling
