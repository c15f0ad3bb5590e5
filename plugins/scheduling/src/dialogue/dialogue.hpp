#pragma once
#include "dialogue/scene.hpp"
#include "migue/cpp/plugin.hpp"

namespace scheduling {

/// One turn of the conversation. Every message is an edit of what is known: it fills,
/// changes, confirms, refuses, replaces or leaves; what it is none of is passed on.
/// Thread-safe: all that changes is in the turn. `heard`: of a voice note's job; else null.
[[nodiscard]] migue::Task<migue::TurnEnd> take_turn(const Tools& tools, migue::Turn& turn,
                                                    const HeardNote* heard = nullptr);

}  // namespace scheduling
