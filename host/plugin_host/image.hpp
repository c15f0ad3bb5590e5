#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_host/descriptor.hpp"
#include "migue/cpp/result.hpp"
#include "migue/plugin.h"

namespace migue::host {

/// One copy of a plugin that was brought to life: it says what it is and makes instances.
/// Either a library in this process or a process of its own; what the instances do looks the
/// same.
///
/// Control thread only, but for end_by_force().
class Image {
public:
    /// Says why nothing of it runs any more.
    using OnLoss = std::function<void(const std::string& why)>;

    Image() = default;
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    virtual ~Image() = default;

    /// What the plugin says it is, checked (V2, C9). Once, before create().
    [[nodiscard]] virtual Result<Descriptor> describe() = 0;
    /// As migue_entry.create.
    virtual migue_status create(const migue_host* host, migue_str config_json, migue_diag* diag,
                                migue_plugin** out) = 0;
    /// Unloads. True: it is gone. False: something keeps it mapped (H1, H2, H15, H16).
    [[nodiscard]] virtual bool close() = 0;
    /// Ends whatever runs inside, now. False: that cannot be done without ending the host.
    [[nodiscard]] virtual bool end_by_force(const std::string& why) = 0;
    /// `on_loss` is called, on any thread, when everything in it has come to an end unasked.
    virtual void watch(OnLoss on_loss) = 0;
    /// From here on people wait for it (background.hpp).
    virtual void come_forward() {}

    /// Lets it stay for the rest of the process's life: something still runs in it.
    static void leave_loaded(std::unique_ptr<Image> image);
};

/// Loads a shared library: the only place that knows Boost.DLL. `path` is absolute and was
/// never loaded before (H8). Every symbol is bound now and seen by nobody else (G6, H11, H12).
/// Loading runs the library's constructors, close() its destructors.
[[nodiscard]] Result<std::unique_ptr<Image>> load_image(const std::filesystem::path& path);

/// What a plugin may need without the operator saying so: the C and C++ runtime, and the
/// sanitizers' (H13).
[[nodiscard]] bool is_runtime_library(std::string_view name) noexcept;

/// Says that an object is never given back on purpose, so that no leak is reported.
void keep_for_good(const void* object);

/// Opens a library for the rest of the process's life: reopened with each swap it would
/// leak (H13). By its name, in the system's directories.
[[nodiscard]] Result<void> open_for_good(const std::string& library);

}  // namespace migue::host
