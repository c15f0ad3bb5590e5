#include "host/observe/log.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <cstdio>

#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::kDebug:
            return "debug";
        case Severity::kInfo:
            return "info";
        case Severity::kWarn:
            return "warn";
        case Severity::kError:
            return "error";
    }
    return "error";
}

void to_standard_error(std::string_view line) {
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

Log::Log(Severity threshold, Writer writer)
    : threshold_(threshold), writer_(writer ? std::move(writer) : Writer(to_standard_error)) {}

void Log::write(Severity severity, std::string_view message, const Field* fields, std::size_t count) {
    if (severity < threshold_) return;
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto ms = now.time_since_epoch().count() % 1000;
    std::string line =
        fmt::format(R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z","severity":"{}","message":)",
                    fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms, name_of(severity));
    line += json_quote(message);
    for (std::size_t i = 0; i < count; ++i) {
        line += ',';
        line += json_quote(fields[i].first);
        line += ':';
        line += json_quote(fields[i].second);
    }
    line += "}\n";
    const std::lock_guard lock(mutex_);
    writer_(line);
}

}  // namespace migue::host
