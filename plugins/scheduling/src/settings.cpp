#include "settings.hpp"

#include <nlohmann/json.hpp>

#include "calendar/zone_time.hpp"

namespace scheduling {

namespace {

using nlohmann::json;

constexpr std::string_view kSchema = R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "calendar": {"enum": ["local", "google"], "default": "local",
      "description": "Where events are kept: in this host's store, or in each person's Google Calendar"},
    "confirm": {"enum": ["when_unsure", "always", "never"], "default": "when_unsure",
      "description": "When a person sees a card before something is booked"},
    "timezone": {"type": "string", "minLength": 1, "default": "America/Bogota",
      "description": "IANA zone of people who have not told theirs"},
    "work_hours": {
      "type": "object", "additionalProperties": false,
      "description": "Hours in which free times are offered, HH:MM",
      "properties": {
        "begin": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "09:00"},
        "end": {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "default": "18:00"}
      }
    },
    "public_url": {"type": "string", "pattern": "^https?://[^\\s]+$",
      "description": "http.public_url, for links in the chat such as a calendar feed's"},
    "google": {
      "type": "object", "additionalProperties": false,
      "required": ["client_id", "client_secret"],
      "properties": {
        "client_id": {"type": "string", "minLength": 1},
        "client_secret": {"type": "string", "minLength": 1, "x-secret": true},
        "auth_url": {"type": "string", "pattern": "^https?://[^\\s]+$"},
        "token_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "revoke_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "userinfo_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "calendar_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true}
      }
    },
    "model": {
      "type": "object", "additionalProperties": false,
      "required": ["url", "name"],
      "properties": {
        "url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "api_key": {"type": "string", "x-secret": true},
        "name": {"type": "string", "minLength": 1},
        "timeout_ms": {"type": "integer", "minimum": 100, "maximum": 10000, "default": 1200}
      }
    }
  }
})json";

std::chrono::minutes read_clock(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] - '0'; };
    return std::chrono::minutes((digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4));
}

Confirm read_confirm(const std::string& text) {
    if (text == "always") return Confirm::kAlways;
    if (text == "never") return Confirm::kNever;
    return Confirm::kWhenUnsure;
}

}  // namespace

std::string_view config_schema() {
    return kSchema;
}

migue::Result<Settings> read_settings(const migue::Context& context) {
    const json config = json::parse(context.config_json.empty() ? "{}" : context.config_json, nullptr, false);
    if (!config.is_object())
        return migue::Error{migue::Error::Code::kConfig, "the section is no JSON object"};
    Settings settings;
    bool faulty = false;
    const auto fault = [&](std::string_view where, const std::string& what) {
        context.report(where, what);
        faulty = true;
    };
    settings.confirm = read_confirm(config.value("confirm", "when_unsure"));
    settings.zone = config.value("timezone", settings.zone);
    settings.public_url = config.value("public_url", "");
    while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
    if (config.value("calendar", "local") == "google")
        fault("/calendar", "google is not available in this version; use local");
    if (!is_zone(settings.zone))
        fault("/timezone",
              "'" + settings.zone + "' is no IANA zone of this machine, expected one like America/Bogota");
    if (const auto hours = config.find("work_hours"); hours != config.end()) {
        settings.work_begin = read_clock(hours->value("begin", "09:00"));
        settings.work_end = read_clock(hours->value("end", "18:00"));
        if (settings.work_end - settings.work_begin < std::chrono::minutes(30))
            fault("/work_hours", "end must be at least 30 minutes after begin");
    }
    if (faulty) return migue::Error{migue::Error::Code::kConfig, ""};
    return settings;
}

}  // namespace scheduling
