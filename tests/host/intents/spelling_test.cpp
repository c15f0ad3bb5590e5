#include "host/intents/spelling.hpp"

#include <gtest/gtest.h>

namespace migue::host::intents {
namespace {

Spelling spanish_and_english() {
    Spelling::Words words;
    words["es"] = {{"cancela", 9}, {"reunion", 5}, {"manana", 7}, {"cita", 4}, {"cena", 1}, {"cera", 3}};
    words["en"] = {{"cancel", 9}, {"meeting", 5}};
    return Spelling(std::move(words));
}

struct Slip {
    std::string_view written, locale, meant;
};

TEST(Spelling, MendsOneSlipInTheLanguageOfTheText) {
    const Spelling spelling = spanish_and_english();
    for (const Slip& slip : {Slip{"cacnela", "es", "cancela"},   // swapped
                             Slip{"canela", "es", "cancela"},    // lost
                             Slip{"canccela", "es", "cancela"},  // doubled
                             Slip{"cabcela", "es", "cancela"},   // mistaken
                             Slip{"reunoin", "es-CO", "reunion"}, Slip{"meetnig", "en", "meeting"}})
        EXPECT_EQ(spelling.repaired(slip.written, slip.locale), slip.meant) << slip.written;
}

TEST(Spelling, LeavesWhatItHasNoReasonToTouch) {
    const Spelling spelling = spanish_and_english();
    for (const Slip& kept : {Slip{"cancela", "es", ""},  // known
                             Slip{"dancela", "es", ""},  // another first letter
                             Slip{"cacneal", "es", ""},  // two slips
                             Slip{"cit", "es", ""},      // too short to tell
                             Slip{"meetnig", "es", ""},  // a word of another language
                             Slip{"meetnig", "", ""}, Slip{"", "es", ""}})
        EXPECT_EQ(spelling.repaired(kept.written, kept.locale), kept.meant) << kept.written;
}

TEST(Spelling, TakesTheCommonerOfTwo) {
    EXPECT_EQ(spanish_and_english().repaired("cepa", "es"), "cera");
}

TEST(Spelling, WithoutWordsMendsNothing) {
    EXPECT_EQ(Spelling({}).repaired("cacnela", "es"), "");
}

}  // namespace
}  // namespace migue::host::intents
