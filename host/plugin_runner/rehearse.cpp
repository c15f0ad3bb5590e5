#include "host/plugin_runner/rehearse.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include "migue/cpp/bench.hpp"
#include "migue/cpp/text.hpp"

namespace migue::runner {

namespace {

using bench::Bench;

constexpr std::size_t kSwaps = 1000;
constexpr std::size_t kSettled = 200;  // until then allocators fill their caches
constexpr std::size_t kMostGrowth = std::size_t{2} << 20;
constexpr std::size_t kFuzzedTurns = 2000;

void write_line(const std::string& json) {
    const std::string line = json + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(3);
}

void step(std::string_view name) {
    write_line("{\"step\":" + json_quote(name) + "}");
}

bool has_findings = false;  // NOLINT: of this process, which does one check and ends

void find(std::string_view id, std::string_view found, std::string_view advice) {
    has_findings = true;
    write_line("{\"id\":" + json_quote(id) + ",\"found\":" + json_quote(found) +
               ",\"advice\":" + json_quote(advice) + "}");
}

std::size_t threads() {
    namespace fs = std::filesystem;
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator()));
}

std::size_t mappings() {
    std::ifstream maps("/proc/self/maps");
    return static_cast<std::size_t>(std::count(std::istreambuf_iterator<char>(maps), {}, '\n'));
}

std::size_t resident() {
    std::ifstream statm("/proc/self/statm");
    std::size_t size = 0;
    std::size_t pages = 0;
    statm >> size >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// The image, from dlopen to dlclose.
class Image {
public:
    explicit Image(std::string file)
        : file_(std::move(file)), handle_(::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            const char* why = ::dlerror();
            find("H12", std::string("the loader refuses it: ") + (why != nullptr ? why : "no reason given"),
                 "link what it needs, with -z defs (migue_add_plugin() does)");
            return;
        }
        entry_ = static_cast<const migue_entry*>(::dlsym(handle_, "migue_entry_v1"));
        if (entry_ == nullptr)
            find("V1", "it has no symbol migue_entry_v1",
                 "export the plugin with MIGUE_PLUGIN, built for ABI 1");
    }
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;
    ~Image() = default;  // close() says what became of it

    [[nodiscard]] const migue_entry* entry() const noexcept { return entry_; }
    /// True: it is gone.
    [[nodiscard]] bool close() {
        if (handle_ == nullptr) return true;
        ::dlclose(handle_);
        handle_ = nullptr;
        void* still_there = ::dlopen(file_.c_str(), RTLD_NOLOAD | RTLD_LAZY);
        if (still_there == nullptr) return true;
        ::dlclose(still_there);
        return false;
    }

private:
    const std::string file_;
    void* handle_;
    const migue_entry* entry_ = nullptr;
};

/// Runs a part of the check; what the bench or the plugin throws is a finding.
template <typename Part>
bool tried(std::string_view name, Part&& part, std::string_view id = "C11") {
    step(name);
    try {
        part();
        return true;
    } catch (const bench::Fault& fault) {
        find(id, std::string(name) + ": " + fault.what(), "see docs/plugins.md, the rules");
    } catch (const std::exception& failure) {
        find("H7", std::string(name) + ": an exception crossed the border: " + failure.what(),
             "entry points are noexcept: use migue/cpp/plugin.hpp, or catch it there (O4)");
    } catch (...) {
        find("H7", std::string(name) + ": an exception crossed the border",
             "entry points are noexcept: use migue/cpp/plugin.hpp, or catch it there (O4)");
    }
    return false;
}

std::vector<std::string> intents_of(const migue_entry& entry) {
    const migue_descriptor* descriptor = entry.describe();
    std::vector<std::string> names;
    for (std::size_t i = 0; descriptor != nullptr && i < descriptor->intent_count; ++i)
        names.emplace_back(descriptor->intents[i]->name);
    if (names.empty()) names.emplace_back();
    return names;
}

void cut_off_network(Bench& bench) {
    bench.http().serve("", [](const bench::HttpCall&) {
        bench::HttpAnswer answer;
        answer.failure = MIGUE_E_UNAVAILABLE;
        return answer;
    });
}

void one_turn_an_intent(const Task& task, const migue_entry& entry) {
    // Apart from create(), which reads what it says, so that a fault is told where it is.
    if (entry.describe != nullptr && !tried("describe()", [&] { static_cast<void>(entry.describe()); }))
        return;
    std::unique_ptr<Bench> bench;
    if (!tried(
            "create()", [&] { bench = std::make_unique<Bench>(entry, task.config_json); }, "O5"))
        return;
    cut_off_network(*bench);
    for (const std::string& intent : intents_of(entry)) {
        bench::Message message;
        message.intent = intent;
        const bool good =
            tried("handle() of the intent " + intent, [&] { bench->send("hola", std::move(message)); });
        if (!good) break;
    }
    tried("quiesce() and destroy()", [&] { bench.reset(); });
}

void look_at_leftovers(Image& image, std::size_t threads_before, const Task& task) {
    step("unload");
    if (task.may_have_threads) return;  // the process ends with it
    if (const std::size_t now = threads(); now > threads_before)
        find("H4", "it left " + std::to_string(now - threads_before) + " threads behind",
             "ask for work with migue.timer/1 (delay 0): plugins start no threads");
    else if (!image.close() && !task.may_stay)
        find("H16", "it stays mapped after it was unloaded",
             "build it with migue_add_plugin(), or admit it with `profile: pinned` in the lock file");
}

void turns(const Task& task) {
    const std::size_t threads_before = threads();
    step("load");
    Image image(task.file);
    if (image.entry() == nullptr) return;
    one_turn_an_intent(task, *image.entry());
    look_at_leftovers(image, threads_before, task);
}

/// Bytes that people, and other programs, send: words, emoji, long lines, JSON, nothing.
std::string any_text(std::mt19937_64& random) {
    static constexpr std::array<std::string_view, 12> kPieces = {
        "mañana ", "a las 3", " ", "\n", "🎉", "{\"a\":", "}]", "'; --", "\u202e", "%s%n", "0", "Laura "};
    std::string text;
    const std::size_t count = random() % 40;
    for (std::size_t i = 0; i < count; ++i) text += kPieces[random() % kPieces.size()];
    if (random() % 50 == 0) text.append(random() % 20'000, 'x');
    return text;
}

void fuzz(const Task& task) {
    Image image(task.file);
    if (image.entry() == nullptr) return;
    std::unique_ptr<Bench> bench;
    if (!tried(
            "create()", [&] { bench = std::make_unique<Bench>(*image.entry(), task.config_json); }, "O5"))
        return;
    cut_off_network(*bench);
    const std::vector<std::string> intents = intents_of(*image.entry());
    static constexpr std::array<const char*, 5> kLocales = {"es", "en", "pt", "", "xx-YY"};
    static constexpr std::array<const char*, 4> kInputs = {
        "", R"({"kind":"image"})", R"({"kind":"tap","tap":"nobody:nothing"})",
        R"({"kind":"job","job":{"key":"k","payload":{"a":[1,null]}}})"};
    std::mt19937_64 random(task.seed);
    for (std::size_t i = 0; i < kFuzzedTurns; ++i) {
        bench::Message message;
        message.intent = intents[random() % intents.size()];
        message.locale = kLocales[random() % kLocales.size()];
        message.input_json = kInputs[random() % kInputs.size()];
        message.conversation = "c" + std::to_string(random() % 20);
        const std::string text = any_text(random);
        const std::string name = "turn " + std::to_string(i) + " of seed " + std::to_string(task.seed);
        if (!tried(name, [&] { bench->send(text, std::move(message)); })) return;
    }
}

void swaps(const Task& task) {
    std::size_t settled_memory = 0;
    std::size_t settled_mappings = 0;
    for (std::size_t i = 0; i < kSwaps && !has_findings; ++i) {
        Image image(task.file);
        if (image.entry() == nullptr) return;
        tried("swap " + std::to_string(i), [&] { const Bench bench(*image.entry(), task.config_json); });
        look_at_leftovers(image, 1, task);
        if (i + 1 == kSettled) {
            settled_memory = resident();
            settled_mappings = mappings();
        }
    }
    if (task.may_stay) return;
    const std::size_t memory = resident();
    if (memory > settled_memory + kMostGrowth)
        find("S1",
             std::to_string((memory - settled_memory) / 1024) +
                 " KiB more after swap 1000 than after swap 200",
             "destroy() gives back what create() took");
    if (mappings() > settled_mappings + 2)
        find("S1",
             std::to_string(mappings() - settled_mappings) +
                 " mappings more after swap 1000 than after swap 200",
             "destroy() gives back what create() took");
}

}  // namespace

int rehearse(const Task& task) {
    if (task.check == "fuzz")
        fuzz(task);
    else if (task.check == "swaps")
        swaps(task);
    else
        turns(task);
    write_line("{\"done\":true}");
    return has_findings ? 1 : 0;
}

}  // namespace migue::runner
