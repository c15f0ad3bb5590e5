#include "host/store/identity.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <charconv>
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

std::string reply_name(const OutboundReply& reply) {
    return fmt::format("{}/{}/{}", reply.conversation_id, reply.sequence, reply.created_unix_ms);
}

std::optional<ReplyName> read_reply_name(std::string_view name) {
    const std::size_t last = name.rfind('/');
    if (last == std::string_view::npos || last == 0) return std::nullopt;
    const std::size_t middle = name.rfind('/', last - 1);
    if (middle == std::string_view::npos || middle == 0) return std::nullopt;
    const auto number = [](std::string_view digits, std::int64_t& value) {
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return fault == std::errc() && end == digits.data() + digits.size() && value >= 0;
    };
    ReplyName read{std::string(name.substr(0, middle)), 0, 0};
    if (!number(name.substr(middle + 1, last - middle - 1), read.sequence) ||
        !number(name.substr(last + 1), read.created_unix_ms))
        return std::nullopt;
    return read;
}

std::string trace_id_of(std::string_view message_id) {
    return "t-" + digest({"trace", message_id}).substr(0, 16);
}

}  // namespace migue::host
