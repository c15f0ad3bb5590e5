#include "host/plugin_runner/wire/bytes.hpp"

#include <cstring>
#include <limits>
#include <stdexcept>

#include "migue/cpp/text.hpp"

namespace migue::wire {

Writer& Writer::raw(const void* from, std::size_t size) {
    bytes_.append(static_cast<const char*>(from), size);
    return *this;
}

Writer& Writer::text(std::string_view value) {
    if (value.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("a text over 4 GiB");
    u32(static_cast<std::uint32_t>(value.size()));
    return raw(value.data(), value.size());
}

Writer& Writer::text(migue_str value) {
    return text(to_view(value));
}

Writer& Writer::fields(const migue_field* fields, std::size_t count) {
    u32(static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < count; ++i) text(fields[i].key).text(fields[i].value);
    return *this;
}

void Reader::fail() noexcept {
    sound_ = false;
    rest_ = {};
}

void Reader::take(void* to, std::size_t size) {
    if (rest_.size() < size) return fail();
    std::memcpy(to, rest_.data(), size);
    rest_.remove_prefix(size);
}

std::string_view Reader::text(std::size_t most) {
    const std::size_t size = u32();
    if (size > most || size > rest_.size()) {
        fail();
        return {};
    }
    const std::string_view value = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return value;
}

migue_str Reader::str(std::size_t most) {
    return to_c(text(most));
}

std::uint32_t Reader::count(std::uint32_t most) {
    const std::uint32_t value = u32();
    if (value <= most) return value;
    fail();
    return 0;
}

std::vector<migue_field> Reader::fields(std::uint32_t most) {
    std::vector<migue_field> all;
    const std::uint32_t how_many = count(most);
    for (std::uint32_t i = 0; i < how_many && sound_; ++i) {
        const migue_str key = str();
        all.push_back({key, str()});
    }
    return all;
}

}  // namespace migue::wire
