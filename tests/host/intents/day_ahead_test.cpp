#include "host/intents/day_ahead.hpp"

#include <gtest/gtest.h>

namespace migue::host::intents {
namespace {

TEST(DayAhead, IsNamedByStatementsOfWhatIsToCome) {
    const DayAhead day_ahead;
    for (const char* text :
         {"pints friday at 8", "ajedrez el jueves 20.30", "sardinhada amanhã às 8 da noite",
          "dominoes on the 14th", "em três horas tirar o pão", "en 40 minutos sacar la ropa",
          "entrega de llaves el 18", "recital 21/11", "dança dia 26 às 18h", "café con Inés el sábado",
          "desfile da escola em 3 de outubro"})
        EXPECT_TRUE(day_ahead.names_one(text)) << text;
}

TEST(DayAhead, IsNotNamedByQuestionsAndByWhatIsOver) {
    const DayAhead day_ahead;
    for (const char* text : {"pints friday?", "what opens on friday", "cuándo es el partido del jueves",
                             "quem ganhou no domingo", "we went to the lake on sunday", "ayer fuimos al cine",
                             "a festa de sábado foi linda", "my dog at 4pm", "el viernes ganó mi equipo",
                             "no domingo ele acordou tarde", "rain on friday", "qué frío hoy", ""})
        EXPECT_FALSE(day_ahead.names_one(text)) << text;
}

TEST(DayAhead, TellsWhatIsToldOfThePast) {
    const DayAhead day_ahead;
    for (const char* text :
         {"we lost on sunday", "ayer fuimos al lago", "a prova foi difícil", "last friday at 9"})
        EXPECT_TRUE(day_ahead.tells_of_past(text)) << text;
    for (const char* text : {"dentist friday at 9", "mañana voy al lago", "a prova é sexta", ""})
        EXPECT_FALSE(day_ahead.tells_of_past(text)) << text;
}

TEST(DayAhead, KnowsWhereVerbsOfThePastAreAllThatIsTold) {
    const DayAhead day_ahead;
    for (const char* text : {"me levanté a las 6 un sábado", "a festa de sábado foi linda",
                             "que reunião a de sexta, não se decidiu nada", "we went to bed at 4"})
        EXPECT_TRUE(day_ahead.tells_only_of_past(text)) << text;
    for (const char* text : {"ele disse que quinta às 4", "hablé con Marta y quedó para el jueves",
                             "ontem não fui, marca amanhã às 9", "dentist friday at 9", ""})
        EXPECT_FALSE(day_ahead.tells_only_of_past(text)) << text;
}

TEST(DayAhead, KnowsWhatIsSentRound) {
    const DayAhead day_ahead;
    for (const char* text : {"blessed sunday, share this light with 12 friends before 8pm",
                             "REENVIADO: el jueves cierran las cuentas, pásalo a 15 contactos",
                             "sábado de luz, compartilhe com 7 pessoas"})
        EXPECT_TRUE(day_ahead.is_sent_round(text)) << text;
    for (const char* text : {"dinner for 12 friends on sunday", "share the deck with Ana friday at 3",
                             "comparte mesa con 2, viernes 21h", "jantar para 7 pessoas sábado", ""})
        EXPECT_FALSE(day_ahead.is_sent_round(text)) << text;
}

TEST(DayAhead, KnowsWhereOnlyYesterdayIsNamed) {
    const DayAhead day_ahead;
    for (const char* text : {"the course yesterday from 9 to 11 was a waste", "anoche cenamos a las 10",
                             "ayer salimos a la 1 de la mañana", "ontem o jogo acabou às 11"})
        EXPECT_TRUE(day_ahead.names_only_past_days(text)) << text;
    for (const char* text :
         {"yesterday I couldn't, book it for thursday", "ayer no pude, mejor mañana a las 3",
          "ontem não deu, marca dia 12/08", "dentist friday at 9", ""})
        EXPECT_FALSE(day_ahead.names_only_past_days(text)) << text;
}

}  // namespace
}  // namespace migue::host::intents
