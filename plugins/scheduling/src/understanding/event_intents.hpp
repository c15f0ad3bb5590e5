#pragma once
#include <string_view>

/// Which intents' messages may be an event's.
namespace scheduling {

/// Intents that a few words suffice for ("estoy en …"): a message of theirs that says when something is
/// ("estoy en la oficina, agenda … a las 5", "vou estar em Gramado de sexta a domingo") is an event's all the
/// same, unless it is_only_told.
[[nodiscard]] bool yields_to_event(std::string_view intent);

}  // namespace scheduling
