#include "host/plugin_host/quarantine.hpp"

#include <fcntl.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace migue::host {

namespace {

constexpr std::size_t kMostKept = 100;

/// The entry of that plugin, if it names another file that may come into this process.
std::optional<LockEntry> other_entry(const Result<LockFile>& lock, const LockEntry& entry) {
    const LockEntry* const before = lock ? lock->find(entry.id) : nullptr;
    if (before == nullptr || before->sha256 == entry.sha256) return std::nullopt;
    std::optional<LockEntry> found = *before;
    found->canary.reset();  // it has served before
    return found;
}

}  // namespace

Quarantine::Quarantine(std::filesystem::path folder) : folder_(std::move(folder)) {
    if (folder_.empty()) return;
    std::ifstream in(file());
    for (std::string line; plugins_.size() < kMostKept && std::getline(in, line);) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        const auto plugin = json.find("plugin");
        const auto sha256 = json.find("sha256");
        if (plugin == json.end() || sha256 == json.end() || !plugin->is_string() || !sha256->is_string())
            continue;
        plugins_[sha256->get<std::string>()] = plugin->get<std::string>();
    }
}

bool Quarantine::holds(const LockEntry& entry) const {
    return entry.isolation == LockEntry::Isolation::kNone && plugins_.contains(entry.sha256);
}

std::vector<Quarantine::StandIn> Quarantine::apply(LockFile& lock, const History& history,
                                                   bool has_runner) const {
    std::vector<StandIn> all;
    for (LockEntry& entry : lock.entries) {
        if (!holds(entry)) continue;
        auto instead = other_entry(history.last_good(), entry);
        if (!instead || holds(*instead)) instead = other_entry(history.previous_good(), entry);
        if ((!instead || holds(*instead)) && has_runner) {
            instead = entry;
            instead->isolation = LockEntry::Isolation::kProcess;
        }
        if (!instead || holds(*instead)) continue;
        all.push_back({entry, *instead});
        entry = *instead;
    }
    return all;
}

void Quarantine::release(const std::string& plugin) {
    if (std::erase_if(plugins_, [&](const auto& each) { return each.second == plugin; }) > 0) write();
}

/// In place: who appends holds the file open.
void Quarantine::write() const {
    std::ofstream out(file(), std::ios::trunc);
    for (const auto& [sha256, plugin] : plugins_)
        out << nlohmann::json{{"plugin", plugin}, {"sha256", sha256}}.dump() << '\n';
}

int Quarantine::open_for_crash() const {
    if (folder_.empty()) return -1;
    return ::open(file().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

}  // namespace migue::host
