#include "tests/hazards/failing_swaps.hpp"

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "host/plugin_host/stage.hpp"
#include "tests/hazards/failing_mark.hpp"

namespace migue::test {

namespace {

namespace fs = std::filesystem;
using host::LockEntry;

constexpr std::string_view kLead = "migue-failing:";

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    if (!out.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

void put(std::string& bytes, std::size_t at, std::size_t room, std::string_view text) {
    if (text.size() >= room) throw std::runtime_error(std::string(text) + " is too long for a mark");
    std::memset(bytes.data() + at, 0, room);
    std::memcpy(bytes.data() + at, text.data(), text.size());
}

/// Writes another value into the ELF header.
template <typename T>
auto header(std::size_t offset, T value) {
    return [offset, value](std::string& bytes) { std::memcpy(bytes.data() + offset, &value, sizeof value); };
}

}  // namespace

FailingSwaps::FailingSwaps(fs::path fixtures, fs::path folder, std::string id, Isolation isolation)
    : fixtures_(std::move(fixtures)), folder_(std::move(folder)), id_(std::move(id)), isolation_(isolation) {
    fs::create_directories(folder_);
    add_files();
    add_fixtures();
    add_marked();
}

fs::path FailingSwaps::next_file() {
    // One name again and again: nobody may depend on a file that was delivered (H8, H10).
    ++files_;
    return folder_ / "next.so";
}

LockEntry FailingSwaps::entry_of(const fs::path& file) const {
    const auto digest = host::hash_file(file);
    if (!digest) throw std::runtime_error(digest.error().what);
    LockEntry entry;
    entry.id = id_;
    entry.file = file;
    entry.sha256 = digest->sha256;
    entry.size = digest->size;
    entry.isolation = isolation_;
    return entry;
}

LockEntry FailingSwaps::copy(const std::string& fixture, const std::function<void(std::string&)>& change) {
    std::string bytes = bytes_of(fixtures_ / (fixture + ".so"));
    if (change) change(bytes);
    const fs::path file = next_file();
    bytes += "\n" + std::to_string(files_);  // behind everything that is loaded
    write(file, bytes);
    return entry_of(file);
}

LockEntry FailingSwaps::marked(std::string_view when, std::string_view fault, std::string answer) {
    return copy("failing", [&](std::string& bytes) {
        const std::size_t at = bytes.find(kLead);
        if (at == std::string::npos || bytes.find(kLead, at + 1) != std::string::npos)
            throw std::runtime_error("failing.so has no mark, or two");
        put(bytes, at + offsetof(FailingMark, id), sizeof(FailingMark::id), id_);
        put(bytes, at + offsetof(FailingMark, when), sizeof(FailingMark::when), when);
        put(bytes, at + offsetof(FailingMark, fault), sizeof(FailingMark::fault), fault);
        put(bytes, at + offsetof(FailingMark, answer), sizeof(FailingMark::answer),
            answer.empty() ? "answer " + std::to_string(files_) : answer);
    });
}

/// Step 1, and what can be seen without loading anything.
void FailingSwaps::add_files() {
    const auto add = [&](const char* name, const char* says, std::function<LockEntry()> entry) {
        points_.push_back({name, says, false, false, std::move(entry)});
    };
    const auto sound = [this] { return marked("never", "none"); };
    add("file_missing", "No such file", [=] {
        LockEntry entry = sound();
        fs::remove(entry.file);
        return entry;
    });
    add("file_is_a_folder", "not a regular file", [=, this] {
        LockEntry entry = sound();
        entry.file = folder_;
        return entry;
    });
    add("file_is_a_link", "it is a symbolic link", [=, this] {
        LockEntry entry = sound();
        const fs::path link = folder_ / "link.so";
        fs::remove(link);
        fs::create_symlink(entry.file, link);
        entry.file = link;
        return entry;
    });
    add("file_is_cut", "bytes, expected", [=, this] {
        LockEntry entry = sound();
        fs::resize_file(entry.file, files_ * 7919 % entry.size);
        return entry;
    });
    add("file_is_longer", "bytes, expected", [=] {
        LockEntry entry = sound();
        write(entry.file, bytes_of(entry.file) + "x");
        return entry;
    });
    add("file_differs", "has sha256", [=, this] {
        LockEntry entry = sound();
        std::string bytes = bytes_of(entry.file);
        char& changed = bytes[files_ * 7919 % bytes.size()];
        changed = static_cast<char>(changed ^ 0x10);
        write(entry.file, bytes);
        return entry;
    });
    add("file_is_text", "no ELF file", [this] {
        const fs::path file = next_file();
        write(file,
              "#!/bin/sh\n# no library, but long enough to be looked at as one " + std::to_string(files_));
        return entry_of(file);
    });
    add("file_is_empty", "\"size\" is out of range", [this] {
        const fs::path file = next_file();
        write(file, "");
        return entry_of(file);
    });
    add("other_machine", "built for another processor",
        [this] { return copy("failing", header(offsetof(Elf64_Ehdr, e_machine), Elf64_Half{EM_S390})); });
    add("other_word_size", "built for another processor",
        [this] { return copy("failing", header(EI_CLASS, char{ELFCLASS32})); });
    add("no_library", "no shared library",
        [this] { return copy("failing", header(offsetof(Elf64_Ehdr, e_type), Elf64_Half{ET_REL})); });
    add("a_program", "a program, no shared library", [this] {
        const fs::path file = next_file();
        write(file, bytes_of("/proc/self/exe") + std::to_string(files_));
        return entry_of(file);
    });
    add("tables_outside", "outside the file",
        [this] { return copy("failing", header(offsetof(Elf64_Ehdr, e_phoff), Elf64_Off{1} << 40)); });
}

/// Plugins that offend as a whole; each has an id of its own, so here it is the entry that is wrong
/// about it last of all.
void FailingSwaps::add_fixtures() {
    const bool is_inside = isolation_ == Isolation::kNone;
    const auto add = [&](const std::string& fixture, const char* says) {
        points_.push_back({fixture, says, false, false, [this, fixture] { return copy(fixture, {}); }});
    };
    add("faulty_no_entry", "has no symbol migue_entry_v1");
    add("faulty_major", "was built for ABI 2.1");
    add("faulty_min_host", "needs a host with ABI 1.99");
    add("faulty_short_entry", "smaller than ABI 1.0");
    add("faulty_no_create", "no create()");
    add("faulty_bad_descriptor", "flags 0x8 are unknown");
    add("hazard_exports", "H11: it exports");
    add("hazard_undefined", "H12: the loader refuses it");
    add("denied_fork", "H19: it imports fork");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their runtimes need the shared one
    add("hazard_own_runtime", "H7: it brings its own C++ runtime");
#endif
    if (!is_inside) return;
    add("hazard_unique", "H1: it has process-wide");
    add("hazard_thread_local", "H2: it imports");
    add("hazard_thread", "H4: it imports");
    add("hazard_nodelete", "H15: it is linked with -z nodelete");
    add("linking_poco", "H13: it needs");
}

/// Steps 2 to 5, each found where it first shows: in the rehearsal, in the instance that is warmed up,
/// or in the one that is to serve.
void FailingSwaps::add_marked() {
    const bool is_inside = isolation_ == Isolation::kNone;
    struct Mark {
        const char *fault, *when, *says;
        const char* says_process = nullptr;  ///< where it is told in other words
    };
    const Mark marks[] = {
        {"describe_null", "always", "describe() gave NULL"},
        {"describe_throws", "always", "describe(): an exception crossed the border"},
        {"describe_hangs", "always", "it hung in describe()"},
        {"describe_crashes", "always", "it crashed in describe()"},
        {"describe_other_id", "always", "the file is plugin somebody_else"},
        {"describe_flags", "always", "flags 0x8 are unknown"},
        {"services_missing", "always", "migue.telepathy/1"},
        {"schema_broken", "always", "schema"},
        {"schema_refuses", "always", "wanted"},
        {"state_unread", "always", "reads state versions 9 to 9"},
        {"create_fails", "always", "as the mark says"},
        {"create_null", "always", "create() gave no plugin"},
        {"create_throws", "rehearsal", "an exception crossed the border"},
        {"create_hangs", "rehearsal", "it hung in create()"},
        {"create_crashes", "rehearsal", "it crashed in create()"},
        {"create_throws", "real", "create() threw an exception"},
        {"create_fails", "real", "as the mark says"},
        {"create_null", "real", "create() gave no plugin"},
        {"create_hangs", "warm", "warm-up: create() did not return within", "it hung"},
        {"create_hangs", "real", "create() did not return within", "process is over: it hung"},
        {"extension_throws", "rehearsal", "an exception crossed the border"},
        {"extension_throws", "real", "extension() threw an exception",
         "threw an exception over the border (O4)"},
        {"extension_hangs", "real", "extension() did not return within", "it hung"},
        {"migration_fails", "always", "20260101_broken"},
        {"health_fails", "always", "health() fails"},
        {"health_throws", "rehearsal", "an exception crossed the border"},
        {"health_throws", "real", "health() threw an exception"},
        {"health_hangs", "real", "health() did not return within", "process is over: it hung"},
        {"handle_throws", "rehearsal", "an exception crossed the border"},
        {"handle_crashes", "rehearsal", "it crashed in handle()"},
        {"handle_hangs", "rehearsal", "it hung in handle()"},
        {"handle_throws", "warm", "warm-up: a turn of the intent failing let an exception out"},
        // In a process, whether the turn is given up or the process is ended first is a race.
        {"handle_hangs", "warm", "warm-up: a turn of the intent failing did not end when it was cancelled",
         "(T4)"},
        {"quiesce_throws", "rehearsal", "it crashed in quiesce() and destroy(): Aborted (terminate called"},
        {"quiesce_hangs", "rehearsal", "it hung in quiesce() and destroy()"},
        {"quiesce_hangs", "warm", "warm-up: it did not end what it began", "it hung"},
        {"destroy_crashes", "rehearsal", "it crashed in quiesce() and destroy()"},
        {"destroy_hangs", "warm", "warm-up: it did not end what it began", "it hung"},
        {"import_fails", "real", "import_state() refuses"},
        {"import_throws", "real", "import_state() threw an exception"},
        {"import_hangs", "real", "import_state() did not return within", "import_state()"},
    };
    for (const Mark& mark : marks) {
        const std::string fault = mark.fault;
        const std::string when = mark.when;
        const bool hangs = fault.ends_with("_hangs");
        const bool is_told_otherwise = !is_inside && mark.says_process != nullptr;
        points_.push_back({fault + "." + when, is_told_otherwise ? mark.says_process : mark.says, hangs,
                           hangs && is_inside && (when == "warm" || when == "real"),
                           [this, fault, when] { return marked(when, fault); }});
    }
    if (is_inside) return;
    // What would end the host's own process ends this one. (Whether the call is answered before the end is
    // noticed is a race: then it is the call that fails.)
    for (const auto& [fault, says] : {std::pair{"create_crashes", "process is over: it crashed"},
                                      std::pair{"health_crashes", "process is over: it crashed"},
                                      std::pair{"import_crashes", "import_state()"},
                                      std::pair{"extension_crashes", "process is over: it crashed"}})
        points_.push_back({std::string(fault) + ".real", says, false, false,
                           [this, fault = fault] { return marked("real", fault); }});
}

}  // namespace migue::test
