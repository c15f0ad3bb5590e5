#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "host/config/yaml.hpp"

namespace migue::host::config {

inline Variables no_variables() {
    return [](std::string_view, std::string&) { return false; };
}

inline Variables variables_from(std::map<std::string, std::string, std::less<>> values) {
    return [values = std::move(values)](std::string_view name, std::string& value) {
        const auto found = values.find(name);
        if (found == values.end()) return false;
        value = found->second;
        return true;
    };
}

/// A folder of its own for a test, removed at its end.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "migue-config-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~TemporaryDirectory() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path write(const std::string& name, std::string_view text) const {
        const auto file = path_ / name;
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

}  // namespace migue::host::config
