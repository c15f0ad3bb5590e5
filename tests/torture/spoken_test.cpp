#include "tests/torture/spoken.hpp"

#include <gtest/gtest.h>

namespace migue::torture {
namespace {

struct Reply {
    const char* text;
    Said said;
};
class Spoken : public ::testing::TestWithParam<Reply> {};
TEST_P(Spoken, IsReadByItsPhrase) {
    static const PhraseReader reader(MIGUE_SOURCE_FOLDER);
    EXPECT_EQ(to_string(reader.read(GetParam().text)), to_string(GetParam().said)) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Replies, Spoken,
    ::testing::Values(
        Reply{"Agendado ✅ *Dentista* — martes 15 de diciembre de 2026, 15:00 – 15:30.", Said::kBooked},
        Reply{"Agendada ✅ *Cena* — martes 15 de diciembre de 2026, 15:00 – 15:30. Lugar: Casa.",
              Said::kBooked},
        Reply{"Dejé el borrador anterior. Agendado ✅ *Dentista* — hoy.", Said::kBooked},
        Reply{"*Agendado ✅* — hoy. ¿Lo agendo?", Said::kAsking},
        Reply{"Movido ✅ *Dentista* — hoy.", Said::kMoved},
        Reply{"Cancelado: *Dentista*, hoy.", Said::kCancelled},
        Reply{"Deshecho: *Dentista* ya no está en tu calendario.", Said::kUndone},
        Reply{"Martes 15, 15:00, ya tienes *Dentista*. Elige otro horario:", Said::kTaken},
        Reply{"Algo falló de mi lado y no hice nada con tu mensaje. Vuelve a intentarlo en un momento, por "
              "favor.",
              Said::kNothing},
        Reply{"Google Calendar no responde ahora. Guardé tu solicitud y sigo intentando hasta las 15:20; te "
              "aviso "
              "pase lo que pase.",
              Said::kTrying},
        Reply{"No sé si quedó agendado", Said::kOther}, Reply{"", Said::kOther}));

TEST(Spoken, KnowsTheLabelsOfEveryLanguage) {
    const PhraseReader reader(MIGUE_SOURCE_FOLDER);
    EXPECT_EQ(reader.label("es", "undo"), "Deshacer");
    EXPECT_EQ(reader.label("en", "undo"), "Undo");
    EXPECT_THROW(static_cast<void>(reader.label("es", "nothing")), std::runtime_error);
}

}  // namespace
}  // namespace migue::torture
