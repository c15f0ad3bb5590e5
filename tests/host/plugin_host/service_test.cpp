#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>

#include "tests/host/plugin_host/test_bed.hpp"
#include "tests/host/services/raw_peer.hpp"

// The services as a plugin meets them, from the border to what is behind it.
namespace migue::host {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RawPeer;
using test::TestBed;

/// Answers with the body it got and the message id.
class PongServer {
public:
    PongServer()
        : server_(new Factory, Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)),
                  new Poco::Net::HTTPServerParams) {
        server_.start();
    }
    ~PongServer() { server_.stopAll(true); }
    [[nodiscard]] std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
    }

private:
    struct Handler : Poco::Net::HTTPRequestHandler {
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            std::string body;
            Poco::StreamCopier::copyToString(request.stream(), body);
            response.setStatus(Poco::Net::HTTPResponse::HTTP_CREATED);
            response.send() << body << " pong " << request.get("X-Message");
        }
    };
    struct Factory : Poco::Net::HTTPRequestHandlerFactory {
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler;
        }
    };
    Poco::Net::HTTPServer server_;
};

void start_with_probe(TestBed& bed, const std::string& config) {
    bed.configure("probe", config);
    bed.install("probe", "probe");
    bed.start();
}

std::string code(Error::Code value) {
    return "error " + std::to_string(static_cast<int>(value));
}

TEST(HttpServiceOfAPlugin, ReachesTheAddressesOfItsConfig) {  // O7
    const PongServer server;
    TestBed bed;
    start_with_probe(bed, "service_url: \"" + server.url("/v1") + "\"");
    EXPECT_EQ(bed.said("probe", "http " + server.url("/v1/things")), "201 ping pong m1");
    EXPECT_EQ(bed.said("probe", "http " + server.url("/v2/things")), code(Error::Code::kInvalid));
    EXPECT_EQ(bed.said("probe", "http " + server.url("/v1/../v2")), code(Error::Code::kInvalid));
    EXPECT_EQ(bed.said("probe", "http http://127.0.0.1:1/v1"), code(Error::Code::kInvalid));
    EXPECT_EQ(bed.said("probe", "http nonsense"), code(Error::Code::kInvalid));
    EXPECT_TRUE(bed.lines.contain("not below an address"));
    EXPECT_FALSE(bed.lines.contain("/v2/things"));
}

TEST(HttpServiceOfAPlugin, TellsWhatMayHaveHappened) {
    std::uint16_t gone = 0;
    {
        const RawPeer peer([](int, int) {});
        gone = peer.port();
    }
    const RawPeer silent([](int socket, int) {
        RawPeer::read_head(socket);
        RawPeer::read_head(socket);
    });
    {
        TestBed bed;
        start_with_probe(bed, "service_url: \"http://127.0.0.1:" + std::to_string(gone) + "\"");
        EXPECT_EQ(bed.said("probe", "http http://127.0.0.1:" + std::to_string(gone) + "/"),
                  code(Error::Code::kUnavailable));
    }
    TestBed bed;
    start_with_probe(bed, "service_url: \"" + silent.url() + "\"");
    const TurnResult late = bed.turn("probe", "http " + silent.url(), 100ms);
    // Whichever comes first: the request's own limit or the turn's.
    const std::string said = TestBed::text_of(late);
    EXPECT_TRUE(said == code(Error::Code::kDeadline) || said == code(Error::Code::kCancelled)) << said;
    EXPECT_TRUE(eventually([&] { return bed.host->list().at(0).running == 0; }));
}

TEST(HttpServiceOfAPlugin, IsOneForAllGenerationsAndSurvivesASwap) {
    const PongServer server;
    TestBed bed;
    start_with_probe(bed, "service_url: \"" + server.url("/") + "\"");
    std::vector<std::future<TurnResult>> turns;
    for (int i = 0; i < 30; ++i) turns.push_back(bed.begin("probe", "http " + server.url("/x")));
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    for (auto& turn : turns) EXPECT_EQ(TestBed::text_of(turn.get()), "201 ping pong m1");
}

TEST(SqlServiceOfAPlugin, HasTablesThatOutliveGenerationsAndRestarts) {
    TestBed bed;
    bed.options.sql_prefix = (bed.directory.path() / "migue").string();
    start_with_probe(bed, "{}");
    EXPECT_NE(bed.said("probe", "sql a").find("\\\"n\\\":1"), std::string::npos);
    EXPECT_EQ(bed.said("probe", "sql a"), code(Error::Code::kConflict));
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_NE(bed.said("probe", "sql b").find("\\\"n\\\":2"), std::string::npos);
    bed.host.reset();
    EXPECT_TRUE(std::filesystem::exists(bed.directory.path() / "migue.probe.db"));
    bed.start();
    EXPECT_NE(bed.said("probe", "sql c").find("\\\"n\\\":3"), std::string::npos);
}

TEST(VaultOfAPlugin, SealsForOneContext) {
    TestBed bed;
    bed.options.vault_key_file = bed.directory.path() / "vault.key";
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "vault secret"), "secret stays 16 186");  // 0xba begins SHA-256 of "abc"
    EXPECT_TRUE(std::filesystem::exists(bed.options.vault_key_file));
}

/// A store of which only the jobs are real.
class JobStore final : public Store {
public:
    void put_job(Job job, Done<void> done) override {
        {
            const std::lock_guard lock(mutex_);
            jobs_[job.plugin + "/" + job.conversation_id + "/" + job.key] = job;
        }
        done({});
    }
    void cancel_job(const std::string& plugin, const std::string& conversation_id, const std::string& key,
                    Done<void> done) override {
        {
            const std::lock_guard lock(mutex_);
            jobs_.erase(plugin + "/" + conversation_id + "/" + key);
        }
        done({});
    }
    [[nodiscard]] std::map<std::string, Job> jobs() const {
        const std::lock_guard lock(mutex_);
        return jobs_;
    }

    void accept(std::vector<InboundMessage>, std::int64_t, Done<std::vector<Accepted>> done) override {
        done(none());
    }
    Result<Claimed> claim(std::int64_t, std::size_t) override { return none(); }
    Result<Taken> take(const std::vector<std::string>&, std::int64_t) override { return none(); }
    Result<void> heartbeat(std::int64_t) override { return none(); }
    void conversation(const std::string&, Done<Conversation> done) override { done(none()); }
    void quoted(const std::string&, const std::string&, Done<std::string> done) override { done(none()); }
    void join(JoinedTurn, std::int64_t, Done<void> done) override { done(none()); }
    void finish(FinishedTurn, std::int64_t, Done<std::vector<OutboundReply>> done) override { done(none()); }
    Result<std::vector<OutboundReply>> unsent(std::size_t) override { return none(); }
    void sent(const OutboundReply&, const std::string&, std::int64_t, Done<void> done) override {
        done(none());
    }
    void postpone(const OutboundReply&, const std::string&, Done<void> done) override { done(none()); }
    void bury(const OutboundReply&, const std::string&, bool, std::int64_t, Done<void> done) override {
        done(none());
    }
    void deliveries(std::vector<Delivery>, std::int64_t, Done<std::vector<DeliveryEffect>> done) override {
        done(none());
    }
    Result<std::vector<OpenTurn>> due_jobs(std::int64_t, std::size_t) override { return none(); }
    Result<std::vector<TranscriptLine>> transcript(const std::string&, std::int64_t, std::size_t) override {
        return none();
    }
    Result<std::string> find_conversation(const std::string&, const std::string&,
                                          const std::string&) override {
        return none();
    }
    Result<std::string> trace(const std::string&) override { return none(); }
    Result<void> ping() override { return none(); }
    Result<std::size_t> erase_text(std::int64_t, std::size_t) override { return none(); }

private:
    static Error none() { return {Error::Code::kUnsupported, "not in this store"}; }
    mutable std::mutex mutex_;
    std::map<std::string, Job> jobs_;
};

/// Files that are what their id says; "gone" is gone, "wait" never comes.
class FewFiles final : public MediaSource {
public:
    Result<MediaFile> fetch(const std::string& id, std::size_t max_bytes, std::chrono::milliseconds limit,
                            const std::stop_token& stop) override {
        EXPECT_EQ(max_bytes, 1000u);
        EXPECT_GT(limit.count(), 0);
        if (id == "gone") return Error{Error::Code::kConflict, "gone"};
        if (id == "wait") {
            EXPECT_TRUE(eventually([&] { return stop.stop_requested(); })) << "nobody told it to stop";
            return Error{Error::Code::kDeadline, "stopped"};
        }
        return MediaFile{"text/plain", "bytes of " + id};
    }
    Result<std::string> upload(const MediaUpload& file, std::chrono::milliseconds,
                               const std::stop_token&) override {
        return file.account + "-" + file.file_name + "-" + file.bytes;
    }
};

TEST(MediaOfAPlugin, ComesFromTheChannelThatIsNamed) {
    FewFiles files;
    MediaService media;
    media.add("whatsapp", files);
    TestBed bed;
    bed.options.media = &media;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "media 77"), "text/plain bytes of 77");
    EXPECT_EQ(bed.said("probe", "media gone"), code(Error::Code::kConflict));
    EXPECT_EQ(bed.said("probe", "media"), code(Error::Code::kInvalid));
    EXPECT_EQ(bed.said("probe", "upload hola"), "as 1-a.txt-hola");
    EXPECT_EQ(bed.said("probe", "upload"), code(Error::Code::kInvalid)) << "no empty file";
    bed.host->stop(5s);
    media.stop();
}

TEST(MediaOfAPlugin, IsGivenUpWithItsTurn) {  // T4: each open operation is cancelled
    FewFiles files;
    MediaService media;
    media.add("whatsapp", files);
    TestBed bed;
    bed.options.media = &media;
    start_with_probe(bed, "{}");
    const TurnResult late = bed.turn("probe", "media wait", 100ms);
    // Whichever comes first: the request's own limit or the turn's.
    const std::string said = TestBed::text_of(late);
    EXPECT_TRUE(late.status == MIGUE_E_DEADLINE || said == code(Error::Code::kDeadline) ||
                said == code(Error::Code::kCancelled))
        << said;
    EXPECT_TRUE(eventually([&] { return bed.host->list().at(0).running == 0; }));
    bed.host->stop(5s);
    media.stop();
}

TEST(MediaOfAPlugin, IsNotThereWhereNoChannelCarriesFiles) {
    TestBed bed;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "media 77"), code(Error::Code::kUnsupported));
    MediaService none;
    TestBed other;
    other.options.media = &none;
    start_with_probe(other, "{}");
    EXPECT_EQ(other.said("probe", "media 77"), code(Error::Code::kUnsupported));
    other.host->stop(5s);
    none.stop();
}

TEST(IntentsOfAPlugin, AreReadAsTheHostReads) {
    TestBed bed;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "classify hola"), code(Error::Code::kUnavailable));
    TestBed reading;
    reading.options.classify = [](std::string_view text, std::string_view locale) {
        return std::string(text) + " in " + std::string(locale);
    };
    start_with_probe(reading, "{}");
    EXPECT_EQ(reading.said("probe", "classify hola"), "hola in es");
    const std::string longest(4096, 'x');
    EXPECT_EQ(reading.said("probe", "classify " + longest + "x"), code(Error::Code::kInvalid));
}

TEST(JobsOfAPlugin, GoToTheStoreUnderItsName) {
    JobStore store;
    TestBed bed;
    bed.store = &store;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "job remind"), "stored");
    ASSERT_EQ(store.jobs().size(), 1u);
    const Job job = store.jobs().at("probe/c1/remind");
    EXPECT_EQ(job.payload_json, R"({"a":1})");
    EXPECT_EQ(job.at_unix_ms, 1234);
    EXPECT_EQ(bed.said("probe", "unjob remind"), "gone");
    EXPECT_TRUE(store.jobs().empty());
    EXPECT_EQ(bed.said("probe", "job"), code(Error::Code::kInvalid));
}

TEST(JobsOfAPlugin, AreUnavailableWithoutAStore) {
    TestBed bed;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "job remind"), code(Error::Code::kUnavailable));
}

TEST(LogOfAPlugin, SaysWhoWroteAndHidesSecrets) {
    TestBed bed;
    start_with_probe(bed, "token: hush-hush-42");
    EXPECT_EQ(bed.said("probe", "log key hush-hush-42 of ana@example.org at +57 300 123 4567"), "logged");
    const std::string text = bed.lines.text();
    EXPECT_NE(text.find(R"("message":"probe says","plugin":"probe","generation":"1","trace_id":"trace-1")"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("key [secret] of [mail] at [telephone]"), std::string::npos) << text;
    for (const char* hidden : {"hush-hush-42", "ana@example.org", "300 123"})
        EXPECT_EQ(text.find(hidden), std::string::npos) << hidden;
}

class Numbers final : public MetricsSink {
public:
    std::uint64_t series(Kind kind, const std::string& name) override {
        const std::lock_guard lock(mutex_);
        names_.push_back((kind == Kind::kCounter ? "counter " : "histogram ") + name);
        return names_.size();
    }
    void record(std::uint64_t series, double value) override {
        const std::lock_guard lock(mutex_);
        sums_[names_.at(series - 1)] += value;
    }
    [[nodiscard]] double sum(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        return sums_.contains(name) ? sums_.at(name) : 0;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> names_;
    std::map<std::string, double> sums_;
};

TEST(MetricsOfAPlugin, KeepTheirNamesAcrossGenerations) {
    Numbers numbers;
    TestBed bed;
    bed.metrics = &numbers;
    start_with_probe(bed, "{}");
    EXPECT_EQ(bed.said("probe", "echo a"), "a");
    bed.install("probe2", "probe");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.said("probe", "echo b"), "b");
    EXPECT_EQ(numbers.sum("counter migue_plugin_probe_turns"), 2);
}

class Routes : public ::testing::Test {
protected:
    void SetUp() override {
        bed.options.route_limit = 400ms;
        start_with_probe(bed, "{}");
    }
    PluginHttpReply serve(const std::string& method, const std::string& path, bool admin = false,
                          const std::string& body = "") {
        return bed.host->serve("probe", {admin,
                                         method,
                                         path,
                                         {{"q", "why"}},
                                         {{"Cookie", "c=1"}, {"Authorization", "Bearer t"}},
                                         body,
                                         "https://bot.example.org"});
    }
    TestBed bed;
};

TEST_F(Routes, GetTheirParametersAndNeverTheAdminToken) {
    const PluginHttpReply reply = serve("GET", "/hello/ana maría");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "hello ana maría why https://bot.example.org");
    ASSERT_EQ(reply.headers.size(), 2u);
    EXPECT_EQ(reply.headers[1].second, "c=1");
    EXPECT_EQ(serve("GET", "/hello/ana", true).headers.at(1).second, "");
}

TEST_F(Routes, PreferAFixedSegment) {
    EXPECT_EQ(serve("GET", "/hello/fixed").body, "fixed");
}

TEST_F(Routes, MayAnswerLater) {
    const PluginHttpReply reply = serve("POST", "/slow", false, "body");
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.body, "body");
}

TEST_F(Routes, OfTheAdminAreNotOnThePublicListener) {
    EXPECT_EQ(serve("DELETE", "/events/7").status, 404);
    EXPECT_EQ(serve("DELETE", "/events/7", true).body, "removed 7");
    EXPECT_EQ(serve("GET", "/hello/x", true).status, 200);
}

TEST_F(Routes, ThatDoNotExistAreNotFound) {
    for (const char* path : {"", "/", "/hello", "/hello/", "/hello/a/b", "/nothing"})
        EXPECT_EQ(serve("GET", path).status, 404) << path;
    const PluginHttpReply wrong = serve("POST", "/hello/x");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.headers.at(0), (std::pair<std::string, std::string>{"Allow", "GET"}));
    EXPECT_EQ(bed.host->serve("nobody", {}).status, 404);
}

TEST_F(Routes, RefuseLargeBodies) {
    EXPECT_EQ(serve("POST", "/slow", false, std::string(64 << 10, 'x')).status, 201);
    EXPECT_EQ(serve("POST", "/slow", false, std::string((64 << 10) + 1, 'x')).status, 413);
}

TEST_F(Routes, CannotSmuggleHeaders) {
    const PluginHttpReply reply = serve("GET", "/bad_header");
    EXPECT_EQ(reply.status, 500);
    EXPECT_TRUE(reply.headers.empty());
    EXPECT_TRUE(bed.lines.contain("malformed header"));
}

TEST_F(Routes, ThatThrowAnswer500) {
    EXPECT_EQ(serve("GET", "/throw").status, 500);
}

TEST_F(Routes, ThatAreStuckAreCancelledInTime) {
    const auto begin = std::chrono::steady_clock::now();
    const PluginHttpReply reply = serve("GET", "/stuck");
    // The cancelled wait lets it answer within the grace; the host waits no longer than that.
    EXPECT_EQ(reply.status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_TRUE(eventually([&] { return bed.host->list().at(0).running == 0; }));
}

TEST_F(Routes, ThatHangAnswer504AndHurtNobodyElse) {
    const auto release = bed.directory.path() / "release";
    TestBed other;
    other.options.route_limit = 300ms;
    start_with_probe(other, "release_file: " + release.string());
    EXPECT_EQ(other.host->serve("probe", {false, "GET", "/hang", {}, {}, "", ""}).status, 504);
    EXPECT_EQ(other.said("probe", "echo here"), "here");
    EXPECT_EQ(other.host->list().at(0).running, 1u);
    std::ofstream(release) << "go";
    EXPECT_TRUE(eventually([&] { return other.host->list().at(0).running == 0; }));
}

TEST_F(Routes, UnderstandWithoutATurn) {
    const auto understood = bed.host->understand("probe", "hola", "", "America/Bogota", "es", 42);
    ASSERT_TRUE(understood) << understood.error().what;
    EXPECT_EQ(*understood, R"({"text":"hola","now":42})");
    EXPECT_EQ(bed.host->understand("probe", "fail", "", "", "", 0).error().code, Error::Code::kInvalid);
    EXPECT_EQ(bed.host->understand("probe", "nonsense", "", "", "", 0).error().code, Error::Code::kInternal);
    EXPECT_EQ(bed.host->understand("nobody", "x", "", "", "", 0).error().code, Error::Code::kUnavailable);
    bed.install("raw", "raw");
    ASSERT_TRUE(bed.host->reload());
    EXPECT_EQ(bed.host->understand("raw", "x", "", "", "", 0).error().code, Error::Code::kUnsupported);
}

}  // namespace
}  // namespace migue::host
