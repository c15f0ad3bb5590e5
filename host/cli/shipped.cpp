#include "host/cli/shipped.hpp"

namespace migue::host::cli {

namespace fs = std::filesystem;

fs::path program_folder() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

fs::path plugin_runner() {
    return program_folder() / "migue-plugin-runner";
}

fs::path understander() {
    return program_folder() / "migue-understand";
}

fs::path shipped_plugin(const std::string& id) {
    return program_folder().parent_path() / "plugins" / (id + ".so");
}

fs::path shipped_config() {
    return program_folder().parent_path() / "share" / "migue" / "config";
}

fs::path shipped_model() {
    return shipped_config() / "intents.model";
}

}  // namespace migue::host::cli
