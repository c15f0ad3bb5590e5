#include "tests/standins/loopback/loopback_server.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <condition_variable>
#include <mutex>

namespace migue::standins {

class LoopbackServer::Impl {
public:
    Impl(LoopbackServer& owner, std::uint16_t port, int threads, Serve serve)
        : owner_(owner), serve_(std::move(serve)), threads_(2, threads, 60, 256 * 1024) {
        Poco::Net::ServerSocket socket;
        socket.bind(Poco::Net::SocketAddress("127.0.0.1", port), true, false);
        socket.listen(256);
        Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
        params->setMaxThreads(threads);
        params->setMaxQueued(1000);
        params->setKeepAliveTimeout(Poco::Timespan(30, 0));
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Handlers(*this), threads_, socket, params);
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

    void start() { server_->start(); }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    bool pause(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        if (time.count() <= 0) return stopping_;
        return changed_.wait_for(lock, time, [this] { return stopping_; });
    }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(Impl& server) : server_(server) {}
        void handleRequest(Request& request, Response& response) override {
            server_.serve_(server_.owner_, request, response);
        }

    private:
        Impl& server_;
    };
    class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Handlers(Impl& server) : server_(server) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const Request&) override {
            return new Handler(server_);
        }

    private:
        Impl& server_;
    };

    LoopbackServer& owner_;
    const Serve serve_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    Poco::ThreadPool threads_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

LoopbackServer::LoopbackServer(std::uint16_t port, int threads, Serve serve)
    : impl_(std::make_unique<Impl>(*this, port, threads, std::move(serve))) {
    impl_->start();  // only now can a request find impl_
}
LoopbackServer::~LoopbackServer() = default;

std::uint16_t LoopbackServer::port() const {
    return impl_->port();
}
bool LoopbackServer::pause(std::chrono::milliseconds time) {
    return impl_->pause(time);
}
void LoopbackServer::cut(Request& request) {
    auto socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket();
    socket.setLinger(true, 0);
    socket.close();
}

}  // namespace migue::standins
