#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/router.hpp"

/// What people write while "at what time?", "which one?" or "shall I book it?" is open: answers, and new
/// wishes. The plugin that asked gets each; the intent tells it which of the two it is.
namespace migue::host::intents {
namespace {

struct Replies {
    const char* locale;
    /// Taken for an answer, or for a change of what is being talked about.
    std::vector<const char*> answers;
    struct Wish {
        const char* intent;
        const char* text;
    };
    std::vector<Wish> wishes;
};

const std::vector<Replies>& replies() {
    static const std::vector<Replies> all = {{"es",
                                              {"a las 3",
                                               "a las tres y media",
                                               "3pm",
                                               "15:30",
                                               "mejor el jueves",
                                               "el jueves",
                                               "mañana",
                                               "no sé",
                                               "la segunda",
                                               "la primera",
                                               "la última",
                                               "sí dale",
                                               "sí",
                                               "si",
                                               "dale",
                                               "ok",
                                               "okey",
                                               "listo",
                                               "claro",
                                               "perfecto",
                                               "de una",
                                               "no",
                                               "nop",
                                               "ninguna",
                                               "ninguna de esas",
                                               "con Ana también",
                                               "con Laura y Pedro",
                                               "1",
                                               "2",
                                               "la de las 4",
                                               "la del martes",
                                               "en la tarde",
                                               "por la mañana",
                                               "cualquiera",
                                               "la que sea",
                                               "me da igual",
                                               "una hora",
                                               "30 minutos",
                                               "media hora",
                                               "el lunes a las 10",
                                               "a eso de las 5",
                                               "más tarde",
                                               "más temprano",
                                               "otra hora",
                                               "otro día",
                                               "esa",
                                               "esa misma",
                                               "esa no",
                                               "no, el viernes",
                                               "no, a las 4",
                                               "mejor a las 6",
                                               "que sea a las 2",
                                               "en la oficina",
                                               "por zoom",
                                               "ana@correo.co",
                                               "?",
                                               "👍",
                                               "dentista",
                                               "Laura Gómez",
                                               "pasado mañana temprano",
                                               "el 25",
                                               "todavía no sé",
                                               "déjame ver",
                                               "a medio día"},
                                              {{"cancel_meeting", "cancela la de mañana"},
                                               {"cancel_meeting", "borra la reunión con Laura"},
                                               {"query_agenda", "qué tengo hoy?"},
                                               {"query_agenda", "qué reuniones tengo mañana"},
                                               {"help", "ayuda"},
                                               {"help", "qué puedes hacer?"},
                                               {"greeting", "hola"},
                                               {"greeting", "buenos días"},
                                               {"handoff", "quiero hablar con una persona"},
                                               {"link_account", "conecta mi google calendar"},
                                               {"privacy", "borra todos mis datos"},
                                               {"never_mind", "olvídalo"},
                                               {"never_mind", "déjalo así"},
                                               {"find_slot", "cuándo tengo un hueco esta semana"}}},
                                             {"en",
                                              {"at 3",
                                               "half past three",
                                               "3pm",
                                               "15:30",
                                               "thursday is better",
                                               "thursday",
                                               "tomorrow",
                                               "i don't know",
                                               "the second one",
                                               "the first one",
                                               "the last one",
                                               "yes please",
                                               "yes",
                                               "yep",
                                               "sure",
                                               "ok",
                                               "okay",
                                               "sounds good",
                                               "of course",
                                               "perfect",
                                               "go ahead",
                                               "no",
                                               "nope",
                                               "none",
                                               "none of those",
                                               "with Ana too",
                                               "with Laura and Pete",
                                               "1",
                                               "2",
                                               "the 4 o'clock one",
                                               "the tuesday one",
                                               "in the afternoon",
                                               "in the morning",
                                               "either",
                                               "any of them",
                                               "i don't mind",
                                               "one hour",
                                               "30 minutes",
                                               "half an hour",
                                               "monday at 10",
                                               "around 5",
                                               "later",
                                               "earlier",
                                               "another time",
                                               "another day",
                                               "that one",
                                               "that works",
                                               "not that one",
                                               "no, friday",
                                               "no, at 4",
                                               "make it 6",
                                               "at 2 then",
                                               "at the office",
                                               "over zoom",
                                               "ana@mail.com",
                                               "?",
                                               "👍",
                                               "just me",
                                               "Laura Gomez",
                                               "early on friday",
                                               "the 25th",
                                               "not sure yet",
                                               "let me see",
                                               "noon"},
                                              {{"cancel_meeting", "cancel tomorrow's meeting"},
                                               {"cancel_meeting", "delete the meeting with Laura"},
                                               {"query_agenda", "what do i have today?"},
                                               {"query_agenda", "what meetings do i have tomorrow"},
                                               {"help", "help"},
                                               {"help", "what can you do?"},
                                               {"greeting", "hello"},
                                               {"greeting", "good morning"},
                                               {"handoff", "i want to talk to a person"},
                                               {"link_account", "connect my google calendar"},
                                               {"privacy", "delete all my data"},
                                               {"never_mind", "forget it"},
                                               {"never_mind", "nvm"},
                                               {"find_slot", "when do i have a gap this week"}}},
                                             {"pt",
                                              {"às 3",
                                               "às três e meia",
                                               "15h",
                                               "15:30",
                                               "melhor na quinta",
                                               "quinta",
                                               "amanhã",
                                               "não sei",
                                               "a segunda",
                                               "a primeira",
                                               "a última",
                                               "sim pode ser",
                                               "sim",
                                               "pode ser",
                                               "claro",
                                               "ok",
                                               "beleza",
                                               "blz",
                                               "fechado",
                                               "perfeito",
                                               "isso",
                                               "não",
                                               "nao",
                                               "nenhuma",
                                               "nenhuma dessas",
                                               "com a Ana também",
                                               "com a Laura e o Pedro",
                                               "1",
                                               "2",
                                               "a das 4",
                                               "a de terça",
                                               "de tarde",
                                               "de manhã",
                                               "qualquer uma",
                                               "tanto faz",
                                               "uma hora",
                                               "30 minutos",
                                               "meia hora",
                                               "segunda às 10",
                                               "lá pelas 5",
                                               "mais tarde",
                                               "mais cedo",
                                               "outro horário",
                                               "outro dia",
                                               "essa",
                                               "essa mesma",
                                               "essa não",
                                               "não, sexta",
                                               "não, às 4",
                                               "melhor às 6",
                                               "que seja às 2",
                                               "no escritório",
                                               "pelo zoom",
                                               "ana@correio.com",
                                               "?",
                                               "👍",
                                               "dentista",
                                               "Laura Gomes",
                                               "sexta bem cedo",
                                               "dia 25",
                                               "ainda não sei",
                                               "deixa eu ver",
                                               "meio-dia",
                                               "isso mesmo"},
                                              {{"cancel_meeting", "cancela a de amanhã"},
                                               {"cancel_meeting", "apaga a reunião com a Laura"},
                                               {"query_agenda", "o que eu tenho hoje?"},
                                               {"query_agenda", "que reuniões tenho amanhã"},
                                               {"help", "ajuda"},
                                               {"help", "o que você sabe fazer?"},
                                               {"greeting", "oi"},
                                               {"greeting", "bom dia"},
                                               {"handoff", "quero falar com uma pessoa"},
                                               {"link_account", "conecta meu google agenda"},
                                               {"privacy", "apaga todos os meus dados"},
                                               {"never_mind", "esquece"},
                                               {"never_mind", "deixa pra lá"},
                                               {"find_slot", "quando tenho um horário livre essa semana"}}}};
    return all;
}

class OpenQuestion : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        auto loaded = Router::load(std::filesystem::path(MIGUE_CONFIG_DIR) / "routes.yaml");
        ASSERT_TRUE(loaded) << loaded.error().what;
        router_ = *loaded;
    }
    static void TearDownTestSuite() { router_.reset(); }
    static Decision route(const char* text, const char* locale, std::string_view asked) {
        return router_->route(
            {.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = asked});
    }
    static std::shared_ptr<const Router> router_;
};
std::shared_ptr<const Router> OpenQuestion::router_;

TEST_F(OpenQuestion, IsAnsweredByWhatIsNoNewWish) {
    for (const Replies& language : replies()) {
        EXPECT_GE(language.answers.size(), 60U);
        for (const char* text : language.answers) {
            const Decision decision = route(text, language.locale, "scheduling");
            EXPECT_EQ(decision.plugin, "scheduling") << text;
            EXPECT_EQ(decision.routed_by, RoutedBy::kOpenQuestion) << text;
            EXPECT_TRUE(decision.intent == "other" || decision.intent == "reschedule_meeting")
                << language.locale << ": " << text << " → " << decision.intent << " " << decision.confidence;
            EXPECT_TRUE(decision.doubt.empty()) << text;
        }
    }
}

TEST_F(OpenQuestion, IsLeftByAClearNewWish) {
    for (const Replies& language : replies()) {
        for (const auto& [intent, text] : language.wishes) {
            const Decision decision = route(text, language.locale, "scheduling");
            EXPECT_EQ(decision.plugin, "scheduling") << text;
            EXPECT_EQ(decision.intent, intent)
                << language.locale << ": " << text << " " << decision.confidence;
        }
    }
}

struct Said {
    const char* locale;
    const char* text;
    const char* intent;
};

/// What is said after a booking, with or without a question open, means that booking.
TEST_F(OpenQuestion, AfterwardsShortCorrectionsStillReachThePlugin) {
    for (const Said& said : std::vector<Said>{{"en", "nah friday", "reschedule_meeting"},
                                              {"pt", "na verdade pode ser as 16h?", "reschedule_meeting"},
                                              {"en", "actually make it 5", "reschedule_meeting"},
                                              {"es", "mejor el jueves", "reschedule_meeting"},
                                              {"es", "más tarde", "reschedule_meeting"},
                                              {"es", "no mejor a las 6", "reschedule_meeting"},
                                              {"en", "make that 4:30", "reschedule_meeting"},
                                              {"pt", "melhor na sexta", "reschedule_meeting"},
                                              {"pt", "mais tarde", "reschedule_meeting"},
                                              {"es", "agenda algo", "schedule_meeting"},
                                              {"en", "book something", "schedule_meeting"},
                                              {"pt", "marca algo", "schedule_meeting"},
                                              {"es", "estoy libre el lunes?", "query_agenda"},
                                              {"en", "am i free monday", "query_agenda"},
                                              {"pt", "estou livre na segunda?", "query_agenda"},
                                              {"es", "cuando tengo hueco", "find_slot"},
                                              {"en", "when am i available", "find_slot"},
                                              {"pt", "quando tenho um horário livre", "find_slot"},
                                              {"es", "olvídalo", "never_mind"},
                                              {"es", "Olvidalo!", "never_mind"},
                                              {"es", "déjalo", "never_mind"},
                                              {"en", "forget it", "never_mind"},
                                              {"en", "nvm", "never_mind"},
                                              {"en", "never mind", "never_mind"},
                                              {"pt", "esquece", "never_mind"},
                                              {"pt", "deixa pra lá", "never_mind"},
                                              {"es", "olvida todo sobre mí", "privacy"},
                                              {"en", "forget everything about me", "privacy"}}) {
        const Decision decision = route(said.text, said.locale, "");
        EXPECT_EQ(decision.intent, said.intent) << said.text << " " << decision.confidence;
    }
}

}  // namespace
}  // namespace migue::host::intents
