#include "host/intents/route_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "tests/host/intents/fixture.hpp"

namespace migue::host::intents {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRoutes = R"(
intents: { es: es.yaml, en: en.yaml }
fallback: smalltalk
routes:
  - { intent: schedule_meeting, plugin: scheduling }
  - { intent: cancel_meeting, plugin: scheduling }
)";

class ChangedRoutes : public IntentFiles {
protected:
    void SetUp() override {
        IntentFiles::SetUp();
        write("es.yaml", intent_file("es"));
        write("en.yaml", intent_file("en"));
        auto router = Router::load(write("routes.yaml", kRoutes));
        ASSERT_TRUE(router) << router.error().what;
        first_ = *router;
        watch_.emplace(folder_ / "routes.yaml", ModelFiles{}, first_,
                       RouteWatch::Events{.changed = [this](const Router&) { tell(changed_); },
                                          .refused =
                                              [this](const Error& why) {
                                                  const std::lock_guard lock(mutex_);
                                                  why_ = why.what;
                                                  ++refused_;
                                                  told_.notify_all();
                                              }});
    }
    void TearDown() override {
        watch_.reset();
        IntentFiles::TearDown();
    }

    void tell(int& count) {
        const std::lock_guard lock(mutex_);
        ++count;
        told_.notify_all();
    }
    bool wait_for(const int& count, int wanted) {
        std::unique_lock lock(mutex_);
        return told_.wait_for(lock, 60s, [&] { return count >= wanted; });
    }

    std::mutex mutex_;
    std::condition_variable told_;
    int changed_ = 0, refused_ = 0;  // guarded by mutex_
    std::string why_;                // guarded by mutex_
    std::shared_ptr<const Router> first_;
    std::optional<RouteWatch> watch_;
};

TEST_F(ChangedRoutes, AreInForceWithoutARestart) {
    write("es.yaml", intent_file("es") + "greeting:\n  - hola\n  - buenas tardes\n");
    ASSERT_TRUE(wait_for(changed_, 1));
    const auto router = watch_->router();
    EXPECT_NE(router, first_);
    EXPECT_EQ(router->classifier().classify("hola", "es").size(), 4U);
    EXPECT_EQ(first_->classifier().classify("hola", "es").size(), 3U);  // whoever holds it may use it
}

TEST_F(ChangedRoutes, ThatAreFaultyLeaveTheOldOnesInForceUntilTheyAreMended) {
    write("routes.yaml", std::string(kRoutes) + "  - { intent: help, plugn: smalltalk }\n");
    ASSERT_TRUE(wait_for(refused_, 1));
    EXPECT_EQ(watch_->router(), first_);
    EXPECT_NE(watch_->fault().find("routes.yaml:7"), std::string::npos) << watch_->fault();
    {
        const std::lock_guard lock(mutex_);
        EXPECT_NE(why_.find("routes.yaml:7"), std::string::npos) << why_;
    }
    write("routes.yaml",
          std::string(kRoutes) + "  - { intent: help, plugin: smalltalk, exact: { es: [ayuda] } }\n");
    ASSERT_TRUE(wait_for(changed_, 1));
    EXPECT_EQ(watch_->router()->routes().size(), 3U);
    EXPECT_EQ(watch_->fault(), "");
}

TEST_F(ChangedRoutes, ThatVanishAreRefusedAndComeBack) {
    std::filesystem::remove(folder_ / "en.yaml");
    ASSERT_TRUE(wait_for(refused_, 1));
    EXPECT_EQ(watch_->router(), first_);
    write("en.yaml", intent_file("en"));
    ASSERT_TRUE(wait_for(changed_, 1));
}

TEST_F(ChangedRoutes, AreNotFollowedOnceStopped) {
    watch_->stop();
    write("routes.yaml", "routes: nonsense");
    watch_->stop();  // may be called again
    EXPECT_EQ(watch_->router(), first_);
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(changed_ + refused_, 0);
}

}  // namespace
}  // namespace migue::host::intents
