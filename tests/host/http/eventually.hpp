#pragma once
#include <chrono>
#include <functional>
#include <thread>

namespace migue::host::http::test {

/// Whether it comes true within 20 seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace migue::host::http::test
