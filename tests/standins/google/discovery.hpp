#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The discovery document as a judge of requests.
namespace migue::standins {

using Fields = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_space);
[[nodiscard]] std::string percent_encode(std::string_view text);
/// "a=1&b=2", decoded; of a query or a form.
[[nodiscard]] Fields read_fields(std::string_view text);
[[nodiscard]] std::string field(const Fields& fields, std::string_view name);

/// A call that the document knows.
struct ApiCall {
    std::string name;  ///< "events.insert"
    Fields path;       ///< calendarId, eventId
    const nlohmann::json* method = nullptr;
};

/// Immutable; one for the process.
class Discovery {
public:
    [[nodiscard]] static const Discovery& get();

    /// By method and path below the service's base ("/calendar/v3/").
    [[nodiscard]] std::optional<ApiCall> find(std::string_view http_method, std::string_view path) const;
    /// What is wrong with the query, or "".
    [[nodiscard]] std::string query_fault(const ApiCall& call, const Fields& query) const;
    /// What is wrong with the body, or "".
    [[nodiscard]] std::string body_fault(const ApiCall& call, const nlohmann::json& body) const;
    [[nodiscard]] bool is_covered(const ApiCall& call, const std::vector<std::string>& scopes,
                                  bool owns_calendar) const;

private:
    Discovery();
    [[nodiscard]] std::string value_fault(const nlohmann::json& schema, const nlohmann::json& value,
                                          const std::string& where) const;
    nlohmann::json document_;
};

}  // namespace migue::standins
