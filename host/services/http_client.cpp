#include "host/services/http_client.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <istream>
#include <mutex>
#include <unordered_map>

#include "host/services/http_connection.hpp"
#include "host/services/url.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;

constexpr int kMaxResponseHeaders = 200;

bool same_word(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

bool is_token(std::string_view text) {
    static constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || kSpecial.find(c) != std::string_view::npos;
    });
}

bool is_header_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
    });
}

bool is_ours(std::string_view name) {
    static constexpr std::string_view kOurs[] = {
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "keep-alive", "expect", "te"};
    return std::any_of(std::begin(kOurs), std::end(kOurs),
                       [&](std::string_view own) { return same_word(own, name); });
}

/// May be sent once more when a kept connection turns out to be closed (RFC 9110, 9.2.2).
bool is_idempotent(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

/// What send() was asked for.
struct Call {
    const HttpClientRequest& request;
    const Url& url;
    HttpClient::Deadline deadline;
    const std::stop_token& stop;
};

/// One exchange on one connection: knows how far it came.
class Exchange {
public:
    Exchange(HttpConnection& connection, const Url& url, const HttpClientRequest& request)
        : connection_(connection), url_(url), request_(request) {}

    /// Throws Poco's exceptions; written() and answered() tell what was reached.
    Result<HttpClientResponse> run(const std::string& user_agent) {
        write(user_agent);
        written_ = true;
        return read();
    }
    [[nodiscard]] bool written() const noexcept { return written_; }
    [[nodiscard]] bool answered() const noexcept { return answered_; }
    [[nodiscard]] bool reusable() const noexcept { return reusable_; }

private:
    void write(const std::string& user_agent) {
        Poco::Net::HTTPRequest head(request_.method, url_.target, Poco::Net::HTTPMessage::HTTP_1_1);
        head.set("Host", url_.authority());
        head.set("User-Agent", user_agent);
        for (const auto& [name, value] : request_.headers) {
            if (same_word(name, "user-agent")) head.erase("User-Agent");
            head.add(name, value);
        }
        const bool has_body = request_.method != "GET" && request_.method != "HEAD";
        if (has_body || !request_.body.empty())
            head.setContentLength64(static_cast<Poco::Int64>(request_.body.size()));
        std::ostream& out = connection_.sendRequest(head);
        out.write(request_.body.data(), static_cast<std::streamsize>(request_.body.size()));
        out.flush();
        const bool good = out.good();
        connection_.flushRequest();  // `out` ends here
        throw_hidden_failure(good);
    }

    Result<HttpClientResponse> read() {
        Poco::Net::HTTPResponse head;
        head.setFieldLimit(kMaxResponseHeaders);
        std::istream& in = connection_.receiveResponse(head);
        answered_ = true;
        HttpClientResponse response{static_cast<int>(head.getStatus()), {}, {}};
        for (const auto& [name, value] : head) {
            response.headers.emplace_back(name, value);
            std::string& lower = response.headers.back().first;
            std::transform(lower.begin(), lower.end(), lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        }
        if (auto read = read_body(in, response.body); !read) return std::move(read).error();
        if (auto whole = check_whole(head, response.body.size()); !whole) return std::move(whole).error();
        reusable_ = head.getKeepAlive() && (head.hasContentLength() || head.getChunkedTransferEncoding() ||
                                            response.status == 204 || response.status == 304);
        return response;
    }

    Result<void> read_body(std::istream& in, std::string& body) {
        std::array<char, 16384> buffer;
        while (in.good()) {
            in.read(buffer.data(), buffer.size());
            body.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
            if (body.size() > request_.max_response)
                return Error{Error::Code::kInternal,
                             "answer is over " + std::to_string(request_.max_response) + " bytes"};
        }
        throw_hidden_failure(!in.bad());
        return {};
    }

    /// Poco takes a connection that ends in the middle of a body for the end of the body.
    Result<void> check_whole(const Poco::Net::HTTPResponse& head, std::size_t size) {
        const bool empty = request_.method == "HEAD" || head.getStatus() == 204 || head.getStatus() == 304;
        const bool cut =
            !empty && head.hasContentLength() && size != static_cast<std::size_t>(head.getContentLength64());
        const bool cut_chunks =
            !empty && head.getChunkedTransferEncoding() && head.getKeepAlive() && !connection_.is_quiet();
        if (cut || cut_chunks) return Error{Error::Code::kInternal, "answer was cut off"};
        return {};
    }

    /// Streams swallow what a socket throws; the session remembers it.
    void throw_hidden_failure(bool good) const {
        if (const Poco::Exception* failure = connection_.networkException()) failure->rethrow();
        if (!good) throw Poco::Net::ConnectionResetException("connection lost");
    }

    HttpConnection& connection_;
    const Url& url_;
    const HttpClientRequest& request_;
    bool written_ = false, answered_ = false, reusable_ = false;
};

}  // namespace

std::string_view HttpClientResponse::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

Result<void> check_request(const HttpClientRequest& request) {
    static constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    if (std::find(std::begin(kMethods), std::end(kMethods), request.method) == std::end(kMethods))
        return Error{Error::Code::kInvalid,
                     "HTTP method unknown, expected GET, HEAD, POST, PUT, PATCH or DELETE"};
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_header_value(value))
            return Error{Error::Code::kInvalid, "malformed HTTP header"};
        if (is_ours(name))
            return Error{Error::Code::kInvalid, "HTTP header " + name + " is set by the client"};
    }
    return {};
}

class HttpClient::Impl {
public:
    explicit Impl(HttpClientOptions options)
        : options_(std::move(options)), tls_(options_.ca_file.string()) {}

    Result<HttpClientResponse> send(const Call& call) {
        std::unique_ptr<HttpConnection> kept = take(call.url.origin());
        if (kept != nullptr) {
            bool stale = false;
            auto result = exchange(std::move(kept), call, stale);
            // The other side may have closed the connection just as we took it up again.
            if (result || !stale) return result;
        }
        if (call.stop.stop_requested())
            return Error{Error::Code::kCancelled, call.url.origin() + ": cancelled"};
        if (steady_clock::now() >= call.deadline)
            return Error{Error::Code::kUnavailable, call.url.origin() + ": no time left to ask"};
        const Deadline limit = std::min(call.deadline, steady_clock::now() + options_.connect_limit);
        auto made = open_connection(call.url, tls_, watch_, limit, call.stop);
        if (!made) return std::move(made).error();
        bool ignored = false;
        return exchange(std::move(made).value(), call, ignored);
    }

private:
    struct Idle {
        std::unique_ptr<HttpConnection> connection;
        steady_clock::time_point since;
    };

    /// `stale`: nothing came back, and asking again on a new connection does no harm.
    Result<HttpClientResponse> exchange(std::unique_ptr<HttpConnection> connection, const Call& call,
                                        bool& stale) {
        Exchange exchange(*connection, call.url, call.request);
        Result<HttpClientResponse> result = run(exchange, *connection, call);
        if (result) {
            if (exchange.reusable()) give_back(call.url.origin(), std::move(connection));
            return result;
        }
        const std::string what = call.url.origin() + ": " + result.error().what;
        if (call.stop.stop_requested()) return Error{Error::Code::kCancelled, what};
        const bool late = steady_clock::now() >= call.deadline;
        stale = !late && !exchange.answered() && (!exchange.written() || is_idempotent(call.request.method));
        if (!exchange.written()) return Error{Error::Code::kUnavailable, what};
        return Error{late ? Error::Code::kDeadline : Error::Code::kInternal, what};
    }

    Result<HttpClientResponse> run(Exchange& exchange, HttpConnection& connection, const Call& call) {
        const DeadlineWatch::Guard guard(watch_, connection.grip(), call.deadline, call.stop);
        try {
            // Later than the watch, which is exact: only there so that Poco waits at all.
            const auto left =
                std::chrono::duration_cast<std::chrono::microseconds>(call.deadline - steady_clock::now());
            const Poco::Timespan limit(std::max<std::int64_t>(left.count(), 0) + 1'000'000);
            connection.socket().setReceiveTimeout(limit);
            connection.socket().setSendTimeout(limit);
            return exchange.run(options_.user_agent);
        } catch (const Poco::Exception& failure) {
            return Error{Error::Code::kInternal, failure.name()};
        }
    }

    std::unique_ptr<HttpConnection> take(const std::string& origin) {
        const std::lock_guard lock(mutex_);
        std::vector<Idle>& idle = idle_[origin];
        const auto oldest = steady_clock::now() - options_.idle_limit;
        std::erase_if(idle, [&](const Idle& each) { return each.since < oldest; });
        while (!idle.empty()) {
            std::unique_ptr<HttpConnection> connection = std::move(idle.back().connection);
            idle.pop_back();
            if (connection->is_quiet()) return connection;
        }
        return nullptr;
    }

    void give_back(const std::string& origin, std::unique_ptr<HttpConnection> connection) {
        const std::lock_guard lock(mutex_);
        std::vector<Idle>& idle = idle_[origin];
        if (idle.size() < options_.idle_per_origin)
            idle.push_back({std::move(connection), steady_clock::now()});
    }

    const HttpClientOptions options_;
    TlsContexts tls_;
    DeadlineWatch watch_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<Idle>> idle_;  // guarded by mutex_
};

HttpClient::HttpClient(HttpClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

Result<HttpClientResponse> HttpClient::send(const HttpClientRequest& request, Deadline deadline,
                                            const std::stop_token& stop) {
    if (auto good = check_request(request); !good) return std::move(good).error();
    Result<Url> url = parse_url(request.url);
    if (!url) return std::move(url).error();
    const BrokenPipeShield shield;
    return impl_->send({request, *url, deadline, stop});
}

}  // namespace migue::host
