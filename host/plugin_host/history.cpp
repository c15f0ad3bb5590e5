#include "host/plugin_host/history.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

namespace migue::host {

namespace {

namespace fs = std::filesystem;

Error fault(const fs::path& file, std::string_view step, const std::error_code& why) {
    return {Error::Code::kConfig, fmt::format("{}: {}: {}", file.string(), step, why.message())};
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<void> move_to(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::rename(from, to, failed);
    if (failed) return fault(to, "replace", failed);
    return {};
}

/// Both or neither are there.
Result<void> write_lock(const fs::path& file, const LockFile& lock) {
    std::error_code ignored;
    if (lock.signature.empty()) {
        fs::remove(signature_file(file), ignored);
    } else if (auto written = replace_file(signature_file(file), lock.signature); !written) {
        return written;
    }
    return replace_file(file, lock.text);
}

}  // namespace

Result<History> History::open(fs::path folder, std::string trusted_key, bool only_read) {
    if (!folder.empty() && !only_read) {
        std::error_code failed;
        fs::create_directories(folder / "files", failed);
        if (failed) return fault(folder, "make the directory", failed);
    }
    return History(std::move(folder), std::move(trusted_key), only_read);
}

fs::path History::kept_path(const std::string& sha256) const {
    return folder_ / "files" / (sha256 + ".so");
}

std::optional<fs::path> History::find(const std::string& sha256) const {
    if (folder_.empty()) return std::nullopt;
    std::error_code ignored;
    fs::path path = kept_path(sha256);
    return fs::is_regular_file(path, ignored) ? std::optional(std::move(path)) : std::nullopt;
}

Result<LockFile> History::last_good() const {
    if (folder_.empty()) return Error{Error::Code::kUnavailable, "no lock file was kept"};
    return read_lock_file(folder_ / "current.lock", trusted_key_);
}

Result<LockFile> History::previous_good() const {
    if (folder_.empty()) return Error{Error::Code::kUnavailable, "no lock file was kept"};
    return read_lock_file(folder_ / "previous.lock", trusted_key_);
}

bool History::is_on_trial(const LockFile& lock) const {
    return !folder_.empty() && !lock.text.empty() && text_of(folder_ / "on-trial") == lock.text;
}

Result<void> History::begin_trial(const LockFile& lock) {
    if (!is_written()) return {};
    return replace_file(folder_ / "on-trial", lock.text);
}

Result<void> History::end_trial() {
    if (!is_written()) return {};
    std::error_code failed;
    fs::remove(folder_ / "on-trial", failed);
    if (failed) return fault(folder_ / "on-trial", "remove", failed);
    return {};
}

std::optional<LockEntry> History::find_good(const std::string& plugin) const {
    const auto good = last_good();
    const LockEntry* entry = good ? good->find(plugin) : nullptr;
    return entry == nullptr ? std::nullopt : std::optional(*entry);
}

Result<void> History::record_good(const LockFile& lock) {
    if (!is_written()) return {};
    std::error_code ignored;
    const fs::path current = folder_ / "current.lock";
    const fs::path previous = folder_ / "previous.lock";
    if (fs::exists(current, ignored) && text_of(current) != lock.text) {
        fs::remove(signature_file(previous), ignored);
        if (fs::exists(signature_file(current), ignored))
            if (auto moved = move_to(signature_file(current), signature_file(previous)); !moved) return moved;
        if (auto moved = move_to(current, previous); !moved) return moved;
    }
    if (auto written = write_lock(current, lock); !written) return written;
    fs::remove(folder_ / "on-trial", ignored);
    forget_unused(lock);
    return {};
}

Result<void> History::keep(const StagedFile& file) {
    if (!is_written() || find(file.digest().sha256)) return {};
    const fs::path fresh = kept_path(file.digest().sha256).string() + ".fresh";
    std::error_code failed;
    fs::remove(fresh, failed);
    // A link where it can be: the private copy is never written again.
    if (::link(file.path().c_str(), fresh.c_str()) != 0) fs::copy_file(file.path(), fresh, failed);
    if (failed) return fault(fresh, "keep a copy", failed);
    return move_to(fresh, kept_path(file.digest().sha256));
}

void History::forget_unused(const LockFile& lock) const {
    std::set<std::string> used;
    for (const LockEntry& entry : lock.entries) used.insert(entry.sha256 + ".so");
    if (const auto previous = previous_good())
        for (const LockEntry& entry : previous->entries) used.insert(entry.sha256 + ".so");
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_ / "files", ignored))
        if (!used.contains(entry.path().filename().string())) fs::remove(entry.path(), ignored);
}

Result<LockFile> roll_back(const fs::path& history_folder, const fs::path& lock_file,
                           const std::string& trusted_key, const std::string& id) {
    const auto history = History::open(history_folder, trusted_key, true);
    if (!history) return history.error();
    auto target = history->last_good();
    if (!target)
        return Error{Error::Code::kState,
                     "nothing to go back to: no host has served from this lock file yet (" +
                         target.error().what + ")"};
    const std::string now = text_of(lock_file);
    if (target->text == now) target = history->previous_good();
    if (!target)
        return Error{Error::Code::kState,
                     "nothing to go back to: there was no other lock file before this one"};
    if (!id.empty()) {
        if (!trusted_key.empty())
            return Error{Error::Code::kConfig,
                         "the lock file is signed (plugins.trusted_key): go back as a whole, "
                         "or write and sign another"};
        auto lock = parse_lock_file(now, lock_file.string());
        if (!lock) return lock;
        const LockEntry* before = target->find(id);
        if (before == nullptr)
            return Error{Error::Code::kInvalid, "plugin " + id + " was not in the lock file before"};
        std::erase_if(lock->entries, [&](const LockEntry& entry) { return entry.id == id; });
        lock->entries.push_back(*before);
        lock->entries.back().canary.reset();  // it has served before
        if (auto written = write_lock_file(lock_file, *lock); !written) return std::move(written).error();
        return lock;
    }
    if (auto written = write_lock(lock_file, *target); !written) return std::move(written).error();
    return target;
}

}  // namespace migue::host
