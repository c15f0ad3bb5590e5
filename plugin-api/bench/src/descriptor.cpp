#include "descriptor.hpp"

#include <algorithm>
#include <set>

#include "migue/cpp/copy_struct.hpp"
#include "world.hpp"

namespace migue::bench {

namespace {

// Sizes of ABI 1.0, frozen: a plugin built for it is taken for as long as the major lasts (V2, V3).
constexpr std::uint32_t kEntrySize = 32;
constexpr std::uint32_t kDescriptorSize = 72;
constexpr std::uint32_t kIntentSize = 24;
// As in the host: more than any plugin has, so a number from nowhere is not counted up to (C9).
constexpr std::size_t kMaxIntents = 256;
constexpr std::size_t kMaxServices = 64;

bool is_name(const char* text, std::size_t limit) {
    const std::string_view name = text == nullptr ? std::string_view() : text;
    return !name.empty() && name.size() <= limit && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_empty(const char* text) {
    return text == nullptr || *text == '\0';
}

void check_services(const migue_descriptor& raw, const World& world, std::vector<std::string>& faults) {
    if (raw.required_services == nullptr) {
        faults.emplace_back("required_services: is NULL, expected a list that ends with NULL");
        return;
    }
    const auto& without = world.options.without;
    for (const char* const* id = raw.required_services; *id != nullptr; ++id) {
        if (id - raw.required_services >= static_cast<std::ptrdiff_t>(kMaxServices)) {
            faults.push_back("required_services: over " + std::to_string(kMaxServices) +
                             "; does it end with NULL?");
            return;
        }
        if (service_table(*id) == nullptr || std::find(without.begin(), without.end(), *id) != without.end())
            faults.push_back("required_services: this host has no " + std::string(*id));
    }
}

void check_intents(const migue_descriptor& raw, std::vector<std::string>& faults) {
    if (raw.intent_count > kMaxIntents) {
        faults.push_back("intent_count: is " + std::to_string(raw.intent_count) + ", expected at most " +
                         std::to_string(kMaxIntents));
        return;
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < raw.intent_count; ++i) {
        const std::string where = "intents/" + std::to_string(i);
        const migue_intent* intent = raw.intents == nullptr ? nullptr : raw.intents[i];
        if (intent == nullptr || intent->struct_size < kIntentSize || !is_name(intent->name, 64))
            faults.push_back(where + ": expected a name of [a-z][a-z0-9_]*");
        else if (!seen.insert(intent->name).second)
            faults.push_back(where + ": " + intent->name + " is there twice");
    }
}

}  // namespace

std::vector<std::string> entry_faults(const migue_entry& raw) {
    const migue_entry entry = copy_struct(raw);
    const std::string made_for =
        "made for ABI " + std::to_string(entry.abi_major) + "." + std::to_string(entry.abi_minor) +
        ", needs " + std::to_string(entry.abi_major) + "." + std::to_string(entry.min_host_minor) +
        "; this is " + std::to_string(MIGUE_ABI_MAJOR) + "." + std::to_string(MIGUE_ABI_MINOR);
    if (raw.struct_size < kEntrySize) return {"entry: struct_size is too small"};
    if (entry.abi_major != MIGUE_ABI_MAJOR || entry.min_host_minor > MIGUE_ABI_MINOR)
        return {"entry: " + made_for};
    if (entry.describe == nullptr || entry.create == nullptr) return {"entry: describe or create is missing"};
    return {};
}

std::vector<std::string> descriptor_faults(const migue_descriptor* pointer, const World& world) {
    if (pointer == nullptr) return {"describe() returned NULL"};
    if (pointer->struct_size < kDescriptorSize) return {"descriptor: struct_size is too small"};
    const migue_descriptor raw = copy_struct(*pointer);
    std::vector<std::string> faults;
    if ((raw.flags & 0xffffu) != 0) faults.emplace_back("flags: unknown ones among the low 16 bits (V6)");
    if (!is_name(raw.id, 32)) faults.emplace_back("id: expected [a-z][a-z0-9_]{0,31}");
    if (is_empty(raw.version)) faults.emplace_back("version: is empty");
    if (raw.config_schema == nullptr) faults.emplace_back("config_schema: is NULL");
    if (raw.state_read_min > raw.state_write || raw.state_read_max < raw.state_write)
        faults.emplace_back("state_write: is outside of state_read_min to state_read_max");
    check_services(raw, world, faults);
    check_intents(raw, faults);
    return faults;
}

Descriptor copy_descriptor(const migue_descriptor& pointer) {
    const migue_descriptor raw = copy_struct(pointer);
    // No schema is a plugin without settings.
    Descriptor copy{raw.id, is_empty(raw.config_schema) ? "{}" : raw.config_schema, {}, {}};
    if (raw.required_services != nullptr)
        for (const char* const* id = raw.required_services; *id != nullptr; ++id)
            copy.required_services.emplace_back(*id);
    for (std::size_t i = 0; i < raw.intent_count; ++i) copy.intents.emplace_back(raw.intents[i]->name);
    return copy;
}

}  // namespace migue::bench
