#pragma once

namespace migue::host {

/// migue.media/1 and migue.intents/1.
[[nodiscard]] const void* media_table() noexcept;
[[nodiscard]] const void* intents_table() noexcept;

}  // namespace migue::host
