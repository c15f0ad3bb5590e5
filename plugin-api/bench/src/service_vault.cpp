#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <memory>

#include "migue/cpp/text.hpp"
#include "migue/ext/vault.h"
#include "world.hpp"

namespace migue::bench {

namespace {

constexpr std::string_view kPrefix = "bench1.";
constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kMaxRandom = 4096;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Error altered() {
    return {Error::Code::kInvalid, "altered, or sealed for another context"};
}

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string key() {
    return TestVault::sha256("the key of every bench");
}

/// A cipher that has taken key, nonce and context.
Cipher make_cipher(std::string_view nonce, std::string_view context, bool encrypt) {
    Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    int size = 0;
    EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key()), bytes(nonce), encrypt ? 1 : 0);
    EVP_CipherUpdate(cipher.get(), nullptr, &size, bytes(context), static_cast<int>(context.size()));
    return cipher;
}

std::string to_base64(std::string_view raw) {
    std::string out(4 * ((raw.size() + 2) / 3) + 1, '\0');
    out.resize(
        static_cast<std::size_t>(EVP_EncodeBlock(bytes(out), bytes(raw), static_cast<int>(raw.size()))));
    return out;
}

std::string from_base64(std::string_view text) {
    std::string out(3 * text.size() / 4 + 3, '\0');
    const int size = EVP_DecodeBlock(bytes(out), bytes(text), static_cast<int>(text.size()));
    if (size < 0) return {};
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

migue_status write(migue_sink* out, const Result<std::string>& result) noexcept {
    if (!result) return to_status(result.error().code);
    return out->write(out->ctx, result->data(), result->size());
}

std::string full_context(const World& world, migue_str context) {
    return world.plugin_id + "\n" + std::string(to_view(context));
}

migue_status seal(const migue_host* host, migue_str plain, migue_str context, migue_sink* out) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (out == nullptr || context.size == 0) return MIGUE_E_INVALID;
    return write(out, world->vault.seal(to_view(plain), full_context(*world, context)));
}

migue_status open(const migue_host* host, migue_str sealed, migue_str context, migue_sink* out) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (out == nullptr || context.size == 0) return MIGUE_E_INVALID;
    return write(out, world->vault.open(to_view(sealed), full_context(*world, context)));
}

migue_status random(const migue_host* host, std::size_t size, migue_sink* out) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (out == nullptr || size > kMaxRandom) return MIGUE_E_INVALID;
    return write(out, world->vault.random(size));
}

migue_status sha256(const migue_host* host, migue_str input, migue_sink* out) noexcept {
    if (world_of(host) == nullptr) return MIGUE_E_STATE;
    if (out == nullptr) return MIGUE_E_INVALID;
    return write(out, TestVault::sha256(to_view(input)));
}

constexpr migue_vault_v1 kVault{sizeof(migue_vault_v1), 0, seal, open, random, sha256};

}  // namespace

const void* vault_table() noexcept {
    return &kVault;
}

Result<std::string> TestVault::seal(std::string_view plain, std::string_view context) {
    const std::string nonce = sha256("nonce " + std::to_string(++seals_)).substr(0, kNonce);
    const Cipher cipher = make_cipher(nonce, context, true);
    std::string text(plain.size() + kTag, '\0');
    int size = 0;
    EVP_CipherUpdate(cipher.get(), bytes(text), &size, bytes(plain), static_cast<int>(plain.size()));
    EVP_CipherFinal_ex(cipher.get(), bytes(text) + size, &size);
    std::string tag(kTag, '\0');
    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, tag.data());
    text.resize(plain.size());
    return std::string(kPrefix) + to_base64(nonce + text + tag);
}

Result<std::string> TestVault::open(std::string_view sealed, std::string_view context) const {
    if (!sealed.starts_with(kPrefix)) return altered();
    std::string raw = from_base64(sealed.substr(kPrefix.size()));
    // One text, one sealed form: what decodes loosely is altered too.
    if (raw.size() < kNonce + kTag || to_base64(raw) != sealed.substr(kPrefix.size())) return altered();
    const Cipher cipher = make_cipher(std::string_view(raw).substr(0, kNonce), context, false);
    std::string tag = raw.substr(raw.size() - kTag);
    const std::string_view text = std::string_view(raw).substr(kNonce, raw.size() - kNonce - kTag);
    std::string plain(text.size() + kTag, '\0');
    int size = 0;
    EVP_CipherUpdate(cipher.get(), bytes(plain), &size, bytes(text), static_cast<int>(text.size()));
    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data());
    int rest = 0;
    if (EVP_CipherFinal_ex(cipher.get(), bytes(plain) + size, &rest) != 1) return altered();
    plain.resize(text.size());
    return plain;
}

std::string TestVault::random(std::size_t size) {
    std::string out;
    while (out.size() < size) out += sha256("random " + std::to_string(++randoms_));
    out.resize(size);
    return out;
}

std::string TestVault::sha256(std::string_view input) {
    std::string out(SHA256_DIGEST_LENGTH, '\0');
    SHA256(bytes(input), input.size(), bytes(out));
    return out;
}

}  // namespace migue::bench
