#include "tests/standins/model/model_server.hpp"

#include <Poco/StreamCopier.h>
#include <Poco/String.h>

#include "tests/standins/loopback/loopback_server.hpp"

namespace migue::standins {

namespace {

using Ending = ModelResponse::Ending;

void serve(Model& model, LoopbackServer& server, LoopbackServer::Request& raw,
           LoopbackServer::Response& response) {
    ModelRequest request{raw.getMethod(), raw.getURI(), {}, {}};
    for (const auto& [name, value] : raw) request.headers.emplace_back(Poco::toLower(name), value);
    Poco::StreamCopier::copyToString(raw.stream(), request.body);
    const ModelResponse answer = model.handle(request);
    if (answer.ending == Ending::kHang) server.pause(std::chrono::hours(24));
    server.pause(answer.delay);
    const bool drips = answer.ending == Ending::kDrip;
    if (answer.ending != Ending::kAnswer && !drips) return LoopbackServer::cut(raw);
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
        if (!out.good() || server.pause(std::chrono::seconds(1))) return;
    }
}

}  // namespace

class ModelServer::Impl {
public:
    Impl(Model& model, std::uint16_t port, int threads)
        : server(port, threads,
                 [&model](LoopbackServer& own, LoopbackServer::Request& request,
                          LoopbackServer::Response& response) { serve(model, own, request, response); }) {}

    LoopbackServer server;
};

ModelServer::ModelServer(Model& model, std::uint16_t port, int threads)
    : impl_(std::make_unique<Impl>(model, port, threads)) {}
ModelServer::~ModelServer() = default;

std::uint16_t ModelServer::port() const {
    return impl_->server.port();
}
std::string ModelServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port()) + "/v1";
}

}  // namespace migue::standins
