#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// A loaded shared library: the only place that knows Boost.DLL.
///
/// Loading runs the library's constructors and unloading its destructors: control thread
/// only.
class Image {
public:
    /// `path` is absolute and was never loaded before (H8). Every symbol is bound now and
    /// seen by nobody else (G6, H11, H12).
    [[nodiscard]] static Result<std::unique_ptr<Image>> load(const std::filesystem::path& path);
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    ~Image();

    /// The exported object of that name, or nullptr.
    [[nodiscard]] const void* find(const std::string& name) const;

    /// Unloads. True: it is gone. False: something keeps it mapped (H1, H2, H15, H16).
    [[nodiscard]] bool close();
    /// Lets it stay for the rest of the process's life: something still runs in it.
    static void leave_loaded(std::unique_ptr<Image> image);

private:
    class Library;
    Image(std::filesystem::path path, std::unique_ptr<Library> library);
    const std::filesystem::path path_;
    std::unique_ptr<Library> library_;
};

/// What a plugin may need without the operator saying so: the C and C++ runtime, and the
/// sanitizers' (H13).
[[nodiscard]] bool is_runtime_library(std::string_view name) noexcept;

/// Says that an object is never given back on purpose, so that no leak is reported.
void keep_for_good(const void* object);

/// Opens a library for the rest of the process's life: reopened with each swap it would
/// leak (H13). By its name, in the system's directories.
[[nodiscard]] Result<void> open_for_good(const std::string& library);

}  // namespace migue::host
