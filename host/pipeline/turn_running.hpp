#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "host/pipeline/tap.hpp"
#include "host/pipeline/turn.hpp"

namespace migue::host {

/// A turn under way. Touched by one thread at a time: each step starts the next.
struct TurnRunner::Running {
    OpenTurn turn;
    Behind behind;
    std::function<void()> finished;
    std::size_t messages = 1;  // that this turn answers
    bool question_open = false;
    std::shared_ptr<const intents::Router> router;
    Input input;
    Conversation conversation;
    intents::Decision decision;
    bool answers_open_question = false;
    bool fell_back = false;  // a plugin passed, and the fallback was asked
    std::string locale;
    std::uint64_t deadline_ns = 0;
    std::uint64_t started_ns = 0;
    std::uint64_t called_ns = 0;
    std::uint32_t tries = 0;  // of reading the conversation
};

}  // namespace migue::host
