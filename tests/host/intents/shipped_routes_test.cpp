#include <map>

#include "host/intents/linear_classifier.hpp"
#include "host/intents/lint.hpp"
#include "host/intents/router.hpp"
#include "tests/host/intents/fixture.hpp"

/// What ships: config/routes.yaml and its intent files.
namespace migue::host::intents {
namespace {

const std::filesystem::path kShipped = std::filesystem::path(MIGUE_CONFIG_DIR) / "routes.yaml";

struct Expected {
    std::string_view text, locale, intent;
};

constexpr Expected kExpected[] = {
    {"agéndame una reunión con Laura mañana a las 3", "es", "schedule_meeting"},
    {"reunión con Laura mañana", "es", "schedule_meeting"},
    {"dentista sexta às 14h", "pt", "schedule_meeting"},
    {"lunch with Bob next Tuesday 12:30", "en", "schedule_meeting"},
    {"me agendas un café con Teo el jueves?", "es", "schedule_meeting"},
    {"marca um almoço com a Rita na sexta", "pt", "schedule_meeting"},
    {"cancela la reunión de mañana", "es", "cancel_meeting"},
    {"deshacer eso", "es", "cancel_meeting"},
    {"please cancel my dentist appointment", "en", "cancel_meeting"},
    {"desmarca a consulta de quinta", "pt", "cancel_meeting"},
    {"mueve la cita del lunes al martes", "es", "reschedule_meeting"},
    {"can you move my 3pm to 5pm", "en", "reschedule_meeting"},
    {"remarca a reunião para sexta", "pt", "reschedule_meeting"},
    {"qué tengo mañana", "es", "query_agenda"},
    {"what's on my calendar on friday?", "en", "query_agenda"},
    {"quais são meus compromissos de amanhã?", "pt", "query_agenda"},
    {"cuándo estoy libre el jueves?", "es", "find_slot"},
    {"am i free tomorrow afternoon?", "en", "query_agenda"},
    {"tenho algum horário livre na sexta?", "pt", "find_slot"},
    {"recuérdame comprar pan a las 6", "es", "reminder"},
    {"remind me to call dad tonight", "en", "reminder"},
    {"me lembra de pagar a conta amanhã", "pt", "reminder"},
    {"hola", "es", "greeting"},
    {"hi", "en", "greeting"},
    {"oi", "pt", "greeting"},
    {"muchas gracias", "es", "thanks"},
    {"thanks a lot", "en", "thanks"},
    {"muito obrigada", "pt", "thanks"},
    {"hasta luego", "es", "goodbye"},
    {"bye, see you", "en", "goodbye"},
    {"tchau", "pt", "goodbye"},
    {"ayuda", "es", "help"},
    {"what can you do for me?", "en", "help"},
    {"o que você consegue fazer?", "pt", "help"},
    {"cuéntame un chiste", "es", "chitchat"},
    {"conectar mi google calendar", "es", "link_account"},
    {"connect my google account", "en", "link_account"},
    {"quiero hablar con una persona", "es", "handoff"},
    {"borra todos mis datos", "es", "privacy"},
    {"delete my personal data", "en", "privacy"},
    {"¿va a llover el sábado?", "es", "other"},
    {"turn on the kitchen lights", "en", "other"},
    {"receita de bolo de cenoura", "pt", "other"},
    {"hola, quiero agendar algo", "es", "schedule_meeting"},
    {"gracias, y cancela la de mañana", "es", "cancel_meeting"},
    {"lunch fri", "en", "schedule_meeting"},
    // Answers to a question are no wish of their own: the plugin that asked must see so.
    {"sí", "es", "other"},
    {"yes please", "en", "other"},
    {"às 5 da tarde", "pt", "other"},
    {"el viernes por la mañana", "es", "other"},
    {"14h", "", "other"},
    {"no", "", "other"},
};

/// One test: the model is trained once for all that is asked of it.
TEST(ShippedRoutes, UnderstandsPlainWishesInThreeLanguages) {
    const auto router = Router::load(kShipped);
    ASSERT_TRUE(router) << router.error().what;
    for (const Expected& expected : kExpected) {
        Situation situation;
        situation.kind = "text";
        situation.text = expected.text;
        const Decision decision = (*router)->route(situation);
        EXPECT_EQ(decision.intent, expected.intent) << expected.text << " " << decision.confidence;
        EXPECT_EQ(decision.locale, expected.locale) << expected.text;
    }
    for (const char* unsure : {"ok", "14h", "👍", "Laura", "12:30"})
        EXPECT_EQ((*router)->classifier().language(unsure), "") << unsure;
    EXPECT_EQ((*router)->fallback_plugin(), "smalltalk");
}

TEST(ShippedRoutes, HaveNoFindings) {
    const auto findings = lint_routes(kShipped);
    ASSERT_TRUE(findings) << findings.error().what;
    EXPECT_TRUE(findings->empty()) << ::testing::PrintToString(*findings);
}

TEST(ShippedRoutes, LeadToTheTwoPlugins) {
    const auto table = read_route_table(kShipped);
    ASSERT_TRUE(table) << table.error().what;
    for (const char* intent : {"schedule_meeting", "cancel_meeting", "reschedule_meeting", "query_agenda",
                               "find_slot", "reminder", "link_account", "never_mind", "handoff", "privacy"}) {
        ASSERT_NE(table->find(intent), nullptr) << intent;
        EXPECT_EQ(table->find(intent)->plugin, "scheduling") << intent;
    }
    for (const char* intent : {"greeting", "thanks", "goodbye", "help", "chitchat", "other", "unsupported"}) {
        ASSERT_NE(table->find(intent), nullptr) << intent;
        EXPECT_EQ(table->find(intent)->plugin, "smalltalk") << intent;
    }
    std::map<std::pair<std::string, std::string>, std::size_t> counts;
    for (const PlacedExample& placed : table->examples)
        ++counts[{placed.example.intent, placed.example.locale}];
    for (const auto& [cell, count] : counts) EXPECT_GE(count, 60U) << cell.first << " " << cell.second;
}

}  // namespace
}  // namespace migue::host::intents
