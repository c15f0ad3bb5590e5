#include "tests/standins/model/model_server.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

namespace migue::standins {
namespace {

int post(const ModelServer& server, std::string& answer) {
    Poco::Net::HTTPClientSession session("127.0.0.1", server.port());
    Poco::Net::HTTPRequest request("POST", "/v1/chat/completions", "HTTP/1.1");
    const std::string body = R"({"model":"reader-1","messages":[{"role":"user","content":"JSON: hola"}]})";
    request.set("Authorization", "Bearer k");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::istream& in = session.receiveResponse(response);
    Poco::StreamCopier::copyToString(in, answer);
    return response.getStatus();
}

TEST(ModelServer, AnswersOverHttp) {
    Model model;
    const ModelServer server(model);
    std::string body;
    EXPECT_EQ(post(server, body), 200) << body;
}

TEST(ModelServer, BreaksConnections) {
    Model model;
    const ModelServer server(model);
    model.fail({.kind = ModelFault::Kind::kReset});
    std::string body;
    EXPECT_THROW(static_cast<void>(post(server, body)), Poco::Exception);
    EXPECT_EQ(model.count(), 1u);
}

}  // namespace
}  // namespace migue::standins
