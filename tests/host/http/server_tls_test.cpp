#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>

#include "host/http/server.hpp"
#include "raw_client.hpp"

namespace migue::host::http {
namespace {

template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using File = std::unique_ptr<FILE, Freed<std::fclose>>;

/// A certificate for 127.0.0.1, signed by itself, in a directory of its own.
class TlsFilesOnDisk {
public:
    TlsFilesOnDisk() {
        std::string pattern = (std::filesystem::temp_directory_path() / "migue-tls-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate(X509_new());
        X509_set_version(certificate.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_set_pubkey(certificate.get(), key.get());
        X509_sign(certificate.get(), key.get(), EVP_sha256());
        PEM_write_PrivateKey(File(std::fopen(files().key.c_str(), "w")).get(), key.get(), nullptr, nullptr, 0,
                             nullptr, nullptr);
        PEM_write_X509(File(std::fopen(files().certificate.c_str(), "w")).get(), certificate.get());
    }
    ~TlsFilesOnDisk() { std::filesystem::remove_all(directory_); }
    [[nodiscard]] config::TlsFiles files() const {
        return {directory_ / "certificate.pem", directory_ / "key.pem"};
    }

private:
    std::filesystem::path directory_;
};

TEST(TlsServer, AnswersOverTlsWithBodiesLargerThanARecord) {
    const TlsFilesOnDisk tls;
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log, tls.files());
    server.route("POST", "/echo", [](const Request& request) {
        return Reply{200, "text/plain", request.body, {}};
    });
    const auto started = server.start();
    ASSERT_TRUE(started) << started.error().what;

    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
    test::RawClient client(Poco::Net::SecureStreamSocket(context), server.port());
    const std::string body(100000, 'x');
    for (int i = 0; i < 3; ++i) {
        const auto answer =
            client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                       "\r\n\r\n" + body);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, body);
    }
}

TEST(TlsServer, PlainTextOnATlsPortEndsTheConnectionOnly) {
    const TlsFilesOnDisk tls;
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log, tls.files());
    server.route("GET", "/", [](const Request&) { return Reply{}; });
    ASSERT_TRUE(server.start());
    EXPECT_EQ(test::RawClient(server.port()).ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 0);

    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_NONE);
    test::RawClient client(Poco::Net::SecureStreamSocket(context), server.port());
    EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST(TlsServer, AMissingCertificateIsTold) {
    Log log(Severity::kError);
    Server server({"127.0.0.1", 0}, Limits{}, log,
                  config::TlsFiles{"/nowhere/certificate.pem", "/nowhere/key.pem"});
    const auto started = server.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Error::Code::kConfig);
}

}  // namespace
}  // namespace migue::host::http
