#include "host/plugin_host/warm_up.hpp"

#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include "host/plugin_host/turn.hpp"

namespace migue::host {

namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kTurnLimit{2000};
constexpr std::chrono::milliseconds kGrace{500};

TurnRequest golden_turn(const std::string& intent, const Clock& clock) {
    TurnRequest request;
    request.message_id = "warm-up-" + intent;
    request.conversation_id = "warm-up";
    request.person_id = "warm-up";
    request.intent = intent;
    request.text = "hola";
    request.locale = "es";
    request.input_json = R"({"kind":"text"})";
    request.channel_json = R"({"buttons":3,"list_rows":10})";
    request.deadline_ns =
        clock.monotonic_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(kTurnLimit).count());
    request.sent_unix_ms = clock.unix_ms();
    request.confidence = 1;
    return request;
}

TurnResult run(const std::shared_ptr<Instance>& instance, TurnRequest request) {
    const auto ended = std::make_shared<std::promise<TurnResult>>();
    auto result = ended->get_future();
    auto lease = std::make_shared<Lease>(instance->generation().acquire());
    const auto call =
        std::make_shared<TurnCall>(instance, std::move(lease), std::move(request),
                                   [ended](TurnResult given) { ended->set_value(std::move(given)); });
    instance->adopt(call);
    call->start(kTurnLimit, kGrace);
    return result.get();
}

Result<void> run_all(const std::shared_ptr<Instance>& instance, const Clock& clock) {
    std::vector<Descriptor::Intent> intents = instance->descriptor().intents;
    if (intents.empty()) intents.emplace_back();
    for (const Descriptor::Intent& intent : intents) {
        const TurnResult result = run(instance, golden_turn(intent.name, clock));
        if (instance->is_quarantined())
            return Error{Error::Code::kInternal,
                         "warm-up: a turn of the intent " + intent.name + " let an exception out (O4)"};
        if (result.status == MIGUE_E_DEADLINE)
            return Error{Error::Code::kDeadline, "warm-up: a turn of the intent " + intent.name +
                                                     " did not end when it was cancelled (T4)"};
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<HostTable>> warm_up(Instance::Parts& parts, const std::string& config_json,
                                           const ServiceBackends& backends,
                                           std::shared_ptr<HttpService> http) {
    Log nowhere(Severity::kError, [](std::string_view) {});
    SqlService memory = SqlService::in_files("");
    auto tables = memory.tables(parts.entry.id);
    if (!tables) return std::move(tables).error();
    Instance::Parts own;
    own.entry = parts.entry;
    own.code = parts.code;
    own.descriptor = parts.descriptor;
    own.generation = std::make_shared<Generation>(parts.generation->number());
    own.max_workers = parts.max_workers;
    own.control_limit = parts.control_limit;
    own.on_leftover = parts.on_leftover;
    own.table = std::make_unique<HostTable>(
        ServiceBackends{backends.clock, nowhere, nullptr, nullptr, backends.timers, backends.vault},
        ServiceGrant{parts.entry.id, parts.generation->number(), {}, {}, std::move(http), *tables});
    const auto instance = std::make_shared<Instance>(std::move(own));
    std::vector<ConfigFault> ignored;
    Result<void> good;
    const auto created = instance->create(config_json, ignored);
    // Any other fault is found again, with its place, where the instance is made that is to serve.
    if (!created && instance->is_stuck()) good = Error(created.error()).within("warm-up");
    if (created && instance->migrate()) good = run_all(instance, backends.clock);
    const bool is_closed = instance->discard();
    memory.stop();
    // Its code is still running.
    if (!is_closed) Image::leave_loaded(std::move(parts.image));
    if (!good) return std::move(good).error();
    if (!is_closed) return Error{Error::Code::kInternal, "warm-up: it did not end what it began (T6)"};
    return instance->release_table();
}

}  // namespace migue::host
