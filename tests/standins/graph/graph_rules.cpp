#include "tests/standins/graph/graph_rules.hpp"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

namespace migue::standins {

namespace {

using nlohmann::json;

constexpr int kUnexpected = 100;
constexpr int kMissing = 131008;
constexpr int kBadValue = 131009;
constexpr int kUndeliverable = 131026;

std::size_t utf16_units(const std::string& text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
    }
    return units;
}

/// Thrown inside this file only: the first thing that is wrong ends the check.
struct Refused {
    GraphRefusal refusal;
};

[[noreturn]] void refuse(int code, std::string details) {
    throw Refused{{code, std::move(details)}};
}

/// One object of the request: every key has to be asked for.
class Object {
public:
    Object(const json& value, std::string name) : value_(value), name_(std::move(name)) {
        if (!value_.is_object()) refuse(kUnexpected, "Param " + name_ + " must be a JSON object.");
    }

    /// Refuses keys that nobody knows, as "(#100) Unexpected key" does.
    void only(const std::set<std::string>& keys) const {
        for (const auto& [key, unused] : value_.items())
            if (keys.count(key) == 0)
                refuse(kUnexpected, "Unexpected key \"" + key + "\" on param \"" + name_ + "\".");
    }

    [[nodiscard]] bool has(const std::string& key) const { return value_.contains(key); }

    [[nodiscard]] const json& at(const std::string& key) const {
        if (!has(key)) refuse(kMissing, "Parameter " + name_ + "." + key + " is required.");
        return value_.at(key);
    }

    [[nodiscard]] Object object(const std::string& key) const { return {at(key), name_ + "." + key}; }

    [[nodiscard]] std::string text(const std::string& key, std::size_t limit) const {
        const json& value = at(key);
        if (!value.is_string()) refuse(kUnexpected, "Param " + name_ + "." + key + " must be a string.");
        const auto text = value.get<std::string>();
        if (text.find_first_not_of(" \t\r\n") == std::string::npos)
            refuse(kBadValue, name_ + "." + key + " must not be blank.");
        if (utf16_units(text) > limit)
            refuse(kBadValue, name_ + "." + key +
                                  " length invalid. Min length: 1, Max length: " + std::to_string(limit));
        return text;
    }

    void optional_text(const std::string& key, std::size_t limit) const {
        if (has(key)) static_cast<void>(text(key, limit));
    }

    void equals(const std::string& key, const std::string& expected) const {
        if (text(key, 100) != expected)
            refuse(kBadValue, name_ + "." + key + " must be one of {" + expected + "}.");
    }

    void number(const std::string& key) const {
        if (!at(key).is_number()) refuse(kUnexpected, "Param " + name_ + "." + key + " must be a number.");
    }

    void optional_boolean(const std::string& key) const {
        if (has(key) && !at(key).is_boolean())
            refuse(kUnexpected, "Param " + name_ + "." + key + " must be a boolean.");
    }

    /// Its elements as objects; their count has to lie inside the bounds.
    [[nodiscard]] std::vector<Object> objects(const std::string& key, std::size_t least,
                                              std::size_t most) const {
        const json& value = at(key);
        if (!value.is_array()) refuse(kUnexpected, "Param " + name_ + "." + key + " must be an array.");
        if (value.size() < least || value.size() > most)
            refuse(kBadValue,
                   name_ + "." + key + " must hold " + std::to_string(least) + " to " + std::to_string(most));
        std::vector<Object> out;
        for (std::size_t i = 0; i < value.size(); ++i)
            out.emplace_back(value[i], name_ + "." + key + "[" + std::to_string(i) + "]");
        return out;
    }

    [[nodiscard]] const std::string& name() const { return name_; }

private:
    const json& value_;
    std::string name_;
};

void check_link(const Object& object, const std::string& key) {
    const std::string url = object.text(key, 2000);
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        refuse(kBadValue, object.name() + "." + key + " is not a valid URL.");
}

void check_text(const Object& text) {
    text.only({"body", "preview_url"});
    static_cast<void>(text.text("body", 4096));
    text.optional_boolean("preview_url");
}

void check_buttons(const Object& action) {
    action.only({"buttons"});
    std::set<std::string> ids, titles;
    for (const Object& button : action.objects("buttons", 1, 3)) {
        button.only({"type", "reply"});
        button.equals("type", "reply");
        const Object reply = button.object("reply");
        reply.only({"id", "title"});
        if (!ids.insert(reply.text("id", 256)).second) refuse(kBadValue, "Duplicated button ids.");
        if (!titles.insert(reply.text("title", 20)).second) refuse(kBadValue, "Duplicated button titles.");
    }
}

void check_sections(const Object& action) {
    action.only({"button", "sections"});
    static_cast<void>(action.text("button", 20));
    std::set<std::string> ids;
    const auto sections = action.objects("sections", 1, 10);
    for (const Object& section : sections) {
        section.only({"title", "rows"});
        if (sections.size() > 1) static_cast<void>(section.text("title", 24));
        section.optional_text("title", 24);
        for (const Object& row : section.objects("rows", 1, 10)) {
            row.only({"id", "title", "description"});
            if (!ids.insert(row.text("id", 200)).second) refuse(kBadValue, "Duplicated row ids.");
            static_cast<void>(row.text("title", 24));
            row.optional_text("description", 72);
        }
    }
    if (ids.size() > 10) refuse(kBadValue, "Total row count exceed max allowed count: 10");
}

void check_cta_url(const Object& action) {
    action.only({"name", "parameters"});
    action.equals("name", "cta_url");
    const Object parameters = action.object("parameters");
    parameters.only({"display_text", "url"});
    static_cast<void>(parameters.text("display_text", 20));
    check_link(parameters, "url");
}

void check_media(const Object& media, bool caption, bool filename) {
    std::set<std::string> keys = {"id", "link"};
    if (caption) keys.insert("caption");
    if (filename) keys.insert("filename");
    media.only(keys);
    if (media.has("id") == media.has("link"))
        refuse(kMissing, media.name() + " needs exactly one of id and link.");
    if (media.has("link")) check_link(media, "link");
    media.optional_text("id", 200);
    media.optional_text("caption", 1024);
    media.optional_text("filename", 240);
}

void check_header(const Object& header, bool text_only) {
    const std::string type = header.text("type", 20);
    if (type == "text") {
        header.only({"type", "text"});
        static_cast<void>(header.text("text", 60));
        return;
    }
    const bool known = type == "image" || type == "video" || type == "document";
    if (text_only || !known) refuse(kBadValue, "The header type is not allowed here.");
    header.only({"type", type});
    check_media(header.object(type), false, type == "document");
}

void check_interactive(const Object& interactive) {
    interactive.only({"type", "header", "body", "footer", "action"});
    const std::string type = interactive.text("type", 40);
    const Object body = interactive.object("body");
    body.only({"text"});
    static_cast<void>(body.text("text", type == "list" ? 4096 : 1024));
    if (interactive.has("header")) check_header(interactive.object("header"), type == "list");
    if (interactive.has("footer")) {
        interactive.object("footer").only({"text"});
        static_cast<void>(interactive.object("footer").text("text", 60));
    }
    const Object action = interactive.object("action");
    if (type == "button") return check_buttons(action);
    if (type == "list") return check_sections(action);
    if (type == "cta_url") return check_cta_url(action);
    action.only({"name"});
    if (type == "location_request_message") return action.equals("name", "send_location");
    if (type == "contact_request") return action.equals("name", "request_contact_info");
    refuse(kBadValue, "interactive.type is not a valid type.");
}

void check_location(const Object& location) {
    location.only({"latitude", "longitude", "name", "address"});
    location.number("latitude");
    location.number("longitude");
    location.optional_text("name", 1000);
    location.optional_text("address", 1000);
}

void check_reaction(const Object& reaction) {
    reaction.only({"message_id", "emoji"});
    static_cast<void>(reaction.text("message_id", 200));
    if (!reaction.at("emoji").is_string()) refuse(kUnexpected, "Param reaction.emoji must be a string.");
}

void check_template(const Object& tmpl) {
    tmpl.only({"name", "language", "components"});
    static_cast<void>(tmpl.text("name", 512));
    tmpl.object("language").only({"code"});
    static_cast<void>(tmpl.object("language").text("code", 20));
    if (!tmpl.has("components")) return;
    for (const Object& component : tmpl.objects("components", 0, 20)) {
        component.only({"type", "sub_type", "index", "parameters"});
        static_cast<void>(component.text("type", 20));
    }
}

void check_content(const Object& root, const std::string& type) {
    if (type == "text") return check_text(root.object(type));
    if (type == "interactive") return check_interactive(root.object(type));
    if (type == "image" || type == "video") return check_media(root.object(type), true, false);
    if (type == "document") return check_media(root.object(type), true, true);
    if (type == "audio" || type == "sticker") return check_media(root.object(type), false, false);
    if (type == "location") return check_location(root.object(type));
    if (type == "reaction") return check_reaction(root.object(type));
    if (type == "template") return check_template(root.object(type));
    refuse(kBadValue, "type is not a valid message type.");
}

void check_recipient(const Object& root) {
    static const Poco::RegularExpression kUserId("[A-Z]{2}\\.(ENT\\.)?[A-Za-z0-9]{1,128}");
    static const Poco::RegularExpression kNumber("\\+?[0-9][0-9 ()\\-]{4,24}");
    if (root.has("to")) {
        const std::string to = root.text("to", 200);
        if (kUserId.match(to)) refuse(kUndeliverable, "Message undeliverable.");
        if (!kNumber.match(to)) refuse(kBadValue, "to is not a valid phone number.");
    } else if (!kUserId.match(root.text("recipient", 200))) {
        refuse(kBadValue, "recipient is not a valid user id.");
    }
}

void check_read(const Object& root) {
    root.only({"messaging_product", "status", "message_id", "typing_indicator"});
    root.equals("status", "read");
    if (!root.text("message_id", 512).starts_with("wamid.")) refuse(kBadValue, "Invalid message_id.");
    if (!root.has("typing_indicator")) return;
    root.object("typing_indicator").only({"type"});
    root.object("typing_indicator").equals("type", "text");
}

void check_message(const Object& root) {
    const std::string type = root.has("type") ? root.text("type", 40) : "text";
    root.only({"messaging_product", "recipient_type", "to", "recipient", "type", "context",
               "biz_opaque_callback_data", type});
    if (root.has("recipient_type")) root.equals("recipient_type", "individual");
    check_recipient(root);
    if (root.has("context")) {
        root.object("context").only({"message_id"});
        static_cast<void>(root.object("context").text("message_id", 512));
    }
    root.optional_text("biz_opaque_callback_data", 512);
    check_content(root, type);
}

}  // namespace

std::optional<GraphRefusal> refusal_of(const json& body) {
    try {
        const Object root(body, "body");
        root.equals("messaging_product", "whatsapp");
        root.has("status") ? check_read(root) : check_message(root);
        return std::nullopt;
    } catch (const Refused& refused) {
        return refused.refusal;
    }
}

}  // namespace migue::standins
