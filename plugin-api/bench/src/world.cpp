#include "world.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "migue/cpp/text.hpp"

namespace migue::bench {

void Breaches::raise() {
    if (all_.empty()) return;
    std::string what;
    for (const std::string& one : all_) what += (what.empty() ? "" : "\n") + one;
    all_.clear();
    throw Fault(what);
}

World::World(Options given) : options(std::move(given)), time(options.now_unix_ms), schema(options.tables) {}
World::~World() = default;

migue_status World::admit() {
    if (is_quiesced) return MIGUE_E_STATE;
    if (current == nullptr) return MIGUE_OK;
    if (current->is_cancelled()) return MIGUE_E_CANCELLED;
    const std::optional<Cut>& cut = current->message().cut;
    if (++current->asked_operations;
        cut && !cut->after_effect && current->asked_operations == cut->operation) {
        cancel_turn(*current);
        return MIGUE_E_CANCELLED;
    }
    return MIGUE_OK;
}

migue_status World::accept(std::uint64_t due_ns, TimeLine::Deliver deliver, std::uint64_t* op) {
    const std::uint64_t id = time.add(current == nullptr ? 0 : current->id(), due_ns, std::move(deliver));
    if (op != nullptr) *op = id;
    if (current == nullptr) return MIGUE_OK;
    ++current->outcome().operations;
    const std::optional<Cut>& cut = current->message().cut;
    if (cut && cut->after_effect && current->asked_operations == cut->operation) cancel_turn(*current);
    return MIGUE_OK;
}

migue_status World::accept(std::uint64_t due_ns, migue_status status, migue_done done, void* user,
                           std::uint64_t* op) {
    return accept(
        due_ns, [=](bool cancelled) { done(user, cancelled ? MIGUE_E_CANCELLED : status, nullptr); }, op);
}

void World::cancel_turn(TurnCall& turn) {
    turn.cancel();
    time.cancel_of(turn.id());
}

bool World::run_one() {
    const std::optional<TimeLine::Due> due = time.take_due();
    if (!due) return false;
    run_as(due->owner == 0 ? nullptr : turns[due->owner - 1].get(), [&] { due->deliver(due->cancelled); });
    return true;
}

HostTable::HostTable(World& owner) : raw{}, world(owner) {
    raw = {sizeof(migue_host), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, this,
           [](const migue_host* host, const char* id) noexcept -> const void* {
               const World* known = world_of(host);
               if (known == nullptr || id == nullptr) return nullptr;
               const auto& without = known->options.without;
               if (std::find(without.begin(), without.end(), id) != without.end()) return nullptr;
               return service_table(id);
           }};
}

World* world_of(const migue_host* host) noexcept {
    auto* table = static_cast<HostTable*>(host->ctx);
    if (table->is_destroyed) return nullptr;
    if (table->world.thread != std::this_thread::get_id()) {
        // Nothing here may be touched from there, not even the list of breaches.
        std::fputs("plugin bench: a service was called from a thread of the plugin's own (T3)\n", stderr);
        std::abort();
    }
    return &table->world;
}

void JobBook::put(StoredJob job) {
    const Key key{job.conversation, job.key};
    jobs_.insert_or_assign(key, Job{std::move(job), ++last_number_});
}

void JobBook::remove(const std::string& conversation, const std::string& key) {
    jobs_.erase({conversation, key});
}

void JobBook::remove(const Job& job) {
    const auto found = jobs_.find({job.job.conversation, job.job.key});
    if (found != jobs_.end() && found->second.number == job.number) jobs_.erase(found);
}

void JobBook::failed(const Job& job) {
    const auto found = jobs_.find({job.job.conversation, job.job.key});
    if (found != jobs_.end() && found->second.number == job.number) ++found->second.attempt;
}

std::vector<JobBook::Job> JobBook::due(std::int64_t unix_ms) const {
    std::vector<Job> due;
    for (const auto& [key, job] : jobs_)
        if (job.job.at_unix_ms <= unix_ms) due.push_back(job);
    std::stable_sort(due.begin(), due.end(),
                     [](const Job& a, const Job& b) { return a.job.at_unix_ms < b.job.at_unix_ms; });
    return due;
}

std::vector<StoredJob> JobBook::all() const {
    std::vector<StoredJob> all;
    for (const auto& [key, job] : jobs_) all.push_back(job.job);
    return all;
}

}  // namespace migue::bench
