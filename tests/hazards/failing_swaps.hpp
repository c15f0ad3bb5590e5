#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_host/lock_file.hpp"

namespace migue::test {

/// One way in which a swap fails (PLUGIN_ABI §6, S2).
struct FailurePoint {
    std::string name;  ///< "create_throws.warm"
    std::string says;  ///< a part of the refusal
    /// Where it shows only after the host has lost its patience.
    bool hangs = false;
    /// What is left of it stays for good, and counts against the cap (G2).
    bool is_abandoned = false;
    std::function<host::LockEntry()> entry;  ///< makes the file; each time one with a hash of its own
};

/// Makes plugin files of which no swap can succeed, one for each failure point, and a sound one.
class FailingSwaps {
public:
    using Isolation = host::LockEntry::Isolation;

    /// `fixtures`: where the build left them. `folder`: gets the files. `id`: of the plugin that serves.
    FailingSwaps(std::filesystem::path fixtures, std::filesystem::path folder, std::string id,
                 Isolation isolation = Isolation::kNone);

    [[nodiscard]] const std::vector<FailurePoint>& points() const noexcept { return points_; }
    /// A plugin that answers `answer`.
    [[nodiscard]] host::LockEntry sound(const std::string& answer) { return marked("never", "none", answer); }
    /// fixtures/failing.cpp with this mark; `answer`: "" makes one up.
    [[nodiscard]] host::LockEntry marked(std::string_view when, std::string_view fault,
                                         std::string answer = {});

private:
    void add_files();
    void add_fixtures();
    void add_marked();
    /// A copy of a fixture, its bytes changed by `change`.
    [[nodiscard]] host::LockEntry copy(const std::string& fixture,
                                       const std::function<void(std::string& bytes)>& change);
    [[nodiscard]] host::LockEntry entry_of(const std::filesystem::path& file) const;
    [[nodiscard]] std::filesystem::path next_file();

    const std::filesystem::path fixtures_, folder_;
    const std::string id_;
    const Isolation isolation_;
    std::uint64_t files_ = 0;
    std::vector<FailurePoint> points_;
};

}  // namespace migue::test
