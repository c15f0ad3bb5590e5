#include "host/plugin_host/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <system_error>

#include "host/config/yaml.hpp"
#include "host/plugin_host/signature.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

/// The lock says what runs, whatever the environment: "${…}" is not replaced but refused.
config::Variables no_variables() {
    return [](std::string_view, std::string&) { return false; };
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

const config::Place& place_of(const config::Node& map, std::string_view key) {
    const config::Node* value = map.find(key);
    return value == nullptr ? map.place() : value->place();
}

bool has_other_kind(const config::Node& node) {
    return node.kind() != config::Node::Kind::kMap && node.kind() != config::Node::Kind::kNull;
}

bool is_library_name(std::string_view name) {
    return !name.empty() && name.find('/') == std::string_view::npos &&
           name.find(".so") != std::string_view::npos;
}

LockEntry::Canary read_canary(const config::Node& node, config::Faults& faults) {
    LockEntry::Canary canary;
    config::MapReader map(node, faults);
    if (has_other_kind(node)) return canary;  // the reader has told so
    constexpr std::int64_t kMost = 1'000'000'000;
    canary.percent = static_cast<unsigned>(map.integer("percent", canary.percent, 1, 100));
    canary.turns =
        static_cast<std::uint64_t>(map.integer("turns", static_cast<std::int64_t>(canary.turns), 1, kMost));
    canary.seconds = static_cast<std::uint64_t>(
        map.integer("seconds", static_cast<std::int64_t>(canary.seconds), 1, kMost));
    map.done();
    return canary;
}

LockEntry read_entry(const config::Node& node, config::Faults& faults) {
    LockEntry entry;
    entry.line = node.place().line;
    config::MapReader map(node, faults);
    if (has_other_kind(node)) return entry;  // the reader has told so
    entry.id = map.text("id");
    entry.file = map.text("file");
    entry.sha256 = map.text("sha256");
    static_cast<void>(map.required("size"));  // told when missing; read below
    entry.size =
        static_cast<std::uint64_t>(map.integer("size", 0, 1, std::numeric_limits<std::int64_t>::max()));
    const std::string isolation = map.text("isolation", "process");
    const std::string profile = map.text("profile", "strict");
    if (const config::Node* canary = map.child("canary")) entry.canary = read_canary(*canary, faults);
    entry.libraries = map.texts("libraries");
    map.done();
    if (profile == name_of(LockEntry::Profile::kPinned))
        entry.profile = LockEntry::Profile::kPinned;
    else if (profile != name_of(LockEntry::Profile::kStrict))
        faults.add(place_of(node, "profile"), "expected strict or pinned");
    if (!entry.id.empty() && !is_plugin_id(entry.id))
        faults.add(place_of(node, "id"), "not a plugin id, expected [a-z][a-z0-9_]{0,31}");
    if (!entry.sha256.empty() && !is_sha256(entry.sha256))
        faults.add(place_of(node, "sha256"), "expected 64 hexadecimal digits in lower case");
    if (isolation == name_of(LockEntry::Isolation::kProcess))
        entry.isolation = LockEntry::Isolation::kProcess;
    else if (isolation != name_of(LockEntry::Isolation::kNone))
        faults.add(place_of(node, "isolation"), "expected none or process");
    for (const std::string& library : entry.libraries)
        if (!is_library_name(library))
            faults.add(place_of(node, "libraries"),
                       "\"" + library + "\" is not the name of a library (libdate-tz.so.3)");
    return entry;
}

void check_unique(const std::vector<LockEntry>& entries, const config::Node& list, config::Faults& faults) {
    std::map<std::string, std::size_t> lines;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].id.empty()) continue;
        const auto [first, is_new] = lines.emplace(entries[i].id, entries[i].line);
        if (!is_new)
            faults.add(place_of(list.items()[i], "id"),
                       fmt::format("plugin {} stands twice, first in line {}", entries[i].id, first->second));
    }
}

LockFile read_document(const config::Node& root, config::Faults& faults) {
    LockFile lock;
    config::MapReader map(root, faults);
    if (has_other_kind(root)) return lock;
    const config::Node* list = map.required("plugins");
    map.done();
    if (list == nullptr || list->kind() == config::Node::Kind::kNull) return lock;
    if (list->kind() != config::Node::Kind::kSequence) {
        faults.add(list->place(), "expected a list of plugins");
        return lock;
    }
    for (const config::Node& item : list->items()) lock.entries.push_back(read_entry(item, faults));
    check_unique(lock.entries, *list, faults);
    return lock;
}

Result<LockFile> read_node(Result<config::Node> root) {
    if (!root) return std::move(root).error();
    config::Faults faults;
    LockFile lock = read_document(*root, faults);
    if (!faults.empty()) return faults.error();
    return lock;
}

std::string to_yaml(const LockFile& lock) {
    std::string out = lock.entries.empty() ? "plugins: []\n" : "plugins:\n";
    for (const LockEntry& entry : lock.entries) {
        std::string libraries;
        for (const std::string& library : entry.libraries)
            libraries += (libraries.empty() ? "" : ", ") + json_quote(library);
        // JSON strings are YAML strings: no name can break out of its line.
        out += fmt::format(
            "  - id: {}\n    file: {}\n    sha256: \"{}\"\n    size: {}\n    isolation: {}\n    libraries: "
            "[{}]\n",
            entry.id, json_quote(entry.file.string()), entry.sha256, entry.size, name_of(entry.isolation),
            libraries);
        if (entry.profile != LockEntry::Profile::kStrict)
            out += fmt::format("    profile: {}\n", name_of(entry.profile));
        if (entry.canary)
            out += fmt::format("    canary: {{ percent: {}, turns: {}, seconds: {} }}\n",
                               entry.canary->percent, entry.canary->turns, entry.canary->seconds);
    }
    return out;
}

constexpr std::size_t kMaxLock = 1u << 20;

Error system_fault(const std::filesystem::path& file, std::string_view step) {
    return {Error::Code::kConfig,
            fmt::format("{}: {}: {}", file.string(), step, std::generic_category().message(errno))};
}

Result<std::string> read_whole(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return system_fault(file, "open");
    std::string text(kMaxLock + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return system_fault(file, "read");
    if (!in.eof())
        return Error{Error::Code::kConfig, fmt::format("{}: is over {} bytes", file.string(), kMaxLock)};
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

Result<void> write_durably(const std::string& file, int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return system_fault(file, "write");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fchmod(descriptor, 0644) != 0 || ::fsync(descriptor) != 0)
        return system_fault(file, "write to disk");
    return {};
}

}  // namespace

std::string_view name_of(LockEntry::Isolation isolation) noexcept {
    return isolation == LockEntry::Isolation::kProcess ? "process" : "none";
}

std::string_view name_of(LockEntry::Profile profile) noexcept {
    return profile == LockEntry::Profile::kPinned ? "pinned" : "strict";
}

bool is_plugin_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= 32 && id[0] >= 'a' && id[0] <= 'z' &&
           std::all_of(id.begin(), id.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool LockEntry::loads_like(const LockEntry& other) const noexcept {
    return id == other.id && sha256 == other.sha256 && size == other.size && isolation == other.isolation &&
           profile == other.profile && libraries == other.libraries;
}

const LockEntry* LockFile::find(std::string_view id) const noexcept {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const LockEntry& entry) { return entry.id == id; });
    return found == entries.end() ? nullptr : &*found;
}

Result<LockFile> parse_lock_file(std::string_view text, const std::string& name) {
    return read_node(config::parse_yaml(text, name, no_variables()));
}

std::filesystem::path signature_file(const std::filesystem::path& lock_file) {
    return lock_file.string() + ".sig";
}

Result<LockFile> read_lock_file(const std::filesystem::path& file, const std::string& trusted_key) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return Error{Error::Code::kConfig,
                     file.string() + ": not found; `migue plugin install FILE` writes it"};
    // Read once: what was verified is what is parsed.
    auto text = read_whole(file);
    if (!text) return std::move(text).error();
    std::string signed_by;
    if (!trusted_key.empty()) {
        const auto signature = read_whole(signature_file(file));
        if (!signature)
            return Error{Error::Code::kConfig,
                         fmt::format("{}: not signed: plugins.trusted_key is set, and {}", file.string(),
                                     signature.error().what)};
        if (auto good = check_signature(*text, *signature, trusted_key); !good)
            return std::move(good).error().within(signature_file(file).string());
        signed_by = *signature;
    }
    auto lock = parse_lock_file(*text, file.string());
    if (!lock) return lock;
    lock->text = std::move(*text);
    lock->signature = std::move(signed_by);
    return lock;
}

Result<void> write_lock_file(const std::filesystem::path& file, const LockFile& lock) {
    return replace_file(file, to_yaml(lock));
}

Result<void> replace_file(const std::filesystem::path& file, std::string_view text) {
    std::string fresh = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(fresh.data(), O_CLOEXEC);
    if (descriptor < 0) return system_fault(file, "make a new one beside it");
    auto written = write_durably(fresh, descriptor, text);
    ::close(descriptor);
    if (written && ::rename(fresh.c_str(), file.c_str()) != 0) written = system_fault(file, "replace");
    if (!written) {
        ::unlink(fresh.c_str());
        return written;
    }
    const std::filesystem::path parent =
        file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return system_fault(parent, "open");
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    if (!synced) return system_fault(parent, "write to disk");
    return {};
}

}  // namespace migue::host
