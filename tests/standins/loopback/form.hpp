#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migue::standins {

/// One field of a multipart form.
struct FormPart {
    std::string value;
    std::string file_name, type;  ///< of a file; else ""
};

/// A multipart/form-data body by field name; nothing when it is none, or a name comes twice.
[[nodiscard]] std::optional<std::map<std::string, FormPart>> read_form(std::string_view content_type,
                                                                       std::string_view body);

}  // namespace migue::standins
