#include "dialogue/phrases.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "dialogue/folding.hpp"
#include "scheduling_data.embedded.hpp"

namespace scheduling {

namespace {

using nlohmann::json;

json file_of(const std::string& language) {
    json file = json::parse(scheduling_data::embedded("phrases/" + language + ".json").value());
    for (const char* part : {"_beside.json", "_calendars.json", "_voice.json", "_questions.json"})
        file.merge_patch(json::parse(scheduling_data::embedded("phrases/" + language + part).value()));
    return file;
}

void collect(const json& node, const std::string& path, std::map<std::string, json>& out) {
    if (!node.is_object()) {
        out.emplace(path, node);
        return;
    }
    for (const auto& [key, child] : node.items()) collect(child, path + "/" + key, out);
}

std::map<std::string, json> leaves_of(const std::string& language) {
    std::map<std::string, json> leaves;
    collect(file_of(language), "", leaves);
    return leaves;
}

std::set<std::string> placeholders(const std::string& phrase) {
    static const std::regex kName("\\{[a-z_]+\\}");
    return {std::sregex_token_iterator(phrase.begin(), phrase.end(), kName), std::sregex_token_iterator()};
}

}  // namespace

class PhraseFiles : public ::testing::TestWithParam<std::string> {};

TEST_P(PhraseFiles, HaveTheKeysOfTheSpanishOne) {
    const auto spanish = leaves_of("es"), other = leaves_of(GetParam());
    for (const auto& [key, phrase] : spanish)
        EXPECT_TRUE(other.contains(key)) << GetParam() << " lacks " << key;
    for (const auto& [key, phrase] : other)
        EXPECT_TRUE(spanish.contains(key)) << GetParam() << " alone has " << key;
}

TEST_P(PhraseFiles, TakeTheSameValues) {
    const auto spanish = leaves_of("es"), other = leaves_of(GetParam());
    for (const auto& [key, phrase] : other) {
        // How a date is written differs by nature; its parts are all given each time.
        if (!phrase.is_string() || key.starts_with("/dates/")) continue;
        EXPECT_EQ(placeholders(phrase), placeholders(spanish.at(key))) << GetParam() << key;
    }
}

TEST_P(PhraseFiles, LabelsFitIntoButtons) {
    for (const auto& [key, phrase] : leaves_of(GetParam())) {
        if (!key.starts_with("/labels/")) continue;
        const std::string widest =
            std::regex_replace(phrase.get<std::string>(), std::regex("\\{count\\}"), "20");
        EXPECT_LE(count_characters(widest), 20u) << GetParam() << key;
    }
}

TEST_P(PhraseFiles, NameSevenDaysAndTwelveMonths) {
    const json dates = file_of(GetParam()).at("dates");
    for (const char* days : {"weekdays", "weekdays_short"}) EXPECT_EQ(dates.at(days).size(), 7u) << days;
    for (const char* months : {"months", "months_short"}) EXPECT_EQ(dates.at(months).size(), 12u) << months;
}

INSTANTIATE_TEST_SUITE_P(Languages, PhraseFiles, ::testing::Values("es", "en", "pt"));

TEST(Phrases, BendToTheGenderOfTheTitle) {
    const auto book = PhraseBook::load();
    ASSERT_TRUE(book);
    const Phrases& es = book->of("es-CO");
    EXPECT_EQ(es.say_of("card", "Reunión con Laura", {{"title", "x"}, {"when", "y"}, {"details", ""}}),
              "*x* — y. ¿La agendo?");
    EXPECT_EQ(es.say_of("card", "Dentista", {{"title", "x"}, {"when", "y"}, {"details", ""}}),
              "*x* — y. ¿Lo agendo?");
    EXPECT_EQ(book->of("pt").say_of("booked", "Reunião", {{"title", "x"}, {"when", "y"}, {"details", ""}}),
              "Marcada ✅ *x* — y.");
}

TEST(Phrases, CountInWords) {
    const auto book = PhraseBook::load();
    ASSERT_TRUE(book);
    EXPECT_EQ(book->of("en").count("cancelled_many", 1), "I cancelled 1 event.");
    EXPECT_EQ(book->of("en").count("cancelled_many", 4), "I cancelled 4 events.");
}

TEST(Phrases, RefuseAKeyOrAValueThatIsNotThere) {
    const auto book = PhraseBook::load();
    ASSERT_TRUE(book);
    EXPECT_THROW((void)book->of("es").say("no_such_phrase"), std::logic_error);
    EXPECT_THROW((void)book->of("es").say("past_ask"), std::logic_error);
}

TEST(Phrases, PutValuesInAsTheyAre) {
    const auto book = PhraseBook::load();
    ASSERT_TRUE(book);
    EXPECT_EQ(book->of("en").say("past_ask", {{"when", "{title}"}}), "{title} has passed.");
}

TEST(Phrases, SpeakSpanishToStrangers) {
    const auto book = PhraseBook::load();
    ASSERT_TRUE(book);
    EXPECT_EQ(book->of("").language(), "es");
    EXPECT_EQ(book->of("fr").language(), "es");
    EXPECT_EQ(book->of("pt-BR").language(), "pt");
}

}  // namespace scheduling
