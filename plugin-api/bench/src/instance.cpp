#include "instance.hpp"

#include "egress.hpp"
#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/migrations.h"
#include "schema_check.hpp"

namespace migue::bench {

namespace {

/// Collects what is reported while the plugin is asked something.
class Diag {
public:
    Diag() : raw_{sizeof(migue_diag), 0, &reasons_, &Diag::report} {}
    Diag(const Diag&) = delete;
    Diag& operator=(const Diag&) = delete;
    [[nodiscard]] migue_diag* raw() noexcept { return &raw_; }
    [[nodiscard]] const std::vector<std::string>& reasons() const noexcept { return reasons_; }

private:
    static void report(void* ctx, migue_str where, migue_str what) noexcept {
        static_cast<std::vector<std::string>*>(ctx)->push_back(reason_of(where, what));
    }
    std::vector<std::string> reasons_;
    migue_diag raw_;
};

void require(World& world, const std::vector<std::string>& faults) {
    for (const std::string& fault : faults) world.breaches.add(fault);
    world.breaches.raise();
}

void require_ok(World& world, const char* step, migue_status status, const Diag& diag) {
    if (status == MIGUE_OK) return;
    if (diag.reasons().empty()) world.breaches.add(std::string(step) + " returned " + std::to_string(status));
    require(world, diag.reasons());
}

}  // namespace

Instance::Instance(World& world, const migue_entry& entry, const std::string& config_json)
    : world_(world), host_(*world.hosts.emplace_back(std::make_unique<HostTable>(world))) {
    create(entry, describe(entry, config_json));
    try {
        settle();
    } catch (...) {
        destroy();
        throw;
    }
}

std::string Instance::describe(const migue_entry& entry, const std::string& given_config) {
    require(world_, entry_faults(entry));
    const migue_descriptor* raw = entry.describe();
    require(world_, descriptor_faults(raw, world_));
    descriptor_ = copy_descriptor(*raw);
    std::string config_json = with_defaults(descriptor_.config_schema, given_config);
    require(world_, schema_faults(descriptor_.config_schema, config_json));
    world_.plugin_id = descriptor_.id;
    world_.egress = egress_addresses(descriptor_.config_schema, config_json);
    if (world_.schema != nullptr) return config_json;
    auto opened = sql::SqliteSchema::open(":memory:", descriptor_.id);
    if (!opened) require(world_, {opened.error().what});
    world_.schema = std::move(opened).value();
    return config_json;
}

void Instance::create(const migue_entry& entry, const std::string& config_json) {
    Diag diag;
    world_.is_quiesced = false;
    const migue_status status = entry.create(&host_.raw, to_c(config_json), diag.raw(), &raw_);
    require_ok(world_, "create()", status, diag);
    if (raw_ == nullptr) require(world_, {"create() returned MIGUE_OK and no plugin"});
    api_ = copy_struct(*raw_);
    if (api_.handle == nullptr || api_.destroy == nullptr) require(world_, {"handle or destroy is missing"});
}

void Instance::settle() {
    if (const auto* migrations = extension<migue_migrations_v1>(MIGUE_MIGRATIONS_ID); migrations != nullptr) {
        const auto applied = world_.schema->migrate(copy_struct(*migrations));
        if (!applied) require(world_, {applied.error().what});
    }
    Diag diag;
    if (api_.health != nullptr) require_ok(world_, "health()", api_.health(raw_, diag.raw()), diag);
    while (world_.run_one()) {
    }
    world_.breaches.raise();
}

void Instance::destroy() noexcept {
    world_.is_quiesced = true;
    if (api_.quiesce != nullptr) api_.quiesce(raw_, world_.time.now_ns());
    for (const auto& turn : world_.turns)
        if (!turn->has_ended()) turn->cancel();
    world_.time.cancel_all();
    while (world_.run_one()) {
    }
    for (const auto& turn : world_.turns)
        if (!turn->has_ended()) turn->abandon(MIGUE_E_CANCELLED);
    api_.destroy(raw_);
    host_.is_destroyed = true;
}

Instance::~Instance() {
    destroy();
}

}  // namespace migue::bench
