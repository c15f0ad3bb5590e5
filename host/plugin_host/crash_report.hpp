#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace migue::host {

/// Who is to be named when a thread crashes: made when there is time for it, since a signal
/// handler has none.
class CrashName {
public:
    CrashName(std::string_view plugin, std::uint64_t generation, std::string_view sha256) noexcept;

private:
    friend void tell_crash(int signal) noexcept;
    std::array<char, 192> text_{};  // the members of a JSON object
};

/// Says that this thread is inside that generation, while it lives.
class CrashMark {
public:
    explicit CrashMark(const CrashName& name) noexcept;
    CrashMark(const CrashMark&) = delete;
    CrashMark& operator=(const CrashMark&) = delete;
    ~CrashMark();

private:
    const CrashName* const before_;
};

/// From here on a crash of this process writes one line to standard error that names the
/// signal and, where a thread was inside a plugin, the plugin, its generation and its file's
/// hash (H20), and appends those to `record` (-1: nowhere), for quarantine.hpp; then it goes its
/// usual way. Not with a sanitizer, which tells more. Takes the descriptor over.
void report_crashes(int record);

}  // namespace migue::host
