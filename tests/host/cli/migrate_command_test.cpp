#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <string>

#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"
#include "tests/host/temporary_folder.hpp"
#include "tests/standins/postgres/postgres.hpp"

namespace migue::host::cli {
namespace {

using standins::Postgres;

struct Ran {
    int code = -1;
    std::string out, err;
};

/// `migue migrate` on a database of a role that may create, as Supabase's `postgres` may.
class MigrateCommand : public ::testing::Test {
protected:
    MigrateCommand() : server_(Postgres::shared()) {
        server_.login("migrator", "CREATEROLE");
        server_.login("stranger");
        database_ = server_.fresh_database("migrator");
    }
    Ran migrate_at(const std::string& url, bool dry_run = false) {
        const auto config = folder_.path() / "migue.yaml";
        std::ofstream(config) << "store: { url: \"" << url
                              << "\" }\nplugins: { lock: " << (folder_.path() / "plugins.lock").string()
                              << " }\nroutes: routes.yaml\n";
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        Ran ran;
        ran.code = migrate({.config = config, .dry_run = dry_run});
        std::cout.flush();
        ran.out = ::testing::internal::GetCapturedStdout();
        ran.err = ::testing::internal::GetCapturedStderr();
        return ran;
    }

    Postgres& server_;
    std::string database_;
    test::TemporaryFolder folder_;
};

TEST_F(MigrateCommand, NamesWhatIsNewAppliesItAndIsDone) {
    const std::string url = server_.url(database_, "migrator");
    const Ran before = migrate_at(url, true);
    EXPECT_EQ(before.code, kFindings) << before.err;
    EXPECT_NE(before.out.find("_roles.sql"), std::string::npos) << before.out;
    const Ran applied = migrate_at(url);
    EXPECT_EQ(applied.code, kDone) << applied.err;
    EXPECT_NE(applied.out.find("up to date"), std::string::npos) << applied.out;
    EXPECT_EQ(migrate_at(url, true).code, kDone);
}

TEST_F(MigrateCommand, WorksThroughATransactionPooler) {
    const Ran applied = migrate_at(server_.pooler_url(database_, "migrator"));
    EXPECT_EQ(applied.code, kDone) << applied.err;
}

TEST_F(MigrateCommand, SaysWhatIsWrongAndNoPassword) {
    std::string wrong = server_.url(database_, "migrator");
    wrong.replace(wrong.find(Postgres::kPassword), std::string(Postgres::kPassword).size(), "geheim");
    const Ran refused = migrate_at(wrong);
    EXPECT_EQ(refused.code, kCouldNotRun);
    EXPECT_NE(refused.err.find("password authentication failed"), std::string::npos) << refused.err;
    EXPECT_EQ(refused.err.find("geheim"), std::string::npos) << refused.err;

    const Ran unable = migrate_at(server_.url(database_, "stranger"));
    EXPECT_EQ(unable.code, kCouldNotRun);
    EXPECT_NE(unable.err.find("permission denied"), std::string::npos) << unable.err;
    EXPECT_NE(unable.err.find("migue_host"), std::string::npos) << unable.err;

    const std::string url = server_.url(database_, "migrator");
    server_.stop();
    const Ran away = migrate_at(url);
    server_.start();
    EXPECT_EQ(away.code, kCouldNotRun);
    EXPECT_NE(away.err.find("Connection refused"), std::string::npos) << away.err;
}

}  // namespace
}  // namespace migue::host::cli
