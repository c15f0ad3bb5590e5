#include "calendar/calendar.hpp"

namespace scheduling {

bool is_same_event(std::string_view one, std::string_view other) {
    return one.substr(0, one.find('~')) == other.substr(0, other.find('~'));
}

}  // namespace scheduling
