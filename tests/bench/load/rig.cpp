#include "tests/bench/load/rig.hpp"

#include <ctime>
#include <stdexcept>

namespace migue::load {

namespace {

using namespace std::chrono_literals;

HostSetup setup_for(const std::filesystem::path& folder, std::string store_url,
                    const FakeGraph::Options& graph) {
    HostSetup setup;
    setup.folder = folder;
    setup.store_url = store_url.empty() ? "sqlite:" + (folder / "migue.db").string() : std::move(store_url);
    setup.access_token = graph.access_token;
    setup.phone_number_id = graph.phone_number_id;
    setup.paces_itself = false;  // the host is measured, not its pace
    use_shipped_plugins(setup);
    setup.write();
    return setup;
}

}  // namespace

Rig::Rig(std::string store_url)
    : graph_(loop_, {},
             [this](const GraphReply& reply) {
                 if (!runs_.empty()) runs_.back()->on_reply(reply);
             }),
      setup_(setup_for(folder_.path(), std::move(store_url), graph_.options())),
      text_(setup_.app_secret, setup_.phone_number_id, static_cast<std::uint32_t>(std::time(nullptr))) {}

void Rig::use_store(std::string url) {
    setup_.store_url = std::move(url);
    setup_.write();
}

void Rig::launch() {
    host_ = std::make_unique<HostUnderTest>(setup_, graph_.url("host"));
}

void Rig::start() {
    launch();
    host_->wait_ready(loop_);
}

void Rig::stop() {
    if (!host_->stop()) throw std::runtime_error("migue serve did not end well\n" + host_->log_tail(20));
}

LoadResult Rig::run(const LoadPlan& plan, std::size_t connections) {
    clients_.push_back(std::make_unique<WebhookClient>(loop_, connections));
    clients_.back()->point_to(host_->port());
    runs_.push_back(std::make_unique<LoadRun>(loop_, *clients_.back(), text_, *host_, plan, next_person_));
    next_person_ += plan.people;
    return runs_.back()->run();
}

std::chrono::nanoseconds Rig::start_and_ask() {
    start();
    const TimePoint asked = Clock::now();
    LoadPlan plan;
    plan.pace = LoadPlan::Pace::kReplies;
    plan.people = 1;
    plan.warm_up = 0ms;
    plan.measured = 1ms;  // one message: the next would be written after this
    const LoadResult result = run(plan, 1);
    if (result.answered == 0)
        throw std::runtime_error("the first message was not answered\n" + host_->log_tail(20));
    return asked - host_->started() +
           std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::duration<double, std::milli>(result.reply.ms(0)));
}

}  // namespace migue::load
