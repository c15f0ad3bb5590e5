#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A stand-in for Google's OAuth server and Calendar API v3, without sockets: a request goes
/// in, the answer comes out. google_server.hpp puts it on a loopback port. Calendars are kept
/// in memory. Stricter than Google on purpose: a field or parameter that the discovery
/// document does not name is an error, as is a write that does not say `sendUpdates`.
namespace migue::standins {

struct GoogleOptions {
    std::string client_id = "client-1.apps.googleusercontent.com";
    std::string client_secret = "client_secret_1";
    std::vector<std::string> redirect_uris = {"https://bot.example.org/p/scheduling/callback"};
    bool testing = false;          ///< publishing status Testing: refresh tokens live 7 days
    bool rotates_refresh = false;  ///< a new refresh token with each refresh; the old one dies
    bool meet_is_slow = false;     ///< a Meet room is "pending" in the insert's answer
    bool undeletes = true;         ///< a patch with status=confirmed brings a deleted event back; else 410
    std::chrono::seconds access_life{3599};          ///< of access tokens
    std::function<std::int64_t()> now_unix_ms = {};  ///< empty: the system's clock
    std::uint32_t seed = 1;                          ///< of the latency
};

struct GoogleAccount {
    std::string email, sub;
    std::string zone = "America/Bogota";
    bool may_make_meet = true;
};

struct GoogleRequest {
    std::string method, target;                                     ///< target: path and query
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< names in lower case
    std::string body = {};

    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

struct GoogleResponse {
    enum class Ending {
        kAnswer = 1,
        kLost,    ///< the connection breaks before an answer; the work may be done
        kHang,    ///< nothing ever comes
        kRefuse,  ///< no connection: not processed
        kCut,     ///< the head and half of the body, then a reset
        kDrip,    ///< the body byte by byte, `delay` apart
    };
    int status = 200;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::chrono::milliseconds delay{0};
    Ending ending = Ending::kAnswer;
};

/// What goes wrong with the next calls of one kind.
struct GoogleFault {
    enum class Kind {
        kError = 1,   ///< Google's JSON error, `status` and `reason`; the work is not done
        kRaw,         ///< `status` and `body` as they are (a proxy's HTML page)
        kLose,        ///< does the work, then breaks the connection
        kLoseBefore,  ///< breaks the connection, does nothing
        kHang,        ///< does the work, answers nothing
        kRefuse,      ///< no connection
        kSlow,        ///< the right answer, after `delay`
        kErrorAfter,  ///< does the work, then answers as kError
        kCut,         ///< does the work, sends half of the answer, then resets
        kHalf,        ///< does the work; the answer is whole by its length, but its JSON is cut off
        kWrongType,   ///< does the work; the right answer, said to be text/html
        kHuge,        ///< does the work; the answer is `size` bytes of JSON
        kDrip,        ///< does the work; the right answer byte by byte, `delay` apart
    };
    Kind kind = Kind::kError;
    int status = 503;
    std::string reason = "backendError";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< such as Retry-After
    std::chrono::milliseconds delay{0};
    /// "events.insert", "freebusy.query", "token.exchange", "token.refresh", "revoke",
    /// "userinfo"; empty: any
    std::string call = {};
    int times = 1;  ///< negative: until clear_faults()
    /// Only calls on behalf of this address; empty: anybody's.
    std::string account = {};
    std::size_t size = 64UL * 1024 * 1024;  ///< of kHuge
};

struct GoogleCall {
    std::string name;  ///< as in GoogleFault::call
    int status = 0;
    std::string target, body;
};

/// Thread-safe.
class Google {
public:
    explicit Google(GoogleOptions options = {});
    Google(const Google&) = delete;
    Google& operator=(const Google&) = delete;
    ~Google();

    void add_account(GoogleAccount account);
    [[nodiscard]] GoogleResponse handle(const GoogleRequest& request);
    /// The call's name as in GoogleFault::call, or "".
    [[nodiscard]] static std::string name_of(const GoogleRequest& request);

    /// What a person does on the consent page: the redirect's address, or a reason after
    /// "error: ". `ticked`: scopes to grant besides the sign-in ones; "all" grants what was
    /// asked for, "cancel" none of it.
    [[nodiscard]] std::string consent(std::string_view auth_url, std::string_view email,
                                      std::string_view ticked = "all");

    void fail(GoogleFault fault);  ///< after those already waiting
    void clear_faults();
    /// Each answer takes a lognormal time with this median and 99th percentile; 0: none.
    void set_latency(std::chrono::milliseconds median, std::chrono::milliseconds p99);

    /// As the person does in their account: every grant of it to this client ends.
    void remove_app(std::string_view email);
    void expire_access_tokens();
    /// As another program does: an event (JSON as in the API) in the primary calendar; its id.
    std::string put_event(std::string_view email, std::string_view event_json);
    void delete_event(std::string_view email, std::string_view id);
    /// JSON array of the primary calendar's events, deleted ones too.
    [[nodiscard]] std::string events(std::string_view email) const;

    /// Starts of the events that are not cancelled, in order, in Unix milliseconds; a series
    /// counts once.
    [[nodiscard]] std::vector<std::int64_t> starts(std::string_view email) const;

    [[nodiscard]] std::vector<GoogleCall> calls() const;
    [[nodiscard]] std::size_t count(std::string_view call) const;
    /// Requests that no correct client makes, each with its reason: there should be none.
    [[nodiscard]] std::vector<std::string> breaches() const;
    /// Invitations and updates that guests were mailed: "insert a@x.co".
    [[nodiscard]] std::vector<std::string> mails() const;
    [[nodiscard]] std::size_t live_refresh_tokens(std::string_view email) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::standins
