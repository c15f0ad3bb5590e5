#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace model_client {

/// What an operator sets under "model" of a plugin.
struct ModelSettings {
    enum class TokenField { kAuto = 1, kMaxTokens, kMaxCompletionTokens };
    enum class Format { kAuto = 1, kJsonSchema, kJsonObject, kPlain };

    std::string url;  ///< "https://…/v1", no slash at the end; "": no model
    std::string api_key;
    std::string name;
    std::chrono::milliseconds timeout{1200};
    TokenField token_field = TokenField::kAuto;
    Format format = Format::kAuto;  ///< kAuto: the best that the server takes
    int answer_tokens = 300;
    std::int64_t daily_tokens = 30'000;  ///< of one person
    int calls_at_once = 4;               ///< of this host
    std::string extra_json = "{}";       ///< members added to each request

    [[nodiscard]] bool is_on() const noexcept { return !url.empty(); }
};

/// JSON Schema of such a section, as a plugin's config schema holds it.
[[nodiscard]] std::string_view settings_schema();

/// Reads a section that the schema has checked. A fault that a schema cannot see goes to `fault` as
/// a JSON pointer below the section and what is wrong.
[[nodiscard]] ModelSettings read_settings(
    const std::string& section_json, const std::function<void(std::string_view, std::string_view)>& fault);

}  // namespace model_client
