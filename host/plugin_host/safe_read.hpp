#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace migue::host {

/// Reads memory a plugin points at before the plugin is trusted: an address that is not
/// mapped gives an error instead of a fault (C9). Costs a system call each; for descriptors,
/// not for turns.

/// False when any of it cannot be read.
[[nodiscard]] bool safe_copy(void* to, const void* from, std::size_t size) noexcept;

/// The NUL-terminated text, or nothing when it cannot be read or is longer than `limit`.
[[nodiscard]] std::optional<std::string> safe_text(const char* from, std::size_t limit);

/// A struct that starts with its own size (V3): as much as both sides know, the rest zero.
/// Nothing when it cannot be read or is smaller than `least`.
template <typename T>
[[nodiscard]] std::optional<T> safe_struct(const void* from, std::size_t least = sizeof(T)) {
    std::uint32_t size = 0;
    T out{};
    if (from == nullptr || !safe_copy(&size, from, sizeof size) || size < least) return std::nullopt;
    if (!safe_copy(&out, from, size < sizeof(T) ? size : sizeof(T))) return std::nullopt;
    return out;
}

}  // namespace migue::host
