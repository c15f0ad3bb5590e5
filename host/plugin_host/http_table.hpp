#pragma once

namespace migue::host {

/// The struct of migue.http/1; see service_tables.hpp.
[[nodiscard]] const void* http_table() noexcept;

}  // namespace migue::host
