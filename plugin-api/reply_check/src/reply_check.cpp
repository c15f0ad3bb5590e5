#include "migue/cpp/reply_check.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace migue {

namespace {

using nlohmann::json;
using Checked = Result<void>;

Error fault(const std::string& where, const std::string& what) {
    return {Error::Code::kInvalid, (where.empty() ? "the body" : where) + ": " + what};
}

/// In UTF-16 units; the JSON parser has made sure that it is UTF-8.
std::size_t length(std::string_view text) noexcept {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) ++units;  // one for each character
        if (byte >= 0xf0) ++units;           // and one more outside the basic plane
    }
    return units;
}

bool is_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool has_control(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

/// Exactly these members, the last `optional` of them at will.
Checked has_members(const json& object, const std::string& where, std::initializer_list<const char*> names,
                    std::size_t optional = 0) {
    if (!object.is_object()) return fault(where, "expected an object");
    std::size_t position = 0;
    for (const char* name : names)
        if (position++ + optional < names.size() && !object.contains(name))
            return fault(where + "/" + name, "is missing");
    for (const auto& [key, value] : object.items())
        if (std::none_of(names.begin(), names.end(), [&](const char* name) { return key == name; })) {
            std::string known;
            for (const char* name : names) known += (known.empty() ? "" : ", ") + std::string(name);
            return fault(where, "has an unknown member; known are " + known);
        }
    return {};
}

enum class Lines { kOne = 1, kMany };

Checked is_text(const json& value, const std::string& where, std::size_t limit, Lines lines) {
    if (!value.is_string()) return fault(where, "expected a string");
    const auto& text = value.get_ref<const std::string&>();
    if (is_blank(text)) return fault(where, "is empty");
    if (lines == Lines::kOne && has_control(text)) return fault(where, "has a control character");
    if (text.find('\0') != std::string::npos) return fault(where, "has a NUL character");
    if (const std::size_t size = length(text); size > limit)
        return fault(where, std::to_string(size) + " characters, at most " + std::to_string(limit));
    return {};
}

Checked is_list(const json& value, const std::string& where, std::size_t limit) {
    if (!value.is_array()) return fault(where, "expected an array");
    if (value.empty() || value.size() > limit)
        return fault(where,
                     std::to_string(value.size()) + " entries, expected 1 to " + std::to_string(limit));
    return {};
}

/// Each entry's `member` differs from all others'.
Checked is_unique(const json& list, const std::string& where, const char* member) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.size(); ++i)
        if (!seen.insert(list[i].at(member).get_ref<const std::string&>()).second)
            return fault(where + "/" + std::to_string(i) + "/" + member, "is the same as another entry's");
    return {};
}

Checked first_fault(std::initializer_list<Checked> all) {
    for (const Checked& one : all)
        if (!one) return one;
    return {};
}

Checked check_text(const json& body, const ReplyLimits& limits) {
    if (Checked known = has_members(body, "", {"text"}); !known) return known;
    return is_text(body["text"], "/text", limits.text, Lines::kMany);
}

Checked check_button(const json& button, const std::string& where, const ReplyLimits& limits) {
    if (Checked known = has_members(button, where, {"id", "title"}); !known) return known;
    return first_fault({is_text(button["id"], where + "/id", limits.button_id, Lines::kOne),
                        is_text(button["title"], where + "/title", limits.button_title, Lines::kOne)});
}

Checked check_buttons(const json& body, const ReplyLimits& limits) {
    if (Checked known = has_members(body, "", {"text", "buttons"}); !known) return known;
    const json& buttons = body["buttons"];
    if (Checked shaped = first_fault({is_text(body["text"], "/text", limits.body, Lines::kMany),
                                      is_list(buttons, "/buttons", limits.buttons)});
        !shaped)
        return shaped;
    for (std::size_t i = 0; i < buttons.size(); ++i)
        if (Checked one = check_button(buttons[i], "/buttons/" + std::to_string(i), limits); !one) return one;
    return first_fault({is_unique(buttons, "/buttons", "id"), is_unique(buttons, "/buttons", "title")});
}

Checked check_row(const json& row, const std::string& where, const ReplyLimits& limits) {
    if (Checked known = has_members(row, where, {"id", "title", "description"}, 1); !known) return known;
    if (row.contains("description"))
        if (Checked described =
                is_text(row["description"], where + "/description", limits.row_description, Lines::kOne);
            !described)
            return described;
    return first_fault({is_text(row["id"], where + "/id", limits.row_id, Lines::kOne),
                        is_text(row["title"], where + "/title", limits.row_title, Lines::kOne)});
}

Checked check_list(const json& body, const ReplyLimits& limits) {
    if (Checked known = has_members(body, "", {"text", "button", "rows"}); !known) return known;
    const json& rows = body["rows"];
    if (Checked shaped = first_fault({is_text(body["text"], "/text", limits.body, Lines::kMany),
                                      is_text(body["button"], "/button", limits.button_title, Lines::kOne),
                                      is_list(rows, "/rows", limits.list_rows)});
        !shaped)
        return shaped;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (Checked one = check_row(rows[i], "/rows/" + std::to_string(i), limits); !one) return one;
    return is_unique(rows, "/rows", "id");
}

Checked check_url(const json& value, const std::string& where, const ReplyLimits& limits) {
    if (Checked text = is_text(value, where, limits.url, Lines::kOne); !text) return text;
    const auto& url = value.get_ref<const std::string&>();
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    const bool has_host = scheme != 0 && url.size() > scheme && url[scheme] != '/' && url[scheme] != '?';
    if (!has_host || url.find(' ') != std::string::npos)
        return fault(where, "expected an http or https address");
    return {};
}

Checked check_link(const json& body, const ReplyLimits& limits) {
    if (Checked known = has_members(body, "", {"text", "title", "url"}); !known) return known;
    return first_fault({is_text(body["text"], "/text", limits.body, Lines::kMany),
                        is_text(body["title"], "/title", limits.button_title, Lines::kOne),
                        check_url(body["url"], "/url", limits)});
}

/// A media id goes into addresses, a file name is shown: neither may hold what leads elsewhere.
Checked check_document(const json& body, const ReplyLimits& limits) {
    if (Checked known = has_members(body, "", {"text", "media", "file_name"}); !known) return known;
    if (Checked shaped =
            first_fault({is_text(body["text"], "/text", limits.body, Lines::kMany),
                         is_text(body["media"], "/media", limits.media_id, Lines::kOne),
                         is_text(body["file_name"], "/file_name", limits.file_name, Lines::kOne)});
        !shaped)
        return shaped;
    const auto& id = body["media"].get_ref<const std::string&>();
    const bool is_id = std::all_of(id.begin(), id.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-';
    });
    if (!is_id) return fault("/media", "expected letters, digits, _ and -");
    if (body["file_name"].get_ref<const std::string&>().find_first_of("/\\") != std::string::npos)
        return fault("/file_name", "expected a name without folders");
    return {};
}

}  // namespace

Result<void> check_reply(std::string_view kind, std::string_view body_json, const ReplyLimits& limits) {
    using Check = Checked (*)(const json&, const ReplyLimits&);
    struct Kind {
        std::string_view name;
        Check check;
    };
    static constexpr Kind kKinds[] = {{"text", check_text},         {"buttons", check_buttons},
                                      {"list", check_list},         {"link", check_link},
                                      {"document", check_document}, {"forget", check_text}};
    const auto* const known =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& one) { return one.name == kind; });
    if (known == std::end(kKinds))
        return Error{Error::Code::kUnsupported,
                     "unknown kind of reply; known are text, buttons, list, link, document, forget"};
    const json body = json::parse(body_json, nullptr, false);
    if (body.is_discarded()) return fault("", "is not JSON in UTF-8");
    Checked checked = known->check(body, limits);
    if (checked) return checked;
    return std::move(checked).error().within(kind);
}

}  // namespace migue
