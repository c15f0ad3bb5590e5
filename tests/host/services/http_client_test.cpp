#include "host/services/http_client.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <future>

#include "tests/host/services/raw_peer.hpp"

namespace migue::host {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::RawPeer;
using Code = Error::Code;

HttpClient::Deadline soon(std::chrono::milliseconds limit = 10s) {
    return steady_clock::now() + limit;
}

/// Poco's own server, answering with what it was asked.
class EchoServer {
public:
    explicit EchoServer(const Poco::Net::ServerSocket& socket)
        : server_(new Factory, socket, new Poco::Net::HTTPServerParams) {
        server_.start();
    }
    ~EchoServer() { server_.stopAll(true); }
    [[nodiscard]] std::string port() const { return std::to_string(server_.port()); }
    [[nodiscard]] int connections() const { return server_.totalConnections(); }

private:
    struct Handler : Poco::Net::HTTPRequestHandler {
        void handleRequest(Poco::Net::HTTPServerRequest& request,
                           Poco::Net::HTTPServerResponse& response) override {
            std::string body;
            Poco::StreamCopier::copyToString(request.stream(), body);
            response.set("X-Target", request.getURI());
            response.set("X-Host", request.getHost());
            response.set("X-Tag", request.get("X-Tag", "none"));
            response.setStatus(
                static_cast<Poco::Net::HTTPResponse::HTTPStatus>(request.getURI() == "/teapot" ? 418 : 200));
            if (request.getURI() == "/chunked")
                response.setChunkedTransferEncoding(true);
            else
                response.setContentLength64(static_cast<Poco::Int64>(body.size()));
            response.send() << body;
        }
    };
    struct Factory : Poco::Net::HTTPRequestHandlerFactory {
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
            return new Handler;
        }
    };
    Poco::Net::HTTPServer server_;
};

TEST(HttpClient, SendsARequestAndReadsTheAnswer) {
    EchoServer server(Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)));
    HttpClient client;
    const auto answer = client.send({.method = "POST",
                                     .url = "http://127.0.0.1:" + server.port() + "/a%2Fb?q=%20",
                                     .headers = {{"X-Tag", "seven"}},
                                     .body = "hello"},
                                    soon());
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->header("x-target"), "/a%2Fb?q=%20");
    EXPECT_EQ(answer->header("x-host"), "127.0.0.1:" + server.port());
    EXPECT_EQ(answer->header("x-tag"), "seven");
}

TEST(HttpClient, GivesEveryStatusAndChunkedBodiesBack) {
    EchoServer server(Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)));
    HttpClient client;
    const std::string base = "http://localhost:" + server.port();
    const auto teapot = client.send({.url = base + "/teapot"}, soon());
    ASSERT_TRUE(teapot) << teapot.error().what;
    EXPECT_EQ(teapot->status, 418);
    const std::string large(300'000, 'x');
    const auto chunked = client.send({.method = "PUT", .url = base + "/chunked", .body = large}, soon());
    ASSERT_TRUE(chunked) << chunked.error().what;
    EXPECT_EQ(chunked->body, large);
}

TEST(HttpClient, UsesOneConnectionForRequestsOneAfterAnother) {
    EchoServer server(Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)));
    HttpClient client;
    for (const char* path : {"/", "/chunked", "/teapot", "/", "/"})
        ASSERT_TRUE(client.send(
            {.method = "POST", .url = "http://127.0.0.1:" + server.port() + path, .body = "x"}, soon()));
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, IsUsableFromManyThreads) {
    EchoServer server(Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0)));
    HttpClient client;
    std::vector<std::future<int>> senders;
    for (int t = 0; t < 4; ++t)
        senders.push_back(std::async(std::launch::async, [&client, &server, t] {
            int good = 0;
            for (int i = 0; i < 50; ++i) {
                const std::string body = std::to_string(t * 1000 + i);
                const auto answer = client.send(
                    {.method = "POST", .url = "http://127.0.0.1:" + server.port() + "/", .body = body},
                    soon());
                good += answer && answer->body == body;
            }
            return good;
        }));
    for (auto& sender : senders) EXPECT_EQ(sender.get(), 50);
}

TEST(HttpClient, RefusesMalformedRequests) {
    HttpClient client;
    const HttpClientRequest cases[] = {
        {.method = "BREW", .url = "http://127.0.0.1/"},
        {.url = "127.0.0.1"},
        {.url = "http://127.0.0.1/", .headers = {{"a b", "c"}}},
        {.url = "http://127.0.0.1/", .headers = {{"X-A", "c\r\nX-B: d"}}},
        {.url = "http://127.0.0.1/", .headers = {{"Content-Length", "7"}}},
        {.url = "http://127.0.0.1/", .headers = {{"HOST", "other"}}},
    };
    for (const HttpClientRequest& request : cases) {
        const auto answer = client.send(request, soon());
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, Code::kInvalid);
    }
}

TEST(HttpClient, TellsARefusedConnectionAsNotProcessed) {
    std::uint16_t port = 0;
    {
        const RawPeer gone([](int, int) {});
        port = gone.port();
    }
    HttpClient client;
    const auto answer =
        client.send({.url = "http://127.0.0.1:" + std::to_string(port) + "/secret?token=secret"}, soon());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
    EXPECT_EQ(answer.error().what.find("secret"), std::string::npos) << answer.error().what;
}

TEST(HttpClient, TellsAConnectionBrokenAfterTheRequestAsAmbiguous) {
    const RawPeer peer([](int socket, int) {
        if (RawPeer::read_head(socket)) RawPeer::hang_up(socket);
    });
    HttpClient client;
    const auto answer = client.send({.method = "DELETE", .url = peer.url()}, soon());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kInternal);
    EXPECT_EQ(peer.connections(), 1);
}

TEST(HttpClient, TellsAConnectionBrokenInsideALargeBodyAsNotProcessed) {
    const RawPeer peer([](int socket, int) {
        if (!RawPeer::read_head(socket)) return;
        const linger at_once{1, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        RawPeer::hang_up(socket);
    });
    HttpClient client;
    const auto answer =
        client.send({.method = "POST", .url = peer.url(), .body = std::string(32u << 20, 'x')}, soon());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << answer.error().what;
}

TEST(HttpClient, EndsAtTheDeadlineWhenThePeerSaysNothing) {
    const RawPeer peer([](int socket, int) {
        RawPeer::read_head(socket);
        RawPeer::read_head(socket);
    });
    HttpClient client;
    const auto begin = steady_clock::now();
    const auto answer = client.send({.url = peer.url()}, soon(100ms));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kDeadline);
    EXPECT_LT(steady_clock::now() - begin, 5s);
}

TEST(HttpClient, EndsAtTheDeadlineWhenThePeerDripsByteByByte) {
    const RawPeer peer([](int socket, int) {
        if (!RawPeer::read_head(socket)) return;
        RawPeer::write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        char c = 0;
        while (::send(socket, "x", 1, MSG_NOSIGNAL) == 1) {
            // A pause that ends at once when the client hangs up.
            timeval pause{0, 5000};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
            if (::recv(socket, &c, 1, 0) == 0) return;
        }
    });
    HttpClient client;
    const auto answer = client.send({.url = peer.url()}, soon(200ms));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kDeadline);
}

TEST(HttpClient, CanBeStoppedFromAnotherThread) {
    std::stop_source stop;
    const RawPeer peer([&stop](int socket, int) {
        if (!RawPeer::read_head(socket)) return;
        stop.request_stop();
        RawPeer::read_head(socket);
    });
    HttpClient client;
    const auto answer = client.send({.url = peer.url()}, soon(), stop.get_token());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kCancelled);
    EXPECT_EQ(client.send({.url = peer.url()}, soon(), stop.get_token()).error().code, Code::kCancelled);
}

TEST(HttpClient, RefusesAnswersOverTheLimit) {
    const RawPeer peer([](int socket, int) {
        while (RawPeer::read_head(socket))
            RawPeer::write(socket,
                           "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'));
    });
    HttpClient client;
    EXPECT_TRUE(client.send({.url = peer.url(), .max_response = 5000}, soon()));
    const auto answer = client.send({.url = peer.url(), .max_response = 4999}, soon());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kInternal);
    EXPECT_NE(answer.error().what.find("over 4999 bytes"), std::string::npos);
}

class BrokenAnswer : public ::testing::TestWithParam<const char*> {};
TEST_P(BrokenAnswer, IsAnErrorAndNotAnAnswer) {
    const RawPeer peer([](int socket, int) {
        if (!RawPeer::read_head(socket)) return;
        RawPeer::write(socket, GetParam());
        RawPeer::hang_up(socket);
    });
    HttpClient client;
    const auto answer = client.send({.url = peer.url()}, soon());
    ASSERT_FALSE(answer) << answer->status << " " << answer->body;
    EXPECT_EQ(answer.error().code, Code::kInternal);
}
INSTANTIATE_TEST_SUITE_P(
    Edges, BrokenAnswer,
    ::testing::Values("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "nonsense",
                      "\r\n\r\n", "HTTP/1.1 20"));

TEST(HttpClient, AsksAgainWhenAKeptConnectionWasClosedMeanwhile) {
    const RawPeer peer([](int socket, int connection) {
        // The first connection answers once, then takes a request and hangs up.
        while (RawPeer::read_head(socket)) {
            RawPeer::write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            if (connection == 1 && RawPeer::read_head(socket)) return RawPeer::hang_up(socket);
        }
    });
    HttpClient client;
    ASSERT_TRUE(client.send({.url = peer.url()}, soon()));
    const auto again = client.send({.url = peer.url()}, soon());
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(peer.connections(), 2);
}

TEST(HttpClient, DoesNotRepeatAPostThatMayHaveBeenProcessed) {
    const RawPeer peer([](int socket, int connection) {
        while (RawPeer::read_head(socket)) {
            RawPeer::write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            if (connection == 1 && RawPeer::read_head(socket)) return RawPeer::hang_up(socket);
        }
    });
    HttpClient client;
    ASSERT_TRUE(client.send({.url = peer.url()}, soon()));
    const auto post = client.send({.method = "POST", .url = peer.url()}, soon());
    ASSERT_FALSE(post);
    EXPECT_EQ(post.error().code, Code::kInternal);
    EXPECT_EQ(peer.connections(), 1);
}

TEST(HttpClient, DropsAKeptConnectionThatWasClosedBeforeItsNextUse) {
    std::promise<void> closed;
    const RawPeer peer([&closed](int socket, int connection) {
        if (!RawPeer::read_head(socket)) return;
        RawPeer::write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        if (connection == 1) {
            RawPeer::hang_up(socket);
            closed.set_value();
        }
    });
    HttpClient client;
    ASSERT_TRUE(client.send({.url = peer.url()}, soon()));
    closed.get_future().wait();
    const auto post = client.send({.method = "POST", .url = peer.url()}, soon());
    ASSERT_TRUE(post) << post.error().what;
}

/// A key and a self-signed certificate for `name`, as files.
class Certificate {
public:
    explicit Certificate(const std::string& name) {
        std::string pattern = (std::filesystem::temp_directory_path() / "migue-tls-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        EVP_PKEY* pkey = EVP_EC_gen("P-256");
        X509* x509 = X509_new();
        X509_set_version(x509, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
        X509_set_pubkey(x509, pkey);
        X509_NAME* subject = X509_get_subject_name(x509);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
        X509_set_issuer_name(x509, subject);
        for (const auto& [id, text] :
             {std::pair{NID_subject_alt_name, name}, {NID_basic_constraints, "CA:TRUE"}}) {
            X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, text.c_str());
            X509_add_ext(x509, extension, -1);
            X509_EXTENSION_free(extension);
        }
        X509_sign(x509, pkey, EVP_sha256());
        std::FILE* file = std::fopen(certificate().c_str(), "w");
        PEM_write_X509(file, x509);
        std::fclose(file);
        file = std::fopen(key().c_str(), "w");
        PEM_write_PrivateKey(file, pkey, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        X509_free(x509);
        EVP_PKEY_free(pkey);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;
    ~Certificate() { std::filesystem::remove_all(directory_); }
    [[nodiscard]] std::string certificate() const { return directory_ / "certificate.pem"; }
    [[nodiscard]] std::string key() const { return directory_ / "key.pem"; }

private:
    std::filesystem::path directory_;
};

Poco::Net::SecureServerSocket tls_listener(const Certificate& certificate) {
    Poco::Net::Context::Params params;
    params.certificateFile = certificate.certificate();
    params.privateKeyFile = certificate.key();
    params.verificationMode = Poco::Net::Context::VERIFY_NONE;
    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params);
    return {Poco::Net::SocketAddress("127.0.0.1", 0), 16, context};
}

TEST(HttpClient, SpeaksTlsToAServerItTrustsAndKeepsTheConnection) {
    const Certificate certificate("DNS:localhost,IP:127.0.0.1");
    EchoServer server(tls_listener(certificate));
    HttpClient client({.ca_file = certificate.certificate()});
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.send({.method = "POST",
                                         .url = "https://localhost:" + server.port() + "/",
                                         .body = std::string(100'000, 'x')},
                                        soon());
        ASSERT_TRUE(answer) << answer.error().what;
        EXPECT_EQ(answer->body.size(), 100'000u);
    }
    EXPECT_TRUE(client.send({.url = "https://127.0.0.1:" + server.port() + "/"}, soon()));
}

TEST(HttpClient, RefusesACertificateNobodyVouchesFor) {
    const Certificate certificate("DNS:localhost");
    EchoServer server(tls_listener(certificate));
    HttpClient client;
    const auto answer = client.send({.url = "https://localhost:" + server.port() + "/"}, soon());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

TEST(HttpClient, RefusesATrustedCertificateOfAnotherHostAlsoOnLoopback) {
    const Certificate certificate("DNS:example.org");
    EchoServer server(tls_listener(certificate));
    HttpClient client({.ca_file = certificate.certificate()});
    for (const char* host : {"localhost", "127.0.0.1"}) {
        const auto answer =
            client.send({.url = std::string("https://") + host + ":" + server.port() + "/"}, soon());
        ASSERT_FALSE(answer) << host;
        EXPECT_EQ(answer.error().code, Code::kUnavailable);
    }
}

TEST(HttpClient, DoesNotWaitLongerThanTheDeadlineForAHandshake) {
    const RawPeer peer([](int socket, int) { RawPeer::read_head(socket); });
    HttpClient client;
    const auto begin = steady_clock::now();
    const auto answer =
        client.send({.url = "https://127.0.0.1:" + std::to_string(peer.port()) + "/"}, soon(150ms));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable) << answer.error().what;
    EXPECT_LT(steady_clock::now() - begin, 5s);
}

}  // namespace
}  // namespace migue::host
