#include "host/plugin_host/safe_read.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace migue::host {

bool safe_copy(void* to, const void* from, std::size_t size) noexcept {
    // The kernel copies from our own address space: it answers EFAULT where we would crash.
    const iovec here{to, size};
    const iovec there{const_cast<void*>(from), size};
    return ::process_vm_readv(::getpid(), &here, 1, &there, 1, 0) == static_cast<ssize_t>(size);
}

std::optional<std::string> safe_text(const char* from, std::size_t limit) {
    constexpr std::size_t kPage = 4096;  // a piece never crosses into a page that may be missing
    std::string out;
    std::array<char, kPage> piece;
    while (from != nullptr && out.size() <= limit) {
        const std::size_t size = kPage - reinterpret_cast<std::uintptr_t>(from) % kPage;
        if (!safe_copy(piece.data(), from, size)) return std::nullopt;
        const char* end = std::find(piece.data(), piece.data() + size, '\0');
        out.append(piece.data(), static_cast<std::size_t>(end - piece.data()));
        if (end != piece.data() + size)
            return out.size() <= limit ? std::optional(std::move(out)) : std::nullopt;
        from += size;
    }
    return std::nullopt;
}

}  // namespace migue::host
