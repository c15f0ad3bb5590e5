#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/plugin.h"

namespace migue::bench {

/// A request as the plugin sent it.
struct HttpCall {
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;

    /// The first header of that (lower-case) name, or "".
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// What the other side does with it.
struct HttpAnswer {
    int status = 200;
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::chrono::milliseconds delay{0};  ///< on the bench's clock; past the time limit: MIGUE_E_DEADLINE
    migue_status failure = MIGUE_OK;     ///< another: no response, done() gets this
};

/// The outside world of a plugin under test. A request that nothing here answers is a
/// Fault: the turn that made it throws.
class FakeHttp {
public:
    using Handler = std::function<HttpAnswer(const HttpCall&)>;

    /// The next request with this method and address is answered so, once. An address
    /// without '?' fits whatever query follows. Expectations are used in any order; of two
    /// that fit, the one named first.
    void expect(std::string method, std::string url, HttpAnswer answer = {});
    void expect(std::string method, std::string url, Handler handler);
    /// Every request below this address that no expectation fits: for stand-ins that keep
    /// state. The longest prefix answers.
    void serve(std::string url_prefix, Handler handler);

    [[nodiscard]] const std::vector<HttpCall>& calls() const noexcept { return calls_; }
    /// Expectations that no request has used: "POST https://…".
    [[nodiscard]] std::vector<std::string> unmet() const;
    void clear();

    /// For the bench: who answers this call; empty when nobody does.
    [[nodiscard]] Handler take(const HttpCall& call);
    void note(HttpCall call) { calls_.push_back(std::move(call)); }

private:
    struct Expectation {
        std::string method, url;
        Handler handler;
    };
    struct Server {
        std::string prefix;
        Handler handler;
    };
    std::vector<Expectation> expectations_;
    std::vector<Server> servers_;
    std::vector<HttpCall> calls_;
};

}  // namespace migue::bench
