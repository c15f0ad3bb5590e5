#include <gtest/gtest.h>

#include "migue/cpp/bench.hpp"

namespace migue::bench {

using namespace std::chrono_literals;

namespace {

class RoutePlugin final : public Plugin {
public:
    static Description describe() { return {.id = "routes", .version = "1.0.0", .intents = {{"a", "b"}}}; }
    static Result<std::unique_ptr<RoutePlugin>> create(const Context& context) {
        return std::make_unique<RoutePlugin>(context.services);
    }
    explicit RoutePlugin(Services services) : services_(services) {}
    Task<TurnEnd> handle(Turn&) override { co_return TurnEnd::done(); }
    [[nodiscard]] std::vector<Route> routes() const override {
        return {{Route::Access::kPublic, "GET", "/feed/:file"},
                {Route::Access::kAdmin, "DELETE", "/events/:id"},
                {Route::Access::kPublic, "POST", "/slow"}};
    }
    Task<RouteReply> route(const RouteRequest& request) override {
        if (request.route() == 2) {
            const Result<void> waited =
                co_await services_.timer.after(1s * std::stoi("0" + std::string(request.body())));
            if (!waited) throw std::runtime_error("cancelled");
        }
        std::string body = std::to_string(request.route()) + "|" + std::string(request.param("file")) + "|" +
                           std::string(request.query("q")) + "|" + std::string(request.header("cookie")) +
                           "|" + std::string(request.header("authorization")) + "|" +
                           std::string(request.public_url());
        RouteReply reply{200, {{"Content-Type", "text/plain"}}, std::move(body)};
        co_return reply;
    }
    [[nodiscard]] bool understands() const override { return true; }
    [[nodiscard]] Result<std::string> understand(const UnderstandRequest& request) override {
        if (request.text.empty()) return Error{Error::Code::kInvalid, "nothing said"};
        return "{\"event\":null,\"text\":" + json_quote(request.text) + "}";
    }

private:
    Services services_;
};

}  // namespace

class Routes : public ::testing::Test {
protected:
    Bench bench_{entry_of<RoutePlugin>()};
};

TEST_F(Routes, GiveDecodedPartsAndHideTheToken) {
    const auto reply = bench_.request("GET", "/feed/a%20b.ics?q=1+2%2B3&x",
                                      {.headers = {{"Cookie", "c=1"}, {"Authorization", "Bearer t"}}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "text/plain");
    EXPECT_EQ(reply.body, "0|a b.ics|1 2+3|c=1||https://bot.example.org");
}

TEST_F(Routes, AreFoundByMethodPathAndListener) {
    EXPECT_EQ(bench_.request("POST", "/feed/x").status, 404);
    EXPECT_EQ(bench_.request("GET", "/feed").status, 404);
    EXPECT_EQ(bench_.request("GET", "/feed/").status, 404);
    EXPECT_EQ(bench_.request("GET", "/feed/x/y").status, 404);
    EXPECT_EQ(bench_.request("GET", "").status, 404);
    EXPECT_EQ(bench_.request("DELETE", "/events/7").status, 404) << "not on the public listener";
    EXPECT_EQ(bench_.request("DELETE", "/events/7", {.admin = true}).status, 200);
}

TEST_F(Routes, MayAnswerLaterButNotTooLate) {
    EXPECT_EQ(bench_.request("POST", "/slow", {.body = "9"}).status, 200);
    EXPECT_EQ(bench_.request("POST", "/slow", {.body = "11"}).status, 504);
    EXPECT_EQ(bench_.open_operations(), 0u);
    EXPECT_EQ(bench_.log().at(0).message, "route failed");
}

TEST_F(Routes, CapTheBody) {
    EXPECT_EQ(bench_.request("POST", "/slow", {.body = std::string(64 * 1024 + 1, '0')}).status, 413);
}

TEST_F(Routes, UnderstandingIsAskedForWithoutATurn) {
    EXPECT_EQ(bench_.understand({"hola \"x\"", "", "America/Bogota", "es", 0}).value(),
              R"({"event":null,"text":"hola \"x\""})");
    EXPECT_EQ(bench_.understand({"", "", "", "", 0}).error().code, Error::Code::kInvalid);
}

}  // namespace migue::bench
