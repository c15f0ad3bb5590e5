#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "model_client/circuit_breaker.hpp"
#include "model_client/model_settings.hpp"

/// Questions to a server that speaks OpenAI's chat completions: what is sent, and what each
/// answer means. Knows nothing of what it is asked for: plugins that ask a model share it.
namespace model_client {

/// Views must outlive the ask().
struct ChatQuestion {
    std::string_view system;       ///< the same bytes for every question, so that servers can cache it
    std::string user = {};         ///< what changes
    std::string_view schema_name;  ///< letters, digits, _ and -
    std::string_view schema;       ///< JSON Schema, OpenAI's strict subset
};

/// What came of a question.
enum class ChatEnd {
    kAnswered = 1,
    kSwitchedOff,  ///< resting after faults, or because the server said so
    kBusy,         ///< too many questions under way
    kNoTime,       ///< not enough left to ask
    kSilent,       ///< no full answer in time
    kBroken,       ///< connection faults, 5xx, something that is no answer
    kLimited,      ///< 429
    kRefused,      ///< 400, 401, 403, 404 …: asked wrongly or not allowed
    kCut,          ///< the answer was longer than its limit
    kWithheld,     ///< refusal, content filter, nothing
    kUnusable,     ///< an answer that `is_usable` did not take
};
[[nodiscard]] std::string_view name_of(ChatEnd end);

struct ChatAnswer {
    ChatEnd end = ChatEnd::kBroken;
    std::string content = {};  ///< with kAnswered
    std::int64_t tokens = 0;   ///< paid for in all tries
    int tries = 0;             ///< requests sent
};

/// For one server and model. What it learns about them (formats, the name of the token
/// limit) it keeps as long as it lives. Thread-safe.
class ChatClient {
public:
    /// `series` is what its numbers' names begin with, such as "model". The settings must outlive it.
    ChatClient(const migue::Services& services, const ModelSettings& settings, const std::string& series);
    ChatClient(const ChatClient&) = delete;
    ChatClient& operator=(const ChatClient&) = delete;

    /// Asks, again where that helps, until `until_ns` of the monotonic clock at most. A fault
    /// is an answer like any other. `is_usable` judges the content.
    [[nodiscard]] migue::Task<ChatAnswer> ask(const ChatQuestion& question, std::uint64_t until_ns,
                                              std::function<bool(std::string_view)> is_usable);
    /// A question that only makes the server load the model and shows which formats it takes.
    /// Its failure counts for nothing.
    [[nodiscard]] migue::Task<void> warm_up(const ChatQuestion& question);

private:
    enum class Format { kJsonSchema = 1, kJsonObject, kPlain };
    struct Way {
        Format format;
        bool completion_tokens;
    };
    struct Try;

    [[nodiscard]] Way way() const;
    [[nodiscard]] std::string body_of(const ChatQuestion& question, const Way& way, int answer_tokens) const;
    migue::Task<ChatAnswer> run(const ChatQuestion& question, std::uint64_t until_ns,
                                const std::function<bool(std::string_view)>& is_usable);
    migue::Task<void> send(const ChatQuestion& question, std::uint64_t until_ns, Try& attempt);
    void judge_refusal(Try& attempt, int status, const std::string& body);
    void judge_limit(Try& attempt, const migue::HttpResponse& response);
    void judge_answer(Try& attempt, const migue::HttpResponse& response) const;
    void learn(Way way);
    void note(const ChatAnswer& answer);

    const migue::Services services_;
    const ModelSettings& settings_;
    CircuitBreaker breaker_;
    std::atomic<int> under_way_{0};
    mutable std::mutex mutex_;
    Way way_;  // guarded by mutex_
    const std::uint32_t asked_, faults_, tokens_, seconds_;
};

/// A person's words as they go into a question, between two marker lines that nothing in them can
/// imitate: at most 2,000 characters, "[[" taken apart, a marker of random bytes.
[[nodiscard]] std::string between_markers(const migue::Vault& vault, std::string_view words);
/// The words as they stand there.
[[nodiscard]] std::string as_data(std::string_view words);

/// JSON inside one code fence, or the text itself.
[[nodiscard]] std::string_view without_fence(std::string_view content);

/// Seconds to wait from "retry-after-ms" and "retry-after" (seconds or an HTTP date), in ns;
/// 0 when neither says.
[[nodiscard]] std::uint64_t retry_after_ns(const migue::HttpResponse& response, std::int64_t now_unix_ms);

}  // namespace model_client
