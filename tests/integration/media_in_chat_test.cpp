#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/webhook_host.hpp"
#include "tests/standins/model/model_server.hpp"

/// Voice notes in, files out: the real program between Meta's stand-in and a model server's.
namespace migue::test {
namespace {

using nlohmann::json;

constexpr auto kPatience = WebhookHost::kPatience;
constexpr const char* kSound = "sound-that-nobody-keeps";

class MediaInChat : public ::testing::Test {
protected:
    void start(bool listens) {
        host_.setup().public_url = "https://bot.example.org";
        if (listens)
            host_.setup().plugins["scheduling"] =
                "{ calendar: local, timezone: America/Bogota, transcription: { url: \"" + server_.url() +
                "\", name: whisper-1, api_key: key-1 } }";
        host_.setup().write();
        host_.start();
    }
    int speak(const std::string& wamid, const std::string& media) {
        return host_.post_content(
            wamid,
            {{"type", "audio"},
             {"audio",
              {{"id", media}, {"mime_type", "audio/ogg; codecs=opus"}, {"sha256", "x"}, {"voice", true}}}});
    }
    /// Whether any file of the host's holds these bytes.
    bool is_kept(const std::string& bytes) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(host_.folder())) {
            if (!entry.is_regular_file() || entry.path().extension() == ".so") continue;
            if (content_of(entry.path()).find(bytes) != std::string::npos) return true;
        }
        return false;
    }

    standins::Model model_{{.api_key = "key-1"}};
    standins::ModelServer server_{model_};
    WebhookHost host_;  // last: it asks all of the above
    standins::Graph& graph_ = host_.graph();
};

TEST_F(MediaInChat, AVoiceNoteBecomesACard) {
    start(true);
    graph_.add_media(
        {.id = "77", .mime_type = "audio/ogg; codecs=opus", .bytes = std::string("OggS") + kSound});
    model_.hear("agenda dentista mañana a las 10 de la mañana por una hora");
    ASSERT_EQ(speak("wamid.1", "77"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    const auto card = graph_.messages().front();
    EXPECT_TRUE(mentions(card, "Escuché: «agenda dentista mañana")) << card.body;
    EXPECT_TRUE(mentions(card, "10:00–11:00")) << card.body;
    EXPECT_TRUE(mentions(card, "\"Agendar\"")) << card.body;
    EXPECT_TRUE(graph_.wait_for_read_marks(1, kPatience));
    EXPECT_TRUE(json::parse(graph_.read_marks().front().body).contains("typing_indicator"));
    EXPECT_TRUE(graph_.refused().empty());
    EXPECT_TRUE(model_.breaches().empty());
    const std::string tap =
        json::parse(card.body).at("interactive").at("action").at("buttons").at(0).at("reply").at("id");
    ASSERT_EQ(
        host_.post_content(
            "wamid.2", {{"type", "interactive"},
                        {"interactive",
                         {{"type", "button_reply"}, {"button_reply", {{"id", tap}, {"title", "Agendar"}}}}}}),
        200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    EXPECT_TRUE(mentions(graph_.messages().back(), "Agendad"));
    ASSERT_EQ(host_.stop(), 0);
    EXPECT_FALSE(is_kept(kSound));
}

TEST_F(MediaInChat, AVoiceNoteThatIsGoneIsToldSo) {
    start(true);
    ASSERT_EQ(speak("wamid.1", "404"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    EXPECT_TRUE(mentions(graph_.messages().front(), "ya no está disponible"));
    EXPECT_EQ(model_.count(), 0u);
}

TEST_F(MediaInChat, NobodyListensUnlessItIsSetUp) {
    start(false);
    graph_.add_media(
        {.id = "77", .mime_type = "audio/ogg; codecs=opus", .bytes = std::string("OggS") + kSound});
    const auto before = graph_.requests();
    ASSERT_EQ(speak("wamid.1", "77"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    EXPECT_FALSE(mentions(graph_.messages().front(), "Escuché"));
    EXPECT_EQ(json::parse(graph_.messages().front().body).at("type"), "text");
    ASSERT_EQ(host_.stop(), 0);
    EXPECT_LE(graph_.requests(), before + 2) << "the answer and the read mark";
}

TEST_F(MediaInChat, AModelsLineIsSaidInTheLanguageOfTheMessageOnly) {
    host_.setup().plugins["smalltalk"] =
        "{ model: { url: \"" + server_.url() + "\", name: reader-1, api_key: key-1 } }";
    model_.think_with(
        [](std::string_view) { return R"({"answer":"¡Qué alegría, felicitaciones al equipo!"})"; });
    start(false);
    ASSERT_EQ(host_.post("wamid.1", "¿viste que ganó la selección el partido de fútbol?"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    EXPECT_TRUE(mentions(graph_.messages().front(), "felicitaciones al equipo"))
        << graph_.messages().front().body;
    EXPECT_TRUE(mentions(graph_.messages().front(), "Para tu agenda, escribe por ejemplo"));
    ASSERT_EQ(host_.post("wamid.2", "did you see that our team won the football match?"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    EXPECT_FALSE(mentions(graph_.messages().back(), "felicitaciones")) << "English was asked";
}

TEST_F(MediaInChat, AnExportIsAFileInTheChat) {
    start(false);
    ASSERT_EQ(host_.post("wamid.1", "dentista mañana a las 10 por una hora"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    ASSERT_EQ(host_.post("wamid.2", "exporta mis datos"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    const json sent = json::parse(graph_.messages().back().body);
    ASSERT_EQ(sent.at("type"), "document") << sent;
    ASSERT_EQ(graph_.uploads().size(), 1u);
    const auto file = graph_.uploads().front();
    EXPECT_EQ(sent.at("document").at("id"), file.id);
    EXPECT_EQ(sent.at("document").at("filename"), "migue.json");
    EXPECT_NE(file.bytes.find("entista"), std::string::npos);
    EXPECT_TRUE(graph_.refused().empty());
}

TEST_F(MediaInChat, AnExportIsALinkWhenTheUploadFails) {
    start(false);
    ASSERT_EQ(host_.post("wamid.1", "hola"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(1, kPatience));
    ASSERT_TRUE(graph_.wait_for_read_marks(1, kPatience));
    graph_.fail({.kind = standins::GraphFault::Kind::kError, .status = 500, .times = -1, .to = "(upload)"});
    ASSERT_EQ(host_.post("wamid.2", "exporta mis datos"), 200);
    ASSERT_TRUE(graph_.wait_for_messages(2, kPatience));
    const json sent = json::parse(graph_.messages().back().body);
    EXPECT_EQ(sent.at("interactive").at("type"), "cta_url") << sent;
}

}  // namespace
}  // namespace migue::test
