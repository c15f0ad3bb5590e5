#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A stand-in for a server that speaks OpenAI's chat completions and transcriptions, without
/// sockets: a request goes in, the answer comes out. model_server.hpp puts it on a loopback
/// port. Refuses what the real servers refuse, each in its own words; what a real one would
/// silently ignore is noted as a breach.
namespace migue::standins {

struct ModelOptions {
    enum class Profile {
        kOpenAi = 1,  ///< unknown fields are errors; wants a key
        kOllama,      ///< knows max_tokens only; ignores a format it does not know
        kLlamaCpp,    ///< takes any model name; no ogg
        kVllm,        ///< numbers as error codes
    };
    Profile profile = Profile::kOpenAi;
    std::string model = "reader-1";
    std::string transcriber = "whisper-1";
    std::string api_key = {};  ///< "": any, even none (OpenAI always wants one)
    bool takes_json_schema = true, takes_json_object = true;
    bool wants_completion_tokens = false;  ///< as the o-series: max_tokens is refused
    bool reasons_first = false;            ///< thinks in `reasoning_content`, paid from the same limit
};

struct ModelRequest {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< names in lower case
    std::string body = {};

    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

struct ModelResponse {
    enum class Ending {
        kAnswer = 1,
        kLost,    ///< the connection breaks instead of an answer
        kHang,    ///< nothing ever comes
        kRefuse,  ///< no connection
        kDrip,    ///< one byte a second
    };
    int status = 200;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::chrono::milliseconds delay{0};
    Ending ending = Ending::kAnswer;
};

/// What goes wrong with the next calls.
struct ModelFault {
    enum class Kind {
        kError = 1,      ///< the profile's error body with `status` and `text` as its message
        kRaw,            ///< `status` and `text` as they are, as HTML
        kContent,        ///< 200 with `text` as the answer's content
        kCut,            ///< finish_reason length, the content cut in half
        kCutUnsaid,      ///< cut in half, but "stop"
        kFiltered,       ///< finish_reason content_filter
        kRefusal,        ///< `refusal` instead of content
        kEmpty,          ///< content is ""
        kNull,           ///< content is null
        kToolCalls,      ///< finish_reason tool_calls
        kReasoningOnly,  ///< everything went into reasoning_content
        kLarge,          ///< a content of 1 MB
        kReset,
        kHang,
        kRefuse,
        kDrip,
    };
    Kind kind = Kind::kError;
    int status = 503;
    std::string text = "overloaded";
    std::string code = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< such as Retry-After
    int times = 1;                                                  ///< negative: until clear_faults()
};

struct ModelCall {
    std::string path, body;
    int status = 0;
};

/// Thread-safe.
class Model {
public:
    /// What the model answers: the content, from what was asked (the user turn's text).
    using Mind = std::function<std::string(std::string_view user)>;

    explicit Model(ModelOptions options = {});
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    ~Model();

    [[nodiscard]] ModelResponse handle(const ModelRequest& request);

    /// Until then tag_honestly() answers.
    void think_with(Mind mind);
    /// The words that the next voice notes hold.
    void hear(std::string words);
    void fail(ModelFault fault);  ///< after those already waiting
    void clear_faults();
    void set_latency(std::chrono::milliseconds latency);

    [[nodiscard]] std::vector<ModelCall> calls() const;
    [[nodiscard]] std::size_t count() const;
    /// What no careful client sends, each with its reason: there should be none.
    [[nodiscard]] std::vector<std::string> breaches() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The message inside a user turn: what stands between the two marker lines; all of it when
/// there are none.
[[nodiscard]] std::string_view marked_message(std::string_view user);

/// A plain tagger of es, en and pt, for benches: {"wishes":[{"title","times","guests","place"}]},
/// every piece copied out of the message. It is no model and does not try to be one.
[[nodiscard]] std::string tag_honestly(std::string_view message);

}  // namespace migue::standins
