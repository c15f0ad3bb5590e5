#include "tests/standins/model/model_server.hpp"

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

/// Ends the connection with a reset, so that the client notices at once.
void cut(HTTPServerRequest& request) {
    auto socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket();
    socket.setLinger(true, 0);
    socket.close();
}

}  // namespace

class ModelServer::Impl {
public:
    Impl(Model& model, std::uint16_t port, int threads)
        : model_(model), threads_(2, threads, 60, 256 * 1024) {
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
        ModelRequest request{raw.getMethod(), raw.getURI(), {}, {}};
        for (const auto& [name, value] : raw) request.headers.emplace_back(Poco::toLower(name), value);
        Poco::StreamCopier::copyToString(raw.stream(), request.body);
        const ModelResponse answer = model_.handle(request);
        if (answer.ending == ModelResponse::Ending::kHang) pause(std::chrono::hours(24));
        pause(answer.delay);
        const bool drips = answer.ending == ModelResponse::Ending::kDrip;
        if (answer.ending != ModelResponse::Ending::kAnswer && !drips) return cut(raw);
        response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
        for (const auto& [name, value] : answer.headers) response.set(name, value);
        response.setContentLength(static_cast<std::streamsize>(answer.body.size()));
        if (!drips) {
            response.sendBuffer(answer.body.data(), answer.body.size());
            return;
        }
        std::ostream& out = response.send();
        for (const char byte : answer.body) {
            out.put(byte).flush();
            if (!out.good() || pause(std::chrono::seconds(1))) return;
        }
    }

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

    /// True: the server is being stopped.
    bool pause(std::chrono::milliseconds time) {
        if (time.count() <= 0) return false;
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return stopping_; });
    }

    Model& model_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    Poco::ThreadPool threads_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

ModelServer::ModelServer(Model& model, std::uint16_t port, int threads)
    : impl_(std::make_unique<Impl>(model, port, threads)) {}
ModelServer::~ModelServer() = default;

std::uint16_t ModelServer::port() const {
    return impl_->port();
}
std::string ModelServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port()) + "/v1";
}

}  // namespace migue::standins
