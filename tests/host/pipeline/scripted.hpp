#pragma once
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "host/intents/router.hpp"
#include "host/pipeline/channel.hpp"
#include "host/plugin_host/plugin_host.hpp"

/// What stands around a pipeline under test: a small plugin host and a channel of the test's
/// own, and a real router.
namespace migue::host::test {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// Plugins that are functions. A turn that the test holds back is finished by release().
class ScriptedPlugins final : public PluginHost {
public:
    using Script = std::function<TurnResult(const TurnRequest&)>;

    Result<void> start() override { return {}; }
    void stop(std::chrono::milliseconds) override {}
    void run_turn(const std::string& id, TurnRequest request,
                  std::function<void(TurnResult)> finished) override {
        TurnResult result;
        {
            const std::lock_guard lock(mutex_);
            seen_.push_back(request);
            changed_.notify_all();
            if (held_.contains(request.text)) {
                held_[request.text] = [this, id, request, finished] { finished(scripts_.at(id)(request)); };
                return;
            }
            const auto script = scripts_.find(id);
            result = script == scripts_.end() ? TurnResult{.status = MIGUE_E_UNAVAILABLE,
                                                           .reasons = {},
                                                           .replies = {},
                                                           .state_json = {},
                                                           .ask_ttl = {},
                                                           .plugin_version = {}}
                                              : script->second(request);
        }
        finished(std::move(result));
    }
    PluginHttpReply serve(const std::string&, const PluginHttpRequest&) override { return {}; }
    Result<std::string> understand(const std::string&, std::string_view, std::string_view, std::string_view,
                                   std::string_view, std::int64_t) override {
        return Error{Error::Code::kUnsupported, "understand"};
    }
    Result<void> reload(const std::string&) override { return {}; }
    [[nodiscard]] std::vector<PluginStatus> list() const override { return {}; }
    [[nodiscard]] bool has(const std::string& id) const override { return scripts_.contains(id); }
    [[nodiscard]] std::map<std::string, std::vector<std::string>> intents() const override { return {}; }

    void set(const std::string& id, Script script) { scripts_[id] = std::move(script); }
    void hold(const std::string& text) { held_[text] = {}; }
    void release(const std::string& text) {
        std::function<void()> finish;
        {
            std::unique_lock lock(mutex_);
            ASSERT_TRUE(changed_.wait_for(lock, 30s, [&] { return static_cast<bool>(held_[text]); }));
            finish = held_[text];
            held_.erase(text);
        }
        finish();
    }
    std::vector<TurnRequest> seen(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 30s, [&] { return seen_.size() >= count; })) << seen_.size();
        return seen_;
    }

private:
    std::map<std::string, Script> scripts_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::function<void()>> held_;  // guarded by mutex_
    std::vector<TurnRequest> seen_;                      // guarded by mutex_
};

class RecordingChannel final : public Channel {
public:
    [[nodiscard]] std::string_view id() const override { return "chat"; }
    [[nodiscard]] ChannelLimits limits() const override { return {}; }
    [[nodiscard]] SendOutcome send(const OutboundReply& reply) override {
        const std::lock_guard lock(mutex_);
        texts_.push_back(Json::parse(reply.reply.body_json).at("text"));
        bodies_.push_back(reply.reply.body_json);
        changed_.notify_all();
        SendOutcome sent;
        sent.channel_message_id = "out " + std::to_string(texts_.size());
        return sent;
    }
    std::vector<std::string> texts(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 30s, [&] { return texts_.size() >= count; })) << texts_.size();
        return texts_;
    }

    /// Of what texts() has seen, and perhaps more.
    std::vector<std::string> bodies() {
        const std::lock_guard lock(mutex_);
        return bodies_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> texts_;   // guarded by mutex_
    std::vector<std::string> bodies_;  // guarded by mutex_
};

inline TurnResult says(const std::string& text) {
    TurnResult result;
    result.status = MIGUE_OK;
    result.replies = {{"text", Json{{"text", text}}.dump()}};
    return result;
}

inline TurnResult ends(migue_status status) {
    TurnResult result;
    result.status = status;
    return result;
}

inline std::shared_ptr<const intents::Router> router_in(const std::filesystem::path& folder) {
    std::ofstream(folder / "es.yaml")
        << "schedule_meeting: [agenda una reunión, agéndame una cita, reunión con Ana mañana]\n"
           "greeting: [hola, buenos días, qué tal]\nother: [qué clima hace, cuánto vale el dólar, mañana, a "
           "las 3, con Ana, el viernes, a las 5]\n";
    std::ofstream(folder / "routes.yaml")
        << "intents: { es: es.yaml }\nfallback: smalltalk\nroutes:\n"
           "  - { intent: schedule_meeting, plugin: scheduling, keywords: { es: [agenda] } }\n"
           "  - { intent: greeting, plugin: smalltalk, keywords: { es: [hola] } }\n";
    auto router = intents::Router::load(folder / "routes.yaml");
    EXPECT_TRUE(router) << router.error().what;
    return std::move(router).value();
}

}  // namespace migue::host::test
