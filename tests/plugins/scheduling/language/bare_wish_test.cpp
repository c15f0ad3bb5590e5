#include <gtest/gtest.h>

#include <string>

#include "moments.hpp"

/// What no intent fits and still is a wish: a thing and a time to come, where nothing is asked or told.
namespace scheduling::test {
namespace {

struct Said {
    const char* language;
    const char* text;
};

Understanding heard(const Said& said) {
    return understand(said.text, "other", moment_in(said.language));
}

class BareWishes : public ::testing::TestWithParam<Said> {};

TEST_P(BareWishes, AreSeen) {
    EXPECT_TRUE(heard(GetParam()).is_bare_wish) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Things, BareWishes,
    ::testing::Values(Said{"en", "pints friday at 8"}, Said{"en", "five a side tonight 8"},
                      Said{"en", "night shift tmrw 7pm"}, Said{"en", "fuel the generator friday 6pm"},
                      Said{"es", "birra jueves 20.30"}, Said{"es", "rosca en casa de Lupita hoy 7pm"},
                      Said{"es", "té con la abuela mañana"}, Said{"pt", "futebol quinta 20h"},
                      Said{"pt", "amigo secreto sexta"}, Said{"pt", "truco na casa do compadre sábado"},
                      Said{"pt", "é preciso comprar prenda pra Carolina até sábado"},
                      Said{"pt", "trocar o filtro da água dia 5 às 10h"},
                      Said{"pt", "esta noite às 22 jantar no café do Chico"},
                      Said{"es", "cambiar el filtro del agua el 5 a las 10"}));

class Talk : public ::testing::TestWithParam<Said> {};

TEST_P(Talk, IsNoWish) {
    EXPECT_FALSE(heard(GetParam()).is_bare_wish) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Talks, Talk,
    ::testing::Values(Said{"en", "what time is it in Tokyo"}, Said{"en", "the game was at 8 yesterday"},
                      Said{"en", "is the bank open tomorrow at 9?"}, Said{"en", "turn on the lights at 8pm"},
                      Said{"en", "play some jazz now"}, Said{"en", "tomorrow"},
                      Said{"en", "see you tomorrow"}, Said{"es", "mañana va a llover"},
                      Said{"es", "hasta mañana"}, Said{"es", "ayer fui a las 8 al cine"},
                      Said{"es", "apaga las luces a las 10"}, Said{"es", "¿a qué hora abre mañana el banco?"},
                      Said{"pt", "ontem o jogo foi às 20h"}, Said{"pt", "até amanhã"},
                      Said{"pt", "tô devendo 300 pro Beto desde o dia 5"},
                      Said{"pt", "obrigadinha, ficou ótimo assim para as 15"},
                      Said{"pt", "qual a previsão de amanhã"}, Said{"pt", "liga a luz às 20h"}));

/// An event's noun alone: when it is will be asked.
class Nouns : public ::testing::TestWithParam<Said> {};

TEST_P(Nouns, AreWishes) {
    const Understanding read = heard(GetParam());
    EXPECT_TRUE(read.is_bare_wish) << GetParam().text;
    ASSERT_TRUE(read.question.has_value()) << GetParam().text;
    EXPECT_EQ(read.question->kind, "missing_date");
}

INSTANTIATE_TEST_SUITE_P(Alone, Nouns,
                         ::testing::Values(Said{"en", "oil change"}, Said{"en", "tire rotation"},
                                           Said{"en", "smear test"}, Said{"es", "peluquería"},
                                           Said{"es", "cena con los suegros"}, Said{"pt", "exame de sangue"},
                                           Said{"pt", "almoço com a equipe"}));

class Remarks : public ::testing::TestWithParam<Said> {};

TEST_P(Remarks, AreNoWishes) {
    EXPECT_FALSE(heard(GetParam()).is_bare_wish) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(WithNouns, Remarks,
                         ::testing::Values(Said{"en", "the dentist was great"},
                                           Said{"en", "is it a meeting?"},
                                           Said{"en", "good luck with the exam"},
                                           Said{"es", "encender la tele"}, Said{"es", "¿qué tal la fiesta?"},
                                           Said{"es", "leer mis correos"}, Said{"pt", "adoro churrasco"},
                                           Said{"pt", "desligar a luz"}));

TEST(BareWish, AQuestionMarkBehindANounAndAnHourAsksForNothing) {
    EXPECT_TRUE(heard({"en", "tennis tomorrow at 4?"}).is_bare_wish);
    EXPECT_TRUE(heard({"es", "¿café mañana a las 4?"}).is_bare_wish);
    EXPECT_FALSE(heard({"en", "do you like tennis tomorrow at 4?"}).is_bare_wish);
}

TEST(BareWish, WhatIsToBePutDownIsOneWhateverIsToldBefore) {
    EXPECT_TRUE(
        heard({"pt", "a médica ligou ontem e marcou o retorno pra amanhã às 8, põe na agenda"}).is_bare_wish);
    EXPECT_TRUE(heard({"en", "the vet rang yesterday, she said tomorrow at 9, put it in"}).is_bare_wish);
    EXPECT_FALSE(heard({"pt", "a médica ligou ontem e falou que amanhã às 8 chove"}).is_bare_wish);
}

TEST(BareWish, ToMeetOnADayAtAnHourIsNoGoodbye) {
    EXPECT_TRUE(
        heard({"es", "nos vemos mañana en el Starbucks a las 4 pm para lo del préstamo"}).is_bare_wish);
    EXPECT_FALSE(heard({"es", "nos vemos mañana"}).is_bare_wish);
    EXPECT_FALSE(heard({"es", "nos vemos a las 5, chau"}).is_bare_wish);
}

TEST(BareWish, AThingToBeDoneOnAWeekendOrOftenIsOne) {
    const Understanding weekend = heard({"es", "este finde toca limpiar el garaje"});
    EXPECT_TRUE(weekend.is_bare_wish);
    ASSERT_TRUE(weekend.question);
    EXPECT_EQ(weekend.question->kind, "missing_date");
    EXPECT_TRUE(heard({"es", "revisar el aceite del coche cada 3 meses"}).is_bare_wish);
    EXPECT_FALSE(heard({"es", "enviar un correo a Sean acerca de los planes de fin de semana"}).is_bare_wish);
}

TEST(BareWish, AnHourThatIsOverTodayIsTold) {
    EXPECT_FALSE(heard({"es", "jaja acabamos a las 4 am, qué fiesta"}).is_bare_wish);
    EXPECT_FALSE(heard({"en", "haha done at 4am, what a party"}).is_bare_wish);
    EXPECT_FALSE(heard({"pt", "acabamos às 4 da manhã, que festa"}).is_bare_wish);
    EXPECT_TRUE(heard({"es", "fiesta hoy a las 9"}).is_bare_wish);  // 21:00
}

TEST(BareWish, WhatIsSentRoundOrCostsIsNone) {
    EXPECT_FALSE(heard({"es", "REENVIADO: el viernes a las 9 cortan la luz"}).is_bare_wish);
    EXPECT_FALSE(heard({"en", "the locksmith charges 90 on sundays after 6"}).is_bare_wish);
    EXPECT_FALSE(heard({"pt", "o pintor cobra 200 no sábado às 9"}).is_bare_wish);
}

TEST(OnlyTold, IsNoEventWhateverIntentItIsTakenFor) {
    for (const Said& said :
         {Said{"pt", "estamos abertos de segunda a sábado das 8h às 17h, feriados não"},
          Said{"pt", "meu vizinho toca pagode todo domingo das 14 às 22h, não aguento mais"},
          Said{"es", "estamos abiertos de lunes a sábado de 8 a 17, feriados no"},
          Said{"en", "Woolies at Bondi Junction: Mon-Fri 7am-10pm, Sat Sun 8am-9pm"},
          Said{"es", "farmacia: lunes a viernes de 9 a 20, sábados de 9 a 14"},
          Said{"pt", "farmácia: segunda a sexta das 9h às 20h, sábados das 9h às 14h"},
          Said{"en", "can we slide monday's yoga to 4"}, Said{"en", "the dentist on the 3rd, bin it"},
          Said{"en", "my niece signs for her flat the 30th, so proud of her"},
          Said{"en", "the bakery isn't open mondays anymore, it's tues to sat 4 til 9"},
          Said{"en", "we're open Monday to Saturday 8am to 5pm, closed on holidays"},
          Said{"en", "next door plays drums every sunday at 9am, can you believe it"}}) {
        const Moment moment = moment_in(said.language);
        const Understanding read = understand(said.text, "schedule_meeting", moment);
        EXPECT_TRUE(read.is_only_told) << said.text;
        EXPECT_TRUE(to_json(read, moment, "schedule_meeting").starts_with("{\"event\":null")) << said.text;
    }
}

TEST(OnlyTold, WhatIsAskedForIsAnEventWhateverIsComplainedOf) {
    for (const Said& said : {Said{"pt", "não aguento mais essa dor, marca dentista amanhã às 9h"},
                             Said{"pt", "que absurdo, me lembra de ligar pro banco amanhã às 10h"},
                             Said{"es", "no aguanto más, agenda masaje mañana a las 17"},
                             Said{"en", "fed up, book a massage tomorrow at 5pm"}})
        EXPECT_FALSE(understand(said.text, "schedule_meeting", moment_in(said.language)).is_only_told)
            << said.text;
}

TEST(BareWish, AsksForItsHour) {
    const Understanding read = heard({"es", "té con la abuela mañana"});
    ASSERT_TRUE(read.question.has_value());
    EXPECT_EQ(read.question->kind, "missing_time");
    EXPECT_NE(to_json(read, moment_in("es"), "other").find("\"title\":\"T"), std::string::npos);
}

}  // namespace
}  // namespace scheduling::test
