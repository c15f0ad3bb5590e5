#include "host/channels/chat/chat_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/StreamCopier.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace migue::host::chat {
namespace {

using nlohmann::json;
using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;

constexpr std::chrono::milliseconds kPatience{10000};  // on top of the time the server may wait

std::unique_ptr<HTTPClientSession> open_session(const Poco::URI& uri) {
    if (uri.getScheme() == "http") return std::make_unique<HTTPClientSession>(uri.getHost(), uri.getPort());
    const Poco::Net::Context::Ptr context = new Poco::Net::Context(
        Poco::Net::Context::TLS_CLIENT_USE, "", Poco::Net::Context::VERIFY_RELAXED, 9, true);
    return std::make_unique<Poco::Net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

std::string text_field(const json& object, const char* key) {
    if (!object.is_object()) return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_line(const json& line) {
    return line.is_object() && line.contains("position") && line["position"].is_number_integer() &&
           !text_field(line, "from").empty() && !text_field(line, "message_id").empty();
}

}  // namespace

struct ChatClient::Impl {
    Target target;
    std::string origin, path;
    std::unique_ptr<HTTPClientSession> session;

    Result<json> call(HTTPRequest& request, const std::string& body, std::chrono::milliseconds timeout);
    Result<json> exchange(HTTPRequest& request, const std::string& body);
};

Result<json> ChatClient::Impl::exchange(HTTPRequest& request, const std::string& body) {
    std::ostream& out = session->sendRequest(request);
    out << body;
    Poco::Net::HTTPResponse response;
    std::istream& in = session->receiveResponse(response);
    std::string text;
    Poco::StreamCopier::copyToString(in, text);
    json answer = json::parse(text, nullptr, false);
    const int status = response.getStatus();
    if (status == 200 && answer.is_object()) return answer;
    if (status == 401 || status == 403)
        return Error{Error::Code::kConfig,
                     "chat " + origin + ": refused the token; give the one of admin.token"};
    std::string why = text_field(answer, "error");
    if (why.empty()) why = "is migue's console served at this address?";
    const auto code = status >= 500 ? Error::Code::kUnavailable : Error::Code::kInvalid;
    return Error{code, "chat " + origin + ": HTTP " + std::to_string(status) + ": " + why};
}

Result<json> ChatClient::Impl::call(HTTPRequest& request, const std::string& body,
                                    std::chrono::milliseconds timeout) {
    if (!target.token.empty()) request.set("Authorization", "Bearer " + target.token);
    request.set("Origin", origin);
    request.setKeepAlive(true);
    if (!body.empty()) {
        request.setContentType("application/json");
        request.setContentLength(static_cast<std::streamsize>(body.size()));
    }
    session->setTimeout(Poco::Timespan(std::chrono::microseconds(timeout).count()));
    try {
        return exchange(request, body);
    } catch (const Poco::Exception& fault) {
        session->reset();
        return Error{Error::Code::kUnavailable, "chat " + origin + ": " + fault.displayText()};
    }
}

ChatClient::ChatClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChatClient::ChatClient(ChatClient&&) noexcept = default;
ChatClient& ChatClient::operator=(ChatClient&&) noexcept = default;
ChatClient::~ChatClient() = default;

Result<ChatClient> ChatClient::connect(Target target) {
    const auto wrong = [&] {
        return Error{Error::Code::kConfig, "chat address: expected http://host:port or https://host:port"};
    };
    try {
        const Poco::URI uri(target.base_url);
        const bool is_web = uri.getScheme() == "http" || uri.getScheme() == "https";
        if (!is_web || uri.getHost().empty()) return wrong();
        auto impl = std::make_unique<Impl>();
        impl->origin = uri.getScheme() + "://" + uri.getAuthority();
        impl->path = "/console/api/chat/" + target.person + "/messages";
        impl->session = open_session(uri);
        impl->session->setKeepAlive(true);
        impl->target = std::move(target);
        return ChatClient(std::move(impl));
    } catch (const Poco::Exception&) {
        return wrong();
    }
}

Result<std::string> ChatClient::send(const json& message) {
    HTTPRequest request(HTTPRequest::HTTP_POST, impl_->path, HTTPRequest::HTTP_1_1);
    const std::string body = message.dump(-1, ' ', false, json::error_handler_t::replace);
    auto answer = impl_->call(request, body, kPatience);
    if (!answer) return answer.error();
    return text_field(*answer, "message_id");
}

Result<json> ChatClient::read(std::int64_t position, std::chrono::milliseconds wait) {
    const std::string query = "?after=" + std::to_string(position) + "&wait=" + std::to_string(wait.count());
    HTTPRequest request(HTTPRequest::HTTP_GET, impl_->path + query, HTTPRequest::HTTP_1_1);
    auto answer = impl_->call(request, "", wait + kPatience);
    if (!answer) return answer;
    const auto lines = answer->find("lines");
    if (lines == answer->end() || !lines->is_array() || !std::all_of(lines->begin(), lines->end(), is_line))
        return Error{Error::Code::kInternal, "chat " + impl_->origin + ": answered without proper \"lines\""};
    return answer;
}

}  // namespace migue::host::chat
