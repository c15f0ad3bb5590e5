#pragma once
#include <string>

#include "dialogue/scene.hpp"
#include "migue/cpp/turn.hpp"

/// What came in with a turn, out of the host's JSON. No effects; what is missing reads as absent.
namespace scheduling {

[[nodiscard]] Input read_input(const migue::Turn& turn);

/// Who the turn is for: of a job, whoever asked for what it goes on with.
[[nodiscard]] std::string person_of(const migue::Turn& turn, const Input& input);

}  // namespace scheduling
