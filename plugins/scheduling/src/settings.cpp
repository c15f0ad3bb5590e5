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
    "audit_days": {"type": "integer", "minimum": 1, "maximum": 3650, "default": 400,
      "description": "How long calendar_events keeps what a person did"},
    "public_url": {"type": "string", "pattern": "^https?://[^\\s]+$",
      "description": "http.public_url, for links in the chat such as a calendar feed's"},
    "google": {
      "type": "object", "additionalProperties": false,
      "required": ["client_id", "client_secret"],
      "properties": {
        "client_id": {"type": "string", "minLength": 1},
        "client_secret": {"type": "string", "minLength": 1, "x-secret": true},
        "auth_url": {"type": "string", "pattern": "^https?://[^\\s]+$",
          "default": "https://accounts.google.com/o/oauth2/v2/auth"},
        "token_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true,
          "default": "https://oauth2.googleapis.com/token"},
        "revoke_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true,
          "default": "https://oauth2.googleapis.com/revoke"},
        "userinfo_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true,
          "default": "https://openidconnect.googleapis.com/v1/userinfo"},
        "calendar_url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true,
          "default": "https://www.googleapis.com/calendar/v3"},
        "calls_per_account": {"type": "integer", "minimum": 1, "maximum": 100, "default": 5,
          "description": "Calls to the Calendar API a second, for one linked account"},
        "calls_in_all": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100,
          "description": "The same for all accounts together, on this host"}
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

GoogleSettings read_google(const json& section) {
    const auto address = [&](const char* name) {
        std::string url = section.value(name, "");
        while (url.ends_with('/')) url.pop_back();
        return url;
    };
    GoogleSettings google;
    google.client_id = section.value("client_id", "");
    google.client_secret = section.value("client_secret", "");
    google.auth_url = address("auth_url");
    google.token_url = address("token_url");
    google.revoke_url = address("revoke_url");
    google.userinfo_url = address("userinfo_url");
    google.calendar_url = address("calendar_url");
    google.calls_per_account = section.value("calls_per_account", google.calls_per_account);
    google.calls_in_all = section.value("calls_in_all", google.calls_in_all);
    return google;
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
    settings.audit_days = config.value("audit_days", settings.audit_days);
    settings.public_url = config.value("public_url", "");
    while (settings.public_url.ends_with('/')) settings.public_url.pop_back();
    settings.uses_google = config.value("calendar", "local") == "google";
    if (settings.uses_google && !config.contains("google"))
        fault("/google", "calendar: google needs google: { client_id, client_secret } of an OAuth client");
    if (settings.uses_google && settings.public_url.empty())
        fault("/public_url", "calendar: google needs http.public_url: Google sends people back there");
    if (config.contains("google")) settings.google = read_google(config.at("google"));
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
