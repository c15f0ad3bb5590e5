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
    "quiet_hours": {
      "type": "object", "additionalProperties": false,
      "description": "Hours of a person's day in which no reminder and no digest is sent, HH:MM; the same twice: none",
      "properties": {
        "begin": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "21:00"},
        "end": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "default": "07:00"}
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
    "transcription": {
      "type": "object", "additionalProperties": false,
      "required": ["url", "name"],
      "properties": {
        "url": {"type": "string", "pattern": "^https?://[^\\s]+$", "x-egress": true},
        "api_key": {"type": "string", "x-secret": true},
        "name": {"type": "string", "minLength": 1},
        "timeout_ms": {"type": "integer", "minimum": 1000, "maximum": 15000, "default": 12000,
          "description": "Of one request; a voice note is answered within 20 s in any case"},
        "longest_seconds": {"type": "integer", "minimum": 5, "maximum": 600, "default": 180},
        "most_kib": {"type": "integer", "minimum": 64, "maximum": 16384, "default": 4096},
        "daily_tokens": {"type": "integer", "minimum": 0, "maximum": 100000000, "default": 30000,
          "description": "Of one person, a day (UTC), together with the model's; a second of audio counts as 25"},
        "calls_at_once": {"type": "integer", "minimum": 1, "maximum": 64, "default": 4,
          "description": "On this host"}
      }
    },
    "model": )json";

constexpr std::string_view kSchemaEnd = R"json(
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

model::TranscriptionSettings read_transcription(const json& section) {
    model::TranscriptionSettings listening;
    listening.url = section.value("url", "");
    while (listening.url.ends_with('/')) listening.url.pop_back();
    listening.api_key = section.value("api_key", "");
    listening.name = section.value("name", "");
    listening.timeout = std::chrono::milliseconds(section.value("timeout_ms", 12'000));
    listening.longest = std::chrono::seconds(section.value("longest_seconds", 180));
    listening.most_bytes = section.value("most_kib", std::size_t{4096}) * 1024;
    listening.daily_tokens = section.value("daily_tokens", listening.daily_tokens);
    listening.calls_at_once = section.value("calls_at_once", listening.calls_at_once);
    return listening;
}

}  // namespace

std::string config_schema() {
    return std::string(kSchema) + std::string(model_client::settings_schema()) + std::string(kSchemaEnd);
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
    if (const auto found = config.find("model"); found != config.end()) {
        settings.model =
            model_client::read_settings(found->dump(), [&](std::string_view where, std::string_view what) {
                fault("/model" + std::string(where), std::string(what));
            });
    }
    if (const auto found = config.find("transcription"); found != config.end())
        settings.transcription = read_transcription(*found);
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
    if (const auto hours = config.find("quiet_hours"); hours != config.end()) {
        settings.quiet.begin = read_clock(hours->value("begin", "21:00"));
        settings.quiet.end = read_clock(hours->value("end", "07:00"));
    }
    if (faulty) return migue::Error{migue::Error::Code::kConfig, ""};
    return settings;
}

}  // namespace scheduling
