#pragma once
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

#include "host/config/settings.hpp"
#include "tests/host/temporary_folder.hpp"

namespace migue::host::http::test {

/// A certificate for 127.0.0.1, signed by itself, in a folder of its own.
class TlsFilesOnDisk {
public:
    TlsFilesOnDisk() {
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
    [[nodiscard]] config::TlsFiles files() const {
        return {folder_.path() / "certificate.pem", folder_.path() / "key.pem"};
    }

private:
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

    host::test::TemporaryFolder folder_;
};

}  // namespace migue::host::http::test
