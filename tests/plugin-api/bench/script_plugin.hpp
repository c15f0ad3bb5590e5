#pragma once
#include <functional>
#include <string>
#include <utility>

#include "migue/cpp/bench.hpp"

namespace migue::bench {

/// A plugin whose turns do what the test says.
class ScriptPlugin final : public Plugin {
public:
    using Handle = std::function<Task<TurnEnd>(const Services&, Turn&)>;
    /// The script of the instances to come: one test at a time sets it.
    static Handle& script() {
        static Handle current;
        return current;
    }

    static Description describe() {
        return {.id = "script",
                .version = "1.0.0",
                .config_schema = R"({"type":"object","additionalProperties":false,"properties":{
                    "url":{"type":"string","x-egress":true,"default":"https://api.example.org/v1"},
                    "count":{"type":"integer","minimum":1}}})",
                .required_services = {"migue.clock/1"},
                .intents = {{"talk", "anything"}}};
    }
    static Result<std::unique_ptr<ScriptPlugin>> create(const Context& context) {
        return std::make_unique<ScriptPlugin>(context.services, std::string(context.config_json));
    }
    ScriptPlugin(Services services, std::string config)
        : services_(services), script_(script()), config_(std::move(config)) {}
    [[nodiscard]] Result<void> health() override {
        last_config() = config_;
        return {};
    }
    static std::string& last_config() {
        static std::string config;
        return config;
    }

    Task<TurnEnd> handle(Turn& turn) override { return script_(services_, turn); }
    [[nodiscard]] std::vector<Migration> migrations() const override {
        return {{"sqlite", "1_note", "CREATE TABLE script.note (id TEXT PRIMARY KEY)"}};
    }

private:
    Services services_;
    Handle script_;
    std::string config_;
};

[[nodiscard]] inline Bench script_bench(ScriptPlugin::Handle handle, std::string config = "{}",
                                        Options options = {}) {
    ScriptPlugin::script() = std::move(handle);
    return Bench(entry_of<ScriptPlugin>(), std::move(config), std::move(options));
}

}  // namespace migue::bench
