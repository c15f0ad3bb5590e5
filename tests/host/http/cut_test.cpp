#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "host/http/server.hpp"
#include "raw_client.hpp"
#include "tls_files_on_disk.hpp"

/// Whatever is asked, and wherever the bytes are cut on their way: each request is answered, in
/// order, and after the first that is refused nothing is read as a request.
namespace migue::host::http {
namespace {

using test::Answer;
using test::RawClient;
using Random = std::mt19937;

constexpr std::size_t kBody = 150'000, kHeader = 8192, kLarge = 3'000'000;

struct Asked {
    std::string bytes;
    int status = 200;
    std::string body = {};  ///< of the answer, when the status is 200
    bool goes_on = true;    ///< the connection is kept
};

std::string head(std::string_view method, std::string_view path, std::string_view more = "") {
    return std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) +
           "\r\n";
}

std::string with_length(const std::string& body, std::string_view more = "") {
    return head("POST", "/sum",
                std::string(more) + "Content-Length: " + std::to_string(body.size()) + "\r\n") +
           body;
}

std::string chunked(const std::string& body, std::size_t piece) {
    std::string out = head("POST", "/sum", "Transfer-Encoding: chunked\r\n");
    for (std::size_t at = 0; at < body.size(); at += piece) {
        const std::string part = body.substr(at, piece);
        std::array<char, 16> size{};
        std::snprintf(size.data(), size.size(), "%zx", part.size());
        out += std::string(size.data()) + "\r\n" + part + "\r\n";
    }
    return out + "0\r\n\r\n";
}

std::size_t between(Random& random, std::size_t least, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(least, most)(random);
}

/// A short answer to any body, so that a client may send all before it reads anything.
std::string sum_of(std::string_view body) {
    return std::to_string(body.size()) + ":" + std::to_string(std::hash<std::string_view>()(body));
}

/// What is answered and keeps the connection.
Asked good_one(Random& random, bool may_be_large) {
    const std::string small(between(random, 1, 50), 'a'), large(between(random, 20'000, kBody - 1), 'b');
    switch (between(random, 1, may_be_large ? 8 : 7)) {
        case 1:
            return {with_length(small), 200, sum_of(small)};
        case 2:
            return {with_length(large), 200, sum_of(large)};
        case 3:
            return {chunked(large, 16'384), 200, sum_of(large)};
        case 4:
            return {chunked(small, 3), 200, sum_of(small)};
        case 5:
            return {head("GET", "/none"), 404};
        case 6:
            return {head("PUT", "/hello"), 405};
        case 7:
            return {head("GET", "/hello"), 200, "hello"};
        default:
            return {head("GET", "/large"), 200, std::string(kLarge, 'x')};
    }
}

/// What ends the connection. Its body, where it has one, looks like requests.
Asked last_one(Random& random) {
    std::string trap;
    while (trap.size() < 2 * kBody) trap += head("GET", "/hello");
    switch (between(random, 1, 7)) {
        case 1:
            return {with_length(trap), 413, "", false};
        case 2:
            return {chunked(trap, 10'000), 413, "", false};
        case 3:
            return {head("GET", "/hello", "X: " + std::string(2 * kHeader, 'x') + "\r\n") + trap, 431, "",
                    false};
        case 4:
            return {"GET /hello HTTP/1.1\r\n\r\n" + trap, 400, "", false};
        case 5:
            return {head("GET", "/%zz") + trap, 400, "", false};
        case 6:
            return {head("GET", "/hello", "Connection: close\r\n") + trap, 200, "hello", false};
        default:
            return {with_length("abc", "Expect: 100-continue\r\nConnection: close\r\n"), 200, sum_of("abc"),
                    false};
    }
}

std::vector<Asked> conversation(Random& random, bool may_be_large) {
    std::vector<Asked> all;
    for (std::size_t left = between(random, 0, 4); left > 0; --left)
        all.push_back(good_one(random, may_be_large));
    all.push_back(last_one(random));
    return all;
}

void send_in_pieces(RawClient& client, const std::vector<Asked>& all, Random random) {
    std::string bytes;
    for (const Asked& one : all) bytes += one.bytes;
    const std::array<std::size_t, 5> most{1, 100, 3000, 16'384, 100'000};
    for (std::size_t at = 0; at < bytes.size();) {
        // Byte by byte only where it is short: the cuts inside a body are all alike.
        const std::size_t size = between(random, 1, most.at(between(random, 0, most.size() - 1)));
        // What comes after a refusal is thrown away, not reset: a client that sends to its end and
        // then reads must find the answer.
        client.send(std::string_view(bytes).substr(at, size));
        at += size;
        if (between(random, 1, 3) == 1) std::this_thread::yield();
    }
}

class HoweverItIsCut : public ::testing::TestWithParam<bool> {
protected:
    HoweverItIsCut() : server_({"127.0.0.1", 0}, limits(), log_, tls_files()) {
        server_.route("GET", "/hello", [](const Request&) { return Reply{200, "text/plain", "hello", {}}; });
        server_.route("POST", "/sum", [](const Request& request) {
            return Reply{200, "text/plain", sum_of(request.body), {}};
        });
        server_.route("GET", "/large", [](const Request&) {
            return Reply{200, "text/plain", std::string(kLarge, 'x'), {}};
        });
    }
    static Limits limits() {
        Limits limits;
        limits.body = kBody;
        limits.header = kHeader;
        limits.threads = 4;
        limits.head = limits.whole = limits.idle = std::chrono::seconds(60);
        return limits;
    }
    [[nodiscard]] std::optional<config::TlsFiles> tls_files() const {
        return GetParam() ? std::optional(files_.files()) : std::nullopt;
    }
    std::unique_ptr<RawClient> client() {
        if (!GetParam()) return std::make_unique<RawClient>(server_.port());
        const Poco::Net::Context::Ptr context =
            new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
        return std::make_unique<RawClient>(Poco::Net::SecureStreamSocket(context), server_.port());
    }
    void hold(unsigned seed) {
        Random random(seed);
        const std::vector<Asked> all = conversation(random, !GetParam());
        const auto one = client();
        // A plain socket is read and written by two threads; with TLS, whose state is one, by one.
        std::future<void> sender;
        if (GetParam())
            send_in_pieces(*one, all, random);
        else
            sender = std::async(std::launch::async, [&] { send_in_pieces(*one, all, random); });
        for (std::size_t i = 0; i < all.size(); ++i) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", request " + std::to_string(i));
            ++(all[i].status == 400 || all[i].status == 413 || all[i].status == 431 ? refused_ : answered_);
            Answer answer = one->answer();
            if (answer.status == 100) answer = one->answer();
            ASSERT_EQ(answer.status, all[i].status);
            if (answer.status == 200) {
                ASSERT_TRUE(answer.body == all[i].body) << answer.body.size() << " bytes";
            }
            EXPECT_EQ(answer.header("Connection"), all[i].goes_on ? "keep-alive" : "close");
        }
        EXPECT_TRUE(one->ended()) << "seed " << seed;
    }

    std::atomic<std::uint64_t> answered_{0}, refused_{0};
    const test::TlsFilesOnDisk files_;
    Log log_{Severity::kError, [](std::string_view) {}};
    Server server_;
};

TEST_P(HoweverItIsCut, EachRequestIsAnsweredAndNothingIsReadAfterARefusal) {
    const auto started = server_.start();
    ASSERT_TRUE(started) << started.error().what;
    std::vector<std::future<void>> clients;
    for (unsigned first = 1; first <= 4; ++first)
        clients.push_back(std::async(std::launch::async, [this, first] {
            for (unsigned seed = first; seed <= 200 && !HasFailure(); seed += 4) hold(seed);
        }));
    for (auto& one : clients) one.get();
    server_.stop();
    EXPECT_EQ(server_.counters().requests, answered_) << "and no other";
    EXPECT_EQ(server_.counters().rejected, refused_) << "each once";
}

INSTANTIATE_TEST_SUITE_P(Listeners, HoweverItIsCut, ::testing::Values(false, true),
                         [](const auto& one) { return std::string(one.param ? "Tls" : "Plain"); });

}  // namespace
}  // namespace migue::host::http
