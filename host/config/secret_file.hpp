#pragma once
#include <filesystem>
#include <string>

#include "migue/cpp/result.hpp"

namespace migue::host::config {

/// The one line of a file that holds a secret, without the line's end. The error says what is
/// wrong and never repeats the file's contents.
[[nodiscard]] Result<std::string> read_secret_file(const std::filesystem::path& file);

}  // namespace migue::host::config
