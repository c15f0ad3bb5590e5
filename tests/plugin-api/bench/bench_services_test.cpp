// The bench's services are as strict as a host's.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "script_plugin.hpp"

namespace migue::bench {

using namespace std::chrono_literals;

namespace {

/// The error code of one GET; kInternal's opposite, success, is no error: 0.
int code_of(const Result<HttpResponse>& response) {
    return response ? 0 : static_cast<int>(response.error().code);
}

/// Sends one GET to `url` in a turn and tells how it ended.
struct Get {
    std::string url = "https://api.example.org/v1/x";
    std::chrono::milliseconds timeout{0};
    std::size_t max_response = 0;
};

int result_of(const Get& get, const HttpAnswer& answer, const std::string& config = "{}") {
    int code = -1;
    Bench bench = script_bench(
        [&](const Services& services, Turn&) -> Task<TurnEnd> {
            HttpRequest request;
            request.url = get.url;
            request.timeout = get.timeout;
            request.max_response = get.max_response;
            const Result<HttpResponse> response = co_await services.http.send(std::move(request));
            code = code_of(response);
            co_return TurnEnd::done();
        },
        config);
    bench.http().serve("", [&](const HttpCall&) { return answer; });
    bench.send("x");
    return code;
}

}  // namespace

TEST(BenchHttp, TimeLimitsAndFailuresAreErrorsOfTheirOwn) {
    EXPECT_EQ(result_of({}, {}), 0);
    EXPECT_EQ(result_of({}, {.status = 500}), 0) << "any status is an answer";
    EXPECT_EQ(result_of({.timeout = 100ms}, {.delay = 101ms}), MIGUE_E_DEADLINE * -1);
    EXPECT_EQ(result_of({.timeout = 100ms}, {.delay = 100ms}), 0);
    EXPECT_EQ(result_of({}, {.failure = MIGUE_E_UNAVAILABLE}), MIGUE_E_UNAVAILABLE * -1);
    EXPECT_EQ(result_of({}, {.failure = MIGUE_E_DEADLINE}), MIGUE_E_DEADLINE * -1);
    EXPECT_EQ(result_of({.max_response = 3}, {.body = "four"}), MIGUE_E_INTERNAL * -1);
}

TEST(BenchHttp, GoesOnlyWhereTheConfigPoints) {  // O7
    EXPECT_EQ(result_of({.url = "https://api.example.org/v1"}, {}), 0);
    EXPECT_EQ(result_of({.url = "HTTPS://API.example.org:443/v1/a?b=c"}, {}), 0) << "one and the same origin";
    EXPECT_EQ(result_of({.url = "http://127.0.0.1:9/a"}, {}, R"({"url":"http://127.0.0.1:9"})"), 0);
    for (const char* url :
         {"https://api.example.org/v2", "https://api.example.org/v1x", "http://api.example.org/v1/a",
          "https://api.example.org:8443/v1/a", "https://api.example.org.evil.com/v1/a",
          "https://evil.com/v1/a", "https://user@api.example.org/v1/a", "https://api.example.org/v1/../v2",
          "/v1/a", "", "ftp://a.b/v1"})
        EXPECT_THROW(result_of({.url = url}, {}), Fault) << url;
}

TEST(BenchHttp, AnExceptionOfAStandInFailsTheTestNotThePlugin) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        HttpRequest request{.url = "https://api.example.org/v1/x"};
        const auto response = co_await services.http.send(std::move(request));
        co_return response.error();
    });
    bench.http().serve("https://api.example.org",
                       [](const HttpCall&) -> HttpAnswer { throw std::out_of_range("x"); });
    EXPECT_THROW(bench.send("x"), Fault);
}

TEST(BenchHttp, TellsWhatNobodyAskedFor) {
    Bench bench = script_bench([](const Services&, Turn&) -> Task<TurnEnd> { co_return TurnEnd::done(); });
    bench.http().expect("GET", "https://api.example.org/v1/x");
    EXPECT_EQ(bench.http().unmet(), std::vector<std::string>{"GET https://api.example.org/v1/x"});
    EXPECT_THROW(bench.verify(), Fault);
}

TEST(BenchVault, OpensOnlyWhatItSealedForThisContext) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        const std::string sealed = services.vault.seal("token", "t/c/ana").value();
        EXPECT_EQ(sealed.find("token"), std::string::npos);
        EXPECT_NE(sealed, services.vault.seal("token", "t/c/ana").value()) << "each seal has its own nonce";
        EXPECT_EQ(services.vault.open(sealed, "t/c/ana").value(), "token");
        EXPECT_EQ(services.vault.open(sealed, "t/c/luis").error().code, Error::Code::kInvalid);
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            std::string altered = sealed;
            altered[i] = altered[i] == 'A' ? 'B' : 'A';
            EXPECT_FALSE(services.vault.open(altered, "t/c/ana")) << i;
        }
        EXPECT_FALSE(services.vault.open(sealed.substr(0, sealed.size() - 4), "t/c/ana"));
        EXPECT_FALSE(services.vault.open("", "t/c/ana"));
        EXPECT_FALSE(services.vault.seal("token", "")) << "a context is not optional";
        const std::string empty = services.vault.seal("", "t/c/ana").value();
        EXPECT_EQ(services.vault.open(empty, "t/c/ana").value(), "");
        co_return TurnEnd::done();
    });
    EXPECT_EQ(bench.send("x").status, MIGUE_OK);
}

TEST(BenchVault, HashesAndGivesRandomBytes) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        const std::string hash = services.vault.sha256("abc").value();
        EXPECT_EQ(hash.substr(0, 4), "\xba\x78\x16\xbf");
        EXPECT_EQ(hash.size(), 32u);
        const std::string bytes = services.vault.random(100).value();
        EXPECT_EQ(bytes.size(), 100u);
        EXPECT_NE(bytes, services.vault.random(100).value());
        EXPECT_EQ(services.vault.random(0).value(), "");
        EXPECT_FALSE(services.vault.random(4097));
        co_return TurnEnd::done();
    });
    EXPECT_EQ(bench.send("x").status, MIGUE_OK);
}

TEST(BenchJobs, AJobThatStandsIsReplacedAndOneThatSetsItselfAnewStays) {
    Bench bench = script_bench([](const Services& services, Turn& turn) -> Task<TurnEnd> {
        const std::int64_t at = services.clock.unix_ms() + 1000;
        const auto stored = co_await services.jobs.at(at, "c1", "again", "{}");
        EXPECT_TRUE(stored);
        if (turn.text() == "stop") {
            const auto cancelled = co_await services.jobs.cancel("c1", "again");
            EXPECT_TRUE(cancelled);
        }
        co_return TurnEnd::done();
    });
    bench.send("a");
    bench.send("b");
    EXPECT_EQ(bench.jobs().size(), 1u);
    bench.advance(1s);
    EXPECT_EQ(bench.run_due_jobs().size(), 1u);
    EXPECT_EQ(bench.jobs().size(), 1u) << "its own turn set it again";
    EXPECT_TRUE(bench.run_due_jobs().empty()) << "for later";
    bench.send("stop");
    EXPECT_TRUE(bench.jobs().empty());
}

TEST(BenchJobs, RefusesAPayloadThatIsNoJsonOrTooLarge) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        const auto no_json = co_await services.jobs.at(0, "c1", "k", "x");
        EXPECT_EQ(no_json.error().code, Error::Code::kInvalid);
        const std::string large = "\"" + std::string(16 * 1024, 'x') + "\"";
        const auto too_large = co_await services.jobs.at(0, "c1", "k", large);
        EXPECT_EQ(too_large.error().code, Error::Code::kInvalid);
        co_return TurnEnd::done();
    });
    EXPECT_EQ(bench.send("x").status, MIGUE_OK);
}

TEST(BenchMetrics, OneNameHasOneKind) {
    Bench bench = script_bench([](const Services& services, Turn&) -> Task<TurnEnd> {
        const std::uint32_t counter = services.metrics.counter("a_total");
        EXPECT_EQ(services.metrics.counter("a_total"), counter);
        EXPECT_EQ(services.metrics.histogram("a_total"), 0u);
        EXPECT_EQ(services.metrics.counter("Bad name"), 0u);
        const std::uint32_t seconds = services.metrics.histogram("a_seconds");
        services.metrics.record(seconds, 0.5);
        services.metrics.record(seconds, 0.25);
        co_return TurnEnd::done();
    });
    bench.send("x");
    EXPECT_EQ(bench.metric("a_seconds"), (std::vector<double>{0.5, 0.25}));
    EXPECT_TRUE(bench.metric("b").empty());
}

TEST(BenchLoad, RefusesAConfigAgainstTheSchemaWithItsPlace) {  // O5
    const auto faults = load_faults(entry_of<ScriptPlugin>(), R"({"count":0})");
    ASSERT_FALSE(faults.empty());
    EXPECT_EQ(faults[0].substr(0, 7), "/count:") << faults[0];
    EXPECT_FALSE(load_faults(entry_of<ScriptPlugin>(), "[]").empty());
    EXPECT_FALSE(load_faults(entry_of<ScriptPlugin>(), "{").empty());
}

TEST(BenchLoad, GivesThePluginItsConfigWithDefaults) {
    const auto config_of = [](const std::string& given) {
        const Bench bench(entry_of<ScriptPlugin>(), given);
        return ScriptPlugin::last_config();
    };
    EXPECT_EQ(config_of("{}"), R"({"url":"https://api.example.org/v1"})");
    EXPECT_EQ(config_of(R"({"count":2,"url":"https://a.b"})"), R"({"count":2,"url":"https://a.b"})");
}

TEST(BenchLoad, ListsEveryMissingService) {  // V8
    const auto faults =
        load_faults(entry_of<ScriptPlugin>(), "{}", {.without = {"migue.clock/1", "migue.sql/1"}});
    EXPECT_EQ(faults, std::vector<std::string>{"required_services: this host has no migue.clock/1"});
}

struct EntryCase {
    const char* name;
    void (*edit)(migue_entry&);
    bool ok;
};
class BenchEntry : public ::testing::TestWithParam<EntryCase> {};
TEST_P(BenchEntry, AcceptsTheVersionsItShould) {  // V2
    ScriptPlugin::script() = {};
    migue_entry entry = entry_of<ScriptPlugin>();
    GetParam().edit(entry);
    EXPECT_EQ(load_faults(entry, "{}").empty(), GetParam().ok);
}
INSTANTIATE_TEST_SUITE_P(
    Versions, BenchEntry,
    ::testing::Values(EntryCase{"Same", [](migue_entry&) {}, true},
                      EntryCase{"NewerMinor", [](migue_entry& one) { one.abi_minor = 9; }, true},
                      EntryCase{"NeedsNewerMinor", [](migue_entry& one) { one.min_host_minor = 9; }, false},
                      EntryCase{"OtherMajor", [](migue_entry& one) { one.abi_major = 2; }, false},
                      EntryCase{"TooSmall", [](migue_entry& one) { one.struct_size = 8; }, false},
                      EntryCase{"NoCreate", [](migue_entry& one) { one.create = nullptr; }, false}),
    [](const auto& tested) { return tested.param.name; });

namespace {

/// "" or the error's number, and what came.
struct Fetched {
    int code = -1;
    std::string bytes, channel;
};

Fetched fetch_in(const std::function<void(FakeMedia&)>& prepare, std::size_t max_bytes = 10) {
    Fetched fetched;
    Bench bench = script_bench([&](const Services& services, Turn& turn) -> Task<TurnEnd> {
        fetched.channel = turn.channel_json();
        MediaFetch request;
        request.place = "whatsapp/1";
        request.media_id = "77";
        request.max_bytes = max_bytes;
        const auto file = co_await services.media.fetch(std::move(request));
        fetched.code = file ? 0 : static_cast<int>(file.error().code);
        if (file) fetched.bytes = file->bytes;
        co_return TurnEnd::done();
    });
    prepare(bench.media());
    bench.send("x");
    return fetched;
}

}  // namespace

TEST(BenchMedia, HoldsWhatTheTestSays) {
    const Fetched none = fetch_in([](FakeMedia&) {});
    EXPECT_EQ(none.code, static_cast<int>(Error::Code::kUnsupported));
    EXPECT_EQ(none.channel.find("media"), std::string::npos);
    const auto place = [](FakeMedia& media) { media.set_place("whatsapp/1"); };
    EXPECT_EQ(fetch_in(place).code, static_cast<int>(Error::Code::kConflict));
    const auto hold = [&](FakeMedia& media) {
        place(media);
        media.hold("77", {.mime_type = "a/b", .bytes = "12345"});
    };
    EXPECT_EQ(fetch_in(hold).bytes, "12345");
    EXPECT_EQ(fetch_in(hold, 4).code, static_cast<int>(Error::Code::kUnsupported));
    EXPECT_EQ(fetch_in(hold, 0).code, static_cast<int>(Error::Code::kInvalid));
    EXPECT_NE(fetch_in(hold).channel.find(R"("media":"whatsapp/1")"), std::string::npos);
    const auto slow = [&](FakeMedia& media) {
        place(media);
        media.hold("77", {.bytes = "1", .delay = 3000ms});
    };
    EXPECT_EQ(fetch_in(slow).code, static_cast<int>(Error::Code::kDeadline));
}

}  // namespace migue::bench
