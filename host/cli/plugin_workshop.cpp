#include "host/cli/plugin_workshop.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "host/cli/shipped.hpp"
#include "host/plugin_host/background.hpp"
#include "host/plugin_host/lock_file.hpp"
#include "plugin_template.embedded.hpp"

namespace migue::host::cli {

namespace {

namespace fs = std::filesystem;

std::string class_name_of(const std::string& id) {
    std::string name;
    bool is_start = true;
    for (const char c : id) {
        if (c == '_') {
            is_start = true;
            continue;
        }
        name += is_start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        is_start = false;
    }
    return name;
}

std::string filled(std::string text, const std::string& mark, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += with.size())
        text.replace(at, mark.size(), with);
    return text;
}

/// "plugin_test.cpp.in" of the template is "<id>_test.cpp" of the plugin.
std::string file_name_of(const std::string& id, std::string name) {
    if (name == "gitignore") return ".gitignore";
    if (name.ends_with(".in")) name.resize(name.size() - 3);
    return name.starts_with("plugin") ? id + name.substr(6) : name;
}

/// Runs a program to its end, in the background of those who chat meanwhile; what it prints goes to
/// standard error.
Result<void> run(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = -1;
    const InBackground background;
    const int failed = ::posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return Error{Error::Code::kUnavailable,
                     fmt::format("start {}: {}", words[0], std::generic_category().message(failed))};
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    return Error{Error::Code::kInvalid, "failed, as told above: " + line};
}

}  // namespace

fs::path plugin_api_prefix() {
    const fs::path root = program_folder().parent_path();
    std::error_code ignored;
    for (const fs::path& prefix : {root / "sdk", root})
        if (fs::exists(prefix / "lib/cmake/migue_plugin_api/migue_plugin_apiConfig.cmake", ignored))
            return prefix;
    return {};
}

Result<void> write_new_plugin(const std::string& id, const fs::path& folder) {
    if (!is_plugin_id(id))
        return Error{Error::Code::kInvalid, "'" + id + "' is not a plugin id, expected [a-z][a-z0-9_]{0,31}"};
    std::error_code failed;
    if (fs::exists(folder, failed))
        return Error{Error::Code::kConflict, folder.string() + ": is there already; expected a new folder"};
    fs::create_directories(folder, failed);
    if (failed)
        return Error{Error::Code::kConfig, folder.string() + ": make the folder: " + failed.message()};
    for (const auto& [path, content] : plugin_template::embedded_files()) {
        const fs::path file = folder / file_name_of(id, fs::path(path).filename().string());
        std::string text = filled(std::string(content), "@NAME@", id);
        text = filled(std::move(text), "@CLASS@", class_name_of(id));
        text = filled(std::move(text), "@PREFIX@", plugin_api_prefix().string());
        std::ofstream out(file);
        out << text;
        if (!out.flush()) return Error{Error::Code::kConfig, file.string() + ": cannot be written"};
    }
    return {};
}

Result<std::vector<fs::path>> build_plugins(const fs::path& folder) {
    const fs::path build = folder / "build";
    std::error_code ignored;
    if (!fs::exists(folder / "CMakeLists.txt", ignored))
        return Error{Error::Code::kConfig,
                     folder.string() + ": no CMakeLists.txt there; expected the folder of a plugin"};
    if (!fs::exists(build / "CMakeCache.txt", ignored)) {
        auto configured =
            run({"cmake", "-S", folder.string(), "-B", build.string(), "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                 "-DCMAKE_PREFIX_PATH=" + plugin_api_prefix().string()});
        if (!configured) return std::move(configured).error();
    }
    // The plugins alone: whoever saves a file wants to see it answer, tests are for ctest.
    if (auto built = run({"cmake", "--build", build.string(), "--target", "migue_plugins"}); !built)
        return std::move(built).error();
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(build / "plugins", ignored))
        if (entry.path().extension() == ".so") files.push_back(fs::absolute(entry.path()));
    std::sort(files.begin(), files.end());
    if (files.empty())
        return Error{Error::Code::kConfig,
                     (build / "plugins").string() +
                         ": no plugin was built; expected migue_add_plugin() in CMakeLists.txt"};
    return files;
}

}  // namespace migue::host::cli
