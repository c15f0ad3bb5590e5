#include "host/channels/whatsapp/media.hpp"

#include <gtest/gtest.h>

#include "tests/standins/graph/graph.hpp"

namespace migue::host::whatsapp {
namespace {

using namespace std::chrono_literals;
using Code = Error::Code;

class MediaTest : public ::testing::Test {
protected:
    [[nodiscard]] config::WhatsAppSettings settings() const {
        config::WhatsAppSettings out;
        out.access_token = "test_access_token";
        out.graph_url = graph_.url();
        return out;
    }
    Result<MediaFile> fetch(const std::string& id, std::size_t max_bytes = 1000) {
        return media_.fetch(id, max_bytes, 10s, {});
    }
    Code fault(const std::string& id, std::size_t max_bytes = 1000) {
        const auto file = fetch(id, max_bytes);
        if (file) return Code{};
        EXPECT_EQ(file.error().what.find("test_access_token"), std::string::npos);
        return file.error().code;
    }

    standins::Graph graph_;
    HttpClient http_;
    GraphClient client_{settings(), http_};
    GraphMedia media_{client_};
};

TEST_F(MediaTest, FetchesTheBytesThatWereDescribed) {
    const std::string bytes("OggS\0\xFF voice", 12);
    graph_.add_media({.id = "77", .mime_type = "audio/ogg; codecs=opus", .bytes = bytes});
    const auto file = fetch("77");
    ASSERT_TRUE(file) << file.error().what;
    EXPECT_EQ(file->bytes, bytes);
    EXPECT_EQ(file->mime_type, "audio/ogg; codecs=opus");
}

TEST_F(MediaTest, TakesAChecksumInBase64Too) {
    graph_.add_media({.id = "77",
                      .mime_type = "text/plain",
                      .bytes = "abc",
                      .sha256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="});
    EXPECT_TRUE(fetch("77"));
}

TEST_F(MediaTest, AnAddressThatDiedIsAskedForOnceMore) {
    graph_.add_media({.id = "77", .mime_type = "image/png", .bytes = "png"});
    graph_.expire_media_urls(1);
    EXPECT_TRUE(fetch("77"));
    graph_.expire_media_urls(2);
    EXPECT_EQ(fault("77"), Code::kConflict);
}

TEST_F(MediaTest, TakesNothingLargerThanAsked) {
    graph_.add_media({.id = "1", .mime_type = "a/b", .bytes = std::string(1000, 'x')});
    graph_.add_media({.id = "2", .mime_type = "a/b", .bytes = std::string(1001, 'x')});
    graph_.add_media({.id = "3", .mime_type = "a/b", .bytes = std::string(5000, 'x'), .file_size = 10});
    EXPECT_TRUE(fetch("1"));
    EXPECT_EQ(fault("2"), Code::kUnsupported);
    EXPECT_EQ(fault("3"), Code::kInternal) << "more came than was described";
}

TEST_F(MediaTest, TakesNothingThatDiffersFromItsDescription) {
    graph_.add_media({.id = "1", .mime_type = "a/b", .bytes = "abc", .sha256 = std::string(64, '0')});
    graph_.add_media({.id = "2", .mime_type = "a/b", .bytes = "abc", .file_size = 4});
    EXPECT_EQ(fault("1"), Code::kInternal);
    EXPECT_EQ(fault("2"), Code::kInternal);
}

TEST_F(MediaTest, SendsTheTokenNowhereElse) {
    const standins::Graph other;
    for (const std::string& url :
         {other.url() + "/media/1/bytes", std::string("http://169.254.169.254/latest"),
          std::string("https://fbsbx.com.example.org/x"), std::string("http://lookaside.fbsbx.com/x"),
          std::string("https://lookaside.fbsbx.com:8443/x"), std::string("https://u:p@lookaside.fbsbx.com/x"),
          std::string("file:///etc/passwd"), std::string("https://10.0.0.1/x")}) {
        graph_.add_media({.id = "1", .mime_type = "a/b", .bytes = "abc", .url = url});
        EXPECT_EQ(fault("1"), Code::kInternal) << url;
    }
    EXPECT_EQ(other.requests(), 0u);
}

TEST_F(MediaTest, RefusesIdsThatAreNone) {
    for (const char* id : {"", "../../1", "1/2", "1?x", "a b"}) EXPECT_EQ(fault(id), Code::kInvalid) << id;
    EXPECT_EQ(fault("404"), Code::kConflict) << "nobody knows it";
}

TEST_F(MediaTest, UploadsAFileForANumber) {
    const std::string bytes("{\"a\":\"\r\n--x--\r\n\"}");
    const auto id = media_.upload({"106540352242922", "text/plain", "migue.json", bytes}, 10s, {});
    ASSERT_TRUE(id) << id.error().what;
    ASSERT_EQ(graph_.uploads().size(), 1u);
    const auto file = graph_.uploads().front();
    EXPECT_EQ(file.id, *id);
    EXPECT_EQ(file.bytes, bytes);
    EXPECT_EQ(file.file_name, "migue.json");
    EXPECT_EQ(file.owner, "106540352242922");
    EXPECT_TRUE(graph_.refused().empty());
}

TEST_F(MediaTest, UploadsNothingUnderABadName) {
    for (const MediaUpload& file :
         {MediaUpload{"../x", "text/plain", "a", "x"}, MediaUpload{"1", "text/plain", "a\"b", "x"},
          MediaUpload{"1", "text/plain", "a\r\nb", "x"}, MediaUpload{"1", "text", "a", "x"},
          MediaUpload{"1", "text/plain\r\nx: y", "a", "x"}}) {
        const auto id = media_.upload(file, 10s, {});
        ASSERT_FALSE(id);
        EXPECT_EQ(id.error().code, Code::kInvalid);
    }
    EXPECT_EQ(graph_.requests(), 0u);
}

TEST_F(MediaTest, TellsOfAnUploadThatFailed) {
    const MediaUpload file{"106540352242922", "text/plain", "migue.json", "{}"};
    graph_.fail({.kind = standins::GraphFault::Kind::kError, .status = 500});
    EXPECT_EQ(media_.upload(file, 10s, {}).error().code, Code::kUnavailable);
    graph_.fail({.kind = standins::GraphFault::Kind::kRaw, .status = 200, .body = "<html>"});
    EXPECT_EQ(media_.upload(file, 10s, {}).error().code, Code::kInternal);
    EXPECT_EQ(media_.upload({"106540352242922", "application/json", "a.json", "{}"}, 10s, {}).error().code,
              Code::kUnavailable)
        << "Graph takes no JSON";
}

TEST(MediaAddress, IsGraphsOwnOrMetasOverTls) {
    const Url graph = parse_url("https://graph.facebook.com/v25.0").value();
    for (const char* good :
         {"https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2",
          "https://scontent.xx.fbcdn.net/x", "https://mmg.whatsapp.net/x", "https://graph.facebook.com/x"})
        EXPECT_TRUE(is_media_address(parse_url(good).value(), graph)) << good;
    for (const char* bad : {"https://fbsbx.com/", "https://evilfbsbx.com/", "https://example.org/",
                            "http://graph.facebook.com/", "https://127.0.0.1/"})
        EXPECT_FALSE(is_media_address(parse_url(bad).value(), graph)) << bad;
}

}  // namespace
}  // namespace migue::host::whatsapp
