#include "time_line.hpp"

#include <algorithm>
#include <vector>

namespace migue::bench {

std::int64_t TimeLine::unix_ms() const noexcept {
    return start_unix_ms_ + static_cast<std::int64_t>((now_ns_ - kStartNs) / 1'000'000);
}

void TimeLine::move_to(std::uint64_t time_ns) noexcept {
    now_ns_ = std::max(now_ns_, time_ns);
}

std::uint64_t TimeLine::add(Owner owner, std::uint64_t due_ns, Deliver deliver) {
    const Key key{std::max(due_ns, now_ns_), ++last_order_};
    operations_.emplace(key, Operation{++last_id_, {owner, false, std::move(deliver)}});
    by_id_.emplace(last_id_, key);
    return last_id_;
}

void TimeLine::cancel(std::uint64_t id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    auto node = operations_.extract(found->second);
    if (node.mapped().due.cancelled) {
        operations_.insert(std::move(node));
        return;
    }
    node.mapped().due.cancelled = true;
    node.key() = Key{now_ns_, ++last_order_};
    found->second = node.key();
    operations_.insert(std::move(node));
}

void TimeLine::cancel_of(Owner owner) {
    std::vector<std::uint64_t> ids;
    for (const auto& [key, operation] : operations_)
        if (operation.due.owner == owner) ids.push_back(operation.id);
    for (const std::uint64_t id : ids) cancel(id);
}

void TimeLine::cancel_all() {
    std::vector<std::uint64_t> ids;
    for (const auto& [key, operation] : operations_) ids.push_back(operation.id);
    for (const std::uint64_t id : ids) cancel(id);
}

std::optional<TimeLine::Due> TimeLine::take_due() {
    if (operations_.empty() || operations_.begin()->first.first > now_ns_) return std::nullopt;
    auto node = operations_.extract(operations_.begin());
    by_id_.erase(node.mapped().id);
    return std::move(node.mapped().due);
}

std::optional<std::uint64_t> TimeLine::next_due_ns() const noexcept {
    if (operations_.empty()) return std::nullopt;
    return operations_.begin()->first.first;
}

}  // namespace migue::bench
