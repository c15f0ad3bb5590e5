#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migue/ext/operation.h"

namespace migue::wire {

/// Puts values one after the other, in this machine's byte order: both ends run on it.
class Writer {
public:
    Writer& u32(std::uint32_t value) { return raw(&value, sizeof value); }
    Writer& u64(std::uint64_t value) { return raw(&value, sizeof value); }
    Writer& i32(std::int32_t value) { return raw(&value, sizeof value); }
    Writer& i64(std::int64_t value) { return raw(&value, sizeof value); }
    Writer& f32(float value) { return raw(&value, sizeof value); }
    Writer& f64(double value) { return raw(&value, sizeof value); }
    Writer& text(std::string_view value);
    Writer& text(migue_str value);
    Writer& fields(const migue_field* fields, std::size_t count);

    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

private:
    Writer& raw(const void* from, std::size_t size);
    std::string bytes_;
};

/// Takes values out again. The other end may have written anything: whatever lies outside, is
/// longer than allowed or is left over makes the whole message unsound. After the first fault
/// every value is zero or empty.
///
/// Texts are views into the message, which has to outlive them.
class Reader {
public:
    explicit Reader(std::string_view bytes) noexcept : rest_(bytes) {}

    [[nodiscard]] std::uint32_t u32() { return number<std::uint32_t>(); }
    [[nodiscard]] std::uint64_t u64() { return number<std::uint64_t>(); }
    [[nodiscard]] std::int32_t i32() { return number<std::int32_t>(); }
    [[nodiscard]] std::int64_t i64() { return number<std::int64_t>(); }
    [[nodiscard]] float f32() { return number<float>(); }
    [[nodiscard]] double f64() { return number<double>(); }
    [[nodiscard]] std::string_view text(std::size_t most = SIZE_MAX);
    [[nodiscard]] migue_str str(std::size_t most = SIZE_MAX);
    [[nodiscard]] std::vector<migue_field> fields(std::uint32_t most);
    /// How many of something follow; over `most` is a fault.
    [[nodiscard]] std::uint32_t count(std::uint32_t most);

    /// Everything fitted so far.
    [[nodiscard]] bool is_sound() const noexcept { return sound_; }
    /// Everything fitted and nothing is left over.
    [[nodiscard]] bool is_whole() const noexcept { return sound_ && rest_.empty(); }

private:
    template <typename T>
    [[nodiscard]] T number() {
        T value{};
        take(&value, sizeof value);
        return value;
    }
    void take(void* to, std::size_t size);
    void fail() noexcept;

    std::string_view rest_;
    bool sound_ = true;
};

}  // namespace migue::wire
