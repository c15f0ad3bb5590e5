#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "migue/cpp/result.hpp"
#include "migue/ext/understand.h"
#include "migue/plugin.h"

namespace migue::host::cli {

/// One instance of the plugin that came with the program, with the defaults of its settings, that is only
/// asked what texts say.
///
/// Much less than a plugin host, and so much smaller: no store, network, turns, threads or swaps. Of the
/// services there are the clock and the log; what migue.understand/1 may not use is absent, and the plugin
/// sees that as unavailable. For one thread.
class ReadingPlugin {
public:
    /// The error says what of the file or the plugin does not fit.
    [[nodiscard]] static Result<std::unique_ptr<ReadingPlugin>> load(const std::filesystem::path& file);
    ReadingPlugin(const ReadingPlugin&) = delete;
    ReadingPlugin& operator=(const ReadingPlugin&) = delete;
    ~ReadingPlugin();

    /// Puts the JSON object of ext/understand.h behind what is in `out`; what is there after an error is
    /// none.
    [[nodiscard]] Result<void> understand(const migue_understand_request& request, std::string& out);

private:
    explicit ReadingPlugin(void* image);
    Result<void> create();
    static const void* service(const migue_host* host, const char* id) noexcept;

    void* const image_;  ///< from dlopen(); stays as long as the process: so do texts that it made
    const SystemClock clock_;
    Log log_{Severity::kError};
    migue_host host_{};
    migue_plugin* plugin_ = nullptr;
    migue_plugin api_{};
    migue_understand_v1 understand_{};
};

}  // namespace migue::host::cli
