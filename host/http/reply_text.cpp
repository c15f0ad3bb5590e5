#include "host/http/reply_text.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>
#include <Poco/Timestamp.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

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
    out.append(name).append(": ").append(value).append("\r\n");
}

void add_status_line(std::string& out, int status) {
    out.append("HTTP/1.1 ").append(fmt::format_int(status).c_str()).append(" ");
    out.append(HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status)))
        .append("\r\n");
}

/// The time of day in HTTP's form, made once a second on each thread.
const std::string& date() {
    thread_local std::time_t made = 0;
    thread_local std::string text;
    if (const std::time_t now = std::time(nullptr); now != made) {
        made = now;
        text = Poco::DateTimeFormatter::format(Poco::Timestamp::fromEpochTime(now),
                                               Poco::DateTimeFormat::HTTP_FORMAT);
    }
    return text;
}

Given add_own_headers(std::string& out, const Reply& reply) {
    Given given;
    for (const auto& [name, value] : reply.headers) {
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

bool is_well_formed(const Reply& reply) {
    return is_value(reply.content_type) &&
           std::all_of(reply.headers.begin(), reply.headers.end(),
                       [](const auto& header) { return is_token(header.first) && is_value(header.second); });
}

std::string reply_text(const Reply& reply, ReplyForm form) {
    std::string out;
    out.reserve(512 + reply.body.size());
    add_status_line(out, reply.status);
    add(out, "Date", date());
    add(out, "Server", "migue");
    const Given given = add_own_headers(out, reply);
    if (!given.cache) add(out, "Cache-Control", "no-store");
    if (!given.policy) add(out, "Content-Security-Policy", "frame-ancestors 'none'");
    if (!given.referrer) add(out, "Referrer-Policy", "no-referrer");
    add(out, "X-Content-Type-Options", "nosniff");
    add(out, "X-Frame-Options", "DENY");
    add(out, "Connection", form.keep_alive ? "keep-alive" : "close");
    if (!has_no_body(reply.status)) {
        add(out, "Content-Type", reply.content_type);
        add(out, "Content-Length", fmt::format_int(reply.body.size()).c_str());
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
