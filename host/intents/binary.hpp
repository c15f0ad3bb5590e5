#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Reading and writing of the model file: little-endian, every length checked before it
/// is believed.
namespace migue::host::intents {

static_assert(std::endian::native == std::endian::little, "the model file is little-endian");

class BinaryWriter {
public:
    template <typename T>
        requires std::is_arithmetic_v<T>
    void number(T value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
    }
    template <typename T>
        requires std::is_arithmetic_v<T>
    void numbers(const std::vector<T>& values) {
        number(static_cast<std::uint32_t>(values.size()));
        bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
    [[nodiscard]] std::string take() && { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// After a read past the end every further read gives zeros and ok() is false.
class BinaryReader {
public:
    explicit BinaryReader(std::string_view bytes) : rest_(bytes) {}

    template <typename T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] T number() {
        T value{};
        if (take(sizeof value)) std::memcpy(&value, taken_.data(), sizeof value);
        return value;
    }
    [[nodiscard]] std::string text() {
        const auto size = number<std::uint32_t>();
        return take(size) ? std::string(taken_) : std::string();
    }
    template <typename T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] std::vector<T> numbers() {
        const std::size_t size = number<std::uint32_t>();
        if (!take(size * sizeof(T))) return {};
        std::vector<T> values(size);
        if (size > 0) std::memcpy(values.data(), taken_.data(), taken_.size());
        return values;
    }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    bool take(std::size_t size) {
        if (!ok_ || size > rest_.size()) {
            ok_ = false;
            return false;
        }
        taken_ = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }

    std::string_view rest_, taken_;
    bool ok_ = true;
};

}  // namespace migue::host::intents
