#include "host/plugin_host/crash_report.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace migue::host {

namespace {

thread_local const CrashName* current_name = nullptr;
std::atomic<int> record = -1;  // NOLINT: a signal handler reaches nothing else

/// Async-signal-safe pieces of one line.
class Line {
public:
    void add(const char* text) noexcept {
        const std::size_t size = std::min(std::strlen(text), text_.size() - size_);
        std::memcpy(text_.data() + size_, text, size);
        size_ += size;
    }
    void write(int to) const noexcept { static_cast<void>(!::write(to, text_.data(), size_)); }

private:
    std::array<char, 512> text_;
    std::size_t size_ = 0;
};

constexpr std::array<std::pair<int, const char*>, 5> kSignals = {
    {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGABRT, "SIGABRT"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}}};

}  // namespace

CrashName::CrashName(std::string_view plugin, std::uint64_t generation, std::string_view sha256) noexcept {
    // Plugin ids and hashes need no escape.
    const auto end =
        fmt::format_to_n(text_.data(), text_.size() - 1, R"(,"plugin":"{}","generation":"{}","sha256":"{}")",
                         plugin.substr(0, 32), generation, sha256.substr(0, 64));
    *end.out = '\0';
}

CrashMark::CrashMark(const CrashName& name) noexcept : before_(current_name) {
    current_name = &name;
}

CrashMark::~CrashMark() {
    current_name = before_;
}

void tell_crash(int signal) noexcept {
    Line line;
    line.add(R"({"severity":"error","message":"the host crashed","signal":")");
    for (const auto& [number, name] : kSignals)
        if (number == signal) line.add(name);
    line.add("\"");
    if (current_name != nullptr) line.add(current_name->text_.data());
    line.add("}\n");
    line.write(STDERR_FILENO);
    const int file = record;
    if (current_name != nullptr && file >= 0) {
        Line crashed;
        crashed.add("{");
        crashed.add(current_name->text_.data() + 1);  // after its comma
        crashed.add("}\n");
        crashed.write(file);
    }
    // The handler is gone by now (SA_RESETHAND): what did it does it again, or abort() goes on.
    ::raise(signal);
}

void report_crashes(int record_in) {
    if (const int before = record.exchange(record_in); before >= 0) ::close(before);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    struct sigaction action {};
    action.sa_handler = &tell_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    for (const auto& [number, name] : kSignals) ::sigaction(number, &action, nullptr);
#endif
}

}  // namespace migue::host
