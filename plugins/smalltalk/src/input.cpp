#include "input.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace smalltalk {

namespace {

constexpr KindGroup kOnce{Answer::kOncePerConversation, "unsupported_once"};
constexpr KindGroup kSilent{Answer::kSilence, ""};
constexpr KindGroup kAudio{Answer::kEachTime, "unsupported_audio"};
constexpr KindGroup kPicture{Answer::kEachTime, "unsupported_picture"};
constexpr KindGroup kCard{Answer::kEachTime, "unsupported_card"};
constexpr KindGroup kOrder{Answer::kEachTime, "unsupported_order"};

/// What is not listed here is answered once: nobody knows what the person meant by it.
constexpr std::array kGroups = {
    std::pair<std::string_view, KindGroup>{"audio", kAudio},
    std::pair<std::string_view, KindGroup>{"voice", kAudio},
    std::pair<std::string_view, KindGroup>{"image", kPicture},
    std::pair<std::string_view, KindGroup>{"video", kPicture},
    std::pair<std::string_view, KindGroup>{"document", {Answer::kEachTime, "unsupported_document"}},
    std::pair<std::string_view, KindGroup>{"location", kCard},
    std::pair<std::string_view, KindGroup>{"contacts", kCard},
    std::pair<std::string_view, KindGroup>{"order", kOrder},
    std::pair<std::string_view, KindGroup>{"form", kOrder},
    std::pair<std::string_view, KindGroup>{"tap", {Answer::kEachTime, "unsupported_tap"}},
    std::pair<std::string_view, KindGroup>{"request_welcome", {Answer::kGreeting, "greeting"}},
    // Nobody said anything: a message taken back, a changed number, a job of nobody.
    std::pair<std::string_view, KindGroup>{"revoke", kSilent},
    std::pair<std::string_view, KindGroup>{"system", kSilent},
    std::pair<std::string_view, KindGroup>{"job", kSilent},
};

}  // namespace

std::string read_kind(std::string_view input_json) {
    const auto input = nlohmann::json::parse(input_json, nullptr, false);
    if (!input.is_object()) return "text";
    const auto kind = input.find("kind");
    return kind != input.end() && kind->is_string() ? kind->get<std::string>() : "text";
}

KindGroup group_of(std::string_view kind) noexcept {
    const auto* const found =
        std::ranges::find(kGroups, kind, &std::pair<std::string_view, KindGroup>::first);
    return found == kGroups.end() ? kOnce : found->second;
}

}  // namespace smalltalk
