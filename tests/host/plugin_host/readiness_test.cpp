#include <gtest/gtest.h>

#include "host/console/admin_api.hpp"
#include "host/http/server.hpp"
#include "host/store/sqlite/sqlite_store.hpp"
#include "tests/host/http/raw_client.hpp"
#include "tests/host/plugin_host/test_bed.hpp"

// What operators are told over HTTP of plugins in processes of their own.
namespace migue::host {
namespace {

using test::eventually;
using test::TestBed;
using namespace std::chrono_literals;

/// A host with its listener for operators.
struct OperatorsBed : TestBed {
    explicit OperatorsBed(const std::string& offender = "hazard_crash",
                          LockEntry::Isolation form = LockEntry::Isolation::kProcess) {
        isolation = form;
        options.warm = false;  // it offends at what it is asked
        options.restarts.first_pause = 1ms;
        options.restarts.most_ends = 2;
        options.restarts.window = 2000ms;
        auto opened = sqlite::SqliteStore::open(directory.path() / "migue.db");
        EXPECT_TRUE(opened);
        kept = std::move(opened).value();
        install(offender, "hazard");
        install("probe", "probe");
        start();
        server = std::make_unique<http::Server>(config::Listen{"127.0.0.1", 0}, http::Limits{}, log);
        console::add_admin_routes(*server, {*host, *kept, numbers, [] { return std::string(); }});
        EXPECT_TRUE(server->start());
    }
    ~OperatorsBed() { server.reset(); }
    [[nodiscard]] http::test::Answer get(const std::string& path) const {
        return http::test::RawClient(server->port()).ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    std::unique_ptr<sqlite::SqliteStore> kept;
    Metrics numbers;
    std::unique_ptr<http::Server> server;
};

TEST(Readiness, NamesAPluginWhoseProcessKeepsEnding) {
    OperatorsBed bed;
    EXPECT_EQ(bed.get("/readyz").status, 200);
    EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);
    // One end is mended in a moment, and told in the list.
    EXPECT_EQ(bed.said("hazard", "hello"), "alive");
    EXPECT_EQ(bed.get("/readyz").status, 200);
    const std::string list = bed.get("/admin/plugins").body;
    EXPECT_NE(list.find("its process ended 1 times and was started again 1 times; the last time: it crashed"),
              std::string::npos)
        << list;
    EXPECT_NE(list.find(R"("isolation":"process")"), std::string::npos) << list;
    // The next one opens the breaker: it does not serve for a while.
    EXPECT_EQ(bed.turn("hazard", "crash").status, MIGUE_E_INTERNAL);
    http::test::Answer told;
    EXPECT_TRUE(eventually([&] {
        told = bed.get("/readyz");
        return told.status == 503;
    }));
    EXPECT_NE(told.body.find("plugin hazard: broken off: its process ended 2 times"), std::string::npos)
        << told.body;
    EXPECT_EQ(told.body.find("probe"), std::string::npos) << told.body;
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    // And it is ready again when it has been started again.
    EXPECT_TRUE(eventually([&] { return bed.get("/readyz").status == 200; }));
}

class AQuarantinedPlugin : public ::testing::TestWithParam<LockEntry::Isolation> {};
TEST_P(AQuarantinedPlugin, IsNamedUntilAnotherServes) {  // O4
    OperatorsBed bed("hazard_throw", GetParam());
    EXPECT_EQ(bed.get("/readyz").status, 200);
    EXPECT_EQ(bed.turn("hazard", "hello").status, MIGUE_E_INTERNAL);
    const http::test::Answer told = bed.get("/readyz");
    EXPECT_EQ(told.status, 503);
    EXPECT_NE(told.body.find("plugin hazard: quarantined: it let an exception out over the border (O4); a "
                             "reload tries it again"),
              std::string::npos)
        << told.body;
    EXPECT_EQ(told.body.find("probe"), std::string::npos) << told.body;
    EXPECT_EQ(bed.said("probe", "version"), "1.0.0");
    ASSERT_TRUE(bed.host->reload("hazard"));
    EXPECT_EQ(bed.get("/readyz").status, 200);
    EXPECT_EQ(bed.host->list().at(0).state, "active");
}
INSTANTIATE_TEST_SUITE_P(Forms, AQuarantinedPlugin,
                         ::testing::Values(LockEntry::Isolation::kNone, LockEntry::Isolation::kProcess),
                         [](const auto& form) { return std::string(name_of(form.param)); });

}  // namespace
}  // namespace migue::host
