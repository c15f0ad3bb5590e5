#include "host/plugin_host/descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "host/plugin_host/lock_file.hpp"
#include "host/plugin_host/safe_read.hpp"

namespace migue::host {

namespace {

// Sizes of ABI 1.0, frozen: what the oldest plugin of this major brings (V2, V3).
constexpr std::uint32_t kEntrySize = 32;
constexpr std::uint32_t kDescriptorSize = 72;
constexpr std::uint32_t kIntentSize = 24;
constexpr std::uint32_t kPluginSize = 72;
static_assert(sizeof(migue_entry) >= kEntrySize && sizeof(migue_descriptor) >= kDescriptorSize &&
              sizeof(migue_intent) >= kIntentSize && sizeof(migue_plugin) >= kPluginSize);

constexpr std::size_t kMaxIntents = 256;
constexpr std::size_t kMaxServices = 64;
constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxSchema = 1u << 20;
constexpr std::uint32_t kMaxConcurrency = 64;
constexpr std::uint32_t kMustUnderstand = 0xffffu;  // V6; we know no flag yet

/// Collects what is wrong; reading goes on.
class Checker {
public:
    void add(std::string what) { faults_.push_back(std::move(what)); }
    [[nodiscard]] bool empty() const noexcept { return faults_.empty(); }
    [[nodiscard]] Error error() const {
        std::string all;
        for (const std::string& fault : faults_) all += (all.empty() ? "" : "; ") + fault;
        return {Error::Code::kInvalid, "descriptor: " + all};
    }

    std::string text(std::string_view name, const char* from, std::size_t limit) {
        if (from == nullptr) {
            add(fmt::format("{} is NULL", name));
            return {};
        }
        const auto read = safe_text(from, limit);
        if (!read)
            add(fmt::format("{} cannot be read, or is over {} bytes", name, limit));
        else if (!is_utf8(*read))
            add(fmt::format("{} is not UTF-8", name));
        else
            return *read;
        return {};
    }

private:
    std::vector<std::string> faults_;
};

bool is_lower_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

void read_services(const char* const* list, Checker& checker, std::vector<std::string>& out) {
    if (list == nullptr) return checker.add("required_services is NULL, expected a list that ends with NULL");
    for (std::size_t i = 0; i <= kMaxServices; ++i) {
        const char* service = nullptr;
        if (!safe_copy(&service, list + i, sizeof service))
            return checker.add("required_services cannot be read");
        if (service == nullptr) return;
        out.push_back(checker.text(fmt::format("required_services[{}]", i), service, kMaxName));
    }
    checker.add(fmt::format("required_services has over {} entries", kMaxServices));
}

void read_intents(const migue_descriptor& raw, Checker& checker, std::vector<Descriptor::Intent>& out) {
    if (raw.intent_count > kMaxIntents)
        return checker.add(
            fmt::format("intent_count is {}, expected at most {}", raw.intent_count, kMaxIntents));
    if (raw.intent_count != 0 && raw.intents == nullptr) return checker.add("intents is NULL");
    std::set<std::string> names;
    for (std::size_t i = 0; i < raw.intent_count; ++i) {
        const migue_intent* pointer = nullptr;
        const bool good = safe_copy(&pointer, raw.intents + i, sizeof pointer);
        const auto intent = good ? safe_struct<migue_intent>(pointer, kIntentSize) : std::nullopt;
        if (!intent) {
            checker.add(fmt::format("intents[{}] cannot be read", i));
            continue;
        }
        if ((intent->flags & kMustUnderstand) != 0)
            checker.add(fmt::format("intents[{}] has unknown flags", i));
        Descriptor::Intent copy;
        copy.name = checker.text(fmt::format("intents[{}].name", i), intent->name, kMaxName);
        copy.summary = checker.text(fmt::format("intents[{}].summary", i), intent->summary, 1024);
        if (!copy.name.empty() && !is_lower_name(copy.name))
            checker.add(fmt::format("intents[{}].name is not [a-z0-9_.]+", i));
        else if (!copy.name.empty() && !names.insert(copy.name).second)
            checker.add(fmt::format("intent {} stands twice", copy.name));
        out.push_back(std::move(copy));
    }
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
    std::size_t i = 0;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    while (i < text.size()) {
        const unsigned char lead = byte(i);
        if (lead == 0) return false;
        const std::size_t more = lead < 0x80                   ? 0
                                 : lead >= 0xc2 && lead < 0xe0 ? 1
                                 : (lead & 0xf0) == 0xe0       ? 2
                                 : lead >= 0xf0 && lead < 0xf5 ? 3
                                                               : 4;
        if (more == 4 || text.size() - i <= more) return false;
        for (std::size_t j = 1; j <= more; ++j)
            if ((byte(i + j) & 0xc0) != 0x80) return false;
        // Overlong forms, surrogates and what lies above U+10FFFF.
        if (more == 2 && ((lead == 0xe0 && byte(i + 1) < 0xa0) || (lead == 0xed && byte(i + 1) >= 0xa0)))
            return false;
        if (more == 3 && ((lead == 0xf0 && byte(i + 1) < 0x90) || (lead == 0xf4 && byte(i + 1) >= 0x90)))
            return false;
        i += more + 1;
    }
    return true;
}

Result<migue_entry> read_entry(const void* symbol) {
    const auto entry = safe_struct<migue_entry>(symbol, kEntrySize);
    if (!entry)
        return Error{
            Error::Code::kUnsupported,
            fmt::format("migue_entry_v1 is smaller than ABI 1.0 has it ({} bytes); this host has ABI {}.{}",
                        kEntrySize, MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR)};
    if (entry->abi_major != MIGUE_ABI_MAJOR)
        return Error{Error::Code::kUnsupported,
                     fmt::format("was built for ABI {}.{}, this host has ABI {}.{}", entry->abi_major,
                                 entry->abi_minor, MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR)};
    if (entry->min_host_minor > MIGUE_ABI_MINOR)
        return Error{Error::Code::kUnsupported,
                     fmt::format("needs a host with ABI {}.{} or newer, this host has ABI {}.{}",
                                 entry->abi_major, entry->min_host_minor, MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR)};
    if (entry->describe == nullptr || entry->create == nullptr)
        return Error{Error::Code::kInvalid, "migue_entry_v1 has no describe() or no create()"};
    return *entry;
}

Result<Descriptor> read_descriptor(const migue_descriptor* raw) {
    if (raw == nullptr) return Error{Error::Code::kInvalid, "describe() gave NULL"};
    const auto copy = safe_struct<migue_descriptor>(raw, kDescriptorSize);
    if (!copy)
        return Error{Error::Code::kInvalid,
                     fmt::format("descriptor cannot be read, or is smaller than ABI 1.0 has it ({} bytes)",
                                 kDescriptorSize)};
    Checker checker;
    Descriptor out;
    if ((copy->flags & kMustUnderstand) != 0)
        checker.add(fmt::format("flags {:#x} are unknown", copy->flags & kMustUnderstand));
    out.id = checker.text("id", copy->id, kMaxName);
    if (!out.id.empty() && !is_plugin_id(out.id)) checker.add("id is not [a-z][a-z0-9_]{0,31}");
    out.version = checker.text("version", copy->version, kMaxName);
    out.config_schema = checker.text("config_schema", copy->config_schema, kMaxSchema);
    read_services(copy->required_services, checker, out.required_services);
    read_intents(*copy, checker, out.intents);
    out.max_concurrency = std::clamp(copy->max_concurrency, 1u, kMaxConcurrency);
    out.state_write = copy->state_write;
    out.state_read_min = copy->state_read_min;
    out.state_read_max = copy->state_read_max;
    if (out.state_read_min > out.state_read_max || !out.reads_state(out.state_write))
        checker.add(fmt::format("state_read is {} to {}, which does not hold state_write {}",
                                out.state_read_min, out.state_read_max, out.state_write));
    if (!checker.empty()) return checker.error();
    return out;
}

Result<migue_plugin> read_plugin(const migue_plugin* raw) {
    const auto plugin = safe_struct<migue_plugin>(raw, kPluginSize);
    if (!plugin)
        return Error{Error::Code::kInvalid, "create() gave no plugin, or one smaller than ABI 1.0 has it"};
    if (plugin->handle == nullptr || plugin->destroy == nullptr)
        return Error{Error::Code::kInvalid, "create() gave a plugin without handle() or destroy()"};
    return *plugin;
}

}  // namespace migue::host
