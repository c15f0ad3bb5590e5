#include "host/plugin_runner/plugin_file.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace migue::runner {

namespace {

using wire::Reader;
using wire::Writer;

// A little more than the host takes, so that it is the host that refuses, and says why.
constexpr std::size_t kMostText = (std::size_t{1} << 20) + 2;
constexpr std::size_t kMostEntries = 257;

/// As much of a struct of the plugin's as it has (V3).
template <typename T>
T copy_known(const void* from) {
    std::uint32_t size = 0;
    T out{};
    if (from == nullptr) return out;
    std::memcpy(&size, from, sizeof size);
    std::memcpy(&out, from, std::min<std::size_t>(size, sizeof(T)));
    return out;
}

void put(Writer& out, const char* text) {
    out.u32(text == nullptr ? 0 : 1);
    if (text != nullptr) out.text(std::string_view(text, ::strnlen(text, kMostText)));
}
void put_services(Writer& out, const migue_descriptor& it) {
    out.u32(it.required_services == nullptr ? 0 : 1);
    if (it.required_services == nullptr) return;
    std::uint32_t count = 0;
    while (count < kMostEntries && it.required_services[count] != nullptr) ++count;
    out.u32(count);
    for (std::uint32_t i = 0; i < count; ++i) put(out, it.required_services[i]);
}
void put_intents(Writer& out, const migue_descriptor& it) {
    out.u64(it.intent_count).u32(it.intents == nullptr ? 0 : 1);
    if (it.intents == nullptr) return;
    const auto count = static_cast<std::uint32_t>(std::min(it.intent_count, kMostEntries));
    out.u32(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto intent = copy_known<migue_intent>(it.intents[i]);
        out.u32(it.intents[i] == nullptr ? 0 : intent.struct_size).u32(intent.flags);
        put(out, intent.name);
        put(out, intent.summary);
    }
}

std::string_view bounded(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text, ::strnlen(text, 4096));
}

void put_extensions(Instance& instance, Writer& out) {
    const auto extension = [&](const char* id) {
        return instance.api.extension == nullptr ? nullptr : instance.api.extension(instance.plugin, id);
    };
    const void* const routes = extension(MIGUE_ROUTES_ID);
    out.u32(routes == nullptr ? 0 : 1);
    if (routes != nullptr) {
        instance.routes = copy_known<migue_routes_v1>(routes);
        const auto count = std::min(instance.routes.count, kMostEntries);
        out.u32(instance.routes.handle == nullptr ? 0 : 1).u32(static_cast<std::uint32_t>(count));
        for (std::size_t i = 0; i < count; ++i) {
            const auto one = copy_known<migue_route>(instance.routes.routes[i]);
            out.u32(one.access).text(bounded(one.method)).text(bounded(one.pattern));
        }
    }
    const void* const understand = extension(MIGUE_UNDERSTAND_ID);
    if (understand != nullptr) instance.understand = copy_known<migue_understand_v1>(understand);
    out.u32(understand == nullptr ? 0 : 1).u32(instance.understand.understand == nullptr ? 0 : 1);
    const void* const raw = extension(MIGUE_MIGRATIONS_ID);
    out.u32(raw == nullptr ? 0 : 1);
    if (raw == nullptr) return;
    const auto migrations = copy_known<migue_migrations_v1>(raw);
    out.u32(static_cast<std::uint32_t>(migrations.count));
    for (std::size_t i = 0; i < migrations.count; ++i) {
        const auto one = copy_known<migue_migration>(migrations.items[i]);
        out.text(one.dialect).text(one.name).text(one.sql);
    }
}

}  // namespace

void PluginFile::open(Reader& in, Writer& out) {
    if (in.u32() != wire::kVersion) end_process("started by another version of migue");
    void* const handle = ::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL);
    const void* const symbol = handle == nullptr ? nullptr : ::dlsym(handle, "migue_entry_v1");
    if (symbol == nullptr) {
        const char* why = ::dlerror();
        out.u32(0).text(why == nullptr ? "no reason given" : why);
        return;
    }
    entry_ = copy_known<migue_entry>(symbol);
    out.u32(1).text(std::string_view(reinterpret_cast<const char*>(&entry_), sizeof entry_));
}

void PluginFile::describe(Writer& out) const {
    const migue_descriptor* const raw = entry_.describe();
    out.u32(raw == nullptr ? 0 : 1);
    if (raw == nullptr) return;
    const auto it = copy_known<migue_descriptor>(raw);
    out.u32(it.struct_size).u32(it.flags);
    put(out, it.id);
    put(out, it.version);
    put(out, it.config_schema);
    put_services(out, it);
    put_intents(out, it);
    out.u32(it.max_concurrency).u32(it.state_write).u32(it.state_read_min).u32(it.state_read_max);
}

void put_plugin(Instance& instance, Writer& out) {
    const auto api = copy_known<migue_plugin>(instance.plugin);
    instance.api = api;
    out.u32(api.struct_size);
    out.u32((api.handle != nullptr ? wire::kHasHandle : 0u) |
            (api.health != nullptr ? wire::kHasHealth : 0u) |
            (api.quiesce != nullptr ? wire::kHasQuiesce : 0u) |
            (api.export_state != nullptr ? wire::kHasExport : 0u) |
            (api.import_state != nullptr ? wire::kHasImport : 0u) |
            (api.destroy != nullptr ? wire::kHasDestroy : 0u));
    put_extensions(instance, out);
}

}  // namespace migue::runner
