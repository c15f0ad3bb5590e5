#include "host/plugin_host/route_call.hpp"

#include <algorithm>
#include <cctype>
#include <exception>

#include "host/plugin_host/instance.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxHeaders = 32;
constexpr std::size_t kMaxHeaderBytes = 8u << 10;
constexpr std::size_t kMaxBody = 4u << 20;

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
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

bool is_any_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What plugins never see: whatever proves that somebody is the operator.
std::vector<std::pair<std::string, std::string>> visible_headers(const PluginHttpRequest& request) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, value] : request.headers) {
        const std::string lower = lowered(name);
        if (is_any_of(lower, {"authorization", "proxy-authorization"})) continue;
        if (request.admin && lower == "cookie") continue;
        out.emplace_back(lower, value);
    }
    return out;
}

}  // namespace

Result<void> check_route_reply(const PluginHttpReply& reply) {
    const auto fault = [](const char* what) { return Error{Error::Code::kInvalid, what}; };
    if (reply.status < 200 || reply.status > 599) return fault("respond: status is not 200 to 599");
    if (reply.body.size() > kMaxBody) return fault("respond: body over 4 MiB");
    if (reply.headers.size() > kMaxHeaders) return fault("respond: over 32 headers");
    std::size_t bytes = 0;
    for (const auto& [name, value] : reply.headers) {
        bytes += name.size() + value.size();
        if (!is_token(name) || !is_header_value(value)) return fault("respond: malformed header");
        if (is_any_of(lowered(name), {"content-length", "transfer-encoding", "connection", "keep-alive",
                                      "upgrade", "trailer", "server", "date"}))
            return fault("respond: a header that is the host's own");
    }
    if (bytes > kMaxHeaderBytes) return fault("respond: over 8 KiB of headers");
    return {};
}

RouteCall::RouteCall(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease,
                     const PluginHttpRequest& request, RouteList::Match match, std::uint64_t deadline_ns,
                     Answered answered)
    : PluginCall(std::move(instance), std::move(lease)),
      method_(request.method),
      path_(request.path),
      body_(request.body),
      public_url_(request.public_url),
      params_(std::move(match.params)),
      query_(request.query),
      headers_(visible_headers(request)),
      answered_(std::move(answered)),
      raw_params_(detail::to_fields(params_)),
      raw_query_(detail::to_fields(query_)),
      raw_headers_(detail::to_fields(headers_)) {
    raw_request_ = {sizeof(migue_route_request),
                    static_cast<std::uint32_t>(match.route),
                    to_c(method_),
                    to_c(path_),
                    raw_params_.data(),
                    raw_params_.size(),
                    raw_query_.data(),
                    raw_query_.size(),
                    raw_headers_.data(),
                    raw_headers_.size(),
                    to_c(body_),
                    to_c(public_url_),
                    deadline_ns};
    raw_call_ = {sizeof(migue_route_call), 0, this, &RouteCall::respond};
}

migue_status RouteCall::enter() {
    return instance().routes_api().handle(instance().plugin(), &raw_request_, &raw_call_);
}

void RouteCall::explain(std::string what) {
    reasons_.push_back(std::move(what));
}

Activity::Step RouteCall::make_delivery(migue_status end) {
    if (end != MIGUE_OK || !has_reply_) {
        reply_ = {};
        reply_.status = end == MIGUE_E_DEADLINE ? 504 : 500;
    }
    return [this, reply = std::move(reply_), reasons = std::move(reasons_), end,
            has_reply = has_reply_]() mutable {
        if (end != MIGUE_OK || !has_reply) {
            for (const std::string& reason : reasons) instance().warn("route failed", reason);
            if (reasons.empty()) instance().warn("route failed", "no answer, status " + std::to_string(end));
        }
        answered_(std::move(reply));
    };
}

migue_status RouteCall::respond(migue_route_call* call, std::int32_t status, const migue_field* headers,
                                std::size_t header_count, migue_str body) noexcept {
    try {
        RouteCall& self = *static_cast<RouteCall*>(call->ctx);
        // Ours until we return, even if this call was the last thing that held it.
        const std::shared_ptr<Activity> kept = self.shared_from_this();
        PluginHttpReply reply;
        reply.status = status;
        reply.body = to_view(body);
        // One more than allowed is enough to be refused.
        for (std::size_t i = 0; i < std::min(header_count, kMaxHeaders + 1); ++i)
            reply.headers.emplace_back(to_view(headers[i].key), to_view(headers[i].value));
        const Result<void> good = check_route_reply(reply);
        // A faulty answer ends the request too: the plugin has said all it will say.
        const migue_status end = self.end_by_plugin(good ? MIGUE_OK : MIGUE_E_INTERNAL, [&] {
            if (!good) return self.explain(good.error().what);
            self.reply_ = std::move(reply);
            self.has_reply_ = true;
        });
        return good ? end : MIGUE_E_INVALID;
    } catch (const std::exception&) {
        return MIGUE_E_INTERNAL;  // out of memory
    }
}

}  // namespace migue::host
