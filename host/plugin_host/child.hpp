#pragma once
#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// A descriptor that is closed with its owner.
class Handle {
public:
    explicit Handle(int number = -1) noexcept : number_(number) {}
    Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() { close(); }
    void close() noexcept;
    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

/// Starts a program with nothing of ours: no environment, no signal mask, and of the
/// descriptors only these, as 0, 1, 2 and so on. `words[0]` is its path.
[[nodiscard]] Result<pid_t> start_child(const std::vector<std::string>& words,
                                        const std::vector<int>& descriptors);

}  // namespace migue::host
