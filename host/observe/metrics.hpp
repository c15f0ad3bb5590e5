#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace migue::host {

/// Counters, histograms and gauges in Prometheus' text format. A series is made by its
/// first use and kept; names and labels never carry a person's data. Thread-safe.
class Metrics {
public:
    using Labels = std::map<std::string, std::string>;

    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    ~Metrics();

    void add(const std::string& name, const std::string& help, const Labels& labels = {}, double value = 1);
    /// Seconds; buckets from 1 ms to 10 s.
    void observe(const std::string& name, const std::string& help, const Labels& labels, double seconds);
    /// A value that is read at each scrape.
    void watch(const std::string& name, const std::string& help, std::function<double()> read);

    [[nodiscard]] std::string text() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host
