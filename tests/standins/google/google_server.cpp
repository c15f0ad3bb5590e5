#include "tests/standins/google/google_server.hpp"

#include <Poco/StreamCopier.h>
#include <Poco/String.h>

#include "tests/standins/loopback/loopback_server.hpp"

namespace migue::standins {

namespace {

using Ending = GoogleResponse::Ending;

void send_badly(LoopbackServer& server, LoopbackServer::Request& raw, LoopbackServer::Response& response,
                const GoogleResponse& answer) {
    std::ostream& out = response.send();
    if (answer.ending == Ending::kCut) {
        out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size() / 2));
        out.flush();
        return LoopbackServer::cut(raw);
    }
    for (const char byte : answer.body) {
        out.put(byte).flush();
        if (server.pause(answer.delay) || !out) return;
    }
}

}  // namespace

class GoogleServer::Impl {
public:
    Impl(Google& google, std::uint16_t port, int threads)
        : google_(google),
          server(port, threads,
                 [this](LoopbackServer& own, LoopbackServer::Request& request,
                        LoopbackServer::Response& response) { serve(own, request, response); }) {}

    void watch(std::function<void(CallMoment, const std::string&)> watcher) { watcher_ = std::move(watcher); }

private:
    void serve(LoopbackServer& own, LoopbackServer::Request& raw, LoopbackServer::Response& response) {
        GoogleRequest request{raw.getMethod(), raw.getURI(), {}, {}};
        for (const auto& [name, value] : raw) request.headers.emplace_back(Poco::toLower(name), value);
        Poco::StreamCopier::copyToString(raw.stream(), request.body);
        tell(CallMoment::kArrived, request);
        const GoogleResponse answer = google_.handle(request);
        tell(CallMoment::kDone, request);
        if (answer.ending == Ending::kHang) own.pause(std::chrono::hours(24));
        if (answer.ending != Ending::kDrip) own.pause(answer.delay);
        if (answer.ending == Ending::kLost || answer.ending == Ending::kRefuse ||
            answer.ending == Ending::kHang)
            return LoopbackServer::cut(raw);
        response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
        for (const auto& [name, value] : answer.headers) response.set(name, value);
        response.setContentLength(static_cast<std::streamsize>(answer.body.size()));
        if (answer.status == 204) response.erase("Content-Length");
        if (answer.ending != Ending::kAnswer) return send_badly(own, raw, response, answer);
        response.sendBuffer(answer.body.data(), answer.body.size());
        tell(CallMoment::kAnswered, request);
    }

    void tell(CallMoment moment, const GoogleRequest& request) {
        if (watcher_) watcher_(moment, Google::name_of(request));
    }

    Google& google_;
    std::function<void(CallMoment, const std::string&)> watcher_;

public:
    LoopbackServer server;  // last: its threads use the members above
};

GoogleServer::GoogleServer(Google& google, std::uint16_t port, int threads)
    : impl_(std::make_unique<Impl>(google, port, threads)) {}
GoogleServer::~GoogleServer() = default;

void GoogleServer::watch(std::function<void(CallMoment, const std::string&)> watcher) {
    impl_->watch(std::move(watcher));
}
std::uint16_t GoogleServer::port() const {
    return impl_->server.port();
}
std::string GoogleServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

}  // namespace migue::standins
