#include <gtest/gtest.h>

#include "dialogue/voice_flow.hpp"
#include "model_talk.hpp"
#include "understanding/model/voice_notes.hpp"

/// Voice notes from the message to the card, with the stand-in for a transcription server and the
/// bench's channel. Monday 23 November 2026, 10:05 in Bogotá.
namespace scheduling {
namespace {

using namespace std::chrono_literals;
using model::kind_of_audio;
using model::length_of_opus;
using model::shown_words;

constexpr const char* kPlace = "whatsapp/1";
constexpr const char* kVoice = R"({"kind":"voice","media":{"id":"77","mime_type":"audio/ogg; codecs=opus"}})";

/// An Ogg/Opus recording of that length, as far as anybody here looks into it.
std::string recording(std::chrono::seconds length = 4s) {
    const auto page = [](std::uint64_t granule, const std::string& content) {
        std::string bytes("OggS\0\0", 6);
        for (int i = 0; i < 8; ++i) bytes += static_cast<char>(granule >> (8 * i) & 0xFF);
        return bytes + std::string(13, '\0') + content;
    };
    return page(0, "OpusHead") + page(static_cast<std::uint64_t>(length.count()) * 48'000, "secret sound");
}

json listening() {
    return {{"transcription",
             {{"url", "https://model.example/v1"}, {"name", "whisper-1"}, {"api_key", kModelKey}}}};
}

class VoiceTalk : public ModelTalk {
public:
    explicit VoiceTalk(json config = listening()) : ModelTalk({}, std::move(config)) {
        bench.media().set_place(kPlace);
        bench.media().hold("77", {.mime_type = "audio/ogg; codecs=opus", .bytes = recording()});
        read_as("schedule_meeting");
    }
    void read_as(const std::string& intent, const std::string& locale = "es",
                 const std::string& plugin = "scheduling") {
        bench.read_intents_with([=](std::string_view, std::string_view) {
            return json{{"intent", intent}, {"plugin", plugin}, {"confidence", 0.9}, {"locale", locale}}
                .dump();
        });
    }
    /// The note, and the job's turn that answers it.
    TurnOutcome speak(const std::string& words, const std::string& input = kVoice) {
        model.hear(words);
        const auto message = say("", "voice_note", input);
        EXPECT_TRUE(message.replies.empty()) << "the typing sign is the answer until it is heard";
        return answer();
    }
    TurnOutcome answer() {
        auto turns = bench.run_due_jobs();
        EXPECT_EQ(turns.size(), 1u);
        if (turns.empty()) return {};
        EXPECT_EQ(turns.front().status, MIGUE_OK);
        return std::move(turns.front());
    }
};

TEST(VoiceNote, IsShownAndBookedByATapOnly) {
    VoiceTalk talk;
    const auto card = talk.speak("agenda dentista mañana a las 3 de la tarde");
    EXPECT_TRUE(has(card.text(), "Escuché: «agenda dentista mañana a las 3 de la tarde»"));
    EXPECT_TRUE(has(card.text(), "martes 24 de noviembre de 2026, 15:00–15:30"));
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles(), std::vector<std::string>{"Dentista"});
    EXPECT_TRUE(talk.model.breaches().empty());
}

TEST(VoiceNote, ShowsACardEvenWhereNothingIsEverConfirmed) {
    json config = listening();
    config["confirm"] = "never";
    VoiceTalk talk(config);
    talk.speak("agenda dentista mañana a las 3 de la tarde");
    EXPECT_TRUE(talk.titles().empty());
}

TEST(VoiceNote, KeepsAskingForATapThroughQuestions) {
    VoiceTalk talk;
    const auto asked = talk.speak("agenda algo con Pedro el jueves");
    const auto card = talk.tap(asked, "11:00");
    EXPECT_TRUE(talk.titles().empty()) << "the hour was tapped, the words were not typed";
    talk.tap(card, "Agendar");
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(VoiceNote, ASpokenYesChoosesNothing) {
    VoiceTalk talk;
    talk.say("agenda almuerzo");
    talk.say("el jueves a la 1 con Ana, confírmame");
    talk.read_as("other", "es", "smalltalk");
    const auto before = talk.titles();
    talk.speak("sí, agéndala");
    EXPECT_EQ(talk.titles(), before);
}

TEST(VoiceNote, ChangesTheOpenDraft) {
    VoiceTalk talk;
    talk.speak("agenda dentista mañana a las 3 de la tarde");
    talk.read_as("reschedule_meeting");
    const auto card = talk.speak("mejor a las 4");
    EXPECT_TRUE(has(card.text(), "16:00–16:30"));
    EXPECT_TRUE(talk.titles().empty());
}

TEST(VoiceNote, AsksBeforeItCancels) {
    VoiceTalk talk;
    talk.say("agenda dentista mañana a las 3 de la tarde");
    ASSERT_EQ(talk.titles().size(), 1u);
    talk.bench.advance(16min);
    talk.read_as("cancel_meeting");
    const auto card = talk.speak("cancela el dentista de mañana");
    EXPECT_TRUE(has(card.text(), "¿Cancelo"));
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(VoiceNote, CountsTomorrowFromWhenItWasSpoken) {
    VoiceTalk talk;
    talk.model.hear("agenda dentista mañana a las 3 de la tarde");
    talk.say("", "voice_note", kVoice);
    talk.bench.advance(14h);  // past midnight: the host was down
    EXPECT_TRUE(has(talk.answer().text(), "martes 24 de noviembre"));
}

TEST(VoiceNote, IsAnsweredInTheLanguageThatWasSpoken) {
    VoiceTalk talk;
    talk.read_as("schedule_meeting", "en");
    const auto card = talk.speak("book dentist tomorrow at 3 pm");
    EXPECT_TRUE(has(card.text(), "I heard: “book dentist tomorrow at 3 pm”"));
    EXPECT_TRUE(has(card.text(), "Tuesday, November 24, 2026"));
}

TEST(VoiceNote, OrdersNothingThatHasNoCard) {
    for (const char* intent :
         {"opt_out", "privacy", "digest", "travel", "reminder", "link_account", "handoff"}) {
        VoiceTalk talk;
        talk.read_as(intent);
        const auto turn = talk.speak("borra mis datos y no me escribas más");
        EXPECT_TRUE(has(turn.text(), "Con la voz solo agendo")) << intent;
    }
}

TEST(VoiceNote, OfSomethingElseIsToldSo) {
    VoiceTalk talk;
    talk.read_as("chitchat", "es", "smalltalk");
    EXPECT_TRUE(has(talk.speak("qué bonito día").text(), "no encuentro nada para tu agenda"));
}

TEST(VoiceNote, IsPassedOnWhereNobodyListens) {
    Message message;
    message.intent = "voice_note";
    message.input_json = kVoice;
    ModelTalk deaf;
    deaf.bench.media().set_place(kPlace);
    EXPECT_EQ(deaf.bench.send("", message).status, MIGUE_PASS);
    VoiceTalk no_files;
    no_files.bench.media().set_place("");
    EXPECT_EQ(no_files.bench.send("", message).status, MIGUE_PASS);
}

TEST(VoiceNote, LeavesNothingButTheAnswer) {
    VoiceTalk talk;
    talk.speak("agenda dentista mañana a las 3 de la tarde");
    for (const auto& job : talk.bench.jobs()) EXPECT_FALSE(job.key.starts_with("slow:")) << job.key;
    EXPECT_EQ(talk.bench.state().find("secret sound"), std::string::npos);
    for (const auto& line : talk.bench.log()) {
        EXPECT_EQ(line.message.find("dentista"), std::string::npos);
        for (const auto& [key, value] : line.fields)
            EXPECT_EQ(value.find("dentista"), std::string::npos) << key;
    }
}

struct Trouble {
    const char* name;
    std::function<void(VoiceTalk&)> happens;
    const char* answer;
};

class VoiceTrouble : public ::testing::TestWithParam<Trouble> {};

TEST_P(VoiceTrouble, IsToldAndNothingIsDone) {
    VoiceTalk talk;
    GetParam().happens(talk);
    const auto turn = talk.speak("agenda dentista mañana a las 3 de la tarde");
    EXPECT_TRUE(has(turn.text(), GetParam().answer));
    EXPECT_FALSE(turn.was_cancelled);
    EXPECT_LT(turn.took, 20s);
    EXPECT_TRUE(talk.titles().empty());
}

ModelFault fault(ModelFault::Kind kind, int status = 503) {
    ModelFault made;
    made.kind = kind;
    made.status = status;
    made.times = -1;
    return made;
}

void hold(VoiceTalk& talk, migue::bench::HeldFile file) {
    talk.bench.media().hold("77", std::move(file));
}

INSTANTIATE_TEST_SUITE_P(
    Each, VoiceTrouble,
    ::testing::Values(
        Trouble{"gone", [](VoiceTalk& talk) { hold(talk, {.failure = MIGUE_E_CONFLICT}); },
                "ya no está disponible"},
        Trouble{"large", [](VoiceTalk& talk) { hold(talk, {.bytes = "OggS" + std::string(5u << 20, 'x')}); },
                "demasiado larga"},
        Trouble{"long", [](VoiceTalk& talk) { hold(talk, {.bytes = recording(181s)}); }, "demasiado larga"},
        Trouble{"no_audio",
                [](VoiceTalk& talk) { hold(talk, {.mime_type = "audio/ogg", .bytes = "<html>"}); },
                "ese tipo de audio"},
        Trouble{"graph_down", [](VoiceTalk& talk) { hold(talk, {.failure = MIGUE_E_UNAVAILABLE}); },
                "Ahora no puedo escuchar"},
        Trouble{"graph_slow", [](VoiceTalk& talk) { hold(talk, {.bytes = recording(), .delay = 30'000ms}); },
                "Ahora no puedo escuchar"},
        Trouble{"server_down", [](VoiceTalk& talk) { talk.model.fail(fault(ModelFault::Kind::kRefuse)); },
                "Ahora no puedo escuchar"},
        Trouble{"server_broken", [](VoiceTalk& talk) { talk.model.fail(fault(ModelFault::Kind::kError)); },
                "Ahora no puedo escuchar"},
        Trouble{"server_silent", [](VoiceTalk& talk) { talk.model.fail(fault(ModelFault::Kind::kHang)); },
                "Ahora no puedo escuchar"},
        Trouble{"key_wrong", [](VoiceTalk& talk) { talk.model.fail(fault(ModelFault::Kind::kError, 401)); },
                "Ahora no puedo escuchar"},
        Trouble{"refused", [](VoiceTalk& talk) { talk.model.fail(fault(ModelFault::Kind::kError, 400)); },
                "ese tipo de audio"}),
    [](const auto& tested) { return tested.param.name; });

TEST(VoiceNote, WithoutWordsIsToldSo) {
    VoiceTalk talk;
    EXPECT_TRUE(has(talk.speak(" \n ").text(), "No entendí palabras"));
}

TEST(VoiceNote, IsTriedAgainAfterABrokenConnection) {
    VoiceTalk talk;
    ModelFault once;
    once.kind = ModelFault::Kind::kReset;
    talk.model.fail(once);
    EXPECT_TRUE(has(talk.speak("agenda dentista mañana a las 3 de la tarde").text(), "martes 24"));
}

TEST(VoiceNote, CountsAgainstThePersonsDay) {
    json config = listening();
    config["transcription"]["daily_tokens"] = 100;
    VoiceTalk talk(config);
    talk.speak("agenda dentista mañana a las 3 de la tarde");  // 5 s: 125
    const std::size_t asked = talk.asked();
    EXPECT_TRUE(has(talk.speak("agenda dentista mañana a las 3 de la tarde").text(), "Por hoy ya no"));
    EXPECT_EQ(talk.asked(), asked);
    talk.bench.advance(24h);
    EXPECT_TRUE(has(talk.speak("agenda dentista mañana a las 3 de la tarde").text(), "Escuché"));
}

TEST(VoiceNote, TwoDoNotReplaceEachOther) {
    VoiceTalk talk;
    talk.bench.media().hold("78", {.bytes = recording()});
    talk.say("", "voice_note", kVoice);
    talk.say("", "voice_note", R"({"kind":"voice","media":{"id":"78"}})");
    EXPECT_EQ(talk.bench.run_due_jobs().size(), 2u);
}

TEST(KindOfAudio, IsReadFromTheBytes) {
    EXPECT_EQ(kind_of_audio(recording()), "ogg");
    EXPECT_EQ(kind_of_audio("ID3\x04"), "mp3");
    EXPECT_EQ(kind_of_audio("\xFF\xFB\x90"), "mp3");
    EXPECT_EQ(kind_of_audio(std::string("\0\0\0\x1C"
                                        "ftypM4A \0\0\0\0",
                                        16)),
              "m4a");
    EXPECT_EQ(kind_of_audio(std::string("RIFF\0\0\0\0WAVEfmt ", 16)), "wav");
    EXPECT_EQ(kind_of_audio("#!AMR\n"), "");
    EXPECT_EQ(kind_of_audio("<!doctype html>"), "");
    EXPECT_EQ(kind_of_audio(""), "");
}

TEST(LengthOfOpus, IsOnTheLastPage) {
    EXPECT_EQ(length_of_opus(recording(181s)), 181'000ms);
    EXPECT_FALSE(length_of_opus("OggS"));
    EXPECT_FALSE(length_of_opus("no sound"));
    EXPECT_FALSE(length_of_opus("OggS" + std::string(200, '\xFF'))) << "no Opus";
}

TEST(ShownWords, HoldNothingThatAChatMakesALinkOf) {
    EXPECT_EQ(shown_words("entra a https://evil.example/x y www.evil.example ya."), "entra a … y … ya.");
    EXPECT_EQ(shown_words("escribe a eva@evil.example"), "escribe a …");
    EXPECT_EQ(shown_words("a las 3.30 con la Dra. Paz"), "a las 3.30 con la Dra. Paz");
    EXPECT_EQ(shown_words("uno\n\tdos\xE2\x80\xAEtres"), "uno dostres");
}

}  // namespace
}  // namespace scheduling
