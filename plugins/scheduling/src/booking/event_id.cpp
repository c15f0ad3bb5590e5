#include "booking/event_id.hpp"

#include <cstdint>

namespace scheduling {

std::string base32hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
    std::string out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = (buffer << 8 | static_cast<unsigned char>(byte)) & 0xfffu;  // at most 4 bits wait
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            out += kDigits[buffer >> bits & 31u];
        }
    }
    if (bits > 0) out += kDigits[buffer << (5 - bits) & 31u];
    return out;
}

migue::Result<std::string> event_id_for(const migue::Vault& vault, std::string_view person,
                                        std::string_view message_id) {
    std::string key = "migue/event/";
    key.append(person).append("/").append(message_id);
    migue::Result<std::string> digest = vault.sha256(key);
    if (!digest) return std::move(digest).error().within("event id");
    return base32hex(*digest);
}

}  // namespace scheduling
