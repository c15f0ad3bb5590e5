#include "host/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <utility>
#include <vector>

namespace migue::host {

namespace {
const prometheus::Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                       0.5,   1,      1.5,   2,    2.5,   4,    10};
}

class Metrics::Impl {
public:
    prometheus::Registry registry;
    mutable std::mutex mutex;
    std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> watched;  // guarded by mutex
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::add(const std::string& name, const std::string& help, const Labels& labels, double value) {
    prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels).Increment(value);
}

void Metrics::observe(const std::string& name, const std::string& help, const Labels& labels,
                      double seconds) {
    prometheus::BuildHistogram()
        .Name(name)
        .Help(help)
        .Register(impl_->registry)
        .Add(labels, kSeconds)
        .Observe(seconds);
}

void Metrics::watch(const std::string& name, const std::string& help, std::function<double()> read) {
    prometheus::Gauge& gauge =
        prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add({});
    const std::lock_guard lock(impl_->mutex);
    impl_->watched.emplace_back(&gauge, std::move(read));
}

std::string Metrics::text() const {
    {
        const std::lock_guard lock(impl_->mutex);
        for (const auto& [gauge, read] : impl_->watched) gauge->Set(read());
    }
    return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace migue::host
