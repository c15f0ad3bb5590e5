#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace migue {

/// Reads a struct of the border that may be older or newer than this header (V3): what the
/// other side does not have is zero, what this side does not know is left out. For all
/// structs that begin with struct_size.
template <typename T>
[[nodiscard]] T copy_struct(const T& raw) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T>);
    std::uint32_t size = 0;
    std::memcpy(&size, &raw, sizeof(size));
    T copy{};
    std::memcpy(&copy, &raw, std::min<std::size_t>(size, sizeof(T)));
    return copy;
}

}  // namespace migue
