// The C++ wrapper seen from the host's side of the border: what handle() and complete() do.
#include <gtest/gtest.h>

#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/plugin.hpp"

namespace migue {

namespace {

using namespace std::chrono_literals;

/// What the test's plugin does in a turn.
using Body = Task<TurnEnd> (*)(const Services&, Turn&);

class BodyPlugin final : public Plugin {
public:
    inline static Body body = nullptr;
    static Description describe() {
        return {
            .id = "body", .version = "1.0.0", .required_services = {MIGUE_TIMER_ID}, .intents = {{"a", "b"}}};
    }
    static Result<std::unique_ptr<BodyPlugin>> create(const Context& context) {
        if (context.config_json == "throw") throw std::runtime_error("no");
        if (context.config_json == "fault") {
            context.report("/key", "is missing");
            return Error{Error::Code::kConfig, ""};
        }
        return std::make_unique<BodyPlugin>(context.services);
    }
    explicit BodyPlugin(Services services) : services_(services) {}
    Task<TurnEnd> handle(Turn& turn) override { return body(services_, turn); }
    Result<void> health() override { throw std::logic_error("ill"); }

private:
    Services services_;
};

/// One pending timer, and one turn.
class BorderTest : public ::testing::Test {
protected:
    BorderTest() {
        host_ = {sizeof(migue_host), 1, 0, this, [](const migue_host*, const char* id) -> const void* {
                     static constexpr migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, &BorderTest::start,
                                                            [](const migue_host*, std::uint64_t) {}};
                     return std::string_view(id) == MIGUE_TIMER_ID ? &kTimer : nullptr;
                 }};
        diag_ = {sizeof(migue_diag), 0, this, [](void* ctx, migue_str where, migue_str what) {
                     static_cast<BorderTest*>(ctx)->reasons_.push_back(std::string(to_view(where)) + ": " +
                                                                       std::string(to_view(what)));
                 }};
        call_.struct_size = sizeof(migue_call);
        call_.ctx = this;
        call_.complete = [](migue_call* call, migue_status status) -> migue_status {
            static_cast<BorderTest*>(call->ctx)->completed_.push_back(status);
            return MIGUE_OK;
        };
        call_.cancelled = [](const migue_call*) -> std::int32_t { return 0; };
        call_.diag = &diag_;
    }

    void create() { ASSERT_EQ(create_with("{}"), MIGUE_OK); }
    migue_status create_with(std::string_view config) {
        return detail::make_entry<BodyPlugin>().create(&host_, to_c(config), &diag_, &plugin_);
    }
    migue_status handle(Body body) {
        BodyPlugin::body = body;
        return plugin_->handle(plugin_, &request_, &call_);
    }
    void TearDown() override {
        if (plugin_ != nullptr) plugin_->destroy(plugin_);
    }

    static migue_status start(const migue_host* host, std::uint64_t, migue_done done, void* user,
                              std::uint64_t*) {
        auto& self = *static_cast<BorderTest*>(host->ctx);
        if (self.done_at_once_) {
            done(user, MIGUE_OK, nullptr);
            return MIGUE_OK;
        }
        self.done_ = done;
        self.user_ = user;
        return MIGUE_OK;
    }
    void finish(migue_status status) { done_(user_, status, nullptr); }

    bool done_at_once_ = false;
    migue_host host_{};
    migue_diag diag_{};
    migue_request request_{};
    migue_call call_{};
    migue_plugin* plugin_ = nullptr;
    migue_done done_ = nullptr;
    void* user_ = nullptr;
    std::vector<std::string> reasons_;
    std::vector<migue_status> completed_;
};

Task<TurnEnd> wait_once(const Services& services, Turn&) {
    const Result<void> waited = co_await services.timer.after(1s);
    if (!waited) co_return waited.error();
    co_return TurnEnd::done();
}

}  // namespace

TEST_F(BorderTest, ATurnThatEndsAtOnceReturnsItsStatusAndCompletesNothing) {  // T5
    create();
    EXPECT_EQ(handle([](const Services&, Turn&) -> Task<TurnEnd> { co_return TurnEnd::pass(); }), MIGUE_PASS);
    EXPECT_TRUE(completed_.empty());
}

TEST_F(BorderTest, ATurnThatWaitsIsPendingAndEndsInsideDone) {  // T4, T5
    create();
    EXPECT_EQ(handle(wait_once), MIGUE_PENDING);
    EXPECT_TRUE(completed_.empty());
    finish(MIGUE_OK);
    EXPECT_EQ(completed_, std::vector<migue_status>{MIGUE_OK});
}

TEST_F(BorderTest, ATurnWhoseWaitIsOverBeforeStartReturnsIsNotPending) {
    create();
    done_at_once_ = true;
    EXPECT_EQ(handle(wait_once), MIGUE_OK);
    EXPECT_TRUE(completed_.empty());
}

TEST_F(BorderTest, ACancelledOperationUnwindsTheTurn) {  // T4
    create();
    EXPECT_EQ(handle(wait_once), MIGUE_PENDING);
    finish(MIGUE_E_CANCELLED);
    EXPECT_EQ(completed_, std::vector<migue_status>{MIGUE_E_CANCELLED});
    EXPECT_EQ(reasons_, std::vector<std::string>{": timer"});
}

TEST_F(BorderTest, AnExceptionBeforeOrAfterAWaitIsInternalWithAReason) {  // O4
    create();
    EXPECT_EQ(handle([](const Services&, Turn&) -> Task<TurnEnd> {
                  throw std::runtime_error("early");
                  co_return TurnEnd::done();
              }),
              MIGUE_E_INTERNAL);
    EXPECT_EQ(handle([](const Services& services, Turn&) -> Task<TurnEnd> {
                  if (!co_await services.timer.after(1s)) co_return TurnEnd::done();
                  throw 7;
              }),
              MIGUE_PENDING);
    finish(MIGUE_OK);
    EXPECT_EQ(completed_, std::vector<migue_status>{MIGUE_E_INTERNAL});
    EXPECT_EQ(reasons_, (std::vector<std::string>{": early", ": an exception that is no std::exception"}));
}

TEST_F(BorderTest, AnExceptionFromTheFunctionThatMakesTheTaskIsInternal) {  // O4
    create();
    EXPECT_EQ(
        handle([](const Services&, Turn&) -> Task<TurnEnd> { throw std::runtime_error("no coroutine"); }),
        MIGUE_E_INTERNAL);
    EXPECT_EQ(reasons_, std::vector<std::string>{": no coroutine"});
}

TEST_F(BorderTest, CreateAndHealthTurnExceptionsAndFaultsIntoReasons) {  // O4, O5
    EXPECT_EQ(create_with("throw"), MIGUE_E_INTERNAL);
    EXPECT_EQ(create_with("fault"), MIGUE_E_CONFIG);
    create();
    EXPECT_EQ(plugin_->health(plugin_, &diag_), MIGUE_E_INTERNAL);
    EXPECT_EQ(reasons_, (std::vector<std::string>{": no", "/key: is missing", ": ill"}));
}

TEST_F(BorderTest, OffersOnlyWhatThePluginHas) {
    create();
    for (const char* id : {MIGUE_ROUTES_ID, MIGUE_MIGRATIONS_ID, MIGUE_UNDERSTAND_ID, "com.example.else/1"})
        EXPECT_EQ(plugin_->extension(plugin_, id), nullptr) << id;
}

TEST(Entry, DescribesThePluginTheSameAtEveryCall) {  // O3, T7
    const migue_entry entry = detail::make_entry<BodyPlugin>();
    const migue_descriptor* descriptor = entry.describe();
    EXPECT_EQ(descriptor, entry.describe());
    EXPECT_STREQ(descriptor->id, "body");
    EXPECT_STREQ(descriptor->required_services[0], MIGUE_TIMER_ID);
    EXPECT_EQ(descriptor->required_services[1], nullptr);
    ASSERT_EQ(descriptor->intent_count, 1u);
    EXPECT_STREQ(descriptor->intents[0]->name, "a");
}

TEST(CopyStruct, ReadsOlderAndNewerStructs) {  // V3
    const migue_intent older{8, 7, "x", "y"};
    const migue_intent copy = copy_struct(older);
    EXPECT_EQ(copy.flags, 7u);
    EXPECT_EQ(copy.name, nullptr);
    struct {
        migue_intent known;
        const char* grown;
    } newer{{sizeof(newer), 1, "x", "y"}, "z"};
    EXPECT_STREQ(copy_struct(newer.known).summary, "y");
}

}  // namespace migue
