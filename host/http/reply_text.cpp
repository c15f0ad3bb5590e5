#include "host/http/reply_text.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>
#include <Poco/Timestamp.h>
#include <fmt/format.h>

#include <algorithm>

namespace migue::host::http {

namespace {

using Poco::Net::HTTPResponse;

/// The server alone decides about framing.
bool is_framing(const std::string& name) {
    return Poco::icompare(name, "content-length") == 0 || Poco::icompare(name, "transfer-encoding") == 0 ||
           Poco::icompare(name, "connection") == 0 || Poco::icompare(name, "content-type") == 0;
}

bool is_token(const std::string& name) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

bool is_value(const std::string& value) {
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

struct Given {
    bool cache = false, policy = false, referrer = false;
};

void add(std::string& out, std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
}

Result<Given> add_own_headers(std::string& out, const Reply& reply) {
    Given given;
    for (const auto& [name, value] : reply.headers) {
        if (!is_token(name) || !is_value(value))
            return Error{Error::Code::kInvalid, "a reply header holds characters that headers cannot hold"};
        if (is_framing(name)) continue;
        given.cache |= Poco::icompare(name, "cache-control") == 0;
        given.referrer |= Poco::icompare(name, "referrer-policy") == 0;
        if (Poco::icompare(name, "content-security-policy") == 0) {
            given.policy = true;
            const bool complete = value.find("frame-ancestors") != std::string::npos;
            add(out, name, complete ? value : value + "; frame-ancestors 'none'");
            continue;
        }
        add(out, name, value);
    }
    return given;
}

bool has_no_body(int status) {
    return status < 200 || status == 204 || status == 304;
}

}  // namespace

Result<std::string> reply_text(const Reply& reply, ReplyForm form) {
    const std::string reason =
        HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(reply.status));
    std::string out = fmt::format("HTTP/1.1 {} {}\r\n", reply.status, reason);
    out.reserve(out.size() + 512 + reply.body.size());
    add(out, "Date", Poco::DateTimeFormatter::format(Poco::Timestamp(), Poco::DateTimeFormat::HTTP_FORMAT));
    add(out, "Server", "migue");
    const auto given = add_own_headers(out, reply);
    if (!given) return given.error();
    if (!is_value(reply.content_type))
        return Error{Error::Code::kInvalid, "the reply's content type is no header value"};
    if (!given->cache) add(out, "Cache-Control", "no-store");
    if (!given->policy) add(out, "Content-Security-Policy", "frame-ancestors 'none'");
    if (!given->referrer) add(out, "Referrer-Policy", "no-referrer");
    add(out, "X-Content-Type-Options", "nosniff");
    add(out, "X-Frame-Options", "DENY");
    add(out, "Connection", form.keep_alive ? "keep-alive" : "close");
    if (!has_no_body(reply.status)) {
        add(out, "Content-Type", reply.content_type);
        add(out, "Content-Length", std::to_string(reply.body.size()));
    }
    out += "\r\n";
    if (!form.head && !has_no_body(reply.status)) out += reply.body;
    return out;
}

Reply plain_reply(int status) {
    Reply reply;
    reply.status = status;
    reply.body = HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status)) + "\n";
    return reply;
}

}  // namespace migue::host::http
