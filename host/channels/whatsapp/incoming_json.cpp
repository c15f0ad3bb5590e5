#include "host/channels/whatsapp/incoming_json.hpp"

#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

/// Meta's own payloads reach about ten.
constexpr int kMaxDepth = 64;
constexpr std::string_view kNul = "\\u0000";

/// Reads JSON text once, before the parser: measures its depth, replaces what is no text.
class Cleaner {
public:
    explicit Cleaner(std::string_view text) : text_(text) {}

    /// False: nested too deep.
    bool run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (in_string_) {
                step_in_string(c);
                continue;
            }
            ++at_;
            if (c == '"') in_string_ = true;
            if ((c == '[' || c == '{') && ++depth_ > kMaxDepth) return false;
            if (c == ']' || c == '}') --depth_;
        }
        if (!cleaned_.empty()) cleaned_ += text_.substr(copied_);
        return true;
    }

    [[nodiscard]] std::string_view result() const {
        return cleaned_.empty() ? text_ : std::string_view(cleaned_);
    }

private:
    void step_in_string(char c) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"') {
            in_string_ = false;
            ++at_;
        } else if (c == '\\') {
            step_over_escape();
        } else if (byte < 0x20) {
            replace(1);
        } else if (byte < 0x80) {
            ++at_;
        } else {
            const std::size_t length = sequence_length(byte);
            const auto* bytes = reinterpret_cast<const unsigned char*>(text_.data()) + at_;
            const bool legal = length > 1 && length <= text_.size() - at_ &&
                               Poco::UTF8Encoding::isLegal(bytes, static_cast<int>(length));
            legal ? void(at_ += length) : replace(1);
        }
    }

    void step_over_escape() {
        const auto unit = unicode_escape(at_);
        if (!unit) {
            at_ = std::min(at_ + 2, text_.size());
        } else if (*unit < 0xD800 || *unit > 0xDFFF) {
            at_ += 6;
        } else {
            const auto next = *unit < 0xDC00 ? unicode_escape(at_ + 6) : std::nullopt;
            const bool pair = next && *next >= 0xDC00 && *next <= 0xDFFF;
            pair ? void(at_ += 12) : replace(6);
        }
    }

    /// The unit of a "\uXXXX" at this place.
    [[nodiscard]] std::optional<unsigned> unicode_escape(std::size_t place) const {
        if (place + 6 > text_.size() || text_[place] != '\\' || text_[place + 1] != 'u') return std::nullopt;
        unsigned unit = 0;
        const char* begin = text_.data() + place + 2;
        const auto [end, error] = std::from_chars(begin, begin + 4, unit, 16);
        if (error != std::errc() || end != begin + 4) return std::nullopt;
        return unit;
    }

    static std::size_t sequence_length(unsigned char first) noexcept {
        if (first >= 0xF0) return 4;
        if (first >= 0xE0) return 3;
        return first >= 0xC0 ? 2 : 0;
    }

    void replace(std::size_t size) {
        cleaned_ += text_.substr(copied_, at_ - copied_);
        cleaned_ += kNul;
        at_ += size;
        copied_ = at_;
    }

    const std::string_view text_;
    std::string cleaned_;  // empty as long as nothing had to be replaced
    std::size_t at_ = 0, copied_ = 0;
    int depth_ = 0;
    bool in_string_ = false;
};

}  // namespace

std::optional<json> parse_incoming(std::string_view text) {
    Cleaner cleaner(text);
    if (!cleaner.run()) return std::nullopt;
    json parsed = json::parse(cleaner.result(), nullptr, false);
    if (parsed.is_discarded()) return std::nullopt;
    return parsed;
}

bool holds_nul(const json& value) {
    if (value.is_string()) return value.get_ref<const std::string&>().find('\0') != std::string::npos;
    if (!value.is_structured()) return false;
    return std::any_of(value.begin(), value.end(), [](const json& inner) { return holds_nul(inner); });
}

const json* member(const json& object, const char* key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

const json* object_in(const json& object, const char* key) {
    const json* found = member(object, key);
    return found && found->is_object() ? found : nullptr;
}

const json* array_in(const json& object, const char* key) {
    const json* found = member(object, key);
    return found && found->is_array() ? found : nullptr;
}

std::string_view text_in(const json& object, const char* key) {
    const json* found = member(object, key);
    return found && found->is_string() ? std::string_view(found->get_ref<const std::string&>())
                                       : std::string_view();
}

bool true_in(const json& object, const char* key) {
    const json* found = member(object, key);
    return found && found->is_boolean() && found->get<bool>();
}

std::optional<std::int64_t> unix_ms_in(const json& object, const char* key) {
    const std::string_view text = text_in(object, key);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kYear9999 = 253402300799;
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || seconds < 0 || seconds > kYear9999) return std::nullopt;
    return seconds * 1000;
}

}  // namespace migue::host::whatsapp
