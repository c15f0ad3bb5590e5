#include "host/cli/reading_plugin.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "host/config/schema.hpp"
#include "host/config/settings.hpp"
#include "host/plugin_host/descriptor.hpp"
#include "host/plugin_host/json_check.hpp"
#include "host/plugin_host/safe_read.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/clock.h"
#include "migue/ext/log.h"

namespace migue::host::cli {

namespace {

/// Sizes of ABI 1.0, frozen: what the oldest plugin of this major brings.
constexpr std::size_t kUnderstandSize = 16;
constexpr std::size_t kMostUnderstood = 1u << 20;

/// All that create() finds wrong, one a line.
void report(void* lines, migue_str where, migue_str what) {
    auto& all = *static_cast<std::string*>(lines);
    if (!all.empty()) all += '\n';
    if (where.size > 0) all.append(to_view(where)).append(": ");
    all += to_view(what);
}

/// The section of a plugin that nobody configured.
Result<std::string> defaults_of(const Descriptor& descriptor) {
    config::PluginSettings settings;
    settings.id = descriptor.id;
    settings.config_json = "{}";
    return config::check_plugin_config(settings, descriptor.config_schema);
}

}  // namespace

Result<std::unique_ptr<ReadingPlugin>> ReadingPlugin::load(const std::filesystem::path& file) {
    void* const image = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (image == nullptr) {
        const char* why = ::dlerror();
        return Error{Error::Code::kConfig, why != nullptr ? std::string(why) : file.string()};
    }
    auto plugin = std::unique_ptr<ReadingPlugin>(new ReadingPlugin(image));
    if (auto created = plugin->create(); !created) return std::move(created).error().within(file.string());
    return plugin;
}

ReadingPlugin::ReadingPlugin(void* image) : image_(image) {
    host_ = {sizeof(migue_host), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, this, &ReadingPlugin::service};
}

ReadingPlugin::~ReadingPlugin() {
    if (plugin_ != nullptr) api_.destroy(plugin_);
}

Result<void> ReadingPlugin::create() {
    const auto entry = read_entry(::dlsym(image_, "migue_entry_v1"));
    if (!entry) return entry.error();
    const auto descriptor = read_descriptor(entry->describe());
    if (!descriptor) return descriptor.error();
    const auto config = defaults_of(*descriptor);
    if (!config) return config.error();
    std::string faults;
    migue_diag diag{sizeof(migue_diag), 0, &faults, &report};
    if (const migue_status status = entry->create(&host_, to_c(*config), &diag, &plugin_); status != MIGUE_OK)
        return to_error(status, "create() refuses: " + faults);
    auto api = read_plugin(plugin_);
    if (!api) return std::move(api).error();
    api_ = *api;
    const void* const raw =
        api_.extension == nullptr ? nullptr : api_.extension(plugin_, MIGUE_UNDERSTAND_ID);
    const auto understand = safe_struct<migue_understand_v1>(raw, kUnderstandSize);
    if (!understand || understand->understand == nullptr)
        return Error{Error::Code::kUnsupported, "it does not offer migue.understand/1"};
    understand_ = *understand;
    return {};
}

Result<void> ReadingPlugin::understand(const migue_understand_request& request, std::string& out) {
    const std::size_t begin = out.size();
    migue_sink sink = sink_into(out);
    if (const migue_status status = understand_.understand(plugin_, &request, &sink); status != MIGUE_OK)
        return to_error(status, "understand failed");
    const std::string_view object = std::string_view(out).substr(begin);
    if (object.size() > kMostUnderstood || !is_json(object))
        return Error{Error::Code::kInternal, "understand gave no JSON"};
    return {};
}

const void* ReadingPlugin::service(const migue_host*, const char* id) noexcept {
    static const auto self = [](const migue_host* host) { return static_cast<ReadingPlugin*>(host->ctx); };
    static constexpr migue_clock_v1 kClock{
        sizeof(migue_clock_v1), 0, [](const migue_host* host) { return self(host)->clock_.monotonic_ns(); },
        [](const migue_host* host) { return self(host)->clock_.unix_ms(); }};
    static constexpr migue_log_v1 kLog{
        sizeof(migue_log_v1), 0,
        [](const migue_host* host, std::int32_t severity, migue_str message, const migue_field* fields,
           std::size_t count) {
            std::vector<Log::Field> views;
            for (std::size_t i = 0; i < count; ++i)
                views.emplace_back(to_view(fields[i].key), to_view(fields[i].value));
            const auto known = std::clamp<std::int32_t>(severity, MIGUE_LOG_DEBUG, MIGUE_LOG_ERROR);
            self(host)->log_.write(static_cast<Severity>(known), to_view(message), views.data(),
                                   views.size());
        }};
    const std::string_view wanted = id;
    if (wanted == MIGUE_CLOCK_ID) return &kClock;
    if (wanted == MIGUE_LOG_ID) return &kLog;
    return nullptr;
}

}  // namespace migue::host::cli
