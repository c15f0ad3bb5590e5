#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "model_client/circuit_breaker.hpp"
#include "understanding/model/token_meter.hpp"
#include "understanding/model/transcription_settings.hpp"

/// The words of a voice note, from a server that speaks OpenAI's transcriptions.
namespace scheduling::model {

struct VoiceNote {
    std::string person;  ///< whose budget it is
    std::string place, media_id;
    std::string language;        ///< the conversation's, two letters, or "": the server finds out
    std::uint64_t until_ns = 0;  ///< monotonic; an answer must be there by then
};

/// What was heard. The audio itself is gone when this is there.
struct Heard {
    enum class End {
        kWords = 1,
        kGone,        ///< the channel has it no more
        kTooLong,     ///< larger or longer than is listened to
        kNotAudio,    ///< of a kind that no server takes
        kNothing,     ///< no words in it
        kOverBudget,  ///< enough for today
        kDown,        ///< the channel or the server does not answer, or not usefully
    };
    End end = End::kDown;
    std::string words;   ///< with kWords: one line, cleaned, without addresses, at most 1,000 characters
    std::string intent;  ///< what the host reads in them; "" when it is no wish of this plugin's
    std::string locale;  ///< the words' language as the host reads it, or ""
};
[[nodiscard]] std::string_view name_of(Heard::End end);

/// Fetches a note, has it written down, forgets it. Nothing of it is stored or logged. Thread-safe.
class VoiceNotes {
public:
    /// The settings must outlive it.
    VoiceNotes(const migue::Services& services, const TranscriptionSettings& settings);
    VoiceNotes(const VoiceNotes&) = delete;
    VoiceNotes& operator=(const VoiceNotes&) = delete;

    [[nodiscard]] bool is_on() const noexcept { return settings_.is_on(); }
    [[nodiscard]] migue::Task<Heard> hear(VoiceNote note);

private:
    struct Answer {
        Heard::End end = Heard::End::kDown;
        std::string text;
        bool again = false;  ///< another try may help
    };
    migue::Task<Heard> listen(const VoiceNote& note);
    migue::Task<Answer> transcribe(const VoiceNote& note, const migue::MediaFile& file);
    [[nodiscard]] Answer judge(const migue::HttpResponse& response);
    void read_intent(const VoiceNote& note, Heard& heard) const;

    const migue::Services services_;
    const TranscriptionSettings& settings_;
    const TokenMeter meter_;
    model_client::CircuitBreaker breaker_;
    std::atomic<int> under_way_{0};
    const std::uint32_t notes_, failed_, seconds_;
};

/// What kind of audio the bytes are, by their beginning: the ending that servers know it by, "ogg",
/// "mp3", "m4a", "wav", "flac" or "webm"; "" when none. What the channel calls it counts for nothing.
[[nodiscard]] std::string_view kind_of_audio(std::string_view bytes);

/// How long an Ogg/Opus recording is, from its last page; nothing when that cannot be read.
[[nodiscard]] std::optional<std::chrono::milliseconds> length_of_opus(std::string_view bytes);

/// Words that were not typed, as they may be shown: cleaned, without anything that a chat would
/// make a link of.
[[nodiscard]] std::string shown_words(std::string_view words);

}  // namespace scheduling::model
