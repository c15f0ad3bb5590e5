#include "host/intents/features.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace migue::host::intents {
namespace {

std::size_t shared(const Features& a, const Features& b, Block block) {
    auto left = a.blocks[static_cast<std::size_t>(block)];
    auto right = b.blocks[static_cast<std::size_t>(block)];
    std::ranges::sort(left);
    std::ranges::sort(right);
    std::vector<std::uint32_t> both;
    std::ranges::set_intersection(left, right, std::back_inserter(both));
    return both.size();
}

TEST(Extractor, GivesTheSameFeaturesWithAndWithoutAccentsButForTheAccentedWords) {
    const Extractor extractor({});
    const Features accented = extractor.extract("reunión mañana", "es");
    const Features bare = extractor.extract("REUNION MANANA", "es");
    EXPECT_EQ(shared(accented, bare, Block::kWords), bare.blocks[0].size());
    EXPECT_EQ(accented.blocks[1], bare.blocks[1]);
    EXPECT_EQ(accented.blocks[2], bare.blocks[2]);
}

TEST(Extractor, MasksHoursSoThatTheyDoNotTellMessagesApart) {
    const Extractor extractor({});
    const Features one = extractor.extract("dentista lunes 14h", "es");
    const Features other = extractor.extract("dentista jueves 9:30", "es");
    EXPECT_EQ(one.blocks[1], other.blocks[1]);
    EXPECT_EQ(one.blocks[2], other.blocks[2]);
    EXPECT_NE(one.blocks[0], other.blocks[0]) << "the weekday itself stays a word";
}

TEST(Extractor, WithoutMasksHoursStayWhatTheyAre) {
    const Extractor extractor({.masks = false});
    EXPECT_NE(extractor.extract("lunes", "es").blocks[2], extractor.extract("jueves", "es").blocks[2]);
}

TEST(Extractor, StemsInTheLanguageOfTheText) {
    const Extractor extractor({});
    const auto words = static_cast<std::size_t>(Block::kWords);
    EXPECT_EQ(extractor.extract("cancelar", "es").blocks[words],
              extractor.extract("cancelo", "es").blocks[words]);
    EXPECT_NE(extractor.extract("cancelar", "").blocks[words],
              extractor.extract("cancelo", "").blocks[words]);
    EXPECT_EQ(extractor.extract("cancelar", "es").blocks[words],
              extractor.extract("cancelar", "es-MX").blocks[words]);
}

TEST(Extractor, SpellsOutWhatChatsShorten) {
    const Extractor extractor({});
    EXPECT_EQ(extractor.extract("q tengo mñn", "es").blocks,
              extractor.extract("que tengo mañana", "es").blocks);
    EXPECT_EQ(extractor.extract("vc pode hj?", "pt-BR").blocks,
              extractor.extract("você pode hoje?", "pt").blocks);
    EXPECT_EQ(extractor.extract("can u pls", "en").blocks, extractor.extract("can you please", "en").blocks);
    EXPECT_NE(extractor.extract("u", "es").blocks, extractor.extract("you", "es").blocks);
}

TEST(Extractor, HasNothingToSayAboutNothing) {
    const Extractor extractor({});
    for (const char* text : {"", "   ", "!!!"}) {
        const Features features = extractor.extract(text, "es");
        EXPECT_TRUE(features.blocks[0].empty()) << text;
        EXPECT_TRUE(features.blocks[1].empty()) << text;
    }
}

TEST(Extractor, HoldsEachFeatureOnce) {
    std::string page;  // more than is kept apart without sorting
    for (int i = 0; i < 200; ++i) page += "cita" + std::to_string(i * 7919) + "x reunión con Ana ";
    for (const std::string& text : {std::string("no no no la la reunión con con Ana"), page}) {
        for (std::vector<std::uint32_t> block : Extractor({}).extract(text, "es").blocks) {
            std::erase(block, kNoFeature);
            std::ranges::sort(block);
            EXPECT_EQ(std::ranges::adjacent_find(block), block.end());
        }
    }
}

TEST(Extractor, ReadsAMisspeltWordAsTheOneItKnows) {
    Spelling::Words known;
    known["es"] = {{"cancela", 1}};
    const Extractor extractor({}, std::move(known));
    EXPECT_EQ(extractor.extract("cacnela eso", "es").blocks, extractor.extract("cancela eso", "es").blocks);
    EXPECT_NE(extractor.extract("cacnela eso", "en").blocks, extractor.extract("cancela eso", "en").blocks);
}

TEST(Extractor, KnowsWhatWordsAreAbout) {
    const Extractor extractor({});
    const auto erase = extractor.extract("erase it", "en").of(Block::kTopics);
    const auto undo = extractor.extract("anula", "es").of(Block::kTopics);
    ASSERT_EQ(undo.size(), 1U);
    EXPECT_NE(std::ranges::find(erase, undo[0]), erase.end());
    EXPECT_TRUE(Extractor({.topics = false}).extract("erase it", "en").of(Block::kTopics).empty());
}

}  // namespace
}  // namespace migue::host::intents
