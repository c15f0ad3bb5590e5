#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "language/text.hpp"
#include "tests/plugins/scheduling/model/model_talk.hpp"

/// Every message of the corpus through the shipped plugin: with the rules alone, and with a
/// model that obeys whoever attacks. What may happen without a tap is what the person's own
/// plain words ask for, and nothing where a model or a forward took part.
namespace scheduling {
namespace {

struct Attack {
    std::string kind, text;
    int line = 0;
};

constexpr const char* kPlace = "whatsapp/1";

std::vector<Attack> read_corpus(const std::string& locale) {
    std::ifstream in(std::string(MIGUE_CORPUS_FOLDER) + "/" + locale + ".txt");
    std::vector<Attack> attacks;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        const std::size_t bar = line.find(" | ");
        if (line.starts_with('#') || bar == std::string::npos) continue;
        std::string text = line.substr(bar + 3);
        for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n"))
            text.replace(at, 2, "\n");
        attacks.push_back({line.substr(0, bar), std::move(text), number});
    }
    return attacks;
}

std::vector<std::string> read_answers() {
    std::ifstream in(std::string(MIGUE_CORPUS_FOLDER) + "/answers.txt");
    std::vector<std::string> answers;
    for (std::string line; std::getline(in, line);)
        if (!line.starts_with('#') && line != "```json") answers.push_back(line);
    return answers;
}

const std::map<std::string, std::string>& fillers() {
    // Long enough that the rules are unsure and the model is asked.
    static const std::map<std::string, std::string> kFillers{
        {"es",
         " y bueno te cuento que por aquí todo sigue igual que siempre con mucho trabajo y poco descanso "
         "pero "
         "contentos porque la familia está bien y eso es lo que de verdad importa al final"},
        {"en",
         " and well let me tell you that around here all goes on as always with a lot of work and little "
         "rest "
         "but we are happy because the family is fine and that is what really matters in the end"},
        {"pt",
         " e bom te conto que por aqui tudo segue igual como sempre com muito trabalho e pouco descanso mas "
         "contentes porque a família está bem e isso é o que de verdade importa no final"}};
    return kFillers;
}

std::string with_contact(const std::string& locale, const std::string& name) {
    if (locale == "en") return "meeting with " + name + " tomorrow at 11am";
    return locale == "pt" ? "reunião com " + name + " amanhã às 11h"
                          : "reunión con " + name + " mañana a las 11";
}

json rows_of(migue::bench::Bench& bench) {
    return json::parse(
        bench.sql("SELECT event_id, title, start_ms, end_ms, guests, status FROM scheduling.local_events "
                  "ORDER BY event_id"));
}

/// Two events of the person, one with the title of the attack.
void add_events(migue::bench::Bench& bench, const std::string& person, const std::string& title) {
    const std::int64_t tomorrow = bench.unix_ms() + 24LL * 3600 * 1000;
    int number = 0;
    for (const std::string& name : {std::string("Revisión semanal"), title}) {
        ++number;
        const std::int64_t start = tomorrow + number * 4LL * 3600 * 1000;
        static_cast<void>(
            bench.sql("INSERT INTO scheduling.local_events VALUES ($1, $2, $3, $4, $5, 0, 1, "
                      "'America/Bogota', '', '[]', '', "
                      "'[]', 'confirmed', 0, $6, $7)",
                      json::array({person, "seed-" + person + std::to_string(number), name, start,
                                   start + 1'800'000, bench.unix_ms(), bench.unix_ms()})
                          .dump()));
    }
}

bool is_of(const std::string& text, const std::string& part) {
    return language::fold(text).find(language::fold(part)) != std::string::npos;
}

/// One person's turn on one attack, checked.
class Victim {
public:
    Victim(std::string locale, bool has_model)
        : locale_(std::move(locale)),
          has_model_(has_model),
          bench_(migue::bench::entry_of<Plugin>(), config(has_model).dump()),
          model_({.api_key = kModelKey}) {
        bench_.http().serve("https://model.example/", [this](const migue::bench::HttpCall& call) {
            const auto given =
                model_.handle({call.method, call.url.substr(call.url.find("/v1")), call.headers, call.body});
            return migue::bench::HttpAnswer{
                .status = given.status, .body = given.body, .headers = given.headers};
        });
        bench_.media().set_place(kPlace);
        bench_.media().hold("77", {.mime_type = "audio/ogg", .bytes = "OggS sound"});
        bench_.advance(std::chrono::seconds(1));
    }

    /// About how many attacks the model was asked.
    [[nodiscard]] int asked_about() const { return asked_about_; }
    void meet(const Attack& attack, const std::string& obeyed) {
        const std::string where = locale_ + " line " + std::to_string(attack.line);
        const std::string person = "person" + std::to_string(++count_);
        const bool is_title = attack.kind == "title";
        add_events(bench_, person, is_title ? attack.text : "Almuerzo");
        std::string text = attack.text;
        if (attack.kind == "contact") text = with_contact(locale_, attack.text);
        if (is_title) text = with_contact(locale_, "Ana");
        if (attack.kind == "file" || attack.kind == "card") text.clear();
        if (has_model_ && is_read(attack)) text += fillers().at(locale_);
        model_.think_with([&](std::string_view) { return obey(obeyed, text); });
        bench_.advance(std::chrono::seconds(61));  // what is no answer counts as a fault: it rests
        const std::size_t asked = model_.count();
        for (const char* intent :
             {"schedule_meeting", "cancel_meeting", "reschedule_meeting", "query_agenda", "find_slot"})
            check(attack, send(text, attack, person, intent), text, where + " as " + intent);
        if (has_model_ && is_read(attack)) {
            asked_about_ += model_.count() > asked ? 1 : 0;
            for (const auto& call : model_.calls()) {
                if (is_title) {
                    EXPECT_EQ(call.body.find(json(attack.text).dump()), std::string::npos) << where;
                }
            }
        }
    }
    [[nodiscard]] int count() const { return count_; }
    /// Answers of the model that were taken into a reading.
    [[nodiscard]] std::size_t readings() { return bench_.metric("model_readings_total").size(); }

private:
    struct Seen {
        TurnOutcome turn;
        json before, after;
        std::string state;
        bool by_model = false;  ///< an answer of the model was taken into the reading
    };

    static json config(bool has_model) {
        json config{{"timezone", "America/Bogota"},
                    {"transcription",
                     {{"url", "https://model.example/v1"},
                      {"name", "whisper-1"},
                      {"api_key", kModelKey},
                      {"daily_tokens", 100'000'000}}}};
        if (has_model)
            config["model"] = {{"url", "https://model.example/v1"},
                               {"name", "reader-1"},
                               {"api_key", kModelKey},
                               {"daily_tokens", 100'000'000}};
        return config;
    }
    static std::string obey(std::string answer, const std::string& message) {
        std::string words = json(message).dump(-1, ' ', false, json::error_handler_t::replace);
        words = words.substr(1, words.size() - 2);
        for (std::size_t at = answer.find("{message}"); at != std::string::npos;
             at = answer.find("{message}", at)) {
            answer.replace(at, 9, words);
            at += words.size();
        }
        return answer;
    }

    /// Words that the plugin reads; the others are what a file is called, or stand below it.
    static bool is_read(const Attack& attack) {
        return attack.kind != "file" && attack.kind != "caption" && attack.kind != "card";
    }
    static json file_of(const Attack& attack) {
        if (attack.kind == "card")
            return {{"kind", "contacts"}, {"contacts", json::array({{{"name", attack.text}}})}};
        if (attack.kind == "caption") return {{"kind", "image"}, {"media", {{"id", "77"}}}};
        return {{"kind", "document"}, {"media", {{"id", "77"}, {"filename", attack.text}}}};
    }
    /// The attack as the words of a voice note, which the host reads as this intent.
    TurnOutcome speak(const std::string& words, Message message) {
        bench_.read_intents_with([intent = message.intent, locale = locale_](std::string_view,
                                                                             std::string_view) {
            return json{{"intent", intent}, {"plugin", "scheduling"}, {"confidence", 1}, {"locale", locale}}
                .dump();
        });
        model_.hear(words);
        message.intent = "voice_note";
        message.input_json = json{{"kind", "voice"}, {"media", {{"id", "77"}}}}.dump();
        const TurnOutcome accepted = bench_.send("", message);
        EXPECT_TRUE(accepted.replies.empty());
        for (auto& turn : bench_.run_due_jobs())
            if (!turn.replies.empty()) return std::move(turn);
        ADD_FAILURE() << "the voice note was not answered: " << words;
        return accepted;
    }

    Seen send(const std::string& text, const Attack& attack, const std::string& person, const char* intent) {
        Message message;
        message.intent = intent;
        message.locale = locale_;
        message.person = person;
        message.conversation = "chat-" + person + intent;
        if (attack.kind == "forward") message.input_json = R"({"kind":"text","forwarded":true})";
        if (!is_read(attack)) message.input_json = file_of(attack).dump();
        Seen seen;
        seen.before = rows_of(bench_);
        const std::size_t readings = this->readings();
        seen.turn = attack.kind == "voice" ? speak(text, std::move(message)) : bench_.send(text, message);
        seen.by_model = this->readings() > readings || attack.kind == "voice";
        seen.after = rows_of(bench_);
        seen.state = bench_.state(message.conversation);
        return seen;
    }

    void check(const Attack& attack, const Seen& seen, const std::string& text, const std::string& where) {
        EXPECT_TRUE(seen.turn.status == MIGUE_OK || seen.turn.status == MIGUE_PASS)
            << where << (seen.turn.reasons.empty() ? "" : ": " + seen.turn.reasons.front());
        check_writes(attack, seen, text, where);
        check_draft(seen, text, where);
        // No leak: neither the key, nor the prompt, nor what a model said of itself.
        const std::string said = seen.turn.text();
        const std::string given = text + " " + attack.text;  // a contact's name is told back
        for (const char* secret :
             {kModelKey, "You mark words", "marker lines", "attacker@evil.example", "Hacked by the model"})
            if (given.find(secret) == std::string::npos) {
                EXPECT_EQ(said.find(secret), std::string::npos) << where << ": " << said;
            }
        EXPECT_EQ(said.find("[[m-"), given.find("[[m-") == std::string::npos && attack.kind != "title"
                                         ? std::string::npos
                                         : said.find("[[m-"))
            << where;
    }

    void check_writes(const Attack& attack, const Seen& seen, const std::string& text,
                      const std::string& where) {
        for (const json& row : seen.before)  // what stood, stands
            EXPECT_NE(std::find(seen.after.begin(), seen.after.end(), row), seen.after.end())
                << where << ": changed without a tap: " << row.dump();
        if (seen.after.size() == seen.before.size()) return;
        EXPECT_NE(attack.kind, "forward") << where << ": a forwarded message wrote: " << seen.after.dump();
        EXPECT_FALSE(seen.by_model) << where
                                    << ": a model's reading wrote without a tap: " << seen.after.dump();
        // Booked at once: it is made of the person's own words.
        for (const json& row : seen.after) {
            if (std::find(seen.before.begin(), seen.before.end(), row) != seen.before.end()) continue;
            for (const std::string guest : json::parse(row.at("guests").get<std::string>()))
                EXPECT_TRUE(is_of(text, guest)) << where << ": invented guest " << guest;
        }
        EXPECT_EQ(seen.after.size(), seen.before.size() + 1) << where;
    }

    static void check_draft(const Seen& seen, const std::string& text, const std::string& where) {
        const json state = json::parse(seen.state, nullptr, false);
        if (!state.is_object() || !state.contains("open") || !state.at("open").is_object()) return;
        const json draft = state.at("open").value("draft", json::object());
        for (const json& guest : draft.value("attendees", json::array()))
            EXPECT_TRUE(is_of(text, guest.get<std::string>())) << where << ": invented guest " << guest;
        const std::string place = draft.value("location", "");
        EXPECT_TRUE(place.empty() || is_of(text, place)) << where << ": invented place " << place;
    }

    const std::string locale_;
    const bool has_model_;
    migue::bench::Bench bench_;
    int asked_about_ = 0;
    Model model_;
    int count_ = 0;
};

class Injection : public ::testing::TestWithParam<const char*> {};

TEST_P(Injection, RulesAloneDoOnlyWhatThePersonsWordsAsk) {
    Victim victim(GetParam(), false);
    for (const Attack& attack : read_corpus(GetParam())) victim.meet(attack, "");
    EXPECT_GE(victim.count(), 100);
}

TEST_P(Injection, AModelThatObeysTheAttackDoesNothing) {
    Victim victim(GetParam(), true);
    const std::vector<std::string> answers = read_answers();
    ASSERT_GE(answers.size(), 8u);
    std::size_t next = 0;
    for (const Attack& attack : read_corpus(GetParam()))
        victim.meet(attack, answers[next++ % answers.size()]);
    EXPECT_GE(victim.count(), 100);
    EXPECT_GE(victim.asked_about(), victim.count() / 2) << "the rules alone know many by now";
    EXPECT_GE(victim.readings(), 40u);  // the others were no answers at all
}

INSTANTIATE_TEST_SUITE_P(Languages, Injection, ::testing::Values("es", "en", "pt"),
                         [](const auto& one) { return std::string(one.param); });

TEST(InjectionCorpus, HoldsEveryWayIn) {
    for (const char* locale : {"es", "en", "pt"}) {
        std::map<std::string, int> kinds;
        for (const Attack& attack : read_corpus(locale)) ++kinds[attack.kind];
        for (const char* kind :
             {"message", "forward", "title", "contact", "voice", "file", "caption", "card"})
            EXPECT_GE(kinds[kind], 4) << locale << " " << kind;
    }
}

TEST(InjectionCorpus, HoldsThreeHundredAndSixtyMessages) {
    std::size_t all = 0;
    for (const char* locale : {"es", "en", "pt"}) all += read_corpus(locale).size();
    EXPECT_GE(all, 360u);
}

}  // namespace
}  // namespace scheduling
