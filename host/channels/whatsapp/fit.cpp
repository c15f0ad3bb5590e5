#include "host/channels/whatsapp/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "host/channels/whatsapp/incoming_json.hpp"
#include "host/channels/whatsapp/text_size.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxButtonId = 256;
constexpr std::size_t kMaxRowId = 200;
constexpr std::size_t kMaxListButton = 20;
constexpr std::size_t kMaxLinkTitle = 20;
constexpr std::size_t kMaxUrl = 2000;
constexpr std::string_view kEllipsis = "\u2026";
/// On the button of a list that was none, or came without: understood in every language.
constexpr std::string_view kListButton = "\u2022\u2022\u2022";

Error invalid(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<std::string> text_of(const json& body, std::size_t limit) {
    const std::string_view text = text_in(body, "text");
    if (is_blank(text)) return invalid("\"text\" is missing or blank");
    return shortened(text, limit);
}

/// What a person can tap on.
struct Choice {
    std::string id, title, description;
};

Result<std::vector<Choice>> choices_of(const json& body, const char* key, std::size_t max_id) {
    const json* items = array_in(body, key);
    if (!items) return invalid(fmt::format("\"{}\" is missing", key));
    std::vector<Choice> out;
    std::set<std::string> ids;
    for (const json& item : *items) {
        Choice choice{std::string(text_in(item, "id")), std::string(text_in(item, "title")),
                      std::string(text_in(item, "description"))};
        if (is_blank(choice.id)) return invalid("an \"id\" is missing or blank");
        if (choice.id.size() > max_id)
            return invalid(
                fmt::format("an \"id\" has {} bytes, at most {} are allowed", choice.id.size(), max_id));
        if (!ids.insert(choice.id).second) return invalid("an \"id\" is used twice");
        if (is_blank(choice.title)) return invalid("\"title\" is missing or blank");
        out.push_back(std::move(choice));
    }
    return out;
}

/// Graph refuses two buttons that show the same.
void make_different(std::vector<Choice>& choices, std::size_t limit) {
    std::set<std::string> titles;
    for (Choice& choice : choices) {
        std::string title = shortened(choice.title, limit);
        for (int number = 2; !titles.insert(title).second; ++number) {
            const std::string mark = fmt::format(" ({})", number);
            title = shortened(choice.title, limit - mark.size()) + mark;
        }
        choice.title = std::move(title);
    }
}

/// For more choices than can be shown, and for none: the person reads and writes.
FittedReply as_text(std::string_view text, const std::vector<Choice>& choices) {
    std::string all(text);
    for (const Choice& choice : choices) {
        all += "\n\u2022 " + choice.title;
        if (!is_blank(choice.description)) all += " \u2013 " + choice.description;
    }
    return {"text", {{"text", shortened(all, channel_limits().text)}}};
}

FittedReply as_list(std::string text, std::string_view button, const std::vector<Choice>& choices) {
    const ChannelLimits limits = channel_limits();
    json rows = json::array();
    for (const Choice& choice : choices) {
        json row = {{"id", choice.id}, {"title", shortened(choice.title, limits.row_title)}};
        if (!is_blank(choice.description))
            row["description"] = shortened(choice.description, limits.row_description);
        rows.push_back(std::move(row));
    }
    const std::string label = is_blank(button) ? std::string(kListButton) : shortened(button, kMaxListButton);
    return {"list", {{"text", std::move(text)}, {"button", label}, {"rows", std::move(rows)}}};
}

bool fit_a_list(const std::vector<Choice>& choices) {
    return choices.size() <= channel_limits().list_rows &&
           std::all_of(choices.begin(), choices.end(),
                       [](const Choice& choice) { return choice.id.size() <= kMaxRowId; });
}

Result<FittedReply> fit_text(const json& body) {
    auto text = text_of(body, channel_limits().text);
    if (!text) return text.error();
    return FittedReply{"text", {{"text", *std::move(text)}}};
}

Result<FittedReply> fit_buttons(const json& body) {
    const ChannelLimits limits = channel_limits();
    auto text = text_of(body, limits.body);
    if (!text) return text.error();
    auto choices = choices_of(body, "buttons", kMaxButtonId);
    if (!choices) return choices.error();
    if (choices->empty() || (choices->size() > limits.buttons && !fit_a_list(*choices)))
        return as_text(*text, *choices);
    if (choices->size() > limits.buttons) return as_list(*std::move(text), "", *choices);
    make_different(*choices, limits.button_title);
    json buttons = json::array();
    for (const Choice& choice : *choices) buttons.push_back({{"id", choice.id}, {"title", choice.title}});
    return FittedReply{"buttons", {{"text", *std::move(text)}, {"buttons", std::move(buttons)}}};
}

Result<FittedReply> fit_list(const json& body) {
    auto text = text_of(body, channel_limits().body);
    if (!text) return text.error();
    auto choices = choices_of(body, "rows", kMaxRowId);
    if (!choices) return choices.error();
    if (choices->empty() || !fit_a_list(*choices)) return as_text(*text, *choices);
    return as_list(*std::move(text), text_in(body, "button"), *choices);
}

Result<FittedReply> fit_link(const json& body) {
    auto text = text_of(body, channel_limits().body);
    if (!text) return text.error();
    const std::string url(text_in(body, "url"));
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return invalid("\"url\" is no http or https address");
    const std::string_view title = text_in(body, "title");
    if (url.size() > kMaxUrl || is_blank(title))
        return FittedReply{"text", {{"text", shortened(*text + "\n" + url, channel_limits().text)}}};
    return FittedReply{
        "link", {{"text", *std::move(text)}, {"title", shortened(title, kMaxLinkTitle)}, {"url", url}}};
}

Result<FittedReply> fit_document(const json& body) {
    auto text = text_of(body, channel_limits().body);
    if (!text) return text.error();
    const std::string_view media = text_in(body, "media"), name = text_in(body, "file_name");
    if (media.empty() || name.empty()) return invalid("\"media\" or \"file_name\" is missing");
    return FittedReply{"document", {{"text", *std::move(text)}, {"media", media}, {"file_name", name}}};
}

/// The last place where `text` may end after a whole sentence; npos: none.
std::size_t end_of_sentence(std::string_view text) {
    std::size_t end = std::string_view::npos;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const bool ends = text[i] == '.' || text[i] == '!' || text[i] == '?';
        if ((ends && (text[i + 1] == ' ' || text[i + 1] == '\n')) || text[i + 1] == '\n') end = i + 1;
    }
    return end;
}

}  // namespace

ChannelLimits channel_limits() noexcept {
    return {};
}

std::string shortened(std::string_view text, std::size_t limit) {
    if (utf16_units(text) <= limit) return std::string(text);
    std::string_view kept = first_utf16_units(text, limit - 1);
    // What is cut for a boundary should be little; else a character is good enough.
    const std::size_t least = kept.size() / 2;
    if (const auto sentence = end_of_sentence(kept); sentence != std::string_view::npos && sentence > least)
        kept = kept.substr(0, sentence);
    else if (const auto space = kept.rfind(' '); space != std::string_view::npos && space > least)
        kept = kept.substr(0, space);
    while (!kept.empty() && (kept.back() == ' ' || kept.back() == '\n')) kept.remove_suffix(1);
    return std::string(kept) + std::string(kEllipsis);
}

Result<FittedReply> fit(const Reply& reply) {
    const json body = json::parse(reply.body_json, nullptr, false);
    if (!body.is_object()) return invalid("the body is no JSON object");
    if (reply.kind == "text" || reply.kind == "forget") return fit_text(body);
    if (reply.kind == "buttons") return fit_buttons(body);
    if (reply.kind == "list") return fit_list(body);
    if (reply.kind == "link") return fit_link(body);
    if (reply.kind == "document") return fit_document(body);
    return invalid("the kind is none that WhatsApp can show");
}

std::string plain_text(const FittedReply& reply) {
    std::string text(text_in(reply.body, "text"));
    if (reply.kind == "link") text += "\n" + std::string(text_in(reply.body, "url"));
    return text;
}

}  // namespace migue::host::whatsapp
