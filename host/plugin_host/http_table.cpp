#include "host/plugin_host/http_table.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>

#include "host/plugin_host/safe_read.hpp"
#include "host/plugin_host/service_call.hpp"
#include "migue/cpp/services.hpp"
#include "migue/ext/http.h"

namespace migue::host {

namespace {

using std::chrono::steady_clock;

// Size of ABI 1.0, frozen (V3).
constexpr std::size_t kRequestSize = 88;
static_assert(sizeof(migue_http_request) >= kRequestSize);

constexpr std::size_t kMaxHeaders = 64;
constexpr std::size_t kDefaultResponse = 1u << 20;
constexpr std::size_t kMaxResponse = 32u << 20;
constexpr std::chrono::seconds kDefaultLimit{10};

struct HttpAnswer {
    HttpClientResponse response;
    std::vector<migue_field> headers;
    migue_http_response raw{};
};

std::shared_ptr<const void> to_answer(HttpClientResponse response) {
    const auto answer = std::make_shared<HttpAnswer>();
    answer->response = std::move(response);
    answer->headers = detail::to_fields(answer->response.headers);
    answer->raw = {sizeof(migue_http_response), answer->response.status, answer->headers.data(),
                   answer->headers.size(), to_c(answer->response.body)};
    return {answer, &answer->raw};
}

std::optional<HttpClientRequest> copy_request(const migue_http_request& raw) {
    if (!is_sound(raw.method) || !is_sound(raw.url) || !is_sound(raw.body) || raw.header_count > kMaxHeaders)
        return std::nullopt;
    if (raw.header_count != 0 && raw.headers == nullptr) return std::nullopt;
    HttpClientRequest request;
    request.method = to_view(raw.method);
    request.url = to_view(raw.url);
    request.body = to_view(raw.body);
    request.max_response =
        raw.max_response == 0 ? kDefaultResponse : std::min(raw.max_response, kMaxResponse);
    for (std::size_t i = 0; i < raw.header_count; ++i) {
        if (!is_sound(raw.headers[i].key) || !is_sound(raw.headers[i].value)) return std::nullopt;
        request.headers.emplace_back(to_view(raw.headers[i].key), to_view(raw.headers[i].value));
    }
    return request;
}

/// The turn's deadline, and the request's own limit where that is sooner.
steady_clock::time_point deadline_of(const migue_http_request& raw, const Activity& activity) {
    const auto now = steady_clock::now();
    const auto turn = activity.deadline();
    if (raw.timeout_ns == 0) return turn.value_or(now + kDefaultLimit);
    constexpr std::chrono::nanoseconds kLongest = std::chrono::minutes(10);
    const auto limit = std::min(raw.timeout_ns, static_cast<std::uint64_t>(kLongest.count()));
    const auto own = now + std::chrono::nanoseconds(limit);
    return turn ? std::min(*turn, own) : own;
}

migue_status http_send(const migue_host* host, const migue_http_request* raw, migue_done done, void* user,
                       std::uint64_t* op) noexcept {
    return serve_operation(
        host, done, user, op,
        [&](HostTable& table, Activity& activity,
            const std::shared_ptr<Operation>& operation) -> migue_status {
            const std::shared_ptr<Instance> instance = activity.instance().shared_from_this();
            if (raw == nullptr || raw->struct_size < kRequestSize) return MIGUE_E_INVALID;
            auto request = copy_request(*raw);
            const Result<Url> url =
                request ? parse_url(request->url) : Error{Error::Code::kInvalid, "malformed request"};
            if (!url) {
                instance->warn("http request refused", url.error().what);
                return MIGUE_E_INVALID;
            }
            if (!is_allowed(*url, table.grant().egress)) {
                instance->warn("http request refused",
                               url->origin() + ": not below an address of its x-egress settings");
                return MIGUE_E_INVALID;
            }
            if (auto good = check_request(*request); !good) {
                instance->warn("http request refused", good.error().what);
                return MIGUE_E_INVALID;
            }
            const std::stop_source stop;
            const bool accepted = table.grant().http->send(
                std::move(*request), deadline_of(*raw, activity), stop.get_token(),
                [operation, instance](Result<HttpClientResponse> result) {
                    if (result) return operation->finish(MIGUE_OK, to_answer(std::move(result).value()));
                    instance->warn("http request failed", result.error().what);
                    operation->finish(to_status(result.error().code));
                });
            if (!accepted) return MIGUE_E_UNAVAILABLE;
            operation->on_end([stop]() mutable { stop.request_stop(); });
            return MIGUE_OK;
        });
}

constexpr migue_http_v1 kHttp{sizeof(migue_http_v1), 0, &http_send, &cancel_operation};

}  // namespace

const void* http_table() noexcept {
    return &kHttp;
}

}  // namespace migue::host
