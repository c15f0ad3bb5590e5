#include "host/channels/whatsapp/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

namespace migue::host::whatsapp {

namespace {

constexpr std::string_view kPrefix = "sha256=";
constexpr std::size_t kDigestSize = 32;
using Digest = std::array<unsigned char, kDigestSize>;

struct FreeContext {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, FreeContext>;

struct FreeMac {
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
};

[[noreturn]] void openssl_failed() {
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
}

Context keyed_context(std::string_view secret) {
    const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    if (!mac) openssl_failed();
    Context context(EVP_MAC_CTX_new(mac.get()));
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
    if (!context || EVP_MAC_init(context.get(), key, secret.size(), parameters) != 1) openssl_failed();
    return context;
}

std::optional<unsigned char> nibble(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned char>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned char>(c - 'a' + 10);
    return std::nullopt;
}

std::optional<Digest> parse_header(std::string_view header) noexcept {
    if (header.size() != kPrefix.size() + 2 * kDigestSize || !header.starts_with(kPrefix))
        return std::nullopt;
    Digest out{};
    for (std::size_t i = 0; i < kDigestSize; ++i) {
        const auto high = nibble(header[kPrefix.size() + 2 * i]);
        const auto low = nibble(header[kPrefix.size() + 2 * i + 1]);
        if (!high || !low) return std::nullopt;
        out[i] = static_cast<unsigned char>(*high << 4 | *low);
    }
    return out;
}

}  // namespace

class SignatureCheck::Impl {
public:
    explicit Impl(std::string_view secret) : secret_(secret) {}
    ~Impl() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

    bool has_secret() const noexcept { return !secret_.empty(); }

    Digest digest(std::string_view body) {
        Context context = borrow();
        Digest out{};
        std::size_t size = 0;
        const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
        // Without a key this goes back to the state right after the key was set.
        if (EVP_MAC_init(context.get(), nullptr, 0, nullptr) != 1 ||
            EVP_MAC_update(context.get(), bytes, body.size()) != 1 ||
            EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1 || size != out.size())
            openssl_failed();
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(context));
        return out;
    }

private:
    Context borrow() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                Context context = std::move(idle_.back());
                idle_.pop_back();
                return context;
            }
        }
        return keyed_context(secret_);
    }

    std::string secret_;
    std::mutex mutex_;
    std::vector<Context> idle_;  // guarded by mutex_; never more than threads that checked at once
};

SignatureCheck::SignatureCheck(std::string_view app_secret) : impl_(std::make_unique<Impl>(app_secret)) {}
SignatureCheck::~SignatureCheck() = default;

bool SignatureCheck::accepts(std::string_view header, std::string_view body) const {
    const auto given = parse_header(header);
    if (!given || !impl_->has_secret()) return false;
    const Digest expected = impl_->digest(body);
    return CRYPTO_memcmp(given->data(), expected.data(), expected.size()) == 0;
}

std::string SignatureCheck::sign(std::string_view body) const {
    if (!impl_->has_secret()) return "";
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out(kPrefix);
    for (const unsigned char byte : impl_->digest(body)) {
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    return out;
}

}  // namespace migue::host::whatsapp
