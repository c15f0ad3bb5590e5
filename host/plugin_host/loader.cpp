#include "host/plugin_host/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/plugin_host/background.hpp"
#include "host/plugin_host/hazards.hpp"
#include "host/plugin_host/install.hpp"
#include "host/plugin_host/isolated_image.hpp"
#include "host/plugin_host/patient_call.hpp"
#include "host/plugin_host/plugin_config.hpp"
#include "host/plugin_host/rehearsal.hpp"
#include "host/plugin_host/warm_up.hpp"

namespace migue::host {

namespace {

std::string shortened(const std::string& sha256) {
    return sha256.substr(0, 8) + "…";
}

/// V8: the refusal lists all that is missing.
Result<void> check_services(const Descriptor& descriptor) {
    std::string missing;
    for (const std::string& id : descriptor.required_services)
        if (!HostTable::offers(id)) missing += (missing.empty() ? "" : ", ") + id;
    if (missing.empty()) return {};
    return Error{Error::Code::kUnsupported, "needs services that this host does not have: " + missing};
}

/// Caches only, and only where the versions of the states allow it: an older plugin may have
/// written them in another form.
Result<void> take_over(Instance& fresh, Instance* active) {
    if (active == nullptr || active->is_quarantined()) return {};
    const std::uint32_t version = active->descriptor().state_write;
    if (!fresh.descriptor().reads_state(version)) return {};  // told by the swap, with its reason
    const auto caches = active->export_state();
    return caches ? fresh.import_state(version, *caches) : Result<void>();
}

}  // namespace

Loader::Loader(Options options, const ServiceBackends& backends, StagingArea& area, HttpClient& http,
               SqlService& sql, const History& history)
    : options_(std::move(options)),
      backends_(backends),
      area_(area),
      http_(http),
      sql_(sql),
      history_(history) {}

Instance::Parts Loader::parts_of(const LockEntry& entry) {
    Instance::Parts parts;
    parts.entry = entry;
    parts.generation = std::make_shared<Generation>(++last_number_, options_.on_idle);
    parts.max_workers = options_.max_workers;
    parts.control_limit = options_.control_limit;
    parts.on_loss = options_.on_idle;
    parts.on_leftover = options_.on_leftover;
    return parts;
}

Result<std::shared_ptr<Instance>> Loader::load(const LockEntry& entry, Instance* active) {
    Instance::Parts parts = parts_of(entry);
    auto opened = [&] {
        const InBackground background;
        return open(entry, parts);
    }();
    if (!opened) {
        put_away(parts);
        return std::move(opened).error().within("plugin " + entry.id);
    }
    return finish(parts, active, options_.warm);
}

Result<std::shared_ptr<Instance>> Loader::load_again(const Instance& ended) {
    Instance::Parts parts = parts_of(ended.entry());
    parts.file = ended.file();
    parts.build_id = ended.build_id();
    auto opened = [&] {
        const InBackground background;
        return start_and_describe(parts.entry, parts);
    }();
    if (!opened) {
        put_away(parts);
        return std::move(opened).error().within("plugin " + parts.entry.id);
    }
    return finish(parts, nullptr, false);
}

Result<std::shared_ptr<Instance>> Loader::finish(Instance::Parts& parts, Instance* active, bool warm) {
    auto instance = make(parts, active, warm);
    if (instance)
        (*instance)->come_forward();
    else
        put_away(parts);
    return instance;
}

void Loader::put_away(Instance::Parts& parts) const {
    if (parts.image != nullptr && !parts.image->close() && options_.on_leftover)
        options_.on_leftover(Instance::Leftover::kPinned);
}

/// The image stays with the call that does not come back.
Result<Descriptor> Loader::describe(Instance::Parts& parts) const {
    if (parts.entry.isolation == LockEntry::Isolation::kProcess) return parts.image->describe();
    const auto described = std::make_shared<std::optional<Result<Descriptor>>>();
    if (ends_within(options_.control_limit,
                    [described, image = parts.image.get()] { described->emplace(image->describe()); }))
        return std::move(**described);
    Image::leave_loaded(std::move(parts.image));
    if (options_.on_leftover) options_.on_leftover(Instance::Leftover::kAbandoned);
    return Error{Error::Code::kDeadline,
                 fmt::format("describe() did not return within {} ms (T4)", options_.control_limit.count())};
}

Result<std::unique_ptr<StagedFile>> Loader::stage(const LockEntry& entry, std::uint64_t number) {
    auto staged = stage(entry, entry.file, number);
    if (staged) return staged;
    // The hash says what is wanted, wherever it lies: what served well before was kept.
    const auto kept = history_.find(entry.sha256);
    return kept ? stage(entry, *kept, number) : std::move(staged);
}

Result<std::unique_ptr<StagedFile>> Loader::stage(const LockEntry& entry, const std::filesystem::path& from,
                                                  std::uint64_t number) {
    const std::string where = fmt::format("{} line {}", options_.lock_file.filename().string(), entry.line);
    auto staged = area_.stage(from, entry.id, number);
    if (!staged) return std::move(staged).error().within(where);
    const FileDigest& digest = (*staged)->digest();
    const std::string name = entry.file.filename().string();
    if (digest.size != entry.size)
        return Error{Error::Code::kConfig, fmt::format("{}: {} has {} bytes, expected {}; was it copied only "
                                                       "partly, or rebuilt without updating the lock?",
                                                       where, name, digest.size, entry.size)};
    if (digest.sha256 != entry.sha256)
        return Error{
            Error::Code::kConfig,
            fmt::format("{}: {} has sha256 {}, expected {}; was the file rebuilt without updating the lock?",
                        where, name, shortened(digest.sha256), shortened(entry.sha256))};
    return staged;
}

Result<ElfFacts> Loader::check_file(const LockEntry& entry, const StagedFile& file) {
    auto facts = read_elf_file(file.path());
    if (!facts) return facts;
    // What a process of its own links, and how it ends, is its own affair (§9).
    const bool is_inside = entry.isolation == LockEntry::Isolation::kNone;
    if (auto good = check_libraries(*facts, entry.libraries); is_inside && !good)
        return std::move(good).error();
    if (!facts->exports("migue_entry_v1"))
        return Error{
            Error::Code::kUnsupported,
            fmt::format("has no symbol migue_entry_v1: no migue plugin, or one for another major of the ABI; "
                        "this host has ABI {}.{}",
                        MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR)};
    if (auto good = check_hazards(*facts, entry); !good) return std::move(good).error();
    if (auto good = rehearse_file(entry, file); !good) return std::move(good).error();
    if (!is_inside) return facts;
    for (const std::string& library : extra_libraries(*facts))
        if (auto opened = open_for_good(library); !opened) return std::move(opened).error();
    return facts;
}

Result<void> Loader::rehearse_file(const LockEntry& entry, const StagedFile& file) {
    // What served well before needs no rehearsal, nor does a restart.
    if (!options_.rehearse || options_.runner.empty() || history_.find(entry.sha256) ||
        rehearsed_.contains(entry.sha256))
        return {};
    Rehearsal rehearsal;
    rehearsal.runner = options_.runner;
    rehearsal.file = file.path();
    rehearsal.config_json = settings_of(entry.id).config_json;
    rehearsal.limit = options_.rehearsal_limit;
    rehearsal.may_stay = entry.profile == LockEntry::Profile::kPinned;
    rehearsal.own_process = entry.isolation == LockEntry::Isolation::kProcess;
    const auto findings = rehearse(rehearsal);
    if (!findings) return findings.error();
    std::string what;
    for (const std::string& finding : *findings)
        // An orderly refusal of its configuration comes again below, with its place.
        if (!finding.starts_with("O5")) what += (what.empty() ? "" : "\n") + finding;
    if (!what.empty()) return Error{Error::Code::kInvalid, "rehearsal: " + what};
    rehearsed_.insert(entry.sha256);
    return {};
}

Result<std::unique_ptr<Image>> Loader::start(const LockEntry& entry, const StagedFile& file,
                                             std::uint64_t number) const {
    if (entry.isolation == LockEntry::Isolation::kNone) return load_image(file.path());
    if (options_.runner.empty())
        return Error{Error::Code::kUnsupported,
                     "isolation: process needs the program migue-plugin-runner, which is not here"};
    // One for each worker, one for the control thread, one for who asks beside them.
    const auto tell = [&log = backends_.log, id = entry.id, number](std::string_view line) {
        log.warn("the plugin's process wrote to its standard error",
                 {{"plugin", id}, {"generation", std::to_string(number)}, {"line", line}});
    };
    const auto tell_bad_end = [&log = backends_.log, id = entry.id, number](const std::string& why) {
        log.warn("the plugin's process did not end well",
                 {{"plugin", id}, {"generation", std::to_string(number)}, {"why", why}});
    };
    return start_isolated({options_.runner, file.path(), options_.max_workers + 2, tell, tell_bad_end},
                          {options_.kill_after, options_.control_limit});
}

Result<void> Loader::open(const LockEntry& entry, Instance::Parts& parts) {
    auto file = stage(entry, parts.generation->number());
    if (!file) return std::move(file).error();
    parts.file = std::move(file).value();
    const std::string name = entry.file.filename().string();
    auto facts = check_file(entry, *parts.file);
    if (!facts) return std::move(facts).error().within(name);
    parts.build_id = facts->build_id;
    return start_and_describe(entry, parts);
}

Result<void> Loader::start_and_describe(const LockEntry& entry, Instance::Parts& parts) const {
    const std::string name = entry.file.filename().string();
    auto image = start(entry, *parts.file, parts.generation->number());
    if (!image) return std::move(image).error().within(name);
    parts.image = std::move(image).value();
    parts.code = parts.image.get();
    auto descriptor = describe(parts);
    if (!descriptor) return std::move(descriptor).error().within(name);
    parts.descriptor = std::move(descriptor).value();
    if (parts.descriptor.id != entry.id)
        return Error{Error::Code::kConfig, fmt::format("{}: the file is plugin {}, the lock file says {}",
                                                       name, parts.descriptor.id, entry.id)};
    if (auto all = check_services(parts.descriptor); !all) return std::move(all).error().within(name);
    return {};
}

Result<std::shared_ptr<Instance>> Loader::make(Instance::Parts& parts, Instance* active, bool warm) {
    const std::string id = parts.entry.id;
    const config::PluginSettings settings = settings_of(id);
    auto config = read_plugin_config(settings, parts.descriptor.config_schema, options_.public_url);
    if (!config) return std::move(config).error();
    auto tables = sql_.tables(id);
    if (!tables) return std::move(tables).error();
    if (warm) {
        const InBackground background;
        auto warmed = warm_up(parts, config->json, backends_, http_of(id));
        if (!warmed) return std::move(warmed).error().within("plugin " + id);
        parts.warm_table = std::move(warmed).value();
    }
    parts.table = std::make_unique<HostTable>(
        backends_, ServiceGrant{id, parts.generation->number(), std::move(config->egress),
                                std::move(config->secrets), http_of(id), std::move(tables).value()});
    const auto instance = std::make_shared<Instance>(std::move(parts));
    std::vector<ConfigFault> faults;
    Result<void> made = instance->create(config->json, faults);
    if (made) made = take_over(*instance, active);
    if (made) made = instance->check_health();
    if (made) return instance;
    instance->discard();
    if (!faults.empty()) return Error{made.error().code, place_faults(settings, faults)};
    return std::move(made).error().within("plugin " + id);
}

config::PluginSettings Loader::settings_of(const std::string& id) const {
    const auto found = std::find_if(options_.plugins.begin(), options_.plugins.end(),
                                    [&](const config::PluginSettings& each) { return each.id == id; });
    return found == options_.plugins.end() ? config::PluginSettings{id, "{}", nullptr} : *found;
}

std::shared_ptr<HttpService> Loader::http_of(const std::string& id) {
    std::shared_ptr<HttpService>& service = http_services_[id];
    if (service == nullptr) service = std::make_shared<HttpService>(http_, options_.max_http_requests);
    return service;
}

void Loader::stop_http() {
    for (const auto& [id, service] : http_services_) service->stop();
}

}  // namespace migue::host
