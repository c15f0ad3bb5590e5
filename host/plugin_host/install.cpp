#include "host/plugin_host/install.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <span>
#include <system_error>

#include "host/plugin_host/descriptor.hpp"
#include "host/plugin_host/hazards.hpp"
#include "host/plugin_host/image.hpp"
#include "host/plugin_host/isolated_image.hpp"
#include "host/plugin_host/stage.hpp"

namespace migue::host {

namespace {

/// Brings the copy to life only to ask what it is.
Result<Descriptor> describe(const StagedFile& staged, const std::filesystem::path& runner) {
    auto image =
        runner.empty() ? load_image(staged.path()) : start_isolated({runner, staged.path(), 1}, CallLimits{});
    if (!image) return std::move(image).error();
    Result<Descriptor> descriptor = (*image)->describe();
    // Whether it can be unloaded is looked at when it is swapped; nothing depends on it here.
    static_cast<void>((*image)->close());
    return descriptor;
}

LockEntry::Isolation isolation_of(const std::string& id, const LockEntry* before,
                                  const InstallWishes& wishes) {
    if (wishes.isolation) return *wishes.isolation;
    if (std::find(wishes.own.begin(), wishes.own.end(), id) != wishes.own.end())
        return LockEntry::Isolation::kNone;
    return before != nullptr ? before->isolation : LockEntry::Isolation::kProcess;
}

/// The entry as it shall be: what the operator had decided for this plugin stays.
LockEntry make_entry(const std::filesystem::path& file, const StagedFile& staged, const std::string& id,
                     const LockEntry* before, const InstallWishes& wishes) {
    LockEntry entry;
    entry.id = id;
    entry.file = file;
    entry.sha256 = staged.digest().sha256;
    entry.size = staged.digest().size;
    entry.isolation = isolation_of(id, before, wishes);
    if (before != nullptr) entry.profile = before->profile;
    if (wishes.pinned) entry.profile = LockEntry::Profile::kPinned;
    return entry;
}

/// Plain ones, and what an operator has written down for this file.
std::vector<std::string> admitted_libraries(const std::filesystem::path& file,
                                            const std::vector<std::string>& extra, const LockFile& lock) {
    std::vector<std::string> admitted;
    std::copy_if(extra.begin(), extra.end(), std::back_inserter(admitted), is_plain_library);
    for (const LockEntry& entry : lock.entries)
        if (entry.file == file)
            admitted.insert(admitted.end(), entry.libraries.begin(), entry.libraries.end());
    return admitted;
}

Result<void> check_loadable(const std::filesystem::path& file, const ElfFacts& facts, const LockFile& lock,
                            const InstallWishes& wishes) {
    auto good = check_libraries(facts, admitted_libraries(file, extra_libraries(facts), lock));
    if (!good) return good;
    LockEntry known;
    if (wishes.pinned) known.profile = LockEntry::Profile::kPinned;
    for (const LockEntry& entry : lock.entries)
        if (entry.file == file && !wishes.pinned) known.profile = entry.profile;
    return check_hazards(facts, known);
}

Result<LockEntry> examine(const std::filesystem::path& file, const StagedFile& staged, const LockFile& lock,
                          const InstallWishes& wishes) {
    const auto facts = read_elf_file(staged.path());
    if (!facts) return facts.error();
    const std::vector<std::string> extra = extra_libraries(*facts);
    // In this process nothing is loaded that a host would refuse to load into its own: what it
    // links would come in with it.
    if (wishes.runner.empty())
        if (auto good = check_loadable(file, *facts, lock, wishes); !good) return std::move(good).error();
    const auto descriptor = describe(staged, wishes.runner);
    if (!descriptor) return descriptor.error();
    LockEntry entry = make_entry(file, staged, descriptor->id, lock.find(descriptor->id), wishes);
    entry.libraries = extra;
    entry.canary = wishes.canary;
    if (auto good = check_hazards(*facts, entry); !good) return std::move(good).error();
    if (entry.isolation == LockEntry::Isolation::kProcess || wishes.runner.empty()) return entry;
    if (auto good = check_libraries(*facts, admitted_libraries(file, extra, lock)); !good)
        return std::move(good).error();
    return entry;
}

}  // namespace

std::vector<std::string> extra_libraries(const ElfFacts& facts) {
    std::vector<std::string> extra;
    std::copy_if(facts.needed.begin(), facts.needed.end(), std::back_inserter(extra),
                 [](const std::string& name) { return !is_runtime_library(name); });
    return extra;
}

bool is_plain_library(std::string_view name) noexcept {
    static constexpr std::string_view kPlain[] = {"libdate-tz.so.", "libical.so.", "libicalss.so.",
                                                  "libicalvcal.so."};
    return std::any_of(std::begin(kPlain), std::end(kPlain),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

Result<void> check_libraries(const ElfFacts& facts, const std::vector<std::string>& admitted) {
    std::string refused;
    for (const std::string& name : extra_libraries(facts))
        if (std::find(admitted.begin(), admitted.end(), name) == admitted.end())
            refused += (refused.empty() ? "" : ", ") + name;
    if (refused.empty()) return {};
    return Error{
        Error::Code::kConfig,
        fmt::format(
            "H13: it needs {}; a plugin links the C and C++ runtime and those plain libraries that "
            "\"libraries\" in its entry of the lock file names; TLS and HTTP are services of the host",
            refused)};
}

Result<ElfFacts> read_elf_file(const std::filesystem::path& file) {
    const auto unreadable = [&] {
        return Error{Error::Code::kInternal,
                     fmt::format("cannot read the private copy: {}", std::generic_category().message(errno))};
    };
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) return unreadable();
    struct stat status {};
    const bool is_known = ::fstat(opened, &status) == 0;
    const auto size = static_cast<std::size_t>(status.st_size);
    // Mapped, not read: with debug information a file has many times what is looked at.
    void* bytes =
        is_known && size > 0 ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, opened, 0) : MAP_FAILED;
    ::close(opened);
    if (!is_known || (size > 0 && bytes == MAP_FAILED)) return unreadable();
    if (size == 0) return read_elf({});
    // And what was looked through leaves memory again.
    auto facts = read_elf({static_cast<const std::byte*>(bytes), size}, [](std::span<const std::byte> done) {
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        const auto begin = (reinterpret_cast<std::uintptr_t>(done.data()) + page - 1) / page * page;
        const auto end = reinterpret_cast<std::uintptr_t>(done.data() + done.size()) / page * page;
        if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    });
    ::munmap(bytes, size);
    return facts;
}

Result<LockEntry> install_plugin(const std::filesystem::path& file, const std::filesystem::path& lock_file,
                                 const std::filesystem::path& staging_dir, const InstallWishes& wishes) {
    LockFile lock;
    if (std::filesystem::exists(lock_file)) {
        auto read = read_lock_file(lock_file);
        if (!read) return std::move(read).error();
        lock = std::move(read).value();
    }
    auto area = StagingArea::make(staging_dir);
    if (!area) return std::move(area).error();
    // A path that was never used before, also where one process installs again and again (H8).
    const auto unique = std::chrono::steady_clock::now().time_since_epoch().count();
    auto staged = (*area)->stage(file, "install", static_cast<std::uint64_t>(unique));
    if (!staged) return std::move(staged).error();
    auto entry = examine(file, **staged, lock, wishes);
    if (!entry) return std::move(entry).error().within(file.filename().string());
    // Of the same file under another id the lock file knew what it was before: that can be loaded no more.
    std::erase_if(lock.entries,
                  [&](const LockEntry& old) { return old.id == entry->id || old.file == entry->file; });
    lock.entries.push_back(*entry);
    std::sort(lock.entries.begin(), lock.entries.end(),
              [](const LockEntry& a, const LockEntry& b) { return a.id < b.id; });
    if (auto written = write_lock_file(lock_file, lock); !written) return std::move(written).error();
    return entry;
}

}  // namespace migue::host
