#include "calendar/calendar.hpp"

namespace scheduling {

using migue::Result;
using migue::Task;

bool is_same_event(std::string_view one, std::string_view other) {
    return one.substr(0, one.find('~')) == other.substr(0, other.find('~'));
}

Task<Result<std::vector<Interval>>> Calendar::busy(Caller caller, Interval span) {
    auto listed = co_await list(std::move(caller), span);
    if (!listed) co_return std::move(listed).error();
    std::vector<Interval> busy;
    for (const Event& event : *listed)
        if (event.busy) busy.push_back({event.start_ms, event.end_ms});
    co_return busy;
}

}  // namespace scheduling
