#include "tests/standins/google/google_server.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <Poco/ThreadPool.h>

#include <condition_variable>
#include <mutex>

namespace migue::standins {

namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using Ending = GoogleResponse::Ending;

/// Ends the connection with a reset, so that the client notices at once.
void cut(HTTPServerRequest& request) {
    auto socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket();
    socket.setLinger(true, 0);
    socket.close();
}

}  // namespace

class GoogleServer::Impl {
public:
    Impl(Google& google, std::uint16_t port, int threads)
        : google_(google), threads_(2, threads, 60, 256 * 1024) {
        Poco::Net::ServerSocket socket;
        socket.bind(Poco::Net::SocketAddress("127.0.0.1", port), true, false);
        socket.listen(256);
        Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
        params->setMaxThreads(threads);
        params->setMaxQueued(1000);
        params->setKeepAliveTimeout(Poco::Timespan(30, 0));
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Handlers(*this), threads_, socket, params);
        server_->start();
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            changed_.notify_all();
        }
        server_->stopAll(true);
        threads_.joinAll();
    }

    void serve(HTTPServerRequest& raw, HTTPServerResponse& response) {
        GoogleRequest request{raw.getMethod(), raw.getURI(), {}, {}};
        for (const auto& [name, value] : raw) request.headers.emplace_back(Poco::toLower(name), value);
        Poco::StreamCopier::copyToString(raw.stream(), request.body);
        tell(CallMoment::kArrived, request);
        const GoogleResponse answer = google_.handle(request);
        tell(CallMoment::kDone, request);
        if (answer.ending == Ending::kHang) pause(std::chrono::hours(24));
        if (answer.ending != Ending::kDrip) pause(answer.delay);
        if (answer.ending == Ending::kLost || answer.ending == Ending::kRefuse ||
            answer.ending == Ending::kHang)
            return cut(raw);
        response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
        for (const auto& [name, value] : answer.headers) response.set(name, value);
        response.setContentLength(static_cast<std::streamsize>(answer.body.size()));
        if (answer.status == 204) response.erase("Content-Length");
        if (answer.ending == Ending::kAnswer) {
            response.sendBuffer(answer.body.data(), answer.body.size());
            tell(CallMoment::kAnswered, request);
            return;
        }
        send_badly(raw, response, answer);
    }

    void send_badly(HTTPServerRequest& raw, HTTPServerResponse& response, const GoogleResponse& answer) {
        std::ostream& out = response.send();
        if (answer.ending == Ending::kCut) {
            out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size() / 2));
            out.flush();
            return cut(raw);
        }
        for (const char byte : answer.body) {
            out.put(byte).flush();
            pause(answer.delay);
            if (!out || is_stopping()) return;
        }
    }

    void watch(std::function<void(CallMoment, const std::string&)> watcher) { watcher_ = std::move(watcher); }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(Impl& server) : server_(server) {}
        void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
            server_.serve(request, response);
        }

    private:
        Impl& server_;
    };
    class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Handlers(Impl& server) : server_(server) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
            return new Handler(server_);
        }

    private:
        Impl& server_;
    };

    void pause(std::chrono::milliseconds time) {
        if (time.count() <= 0) return;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, time, [this] { return stopping_; });
    }

    void tell(CallMoment moment, const GoogleRequest& request) {
        if (watcher_) watcher_(moment, Google::name_of(request));
    }
    [[nodiscard]] bool is_stopping() {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }

    Google& google_;
    std::function<void(CallMoment, const std::string&)> watcher_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    Poco::ThreadPool threads_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

GoogleServer::GoogleServer(Google& google, std::uint16_t port, int threads)
    : impl_(std::make_unique<Impl>(google, port, threads)) {}
GoogleServer::~GoogleServer() = default;

void GoogleServer::watch(std::function<void(CallMoment, const std::string&)> watcher) {
    impl_->watch(std::move(watcher));
}
std::uint16_t GoogleServer::port() const {
    return impl_->port();
}
std::string GoogleServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

}  // namespace migue::standins
