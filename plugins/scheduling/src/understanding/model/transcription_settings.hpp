#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace scheduling::model {

/// What an operator sets under plugins.scheduling.transcription.
struct TranscriptionSettings {
    std::string url;  ///< "https://…/v1", no slash at the end; "": nobody listens
    std::string api_key;
    std::string name;
    std::chrono::milliseconds timeout{12'000};  ///< of one request
    std::chrono::seconds longest{180};          ///< a longer note is not listened to
    std::size_t most_bytes = 4u << 20;
    std::int64_t daily_tokens = 30'000;  ///< of one person; a second of audio counts as 25
    int calls_at_once = 4;               ///< of this host

    [[nodiscard]] bool is_on() const noexcept { return !url.empty(); }
};

}  // namespace scheduling::model
