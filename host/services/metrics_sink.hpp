#pragma once
#include <cstdint>
#include <string>

namespace migue::host {

/// Where numbers go; host/observe exports them. Thread-safe.
class MetricsSink {
public:
    enum class Kind { kCounter = 1, kHistogram };

    MetricsSink() = default;
    MetricsSink(const MetricsSink&) = delete;
    MetricsSink& operator=(const MetricsSink&) = delete;
    virtual ~MetricsSink() = default;

    /// A handle for the series of that name, the same each time. Names are valid
    /// (`migue_plugin_<plugin>_<name>`) and never asked for with another kind.
    [[nodiscard]] virtual std::uint64_t series(Kind kind, const std::string& name) = 0;
    /// Adds to a counter (value >= 0), observes into a histogram.
    virtual void record(std::uint64_t series, double value) = 0;
};

}  // namespace migue::host
