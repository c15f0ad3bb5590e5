#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace migue::host {

/// Keeps what belongs to one conversation in order: one at a time is worked on, the others
/// wait. Thread-safe.
///
///     if (auto first = lanes.push(conversation, item)) work_on(*first);
///     … when done:
///     if (auto next = lanes.next(conversation)) work_on(*next);
template <typename T>
class Lanes {
public:
    /// The item itself when its lane was idle: work on it. Else it waits for next().
    [[nodiscard]] std::optional<T> push(const std::string& key, T item) {
        const std::lock_guard lock(mutex_);
        ++size_;
        const auto [lane, is_new] = lanes_.try_emplace(key);
        if (is_new) return item;
        lane->second.push_back(std::move(item));
        return std::nullopt;
    }

    /// The one worked on is done. The next of its lane, or nothing: the lane is idle now.
    [[nodiscard]] std::optional<T> next(const std::string& key) {
        const std::lock_guard lock(mutex_);
        --size_;
        const auto lane = lanes_.find(key);
        if (lane->second.empty()) {
            lanes_.erase(lane);
            return std::nullopt;
        }
        std::optional<T> item(std::move(lane->second.front()));
        lane->second.pop_front();
        return item;
    }

    /// What waits in a busy lane, the next ones first: copies of at most `most`.
    [[nodiscard]] std::vector<T> waiting(const std::string& key, std::size_t most) const {
        const std::lock_guard lock(mutex_);
        const auto lane = lanes_.find(key);
        if (lane == lanes_.end()) return {};
        const auto count = static_cast<std::ptrdiff_t>(std::min(most, lane->second.size()));
        return std::vector<T>(lane->second.begin(), lane->second.begin() + count);
    }

    /// Takes out what waits there, the next ones first, as long as `is_wanted` says so; how many.
    /// They will not come by next().
    template <typename Wanted>
    std::size_t take_while(const std::string& key, Wanted is_wanted) {
        const std::lock_guard lock(mutex_);
        const auto lane = lanes_.find(key);
        std::size_t taken = 0;
        while (lane != lanes_.end() && !lane->second.empty() && is_wanted(lane->second.front())) {
            lane->second.pop_front();
            ++taken;
        }
        size_ -= taken;
        return taken;
    }

    /// Forgets what waits in a busy lane, and says how many; the one worked on ends with
    /// next(), as ever. Nothing when the lane is idle.
    std::optional<std::size_t> drop(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const auto lane = lanes_.find(key);
        if (lane == lanes_.end()) return std::nullopt;
        const std::size_t dropped = lane->second.size();
        lane->second.clear();
        size_ -= dropped;
        return dropped;
    }

    /// The lanes that are busy.
    [[nodiscard]] std::vector<std::string> keys() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> keys;
        for (const auto& [key, lane] : lanes_) keys.push_back(key);
        return keys;
    }

    /// Items worked on or waiting.
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return size_;
    }

private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::deque<T>> lanes_;  // guarded by mutex_; a lane exists while busy
    std::size_t size_ = 0;                                  // guarded by mutex_
};

}  // namespace migue::host
