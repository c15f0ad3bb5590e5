#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "host/config/settings.hpp"

namespace migue::host::config {

/// The config schema of an installed plugin; an Error when it cannot be had.
using SchemaOf = std::function<Result<std::string>(const std::string& plugin_id)>;

/// A check of another room on the settings, such as "the routes file is good". Its error
/// holds one fault a line.
using SettingsCheck = std::function<Result<void>(const Settings&)>;

/// One fault, taken apart for programs. A fault of no single place has line and column 0.
struct Finding {
    std::string file;
    std::size_t line = 0, column = 0;
    std::string what;
};

/// What `migue check` found.
struct CheckReport {
    std::vector<Finding> findings;
    bool is_readable = true;  ///< false: there was no file to check

    [[nodiscard]] int exit_code() const noexcept;  ///< 0 good, 1 findings, 2 could not run
    [[nodiscard]] std::string text() const;        ///< a finding a line, "file:line:col: what"
    [[nodiscard]] std::string json() const;  ///< {"ok":…,"findings":[{"file","line","column","what"}]}
};

/// What `migue check` does, without starting anything: the file, each plugin's section
/// against its schema (an empty `schema_of` leaves that to `others`), and `others`. Everything found is told
/// at once; a file that is wrong in itself is told alone, as the rest would only follow from it.
[[nodiscard]] CheckReport check_config(const std::filesystem::path& file, const SchemaOf& schema_of,
                                       const std::vector<SettingsCheck>& others = {},
                                       const Variables& variables = environment());

}  // namespace migue::host::config
