#include "talk.hpp"

namespace scheduling {

namespace {

using namespace std::chrono_literals;
using Labels = std::vector<std::string>;
using Titles = std::vector<std::string>;

}  // namespace

// ---- 2.1 happy path

TEST(Booking, AClearRequestIsBookedAtOnce) {
    Talk talk("pt");
    const TurnOutcome turn = talk.say("marca dentista sexta às 14h por 1 hora");
    EXPECT_EQ(turn.text(), "Marcado ✅ *Dentista* — sexta-feira, 27 de novembro de 2026, 14:00–15:00.");
    EXPECT_EQ(Talk::labels(turn), (Labels{"Desfazer", "Mudar"}));
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
    EXPECT_EQ(talk.audit(), (Titles{"asked", "booked"}));
}

TEST(Booking, SpeaksSpanishAndEnglishToo) {
    Talk spanish("es");
    EXPECT_EQ(spanish.say("agenda una reunión con Laura mañana a las 3").text(),
              "Agendada ✅ *Reunión con Laura* — martes 24 de noviembre de 2026, 15:00–15:30 (Bogotá).");
    Talk english("en");
    EXPECT_EQ(english.say("book 45 min with Sam Thursday 11am").text(),
              "Booked ✅ *Meeting with Sam* — Thursday, November 26, 2026, 11:00–11:45 AM.");
}

TEST(Booking, ATitleThatWasNotSaidIsShownFirst) {
    Talk talk("pt");
    const TurnOutcome card = talk.say("marca uma reunião amanhã às 10");
    EXPECT_EQ(Talk::labels(card), (Labels{"Marcar", "Mudar", "Cancelar"}));
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(card, "Marcar");
    EXPECT_EQ(talk.titles(), Titles{"Reunião"});
}

TEST(Booking, OperatorsMayAskForACardAlwaysOrNever) {
    Talk always("es", {{"confirm", "always"}});
    EXPECT_EQ(Talk::labels(always.say("dentista mañana a las 3")),
              (Labels{"Agendar", "Cambiar", "Cancelar"}));
    EXPECT_TRUE(always.titles().empty());
    Talk never("es", {{"confirm", "never"}});
    never.say("una reunión mañana a las 10");
    EXPECT_EQ(never.titles(), Titles{"Reunión"});
}

TEST(Booking, AForwardedMessageNeverBooksByItself) {
    Talk talk;
    Message message;
    message.intent = "schedule_meeting";
    message.person = "ana";
    message.input_json = R"({"kind":"text","forwarded":true})";
    const TurnOutcome card = talk.bench().send("dentista mañana a las 3", message);
    EXPECT_EQ(Talk::labels(card), (Labels{"Agendar", "Cambiar", "Cancelar"}));
    EXPECT_TRUE(talk.titles().empty());
}

// ---- 2.2 something missing

TEST(Missing, AnHourIsOfferedAsFreeHours) {
    Talk talk;
    const TurnOutcome asked = talk.say("agéndame algo con Pedro el jueves");
    EXPECT_EQ(Talk::labels(asked), (Labels{"9:30", "11:00", "15:00"}));
    EXPECT_EQ(talk.tap(asked, "11:00").text(),
              "Agendada ✅ *Reunión con Pedro* — jueves 26 de noviembre de 2026, 11:00–11:30 (Bogotá).");
}

TEST(Missing, AnHourMayBeTyped) {
    Talk talk("en");
    talk.say("book something with Pedro on Thursday");
    EXPECT_EQ(talk.say("at 4", "").text(),
              "Booked ✅ *Meeting with Pedro* — Thursday, November 26, 2026, 4:00–4:30 PM.");
}

TEST(Missing, AWholeNewEventIsNoAnswerToTheOpenQuestion) {
    Talk talk;
    talk.say("agéndame algo con Pedro el jueves");
    talk.say("dentista el viernes a las 4");
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
}

TEST(Missing, AnAnswerMayBeAWholeSentence) {
    Talk talk;
    talk.say("agéndame algo con Pedro el jueves");
    talk.say("mejor el viernes a las 4", "");
    EXPECT_EQ(talk.titles(), Titles{"Reunión con Pedro"});
}

TEST(Missing, ABareNumberThatMeansTwoThingsIsAsked) {
    Talk talk;
    talk.say("agéndame algo con Pedro el jueves");
    const TurnOutcome asked = talk.say("2", "");
    EXPECT_EQ(Talk::labels(asked), (Labels{"11:00", "14:00"}));
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(asked, "14:00");
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(Missing, ADayThenAnHour) {
    Talk talk;
    const TurnOutcome day = talk.say("cita con el médico");
    EXPECT_EQ(Talk::labels(day), (Labels{"Hoy", "Mañana"}));
    talk.tap(day, "Mañana");
    talk.say("a las 10", "");
    EXPECT_EQ(talk.titles(), Titles{"Cita con el médico"});
}

TEST(Missing, AnHourThatIsTwoReadingsIsAskedAndNotGuessed) {
    Talk talk("en");
    const TurnOutcome asked = talk.say("gym tomorrow at 7");
    EXPECT_EQ(Talk::labels(asked), (Labels{"7:00 AM", "7:00 PM"}));
    talk.say("add Kim", "");
    EXPECT_TRUE(talk.titles().empty());
    talk.say("the second one", "");
    EXPECT_EQ(talk.titles(), Titles{"Gym"});
}

TEST(Missing, ThePastIsNeverBooked) {
    Talk talk;
    const TurnOutcome asked = talk.say("dentista hoy a las 8");
    EXPECT_EQ(asked.text(), "Hoy a las 8:00 ya pasó.");
    EXPECT_EQ(Talk::labels(asked), (Labels{"Hoy 20:00", "Mañana 8:00", "Otra hora"}));
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(asked, "Hoy 20:00");
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
}

// ---- 2.3 slot taken

TEST(Taken, FreeTimesAreOfferedAndATapBooks) {
    Talk talk("pt");
    talk.say("marca entrega do projeto amanhã às 15h");
    const TurnOutcome list = talk.say("marca call com a Ana amanhã às 15h");
    const Labels labels = Talk::labels(list);
    ASSERT_EQ(labels.size(), 6u);
    EXPECT_EQ(labels[0], "ter 24/11 · 14:30–15:00");
    EXPECT_EQ(labels[1], "ter 24/11 · 15:30–16:00");
    EXPECT_EQ(labels[4], "Marcar mesmo assim");
    EXPECT_EQ(labels[5], "Outro horário");
    EXPECT_EQ(talk.tap(list, "ter 24/11 · 15:30–16:00").text(), "Marcada ✅ terça-feira 24/11, 15:30–16:00.");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Taken, BothMayStandWhenThePersonSaysSo) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    talk.say("llamada con Ana mañana a las 3");
    EXPECT_EQ(talk.titles().size(), 1u);
    talk.say("agendar igual", "");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Taken, ASlotThatWentMeanwhileGivesAFreshList) {
    Talk talk;
    talk.say("dentista mañana a las 3");
    const TurnOutcome list = talk.say("llamada con Ana mañana a las 3");
    talk.say("llamada con Luis mañana a las 3:30", "schedule_meeting", "c2");
    const TurnOutcome again = talk.tap(list, "mar 24/11 · 15:30–16:00");
    EXPECT_EQ(Talk::labels(again).back(), "Otro horario");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Taken, TwoConversationsOfOnePersonNeverOverlap) {
    Talk talk;
    Message one, two;
    one.intent = two.intent = "schedule_meeting";
    one.person = two.person = "ana";
    two.conversation = "c2";
    const auto first = talk.bench().start("dentista mañana a las 3", one);
    const auto second = talk.bench().start("llamada con Ana mañana a las 3", two);
    const TurnOutcome a = talk.bench().finish(first), b = talk.bench().finish(second);
    EXPECT_EQ(a.status, MIGUE_OK);
    EXPECT_EQ(b.status, MIGUE_OK);
    EXPECT_EQ(talk.titles().size(), 1u);
    EXPECT_EQ(std::max(Talk::labels(a).size(), Talk::labels(b).size()), 6u);
}

// ---- 2.4 change

TEST(Change, ADraftIsEditedByWords) {
    Talk talk("es", {{"confirm", "always"}});
    const TurnOutcome first = talk.say("reunión con Laura mañana a las 3");
    const TurnOutcome second = talk.say("mejor a las 4", "");
    EXPECT_EQ(second.text(),
              "*Reunión con Laura* — martes 24 de noviembre de 2026, 16:00–16:30 (Bogotá). ¿La agendo?");
    talk.tap(first, "Agendar");  // the older card
    EXPECT_TRUE(talk.titles().empty());
    talk.say("que dure una hora", "");
    const TurnOutcome guests = talk.say("agrega a Luis", "");
    EXPECT_NE(guests.text().find("*Reunión con Laura y Luis*"), std::string::npos) << guests.text();
    EXPECT_NE(guests.text().find("16:00–17:00"), std::string::npos) << guests.text();
    talk.say("dale", "");
    EXPECT_EQ(talk.titles(), Titles{"Reunión con Laura y Luis"});
}

TEST(Change, ABookedEventIsMovedAfterATap) {
    Talk talk("en");
    talk.say("design review tomorrow 3pm");
    const TurnOutcome card = talk.say("move tomorrow's 3pm to Friday", "reschedule_meeting");
    EXPECT_EQ(card.text(),
              "*Design review*: Tuesday, November 24, 3:00 PM → *Friday, November 27, 2026, 3:00–3:30 PM*.");
    talk.say("go ahead", "");
    const auto rows = talk.bench().sql("SELECT sequence FROM scheduling.local_events");
    EXPECT_EQ(rows, R"([{"sequence":1}])");
    EXPECT_EQ(talk.titles().size(), 1u);
    EXPECT_EQ(talk.say("undo", "").text(),
              "Undone: *Design review* goes back to Tuesday, November 24, 3:00–3:30 PM.");
}

TEST(Change, FromOneHourToAnother) {
    Talk talk("en");
    talk.say("design review tomorrow 3pm");
    const TurnOutcome card = talk.say("move my 3pm to 5pm", "reschedule_meeting");
    EXPECT_NE(card.text().find("5:00–5:30 PM"), std::string::npos) << card.text();
}

TEST(Missing, AnHourBeforeTheDayIsChosenIsKept) {
    Talk talk;
    talk.say("cita con Juan el lunes");
    const TurnOutcome days = talk.say("a las 11", "");
    EXPECT_EQ(Talk::labels(days), (Labels{"Hoy lun 23 nov", "Lun 30 nov"}));
    EXPECT_NE(talk.tap(days, "Lun 30 nov").text().find("lunes 30 de noviembre de 2026, 11:00–11:30"),
              std::string::npos);
}

TEST(Missing, ANoLeavesTheQuestion) {
    Talk talk;
    talk.say("cita con Juan");
    EXPECT_EQ(talk.say("no", "").text(), "Listo, no agendé nada.");
    EXPECT_TRUE(talk.titles().empty());
}

TEST(Booking, WhatTheLocalCalendarCannotDoIsSaid) {
    Talk talk;
    const TurnOutcome card = talk.say("recuérdame llamar a mamá mañana a las 6", "reminder");
    EXPECT_NE(card.text().find("Te aviso el martes 24 a las 18:00."), std::string::npos) << card.text();
    EXPECT_NE(talk.say("invita a laura@ejemplo.co a una charla el jueves a las 4")
                  .text()
                  .find("no envía invitaciones"),
              std::string::npos);
}

TEST(Change, AWholeNewTimeAfterABookingIsAnotherEvent) {
    Talk talk("en");
    talk.say("design review tomorrow 3pm");
    const TurnOutcome card = talk.say("first Monday of each month 10am, 6 times");
    EXPECT_NE(card.text().find("the first Monday of each month, 6 times"), std::string::npos) << card.text();
    talk.say("yes", "");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Change, ANewRequestComesBeforeTheOpenDraftWhichIsKept) {
    Talk talk("es", {{"confirm", "always"}});
    talk.say("reunión con Laura mañana a las 3");
    const TurnOutcome second = talk.say("agenda dentista el viernes a las 10");
    EXPECT_EQ(second.text(),
              "Guardo *Reunión con Laura* para enseguida. *Dentista* — viernes 27 de noviembre de 2026, "
              "10:00–10:30. ¿Lo agendo?");
    const TurnOutcome back = talk.say("sí", "");
    EXPECT_EQ(talk.titles(), Titles{"Dentista"});
    EXPECT_NE(back.text().find("*Reunión con Laura* — martes 24 de noviembre"), std::string::npos)
        << back.text();
    talk.say("sí", "");
    EXPECT_EQ(talk.titles().size(), 2u);
}

// ---- 2.5 cancel

TEST(Cancel, OneMatchIsAskedAndMayBeUndone) {
    Talk talk;
    talk.say("reunión con Laura mañana a las 3");
    const TurnOutcome asked = talk.say("cancela la reunión con Laura", "cancel_meeting");
    EXPECT_EQ(asked.text(), "¿Cancelo *Reunión con Laura*, martes 24 de noviembre, 15:00?");
    EXPECT_EQ(talk.titles().size(), 1u);
    const TurnOutcome done = talk.tap(asked, "Sí, cancelar");
    EXPECT_TRUE(talk.titles().empty());
    talk.tap(done, "Deshacer");
    EXPECT_EQ(talk.titles().size(), 1u);
}

TEST(Cancel, SeveralMatchesGiveAList) {
    Talk talk;
    talk.say("reunión con Laura mañana a las 3");
    talk.say("almuerzo con Laura el jueves a las 12:30");
    const TurnOutcome list = talk.say("cancela la de Laura", "cancel_meeting");
    EXPECT_EQ(Talk::labels(list), (Labels{"mar 24/11 · 15:00", "jue 26/11 · 12:30"}));
    const TurnOutcome asked = talk.say("la segunda", "");
    EXPECT_NE(asked.text().find("Almuerzo con Laura"), std::string::npos) << asked.text();
    talk.say("no", "");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Cancel, ADayIsCancelledWithOneTapAndItsNumber) {
    Talk talk("en");
    talk.say("gym tomorrow 10am");
    talk.say("lunch with Bob tomorrow 12:30");
    const TurnOutcome asked = talk.say("cancel everything tomorrow", "cancel_meeting");
    EXPECT_EQ(Talk::labels(asked), (Labels{"Cancel 2 events", "Choose", "Keep them"}));
    talk.tap(asked, "Cancel 2 events");
    EXPECT_TRUE(talk.titles().empty());
    talk.say("undo", "");
    EXPECT_EQ(talk.titles().size(), 2u);
}

TEST(Cancel, OfASeriesTakesOneOrAll) {
    Talk talk;
    talk.tap(talk.say("reunión de equipo cada martes a las 9"), "Agendar");
    const TurnOutcome asked = talk.say("cancela la reunión de equipo de mañana", "cancel_meeting");
    EXPECT_EQ(Talk::labels(asked), (Labels{"Solo esta", "Esta y futuras", "Toda la serie"}));
    talk.tap(asked, "Solo esta");
    EXPECT_EQ(talk.titles().size(), 1u);
    EXPECT_NE(talk.say("¿qué tengo mañana?", "query_agenda").text().find("no tienes nada"),
              std::string::npos);
    EXPECT_NE(
        talk.say("¿qué tengo el martes 1 de diciembre?", "query_agenda").text().find("Reunión de equipo"),
        std::string::npos);
}

TEST(Cancel, OfNothingSaysSo) {
    Talk talk;
    EXPECT_EQ(talk.say("cancela la reunión con Zoe", "cancel_meeting").text(),
              "No encontré ningún evento con «Zoe».");
}

// ---- 2.6 agenda

TEST(Agenda, TellsTheDayAndItsGaps) {
    Talk talk;
    talk.say("planeación mañana a las 9 de la mañana");
    talk.say("revisión de ventas mañana a las 3");
    EXPECT_EQ(
        talk.say("¿qué tengo mañana?", "query_agenda").text(),
        "Martes 24 de noviembre: 9:00–9:30 Planeación · 15:00–15:30 Revisión de ventas. Libre: 9:30–15:00 y "
        "15:30–18:00.");
}

TEST(Agenda, TellsWhetherOneIsFree) {
    Talk talk("en");
    talk.say("dentist Wednesday 2pm for an hour");
    const std::string text = talk.say("am I free Wednesday afternoon?", "query_agenda").text();
    EXPECT_NE(text.find("free except 2:00–3:00 PM"), std::string::npos) << text;
}

TEST(Agenda, TellsTheNextOneWithSomebody) {
    Talk talk("pt");
    EXPECT_EQ(talk.say("quando é minha próxima reunião com a Ana?", "query_agenda").text(),
              "Não encontrei nenhum evento com «Ana».");
    talk.say("reunião com a Ana amanhã às 15h");
    EXPECT_EQ(talk.say("quando é minha próxima reunião com a Ana?", "query_agenda").text(),
              "O próximo com «Ana»: *Reunião com a Ana*, terça-feira, 24 de novembro de 2026, 15:00–15:30.");
}

TEST(Agenda, CountsWhatDoesNotFit) {
    Talk talk;
    for (int hour = 0; hour < 14; ++hour)
        talk.say("tarea " + std::to_string(hour) + " mañana a las " +
                 std::to_string(hour < 10 ? 10 + hour : hour) + ":" + (hour < 10 ? "00" : "30"));
    EXPECT_EQ(talk.titles().size(), 14u);
    const std::string text = talk.say("¿qué tengo mañana?", "query_agenda").text();
    EXPECT_NE(text.find("y 2 más"), std::string::npos) << text;
}

TEST(FindSlot, OffersTimesThatATapBooks) {
    Talk talk;
    talk.say("dentista mañana a las 9 de la mañana");
    const TurnOutcome slots = talk.say("busca un hueco de 30 minutos mañana", "find_slot");
    EXPECT_EQ(Talk::labels(slots).front(), "mar 24/11 · 10:00–10:30") << "whole hours first";
    talk.say("la primera", "");
    EXPECT_EQ(talk.titles(), (Titles{"Dentista", "Reunión"}));
}

// ---- 2.9 whole days and series

TEST(WholeDays, AreShownFirstAndKeepNobodyAway) {
    Talk talk;
    const TurnOutcome card = talk.say("vacaciones del 21 al 24 de diciembre");
    EXPECT_NE(card.text().find("todo el día, lunes 21 a jueves 24 de diciembre de 2026 (4 días)"),
              std::string::npos)
        << card.text();
    talk.tap(card, "Agendar");
    talk.say("dentista el 22 de diciembre a las 10");
    EXPECT_EQ(talk.titles(), (Titles{"Vacaciones", "Dentista"}));
    EXPECT_EQ(talk.say("¿qué tengo el 22 de diciembre?", "query_agenda").text(),
              "Martes 22 de diciembre: Vacaciones (todo el día) · 10:00–10:30 Dentista. Libre: 9:00–10:00 y "
              "10:30–18:00.");
}

TEST(Series, TellsWhereItClashesAndKeepsItsHours) {
    Talk talk("pt");
    talk.say("dentista 1 de dezembro às 9h");
    const TurnOutcome card = talk.say("reunião de equipe toda terça às 9h");
    EXPECT_NE(card.text().find("Próximas: 24/11, 1/12, 8/12. Conflito só em 1/12."), std::string::npos)
        << card.text();
    talk.tap(card, "Marcar");
    const TurnOutcome taken = talk.say("call com a Ana 8 de dezembro às 9h");
    EXPECT_NE(taken.text().find("você já tem *Reunião de equipe*"), std::string::npos) << taken.text();
}

// ---- what the host tells beside the words

TEST(Quotation, PicksTheEventItWasAbout) {
    Talk talk;
    const auto send = [&](std::string_view text, const std::string& id, const std::string& input,
                          const std::string& intent) {
        Message message;
        message.intent = intent;
        message.person = "ana";
        message.message_id = id;
        message.input_json = input;
        return talk.bench().send(text, message);
    };
    send("dentista mañana a las 3", "m-1", R"({"kind":"text"})", "schedule_meeting");
    send("gimnasio el jueves a las 10", "m-2", R"({"kind":"text"})", "schedule_meeting");
    const TurnOutcome card =
        send("mejor a las 5", "m-3", R"({"kind":"text","quoted_message":"m-1"})", "reschedule_meeting");
    EXPECT_NE(card.text().find("*Dentista*: martes 24 de noviembre, 15:00"), std::string::npos)
        << card.text();
}

TEST(SecondWish, IsSaidToBeLeftOut) {
    Talk talk;
    Message message;
    message.intent = "schedule_meeting";
    message.person = "ana";
    const std::string text = "dentista mañana a las 3. cancela el gimnasio";
    const std::size_t begin = text.find("cancela");
    message.input_json =
        R"({"kind":"text","second_wish":{"intent":"cancel_meeting","plugin":"scheduling","begin":)" +
        std::to_string(begin) + R"(,"end":)" + std::to_string(text.size()) + "}}";
    const TurnOutcome turn = talk.bench().send(text, message);
    EXPECT_NE(
        turn.text().find("Hice lo primero. Esto quedó pendiente, escríbelo aparte: «cancela el gimnasio»."),
        std::string::npos)
        << turn.text();
}

}  // namespace scheduling
