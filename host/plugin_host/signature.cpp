#include "host/plugin_host/signature.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace migue::host {

namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t kSize>
bool decode(std::string_view text, std::array<unsigned char, kSize>& out) {
    std::size_t size = 0;
    const char* end = nullptr;
    return sodium_base642bin(out.data(), out.size(), text.data(), text.size(), "\r\n ", &size, &end,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           size == kSize && end == text.data() + text.size();
}

}  // namespace

Result<void> check_signature(std::string_view text, std::string_view signature, std::string_view public_key) {
    if (sodium_init() < 0) return Error{Error::Code::kInternal, "libsodium has no source of random bytes"};
    std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> key{};
    if (!decode(public_key, key))
        return Error{Error::Code::kConfig, "plugins.trusted_key is not 32 bytes in base64"};
    std::array<unsigned char, crypto_sign_ed25519_BYTES> given{};
    if (signature.size() == given.size())
        std::copy_n(bytes_of(signature), given.size(), given.begin());
    else if (!decode(signature, given))
        return Error{Error::Code::kConfig,
                     fmt::format("has {} bytes that are no Ed25519 signature, expected 64 bytes or base64 of "
                                 "them",
                                 signature.size())};
    if (crypto_sign_ed25519_verify_detached(given.data(), bytes_of(text), text.size(), key.data()) != 0)
        return Error{Error::Code::kConfig,
                     "does not sign this lock file with plugins.trusted_key; was the lock file changed after "
                     "it was signed, or signed with another key?"};
    return {};
}

}  // namespace migue::host
