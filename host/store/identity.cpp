#include "host/store/identity.hpp"

#include <openssl/sha.h>

#include <array>
#include <initializer_list>

namespace migue::host {

namespace {

/// 128 bits of SHA-256 over the parts, each closed by a zero byte, in hexadecimal.
std::string digest(std::initializer_list<std::string_view> parts) {
    std::string bytes;
    for (const std::string_view part : parts) {
        bytes += part;
        bytes += '\0';
    }
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < 16; ++i) {
        out += kHex[hash[i] >> 4];
        out += kHex[hash[i] & 15];
    }
    return out;
}

}  // namespace

std::string new_conversation_id(std::string_view channel, std::string_view account,
                                std::string_view identity) {
    return "c-" + digest({"conversation", channel, account, identity});
}

std::string new_person_id(std::string_view channel, std::string_view identity) {
    return "p-" + digest({"person", channel, identity});
}

std::string trace_id_of(std::string_view message_id) {
    return "t-" + digest({"trace", message_id}).substr(0, 16);
}

}  // namespace migue::host
