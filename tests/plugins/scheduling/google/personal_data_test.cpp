#include "accounts/personal_data.hpp"

#include <regex>
#include <set>

#include "google_talk.hpp"
#include "scheduling_data.embedded.hpp"

/// What a person may ask for: all that is kept about them, and that it goes.
namespace scheduling {
namespace {

constexpr std::chrono::hours kDay(24);

json erase(GoogleTalk& talk, const std::string& person) {
    const auto reply = talk.bench.request("DELETE", "/people/" + person, {.admin = true});
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
}

/// A person with something in every table.
void live(GoogleTalk& talk, const std::string& person = "ana",
          const std::string& email = "maria@example.org") {
    talk.link(person, email);
    talk.say("agenda dentista mañana a las 3", "schedule_meeting", person);
    talk.say("conecta mi google calendar", "link_account", person);
}

std::size_t rows_of(GoogleTalk& talk, const std::string& person) {
    std::size_t rows = 0;
    for (const std::string_view table : personal_tables())
        rows += talk.rows("SELECT person_id FROM scheduling." + std::string(table) + " WHERE person_id = '" +
                          person + "'")
                    .size();
    return rows;
}

TEST(PersonalTables, AreAllThatHaveAPerson) {
    std::set<std::string> found;
    for (const auto& [path, text] : scheduling_data::embedded_files()) {
        if (!path.starts_with("migrations/sqlite/")) continue;
        static const std::regex kTable(R"(CREATE TABLE scheduling\.(\w+) \(([^;]*);)");
        const std::string sql(text);
        for (std::sregex_iterator it(sql.begin(), sql.end(), kTable), end; it != end; ++it)
            if ((*it)[2].str().find("person_id") != std::string::npos) found.insert((*it)[1]);
    }
    found.erase("calendar_events");  // read and left through its views
    found.insert("audit_entries");
    EXPECT_EQ(found, std::set<std::string>(personal_tables().begin(), personal_tables().end()));
}

TEST(PersonalData, IsExportedWithoutSecrets) {
    GoogleTalk talk;
    live(talk);
    const auto reply = talk.bench.request("GET", "/people/ana/data", {.admin = true});
    ASSERT_EQ(reply.status, 200);
    EXPECT_EQ(talk.bench.request("GET", "/people/ana/data").status, 404) << "only for operators";
    const json document = json::parse(reply.body);
    EXPECT_EQ(document.at("person"), "ana");
    EXPECT_EQ(document.at("tables").at("calendar_credentials").at(0).at("account_label"),
              "maria@example.org");
    EXPECT_GE(document.at("tables").at("audit_entries").size(), 2u);
    EXPECT_TRUE(document.at("shortened").empty());
    for (const char* secret : {"_sealed", "_hash", "claim\""})
        EXPECT_EQ(reply.body.find(secret), std::string::npos) << secret;
}

TEST(PersonalData, GoesWholeAndLeavesOneMarkWithoutPerson) {
    GoogleTalk talk;
    live(talk);
    live(talk, "luis", "trabajo@example.org");
    const std::size_t of_luis = rows_of(talk, "luis");
    const json erased = erase(talk, "ana");
    EXPECT_EQ(erased.at("revoked"), json::array({"maria@example.org"}));
    EXPECT_EQ(talk.google.live_refresh_tokens("maria@example.org"), 0u);
    EXPECT_GE(erased.at("rows").at("audit_entries").get<int>(), 2);
    EXPECT_EQ(rows_of(talk, "ana"), 0u);
    EXPECT_EQ(rows_of(talk, "luis"), of_luis);
    const json marks = talk.rows("SELECT person_id, reason, entries FROM scheduling.audit_erasures");
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].at("entries"), erased.at("rows").at("audit_entries"));
    EXPECT_EQ(marks[0].at("person_id"), "");
    EXPECT_EQ(erase(talk, "ana").at("rows").at("audit_entries"), 0) << "a second time finds nothing";
}

TEST(PersonalData, LeavesTheGrantThatSomebodyElseUses) {
    GoogleTalk talk;
    live(talk);
    talk.link("luis");
    const json erased = erase(talk, "ana");
    EXPECT_EQ(erased.at("shared"), json::array({"maria@example.org"}));
    EXPECT_EQ(talk.google.count("revoke"), 0u);
    EXPECT_TRUE(contains(talk.say("médico mañana a las 5", "schedule_meeting", "luis").text(), "Agendado"));
}

TEST(PersonalData, GoesAlsoWhenGoogleDoesNotAnswer) {
    GoogleTalk talk;
    live(talk);
    talk.google.fail({.status = 503, .call = "revoke"});
    EXPECT_EQ(erase(talk, "ana").at("unrevoked"), json::array({"maria@example.org"}));
    EXPECT_EQ(rows_of(talk, "ana"), 0u);
}

TEST(AuditRetention, TakesWhatIsOlderThanTheSettingSays) {
    GoogleTalk talk({}, json{{"audit_days", 60}});
    live(talk);
    const std::size_t before = talk.rows("SELECT entry_id FROM scheduling.audit_entries").size();
    ASSERT_GE(before, 2u);
    talk.wait(50 * kDay);
    EXPECT_EQ(talk.rows("SELECT entry_id FROM scheduling.audit_entries").size(), before);
    talk.say("¿qué tengo mañana?", "query_agenda");
    talk.wait(50 * kDay);
    EXPECT_EQ(talk.rows("SELECT entry_id FROM scheduling.audit_entries").size(), 0u);
    EXPECT_EQ(talk.rows("SELECT reason, entries FROM scheduling.audit_erasures"),
              json::array({json{{"reason", "retention"}, {"entries", before}}}));
}

}  // namespace
}  // namespace scheduling
