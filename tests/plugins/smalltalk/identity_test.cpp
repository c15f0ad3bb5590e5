#include <gtest/gtest.h>

#include "folding.hpp"
#include "migue/cpp/bench.hpp"
#include "phrase_files.hpp"
#include "smalltalk_plugin.hpp"

namespace smalltalk::test {
namespace {

using migue::bench::Bench;
using migue::bench::entry_of;

TEST(SmalltalkIdentity, WhoAsksWhatItIsGetsTheTruth) {
    struct {
        const char *locale, *text;
    } const cases[] = {
        {"es", "¿eres un robot?"},
        {"es", "eres humano?"},
        {"es", "ERES UNA PERSONA O UNA MÁQUINA"},
        {"es", "sos un bot??"},
        {"es", "¿es usted una persona?"},
        {"es", "estoy hablando con una persona de verdad?"},
        {"es", "eres un programa de ordenador?"},
        {"es", "quién eres?"},
        {"es", "cómo te llamas?"},
        {"en", "Are you a person?"},
        {"en", "are you human"},
        {"en", "are you an AI?"},
        {"en", "you're a bot, right?"},
        {"en", "is this a human or a computer"},
        {"en", "am i speaking to a machine?"},
        {"en", "What’s your name?"},
        {"en", "who are you?"},
        {"pt", "você é humano?"},
        {"pt", "você é um robô?"},
        {"pt", "és uma pessoa ou uma máquina?"},
        {"pt", "és real?"},
        {"pt", "estou a falar com um robot?"},
        {"pt", "quem é você?"},
        {"pt", "como te chamas?"},
        {"es", "are you a person?"},  // languages are mixed; the answer keeps to the turn's
        {"pt", "voce\xCC\x82 e\xCC\x81 um robo\xCC\x82?"},
    };
    Bench bench(entry_of<Plugin>());
    for (const auto& one : cases) {
        for (const char* intent : {"chitchat", "other", "greeting"}) {
            const std::string text = bench.send(one.text, {.intent = intent, .locale = one.locale}).text();
            EXPECT_TRUE(is_one_of(possible(one.locale, "identity"), text)) << one.text << ": " << text;
        }
    }
}

TEST(SmalltalkIdentity, TheTruthIsThatItIsAProgram) {
    const std::pair<const char*, const char*> words[] = {
        {"es", "programa"}, {"en", "program"}, {"pt", "programa"}};
    for (const auto& [locale, word] : words)
        for (const char* key : {"identity", "handoff", "handoff_operator"})
            for (const std::string& text : possible(locale, key))
                EXPECT_TRUE(has_phrase(fold(text), word)) << text;
}

TEST(SmalltalkIdentity, OtherTalkIsNotTakenForIt) {
    const std::pair<const char*, const char*> cases[] = {
        {"es", "cuéntame un chiste"},  {"es", "eres genial"},
        {"es", "quién es tu jefe?"},   {"es", "una persona me escribió"},
        {"en", "tell me a joke"},      {"en", "you are awesome"},
        {"en", "are you happy?"},      {"en", "who is your manager?"},
        {"pt", "conta uma piada"},     {"pt", "você é legal"},
        {"pt", "quem é o teu chefe?"}, {"pt", "há vida noutros planetas?"}};
    Bench bench(entry_of<Plugin>());
    for (const auto& [locale, said] : cases) {
        const std::string text = bench.send(said, {.intent = "chitchat", .locale = locale}).text();
        EXPECT_TRUE(is_one_of(possible(locale, "chitchat"), text)) << said << ": " << text;
    }
}

TEST(SmalltalkIdentity, WhoWantsAPersonIsToldAboutThat) {
    Bench bench(entry_of<Plugin>());
    const std::string text =
        bench.send("eres un robot, pásame con una persona", {.intent = "handoff"}).text();
    EXPECT_TRUE(is_one_of(possible("es", "handoff"), text)) << text;
}

TEST(SmalltalkFolding, ComparesPlainWords) {
    const std::pair<const char*, const char*> cases[] = {{"¿Quién ERES?", "quien eres"},
                                                         {"  a--b  ", "a b"},
                                                         {"ÀÉÎÕÜÇÑ", "aeioucn"},
                                                         {"3×4", "3 4"},
                                                         {"What’s", "what s"},
                                                         {"🤖", ""},
                                                         {"\xC3", ""}};
    for (const auto& [text, folded] : cases) EXPECT_EQ(fold(text), folded) << text;
    EXPECT_TRUE(has_phrase("eres un bot", "bot"));
    EXPECT_FALSE(has_phrase("eres una bota", "bot"));
    EXPECT_TRUE(has_phrase("robot o bot", "bot"));
    EXPECT_FALSE(has_phrase("bot", ""));
}

}  // namespace
}  // namespace smalltalk::test
