#pragma once
#include <atomic>

namespace model_client {

/// One of the requests under way, for as long as it lives: how many there are at once is counted
/// by those that are there.
class Place {
public:
    explicit Place(std::atomic<int>& count) : count_(count), number_(count.fetch_add(1) + 1) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { count_.fetch_sub(1); }
    /// Which one it was when it came: 1 for the first.
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    std::atomic<int>& count_;
    const int number_;
};

}  // namespace model_client
