// A fake OpenAI-compatible server to develop against. Its first line of output names the
// address for the configuration. Then it reads one command a line from standard input and
// answers each with one line of JSON:
//   latency MS
//   fail KIND [TIMES]          error raw cut cut_unsaid filtered refusal empty null tool_calls
//                              reasoning_only large reset hang refuse drip
//   status STATUS [RETRY_AFTER] [TIMES]  the next calls get this error
//   say TIMES JSON             the next answers' content, as it is
//   hear WORDS                 what the next voice notes hold
//   clear                      no more faults
//   calls · breaches
#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/standins/model/model_server.hpp"

namespace {

using nlohmann::json;
using namespace migue::standins;
using Kind = ModelFault::Kind;

constexpr const char* kUsage =
    "expected: latency MS | fail KIND [TIMES] | status STATUS [RETRY_AFTER] [TIMES] | say TIMES JSON | "
    "hear WORDS | clear | calls | breaches";

const std::map<std::string, Kind> kKinds{{"error", Kind::kError},
                                         {"raw", Kind::kRaw},
                                         {"cut", Kind::kCut},
                                         {"cut_unsaid", Kind::kCutUnsaid},
                                         {"filtered", Kind::kFiltered},
                                         {"refusal", Kind::kRefusal},
                                         {"empty", Kind::kEmpty},
                                         {"null", Kind::kNull},
                                         {"tool_calls", Kind::kToolCalls},
                                         {"reasoning_only", Kind::kReasoningOnly},
                                         {"large", Kind::kLarge},
                                         {"reset", Kind::kReset},
                                         {"hang", Kind::kHang},
                                         {"refuse", Kind::kRefuse},
                                         {"drip", Kind::kDrip}};

const std::map<std::string, ModelOptions::Profile> kProfiles{{"openai", ModelOptions::Profile::kOpenAi},
                                                             {"ollama", ModelOptions::Profile::kOllama},
                                                             {"llama.cpp", ModelOptions::Profile::kLlamaCpp},
                                                             {"vllm", ModelOptions::Profile::kVllm}};

json obey(Model& model, const std::string& line) {
    std::istringstream words(line);
    std::string command, rest;
    words >> command;
    ModelFault fault;
    if (command == "clear") return model.clear_faults(), json{{"clear", true}};
    if (command == "breaches") return model.breaches();
    if (command == "calls") {
        json out = json::array();
        for (const ModelCall& call : model.calls())
            out.push_back({{"path", call.path}, {"status", call.status}});
        return out;
    }
    if (int ms = 0; command == "latency" && words >> ms)
        return model.set_latency(std::chrono::milliseconds(ms)), json{{"latency", ms}};
    if (command == "hear" && std::getline(words >> std::ws, rest))
        return model.hear(rest), json{{"hear", true}};
    if (command == "say" && words >> fault.times && std::getline(words >> std::ws, fault.text)) {
        fault.kind = Kind::kContent;
    } else if (command == "status" && words >> fault.status) {
        if (words >> rest) fault.headers.emplace_back("retry-after", rest);
        if (!(words >> fault.times)) fault.times = 1;
    } else if (command == "fail" && words >> rest && kKinds.contains(rest)) {
        fault.kind = kKinds.at(rest);
        if (!(words >> fault.times)) fault.times = 1;
    } else {
        return {{"error", kUsage}};
    }
    model.fail(fault);
    return {{command, true}};
}

}  // namespace

int main(int argc, char** argv) {
    ModelOptions options;
    std::uint16_t port = 0;
    int latency = 300;
    std::string profile = "openai";
    CLI::App app("A fake OpenAI-compatible server on a loopback port");
    app.add_option("--port", port, "0: any free one");
    app.add_option("--profile", profile, "openai, ollama, llama.cpp, vllm")
        ->check(CLI::IsMember({"openai", "ollama", "llama.cpp", "vllm"}));
    app.add_option("--model", options.model);
    app.add_option("--api-key", options.api_key, "the only key that is taken; \"\": any");
    app.add_flag("--wants-completion-tokens", options.wants_completion_tokens, "refuses max_tokens");
    app.add_flag("!--no-json-schema", options.takes_json_schema, "refuses response_format json_schema");
    app.add_flag("!--no-json-object", options.takes_json_object, "refuses response_format json_object");
    app.add_flag("--reasons", options.reasons_first, "thinks first, in reasoning_content");
    app.add_option("--latency-ms", latency, "of each answer");
    CLI11_PARSE(app, argc, argv);
    options.profile = kProfiles.at(profile);

    Model model(options);
    model.set_latency(std::chrono::milliseconds(latency));
    const ModelServer server(model, port);
    std::cout << json{{"url", server.url()}, {"name", options.model}}.dump() << std::endl;
    for (std::string line; std::getline(std::cin, line);) std::cout << obey(model, line).dump() << std::endl;
    return 0;
}
