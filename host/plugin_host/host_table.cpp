#include "host/plugin_host/host_table.hpp"

#include <algorithm>

#include "host/plugin_host/activity.hpp"
#include "host/plugin_host/descriptor.hpp"
#include "host/plugin_host/service_tables.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxSeries = 200;

bool is_series_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

const void* find_service(const migue_host*, const char* id) noexcept {
    return id == nullptr ? nullptr : service_table(id);
}

}  // namespace

HostTable::HostTable(const ServiceBackends& backends, ServiceGrant grant)
    : backends_(backends),
      grant_(std::move(grant)),
      redactor_(grant_.secrets),
      raw_{sizeof(migue_host), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, this, &find_service} {}

HostTable::~HostTable() = default;

bool HostTable::offers(std::string_view service) noexcept {
    return service_table(service) != nullptr;
}

void HostTable::close() {
    const std::unique_lock lock(gate_);
    closed_ = true;
    // A table may have to stay for good; what is behind it need not.
    grant_.http.reset();
    grant_.tables.reset();
}

void HostTable::write_log(Severity severity, std::string_view message,
                          std::vector<std::pair<std::string, std::string>> fields) {
    const std::string generation = std::to_string(grant_.generation);
    std::vector<Log::Field> all = {{"plugin", grant_.plugin}, {"generation", generation}};
    const Activity* activity = Activity::current();
    if (activity != nullptr && !activity->trace_id().empty())
        all.emplace_back("trace_id", activity->trace_id());
    for (auto& [key, value] : fields) {
        key = "plugin." + redactor_.clean(is_utf8(key) ? key : "?");
        value = is_utf8(value) ? redactor_.clean(value) : "(not UTF-8)";
        all.emplace_back(key, value);
    }
    const std::string clean = is_utf8(message) ? redactor_.clean(message) : "(not UTF-8)";
    backends_.log.write(severity, clean, all.data(), all.size());
}

migue_status HostTable::series(MetricsSink::Kind kind, std::string_view name, std::uint32_t* handle) {
    if (handle == nullptr || !is_series_name(name)) return MIGUE_E_INVALID;
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(series_.begin(), series_.end(), [&](const Series& each) { return each.name == name; });
    if (found != series_.end()) {
        if (found->kind != kind) return MIGUE_E_INVALID;
        *handle = static_cast<std::uint32_t>(found - series_.begin() + 1);
        return MIGUE_OK;
    }
    if (series_.size() >= kMaxSeries) return MIGUE_E_INVALID;
    const std::string full = "migue_plugin_" + grant_.plugin + "_" + std::string(name);
    const std::uint64_t sink_handle =
        backends_.metrics == nullptr ? 0 : backends_.metrics->series(kind, full);
    series_.push_back({std::string(name), kind, sink_handle});
    *handle = static_cast<std::uint32_t>(series_.size());
    return MIGUE_OK;
}

void HostTable::record(std::uint32_t handle, double value) {
    std::uint64_t sink_handle = 0;
    {
        const std::lock_guard lock(mutex_);
        if (handle == 0 || handle > series_.size()) return;
        const Series& series = series_[handle - 1];
        if (series.kind == MetricsSink::Kind::kCounter && !(value >= 0)) return;
        sink_handle = series.sink_handle;
    }
    if (backends_.metrics != nullptr) backends_.metrics->record(sink_handle, value);
}

}  // namespace migue::host
