#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "dialogue/scene.hpp"
#include "migue/cpp/task.hpp"
#include "understanding/model/voice_notes.hpp"

/// Voice notes. The message itself only starts a job, since listening takes longer than a turn may;
/// the job's turn answers. What was heard is read like text, and nothing that comes of it is done
/// without a tap: words of a model order nothing by themselves.
namespace scheduling {

/// A note whose job is due, and in the end what was heard.
struct HeardNote {
    std::string person, place, media_id, language;
    bool forwarded = false;
    std::int64_t sent_ms = 0;  ///< when it was spoken: "tomorrow" counts from here
    model::Heard heard = {};
};

/// Of a voice note's job; nothing of any other turn.
[[nodiscard]] std::optional<HeardNote> read_heard_job(const migue::Turn& turn);
/// What is asked for, and by when: the rest of the turn is the dialogue's.
[[nodiscard]] model::VoiceNote note_of(const HeardNote& note, const migue::Turn& turn);

/// An audio message. Passes on where nobody listens.
[[nodiscard]] migue::Task<Reply> start_listening(Scene& scene);
/// What was heard, as the scene's `heard` has it.
[[nodiscard]] migue::Task<Reply> answer_heard(Scene& scene);

}  // namespace scheduling
