#include <algorithm>
#include <cmath>

#include "migue/cpp/text.hpp"
#include "migue/ext/metrics.h"
#include "world.hpp"

namespace migue::bench {

namespace {

bool is_metric_name(std::string_view name) noexcept {
    return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

migue_status add(const migue_host* host, MetricBook::Kind kind, migue_str name,
                 std::uint32_t* handle) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (handle == nullptr) return MIGUE_E_INVALID;
    return world->metrics.add(kind, to_view(name), handle);
}

migue_status counter(const migue_host* host, migue_str name, std::uint32_t* handle) noexcept {
    return add(host, MetricBook::Kind::kCounter, name, handle);
}

migue_status histogram(const migue_host* host, migue_str name, std::uint32_t* handle) noexcept {
    return add(host, MetricBook::Kind::kHistogram, name, handle);
}

void record(const migue_host* host, std::uint32_t handle, double value) noexcept {
    World* world = world_of(host);
    if (world == nullptr || world->metrics.record(handle, value)) return;
    world->breaches.add(
        "metrics: record() with an unknown handle, or a value that is no number or takes a counter back");
}

constexpr migue_metrics_v1 kMetrics{sizeof(migue_metrics_v1), 0, counter, histogram, record};

}  // namespace

const void* metrics_table() noexcept {
    return &kMetrics;
}

migue_status MetricBook::add(Kind kind, std::string_view name, std::uint32_t* handle) {
    if (!is_metric_name(name)) return MIGUE_E_INVALID;
    auto found =
        std::find_if(series_.begin(), series_.end(), [&](const Series& one) { return one.name == name; });
    if (found != series_.end() && found->kind != kind) return MIGUE_E_INVALID;
    if (found == series_.end()) found = series_.insert(found, {kind, std::string(name), {}});
    *handle = static_cast<std::uint32_t>(found - series_.begin()) + 1;
    return MIGUE_OK;
}

bool MetricBook::record(std::uint32_t handle, double value) {
    if (handle == 0 || handle > series_.size() || !std::isfinite(value)) return false;
    Series& series = series_[handle - 1];
    if (series.kind == Kind::kCounter && value < 0) return false;
    series.values.push_back(value);
    return true;
}

std::vector<double> MetricBook::values(std::string_view name) const {
    for (const Series& one : series_)
        if (one.name == name) return one.values;
    return {};
}

}  // namespace migue::bench
