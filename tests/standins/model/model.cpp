#include "tests/standins/model/model.hpp"

#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/standins/model/request_rules.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;
using Ending = ModelResponse::Ending;
using Kind = ModelFault::Kind;
using Profile = ModelOptions::Profile;

/// About four bytes a token.
std::int64_t tokens_of(std::string_view text) {
    return static_cast<std::int64_t>(text.size() / 4 + 1);
}

std::int64_t limit_of(const json& body) {
    for (const char* name : {"max_completion_tokens", "max_tokens"})
        if (body.contains(name)) return body.at(name).get<std::int64_t>();
    return 1 << 20;
}

ModelResponse json_response(int status, std::string body) {
    return {status, std::move(body), {{"content-type", "application/json"}}, {}, Ending::kAnswer};
}

std::optional<Ending> ending_of(Kind kind) {
    switch (kind) {
        case Kind::kReset:
            return Ending::kLost;
        case Kind::kHang:
            return Ending::kHang;
        case Kind::kRefuse:
            return Ending::kRefuse;
        case Kind::kDrip:
            return Ending::kDrip;
        default:
            return std::nullopt;
    }
}

/// What the fault makes of the message that would have been answered.
void spoil(const ModelFault& fault, json& choice) {
    json& message = choice["message"];
    const std::string content = message["content"];
    switch (fault.kind) {
        case Kind::kContent:
            message["content"] = fault.text;
            break;
        case Kind::kCut:
            choice["finish_reason"] = "length";
            [[fallthrough]];
        case Kind::kCutUnsaid:
            message["content"] = content.substr(0, content.size() / 2);
            break;
        case Kind::kFiltered:
            choice["finish_reason"] = "content_filter";
            message["content"] = content.substr(0, content.size() / 2);
            break;
        case Kind::kRefusal:
            message["content"] = json();
            message["refusal"] = "I'm sorry, I cannot help with that.";
            break;
        case Kind::kEmpty:
            message["content"] = "";
            break;
        case Kind::kNull:
            message["content"] = json();
            break;
        case Kind::kToolCalls:
            choice["finish_reason"] = "tool_calls";
            message["content"] = json();
            message["tool_calls"] =
                json::array({{{"id", "call_1"},
                              {"type", "function"},
                              {"function", {{"name", "create_event"}, {"arguments", "{\"title\":\"x\"}"}}}}});
            break;
        case Kind::kReasoningOnly:
            choice["finish_reason"] = "length";
            message["reasoning_content"] = "Let me think about this.";
            message["content"] = "";
            break;
        case Kind::kLarge:
            message["content"] = "{\"wishes\":[\"" + std::string(1024 * 1024, 'a') + "\"]}";
            break;
        default:
            break;
    }
}

}  // namespace

std::string_view ModelRequest::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

class Model::Impl {
public:
    explicit Impl(ModelOptions options) : options_(std::move(options)) {}

    ModelResponse handle(const ModelRequest& request);

    const ModelOptions options_;
    mutable std::mutex mutex_;
    // all guarded by mutex_
    Mind mind_;
    std::string heard_ = "agenda una reunión mañana a las 3";
    std::deque<ModelFault> faults_;
    std::vector<ModelCall> calls_;
    std::vector<std::string> breaches_;
    std::chrono::milliseconds latency_{0};

private:
    ModelResponse chat(const ModelRequest& request);
    ModelResponse transcribe(const ModelRequest& request);
    ModelResponse answer(const json& body, const ModelFault* fault) const;
    ModelResponse refuse(const RequestFault& fault);
    std::optional<ModelFault> take_fault();
    [[nodiscard]] bool has_key(const ModelRequest& request) const;
};

bool Model::Impl::has_key(const ModelRequest& request) const {
    const std::string_view given = request.header("authorization");
    if (!options_.api_key.empty()) return given == "Bearer " + options_.api_key;
    return options_.profile != Profile::kOpenAi || given.starts_with("Bearer ");
}

ModelResponse Model::Impl::refuse(const RequestFault& fault) {
    return json_response(fault.status, error_body(options_.profile, fault));
}

std::optional<ModelFault> Model::Impl::take_fault() {
    if (faults_.empty()) return std::nullopt;
    const ModelFault fault = faults_.front();
    if (faults_.front().times > 0 && --faults_.front().times == 0) faults_.pop_front();
    return fault;
}

ModelResponse Model::Impl::answer(const json& body, const ModelFault* fault) const {
    const std::string user = body.at("messages").back().at("content");
    const std::string content = mind_ ? mind_(user) : tag_honestly(marked_message(user));
    json choice{
        {"index", 0}, {"message", {{"role", "assistant"}, {"content", content}}}, {"finish_reason", "stop"}};
    if (options_.profile == Profile::kOpenAi) choice["message"]["refusal"] = json();
    std::int64_t used = tokens_of(content);
    if (options_.reasons_first) {
        choice["message"]["reasoning_content"] = "The message asks for an event.";
        used += 120;
    }
    if (used > limit_of(body)) {
        choice["finish_reason"] = "length";
        choice["message"]["content"] = content.substr(0, content.size() / 2);
        used = limit_of(body);
    }
    if (fault != nullptr) spoil(*fault, choice);
    const std::int64_t asked = tokens_of(body.at("messages").dump());
    const json answer{
        {"id", "chatcmpl-1"},
        {"object", "chat.completion"},
        {"created", 1'795'446'300},
        {"model", options_.model},
        {"choices", json::array({choice})},
        {"usage", {{"prompt_tokens", asked}, {"completion_tokens", used}, {"total_tokens", asked + used}}}};
    return json_response(200, answer.dump(-1, ' ', false, json::error_handler_t::replace));
}

ModelResponse Model::Impl::chat(const ModelRequest& request) {
    if (!has_key(request)) return refuse({401, "Incorrect API key provided.", {}, "invalid_api_key"});
    const json body = json::parse(request.body, nullptr, false);
    std::vector<std::string> ignored;
    if (const RequestFault fault = chat_fault(options_, body, ignored); fault.status != 0)
        return refuse(fault);
    for (std::string& what : ignored) breaches_.push_back("ignored: " + what);
    const auto fault = take_fault();
    if (!fault) return answer(body, nullptr);
    if (const auto ending = ending_of(fault->kind); ending && *ending != Ending::kDrip) {
        ModelResponse broken;
        broken.ending = *ending;
        return broken;
    }
    if (fault->kind == Kind::kError) {
        ModelResponse error = refuse({fault->status, fault->text, {}, fault->code});
        error.headers.insert(error.headers.end(), fault->headers.begin(), fault->headers.end());
        return error;
    }
    if (fault->kind == Kind::kRaw)
        return {fault->status, fault->text, {{"content-type", "text/html"}}, {}, Ending::kAnswer};
    ModelResponse spoiled = answer(body, &*fault);
    if (fault->kind == Kind::kDrip) spoiled.ending = Ending::kDrip;
    return spoiled;
}

ModelResponse Model::Impl::transcribe(const ModelRequest& request) {
    if (!has_key(request)) return refuse({401, "Incorrect API key provided.", {}, "invalid_api_key"});
    AudioForm form;
    if (!read_audio_form(request.header("content-type"), request.body, form))
        return refuse({400, "Could not parse multipart form", {}, {}});
    if (const RequestFault fault = audio_fault(options_, form); fault.status != 0) return refuse(fault);
    if (const auto fault = take_fault()) {
        if (const auto ending = ending_of(fault->kind)) {
            ModelResponse broken;
            broken.ending = *ending;
            return broken;
        }
        return refuse({fault->status, fault->text, {}, fault->code});
    }
    return json_response(200, json{{"text", heard_}}.dump());
}

ModelResponse Model::Impl::handle(const ModelRequest& request) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    ModelResponse response;
    if (request.method == "POST" && path == "/v1/chat/completions")
        response = chat(request);
    else if (request.method == "POST" && path == "/v1/audio/transcriptions")
        response = transcribe(request);
    else
        response = refuse({404, "Unknown request URL: " + request.method + " " + path, {}, "unknown_url"});
    if (response.ending == Ending::kAnswer && response.status == 200) response.delay = latency_;
    calls_.push_back({path, request.body, response.status});
    return response;
}

Model::Model(ModelOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Model::~Model() = default;

ModelResponse Model::handle(const ModelRequest& request) {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->handle(request);
}
void Model::think_with(Mind mind) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->mind_ = std::move(mind);
}
void Model::hear(std::string words) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->heard_ = std::move(words);
}
void Model::fail(ModelFault fault) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.push_back(std::move(fault));
}
void Model::clear_faults() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.clear();
}
void Model::set_latency(std::chrono::milliseconds latency) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->latency_ = latency;
}
std::vector<ModelCall> Model::calls() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calls_;
}
std::size_t Model::count() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calls_.size();
}
std::vector<std::string> Model::breaches() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->breaches_;
}

}  // namespace migue::standins
