#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace migue::standins {

/// What Graph answers when it refuses a request.
struct GraphRefusal {
    int code = 0;
    std::string details;
    int subcode = 0;
    int status = 400;
};

/// Whether Graph would take this body for POST /messages, by the documented limits. Where
/// Meta does not say how characters are counted, the stricter count holds (UTF-16 units).
[[nodiscard]] std::optional<GraphRefusal> refusal_of(const nlohmann::json& body);

}  // namespace migue::standins
