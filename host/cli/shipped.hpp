#pragma once
#include <filesystem>
#include <string>

/// Files that come with the program, found from where it lies: bin/migue, plugins/*.so and
/// share/migue/config beside each other, in a build folder as in an installation.
namespace migue::host::cli {

[[nodiscard]] std::filesystem::path program_folder();
[[nodiscard]] std::filesystem::path plugin_runner();  ///< bin/migue-plugin-runner
[[nodiscard]] std::filesystem::path understander();   ///< bin/migue-understand
[[nodiscard]] std::filesystem::path shipped_plugin(const std::string& id);
[[nodiscard]] std::filesystem::path shipped_config();  ///< the folder with migue.yaml
[[nodiscard]] std::filesystem::path shipped_model();   ///< of the shipped routes' examples

}  // namespace migue::host::cli
