#include "tests/standins/graph/graph.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "tests/standins/graph/webhook_sender.hpp"

namespace migue::standins {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using Kind = GraphFault::Kind;

constexpr const char* kPath = "/v25.0/106540352242922/messages";
const std::string kText =
    R"({"messaging_product":"whatsapp","to":"+15550100001","type":"text","text":{"body":"hola"}})";

struct Answer {
    int status = 0;  ///< 0: none
    std::string body;
    [[nodiscard]] int code() const { return json::parse(body).at("error").at("code"); }
};

Answer post(const Graph& graph, const std::string& body, const std::string& path = kPath,
            const std::string& token = "test_access_token") {
    Poco::Net::HTTPClientSession session("127.0.0.1", graph.port());
    session.setTimeout(Poco::Timespan(10, 0));
    Poco::Net::HTTPRequest request("POST", path, "HTTP/1.1");
    request.set("Authorization", "Bearer " + token);
    request.setContentType("application/json");
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    try {
        session.sendRequest(request) << body;
        Poco::Net::HTTPResponse response;
        Answer answer;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
        answer.status = static_cast<int>(response.getStatus());
        return answer;
    } catch (const Poco::Exception&) {
        return {};  // no answer
    }
}

TEST(StandinGraph, AcceptsAMessageAndAnswersAsGraphDoes) {
    Graph graph;
    const Answer answer = post(graph, kText);
    ASSERT_EQ(answer.status, 200);
    const json body = json::parse(answer.body);
    EXPECT_EQ(body.at("contacts").at(0).at("wa_id"), "15550100001");
    ASSERT_EQ(graph.messages().size(), 1u);
    EXPECT_EQ(body.at("messages").at(0).at("id"), graph.messages().front().wamid);
    EXPECT_EQ(graph.messages().front().to, "15550100001");
    EXPECT_TRUE(graph.refused().empty());
}

TEST(StandinGraph, AnswersAUserIdWithoutANumber) {
    Graph graph;
    const Answer answer =
        post(graph,
             R"({"messaging_product":"whatsapp","recipient":"US.134","type":"text","text":{"body":"hola"}})");
    const json contact = json::parse(answer.body).at("contacts").at(0);
    EXPECT_EQ(contact.at("user_id"), "US.134");
    EXPECT_FALSE(contact.contains("wa_id"));
}

TEST(StandinGraph, RefusesWrongTokensPathsAndBodies) {
    Graph graph;
    EXPECT_EQ(post(graph, kText, kPath, "other").code(), 190);
    EXPECT_EQ(post(graph, kText, "/v99.0/106540352242922/messages").code(), 2500);
    EXPECT_EQ(post(graph, kText, "/v25.0/1/messages").code(), 100);
    EXPECT_EQ(post(graph, "{").code(), 100);
    EXPECT_EQ(post(graph, R"({"messaging_product":"whatsapp"})").code(), 131008);
    EXPECT_TRUE(graph.messages().empty());
    EXPECT_EQ(graph.refused().size(), 5u);
}

TEST(StandinGraph, KeepsReadMarksApart) {
    Graph graph;
    EXPECT_EQ(
        post(graph, R"({"messaging_product":"whatsapp","status":"read","message_id":"wamid.1"})").status,
        200);
    EXPECT_TRUE(graph.messages().empty());
    EXPECT_EQ(graph.read_marks().size(), 1u);
}

struct FaultCase {
    const char* name;
    Kind kind;
    int status;
    std::size_t accepted;
};
class StandinGraphFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(StandinGraphFault, HappensAsOftenAsAskedAndThenIsOver) {
    Graph graph;
    GraphFault fault;
    fault.kind = GetParam().kind;
    fault.status = 503;
    fault.body = "<html>";
    fault.delay = 1ms;
    fault.times = 2;
    graph.fail(fault);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(post(graph, kText).status, GetParam().status);
    EXPECT_EQ(graph.messages().size(), GetParam().accepted);
    EXPECT_EQ(post(graph, kText).status, 200);
    EXPECT_EQ(graph.messages().size(), GetParam().accepted + 1);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StandinGraphFault,
                         ::testing::Values(FaultCase{"Error", Kind::kError, 503, 0},
                                           FaultCase{"Raw", Kind::kRaw, 503, 0},
                                           FaultCase{"Slow", Kind::kSlow, 200, 2},
                                           FaultCase{"CloseBeforeReading", Kind::kCloseBeforeReading, 0, 0},
                                           FaultCase{"CloseAfterReading", Kind::kCloseAfterReading, 0, 0},
                                           FaultCase{"AcceptThenClose", Kind::kAcceptThenClose, 0, 2}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(StandinGraph, HangsUntilReleased) {
    Graph graph;
    GraphFault fault;
    fault.kind = Kind::kHang;
    graph.fail(fault);
    auto answer = std::async(std::launch::async, [&] { return post(graph, kText); });
    ASSERT_TRUE(graph.wait_for_messages(1, 5s));
    EXPECT_EQ(answer.wait_for(20ms), std::future_status::timeout);
    graph.clear_faults();
    EXPECT_EQ(answer.get().status, 0);
}

TEST(StandinGraph, AFaultForOnePersonLeavesTheOthersAlone) {
    Graph graph;
    GraphFault fault;
    fault.code = 131056;
    fault.status = 429;
    fault.times = -1;
    fault.to = "+15550100002";
    graph.fail(fault);
    EXPECT_EQ(post(graph, kText).status, 200);
    std::string other = kText;
    other.replace(other.find("0001"), 4, "0002");
    EXPECT_EQ(post(graph, other).code(), 131056);
    EXPECT_EQ(post(graph, other).code(), 131056);
    graph.clear_faults();
    EXPECT_EQ(post(graph, other).status, 200);
}

std::string to_person(int number) {
    std::string body = kText;
    body.replace(body.find("0001"), 4, std::to_string(1000 + number));
    return body;
}

TEST(StandinGraph, CountsWhatOneNumberAndOnePersonGet) {
    Graph graph({.messages_per_second = 5, .person_burst = 2, .person_interval = 1h});
    EXPECT_EQ(post(graph, to_person(1)).status, 200);
    EXPECT_EQ(post(graph, to_person(1)).status, 200);
    EXPECT_EQ(post(graph, to_person(1)).code(), 131056);
    int limited = 0;
    for (int i = 2; i < 50; ++i) {
        const Answer answer = post(graph, to_person(i));
        if (answer.status != 200) {
            EXPECT_EQ(answer.code(), 130429);
            ++limited;
        }
    }
    EXPECT_GT(limited, 0);
    EXPECT_EQ(graph.messages().size() + graph.refused().size(), 51u);
}

TEST(StandinGraph, AClosedWindowTakesTemplatesOnly) {
    Graph graph;
    graph.close_window("15550100001");
    EXPECT_EQ(post(graph, kText).code(), 131047);
    const std::string tmpl = R"({"messaging_product":"whatsapp","to":"+15550100001","type":"template",)"
                             R"("template":{"name":"n","language":{"code":"es"}}})";
    EXPECT_EQ(post(graph, tmpl).status, 200);
    graph.close_window("15550100001", false);
    EXPECT_EQ(post(graph, kText).status, 200);
}

Answer get(const std::string& url, const std::string& token = "test_access_token") {
    const Poco::URI uri(url);
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    Poco::Net::HTTPRequest request("GET", uri.getPathAndQuery(), "HTTP/1.1");
    request.set("Authorization", "Bearer " + token);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    Answer answer;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
    answer.status = static_cast<int>(response.getStatus());
    return answer;
}

TEST(StandinGraph, GivesMediaInTwoStepsBothWithTheToken) {
    Graph graph;
    graph.add_media({.id = "77", .mime_type = "audio/ogg", .bytes = "OggS"});
    const Answer described = get(graph.url() + "/v25.0/77");
    ASSERT_EQ(described.status, 200);
    const json descriptor = json::parse(described.body);
    EXPECT_EQ(descriptor.at("file_size"), 4);
    const std::string url = descriptor.at("url");
    EXPECT_EQ(get(url).body, "OggS");
    EXPECT_EQ(get(url, "other").status, 401);
    EXPECT_EQ(get(graph.url() + "/v25.0/77", "other").code(), 190);
    EXPECT_EQ(get(graph.url() + "/v25.0/78").code(), 100);
    graph.expire_media_urls(1);
    EXPECT_EQ(get(url).status, 404);
    EXPECT_EQ(get(url).status, 200);
}

TEST(StandinGraph, ADocumentIsOneThatThisNumberUploaded) {
    const Graph graph;
    const std::string document =
        R"({"messaging_product":"whatsapp","to":"+15550100001","type":"document","document":{"id":"404"}})";
    EXPECT_EQ(post(graph, document).code(), 131053);
    EXPECT_TRUE(graph.messages().empty());
}

TEST(WebhookSender, StatusesAreWhatMetaSends) {
    const json body = json::parse(status_webhook("1", {.wamid = "wamid.1",
                                                       .status = "failed",
                                                       .recipient = "US.1",
                                                       .callback_data = "c",
                                                       .code = 131047,
                                                       .unix_seconds = 5}));
    const json value = body["entry"][0]["changes"][0]["value"];
    EXPECT_EQ(value["metadata"]["phone_number_id"], "1");
    const json status = value["statuses"][0];
    EXPECT_EQ(status.at("recipient_user_id"), "US.1");
    EXPECT_EQ(status.at("biz_opaque_callback_data"), "c");
    EXPECT_EQ(status.at("errors").at(0).at("code"), 131047);
    EXPECT_EQ(status.at("timestamp"), "5");
}

TEST(WebhookSender, SignsAsTheKnownVectorSays) {
    // RFC 4231, test case 2.
    EXPECT_EQ(sign_webhook("Jefe", "what do ya want for nothing?"),
              "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(WebhookSender, WritesWhatMetaWrites) {
    const std::string body = text_webhook({}, "wamid.1", 1795348800, "\xC2\xA1hola/adi\xC3\xB3s!");
    EXPECT_NE(body.find(R"("body":"\u00a1hola\/adi\u00f3s!")"), std::string::npos) << body;
    const json message = json::parse(body)["entry"][0]["changes"][0]["value"]["messages"][0];
    EXPECT_EQ(message.at("timestamp"), "1795348800");
    EXPECT_EQ(message.at("text").at("body"), "\xC2\xA1hola/adi\xC3\xB3s!");
}

}  // namespace
}  // namespace migue::standins
