#include "host/channels/chat/terminal_view.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <ostream>

namespace migue::host::chat {
namespace {

using nlohmann::json;

constexpr std::string_view kBold = "1", kDim = "2", kGreen = "32", kCyan = "36";

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Without what a terminal would obey: C0 and DEL, and C1 in its UTF-8 form. Titles come
/// from calendars, so anybody may have written them.
std::string harmless(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool is_c1 =
            byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (is_c1) {
            ++i;
        } else if (byte == '\n' || (byte >= 0x20 && byte != 0x7F)) {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

void TerminalView::show_reply(const json& line) {
    const json body = line.contains("body") && line["body"].is_object() ? line["body"] : json::object();
    choices_.clear();
    out_ << painted(kGreen, "migue") << "  ";
    for (const char c : harmless(text_of(body, "text"))) {
        out_ << c;
        if (c == '\n') out_ << "       ";  // under the first line's text
    }
    out_ << '\n';
    if (const std::string url = harmless(text_of(body, "url")); !url.empty())
        out_ << "       " << painted(kCyan, harmless(text_of(body, "title"))) << "  " << url << '\n';
    if (body.contains("buttons")) show_choices(body["buttons"]);
    if (body.contains("rows")) show_choices(body["rows"]);
    out_.flush();
}

void TerminalView::show_choices(const json& items) {
    for (const json& item : items) {
        if (!item.is_object()) continue;
        choices_.push_back({text_of(item, "id"), text_of(item, "title")});
        out_ << "       " << painted(kBold, "[" + std::to_string(choices_.size()) + "]") << ' '
             << harmless(choices_.back().title);
        if (const std::string more = harmless(text_of(item, "description")); !more.empty())
            out_ << "  " << painted(kDim, more);
        out_ << '\n';
    }
}

void TerminalView::show_notice(std::string_view text) {
    out_ << painted(kDim, text) << std::endl;
}

void TerminalView::show_prompt() {
    out_ << painted(kCyan, "> ") << std::flush;
}

std::optional<TerminalView::Choice> TerminalView::choice_for(std::string_view typed) const {
    std::size_t number = 0;
    const auto [end, fault] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
    if (fault != std::errc{} || end != typed.data() + typed.size()) return std::nullopt;
    if (number < 1 || number > choices_.size()) return std::nullopt;
    return choices_[number - 1];
}

std::string TerminalView::painted(std::string_view code, std::string_view text) const {
    if (!colours_) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace migue::host::chat
