#include "host/channels/whatsapp/decode_content.hpp"

#include <algorithm>
#include <array>

#include "host/channels/whatsapp/incoming_json.hpp"
#include "host/channels/whatsapp/text_size.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;
using Read = std::optional<Content>;

/// Lists inside one message: more is nobody's meaning, and every plugin gets to read it.
constexpr std::size_t kMaxItems = 30;

/// Names out of the payload end up in metrics and rows: letters, digits, underscore.
std::string safe_name(std::string_view name) {
    const bool plain =
        !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    return plain ? std::string(name) : "unknown";
}

/// What is told beside the message itself: left out when it is no text (a file name is the
/// sender's choice, and one with NUL in it must not cost the document).
void copy_text(const json& from, const char* key, json& to) {
    const auto text = text_in(from, key);
    if (!text.empty() && text.find('\0') == std::string_view::npos)
        to[key] = first_code_points(text, kMaxText);
}

void copy_number(const json& from, const char* key, json& to) {
    if (const json* found = member(from, key); found && found->is_number()) to[key] = *found;
}

Read read_text(const json& message) {
    const json* text = object_in(message, "text");
    if (!text || !member(*text, "body") || !member(*text, "body")->is_string()) return std::nullopt;
    return Content{"text", std::string(text_in(*text, "body"))};
}

Read tap(std::string_view id, std::string_view title) {
    if (id.empty()) return std::nullopt;
    return Content{"tap", std::string(title), {{"tap", id}}};
}

/// A quick-reply button of a template; without a payload of ours its text is all it says.
Read read_template_button(const json& message) {
    const json* button = object_in(message, "button");
    if (!button) return std::nullopt;
    const auto text = text_in(*button, "text");
    const auto payload = text_in(*button, "payload");
    return tap(payload.empty() ? text : payload, text);
}

/// A form that was filled in (a WhatsApp Flow). The answers are a string holding JSON.
Read read_form(const json& reply) {
    const auto answers = text_in(reply, "response_json");
    if (answers.empty()) return std::nullopt;
    json form = {{"response_json", answers}};
    copy_text(reply, "name", form);
    return Content{"form", "", {{"form", std::move(form)}}};
}

Read read_interactive(const json& message) {
    const json* interactive = object_in(message, "interactive");
    if (!interactive) return std::nullopt;
    const std::string type(text_in(*interactive, "type"));
    if (type.empty()) return std::nullopt;
    const json* reply = object_in(*interactive, type.c_str());
    if (type == "button_reply" || type == "list_reply")
        return reply ? tap(text_in(*reply, "id"), text_in(*reply, "title")) : std::nullopt;
    if (type == "nfm_reply") return reply ? read_form(*reply) : std::nullopt;
    const bool known = type == "call_permission_reply";
    return Content{safe_name(type), "", json::object(), false, known};
}

Read media(const json& message, const char* type, std::string kind) {
    const json* object = object_in(message, type);
    if (!object || text_in(*object, "id").empty()) return std::nullopt;
    json fields = json::object();
    for (const char* key : {"id", "mime_type", "sha256", "filename"}) copy_text(*object, key, fields);
    if (true_in(*object, "animated")) fields["animated"] = true;
    return Content{std::move(kind), std::string(text_in(*object, "caption")), {{"media", std::move(fields)}}};
}

Read read_image(const json& message) {
    return media(message, "image", "image");
}
Read read_video(const json& message) {
    return media(message, "video", "video");
}
Read read_document(const json& message) {
    return media(message, "document", "document");
}
Read read_sticker(const json& message) {
    return media(message, "sticker", "sticker");
}

Read read_audio(const json& message) {
    const json* audio = object_in(message, "audio");
    return media(message, "audio", audio && true_in(*audio, "voice") ? "voice" : "audio");
}

Read read_location(const json& message) {
    const json* object = object_in(message, "location");
    if (!object) return std::nullopt;
    json place = json::object();
    copy_number(*object, "latitude", place);
    copy_number(*object, "longitude", place);
    if (place.size() != 2) return std::nullopt;
    for (const char* key : {"name", "address"}) copy_text(*object, key, place);
    return Content{"location", "", {{"location", std::move(place)}}};
}

/// The values of one key out of a list of objects: [{"phone":"…"},…] is ["…",…].
json values_of(const json& card, const char* list, const char* key) {
    json out = json::array();
    const json* entries = array_in(card, list);
    if (!entries) return out;
    for (const json& entry : *entries) {
        const auto value = text_in(entry, key);
        const bool usable = !value.empty() && value.find('\0') == std::string_view::npos;
        if (usable && out.size() < kMaxItems) out.push_back(first_code_points(value, kMaxText));
    }
    return out;
}

Read read_contacts(const json& message) {
    const json* cards = array_in(message, "contacts");
    if (!cards) return std::nullopt;
    json out = json::array();
    for (const json& card : *cards) {
        if (!card.is_object() || out.size() >= kMaxItems) continue;
        json entry = {{"phones", values_of(card, "phones", "phone")},
                      {"emails", values_of(card, "emails", "email")}};
        json name = json::object();
        if (const json* names = object_in(card, "name")) copy_text(*names, "formatted_name", name);
        if (!name.empty()) entry["name"] = name["formatted_name"];
        if (text_in(card, "origin") == "contact_request") entry["requested"] = true;
        out.push_back(std::move(entry));
    }
    if (out.empty()) return std::nullopt;
    return Content{"contacts", "", {{"contacts", std::move(out)}}};
}

/// Without "emoji" the person took a reaction back.
Read read_reaction(const json& message) {
    const json* reaction = object_in(message, "reaction");
    if (!reaction || text_in(*reaction, "message_id").empty()) return std::nullopt;
    json input = {{"quoted", text_in(*reaction, "message_id")}};
    copy_text(*reaction, "emoji", input);
    return Content{"reaction", "", std::move(input), false};
}

Read read_order(const json& message) {
    const json* object = object_in(message, "order");
    const json* lines = object ? array_in(*object, "product_items") : nullptr;
    if (!lines) return std::nullopt;
    json items = json::array();
    for (const json& line : *lines) {
        if (!line.is_object() || items.size() >= kMaxItems) continue;
        json item = json::object();
        for (const char* key : {"product_retailer_id", "currency"}) copy_text(line, key, item);
        for (const char* key : {"quantity", "item_price"}) copy_number(line, key, item);
        items.push_back(std::move(item));
    }
    json order = {{"items", std::move(items)}};
    copy_text(*object, "catalog_id", order);
    return Content{"order", std::string(text_in(*object, "text")), {{"order", std::move(order)}}};
}

Read read_system(const json& message) {
    const json* system = object_in(message, "system");
    if (!system) return std::nullopt;
    return Content{"system", "", {{"system", safe_name(text_in(*system, "type"))}}, false};
}

/// A number shared with the Business app: the message was there before this host, or is to
/// be read in the app only. Nobody waits for an answer to it.
constexpr int kUnavailable = 131060;

/// Something the API cannot carry, such as a poll.
Read read_unsupported(const json& message) {
    json input = json::object();
    if (const json* object = object_in(message, "unsupported"))
        input["name"] = safe_name(text_in(*object, "type"));
    const json* errors = array_in(message, "errors");
    const json* code = errors && !errors->empty() ? member(errors->front(), "code") : nullptr;
    const bool expects_answer = !code || *code != kUnavailable;
    return Content{"unsupported", "", std::move(input), expects_answer};
}

Read read_request_welcome(const json&) {
    return Content{"request_welcome", ""};
}

/// Of a message that was edited or deleted only its id is told: the old text was answered.
Read read_edit(const json& message) {
    const std::string type(text_in(message, "type"));
    json input = json::object();
    if (const json* object = object_in(message, type.c_str()))
        if (const auto id = text_in(*object, "original_message_id"); !id.empty()) input["quoted"] = id;
    return Content{type, "", std::move(input), false};
}

/// Whether messages disappear was changed: nothing was said.
Read read_ephemeral(const json&) {
    return Content{"ephemeral", "", json::object(), false};
}

struct TypeReader {
    std::string_view type;
    Read (*read)(const json& message);
};

constexpr std::array kReaders = {
    TypeReader{"text", read_text},
    TypeReader{"interactive", read_interactive},
    TypeReader{"button", read_template_button},
    TypeReader{"image", read_image},
    TypeReader{"video", read_video},
    TypeReader{"audio", read_audio},
    TypeReader{"document", read_document},
    TypeReader{"sticker", read_sticker},
    TypeReader{"location", read_location},
    TypeReader{"contacts", read_contacts},
    TypeReader{"reaction", read_reaction},
    TypeReader{"order", read_order},
    TypeReader{"system", read_system},
    TypeReader{"unsupported", read_unsupported},
    TypeReader{"unknown", read_unsupported},
    TypeReader{"request_welcome", read_request_welcome},
    TypeReader{"edit", read_edit},
    TypeReader{"revoke", read_edit},
    TypeReader{"ephemeral", read_ephemeral},
};

/// A type of the future must not pass for one of the kinds that the host itself makes.
std::string name_of_unknown(std::string_view type) {
    constexpr std::array<std::string_view, 4> kOurs = {"job", "tap", "voice", "form"};
    const bool ours = std::find(kOurs.begin(), kOurs.end(), type) != kOurs.end();
    return ours ? "unknown" : safe_name(type);
}

void add_context(const json& message, json& input) {
    const json* context = object_in(message, "context");
    if (!context) return;
    if (const auto id = text_in(*context, "id"); !id.empty()) input.emplace("quoted", id);
    if (true_in(*context, "forwarded") || true_in(*context, "frequently_forwarded"))
        input["forwarded"] = true;
    if (const json* product = object_in(*context, "referred_product")) {
        json about = json::object();
        for (const char* key : {"catalog_id", "product_retailer_id"}) copy_text(*product, key, about);
        if (!about.empty()) input["product"] = std::move(about);
    }
}

/// The advertisement that led here.
void add_referral(const json& message, json& input) {
    const json* referral = object_in(message, "referral");
    if (!referral) return;
    json out = json::object();
    for (const char* key : {"source_url", "source_id", "source_type", "headline", "body", "ctwa_clid"})
        copy_text(*referral, key, out);
    if (!out.empty()) input["referral"] = std::move(out);
}

}  // namespace

std::optional<Content> decode_content(const json& message) {
    const auto type = text_in(message, "type");
    if (type.empty()) return std::nullopt;
    const auto* reader = std::find_if(kReaders.begin(), kReaders.end(),
                                      [&](const TypeReader& entry) { return entry.type == type; });
    Read content = reader == kReaders.end()
                       ? Read(Content{name_of_unknown(type), "", json::object(), false, false})
                       : reader->read(message);
    if (!content) return content;
    content->text = first_code_points(content->text, kMaxText);
    add_context(message, content->input);
    add_referral(message, content->input);
    // NUL stands for what was no text, and no store keeps it.
    if (content->text.find('\0') != std::string::npos || holds_nul(content->input)) return std::nullopt;
    return content;
}

}  // namespace migue::host::whatsapp
