#include "tests/standins/google/google_server.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>
#include <gtest/gtest.h>

namespace migue::standins {
namespace {

struct Answer {
    int status = 0;
    std::string body;
};

Answer get(const GoogleServer& server, const std::string& target) {
    Poco::Net::HTTPClientSession session("127.0.0.1", server.port());
    Poco::Net::HTTPRequest request("GET", target, "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    Answer answer;
    std::istream& in = session.receiveResponse(response);
    answer.status = response.getStatus();
    Poco::StreamCopier::copyToString(in, answer.body);
    return answer;
}

TEST(GoogleServer, AnswersOverHttp) {
    Google google;
    const GoogleServer server(google);
    EXPECT_EQ(get(server, "/calendar/v3/calendars/primary/events?maxResults=1").status, 401);
    EXPECT_EQ(get(server, "/o/oauth2/v2/auth?client_id=x").status, 400);
}

TEST(GoogleServer, LosesAnswers) {
    Google google;
    const GoogleServer server(google);
    google.fail({.kind = GoogleFault::Kind::kLose});
    EXPECT_THROW(static_cast<void>(get(server, "/v1/userinfo")), Poco::Exception);
    EXPECT_EQ(google.count("userinfo"), 1u);
}

}  // namespace
}  // namespace migue::standins
