#include <date/tz.h>
#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "talk.hpp"

/// A year of reminders for many people, over both clock changes, on a clock that is moved. Prints its
/// seed; MIGUE_SEED repeats it, MIGUE_PEOPLE makes it larger.
namespace scheduling {
namespace {

using migue::bench::Bench;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr const char* kZone = "America/New_York";
using Local = date::local_time<minutes>;

std::int64_t ms_of(Local at) {
    const auto instant = date::locate_zone(kZone)->to_sys(at, date::choose::earliest);
    return std::chrono::duration_cast<milliseconds>(instant.time_since_epoch()).count();
}
Local local_of(std::int64_t unix_ms) {
    return date::floor<minutes>(
        date::locate_zone(kZone)->to_local(date::sys_time<milliseconds>(milliseconds(unix_ms))));
}

/// What the specification says, written a second time.
Local due_by_hand(Local start, minutes before) {
    const Local wanted = local_of(ms_of(start) - std::chrono::milliseconds(before).count());
    const auto day = date::floor<date::days>(wanted);
    const minutes time = wanted - day;
    if (time >= hours(7) && time < hours(21)) return wanted;
    const Local morning = time < hours(7) ? Local(day) + hours(7) : Local(day) + hours(24 + 7);
    if (morning < start) return morning;
    return (time < hours(7) ? Local(day) - hours(3) : Local(day) + hours(21)) - minutes(5);
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Who is told of something that starts when, and when they are.
struct Told {
    std::string person;
    std::int64_t at_ms = 0;
    friend auto operator<=>(const Told&, const Told&) = default;
};

class Year {
public:
    Year(std::uint64_t seed, std::size_t people) : random_(seed) {
        for (std::size_t i = 0; i < people; ++i) people_.push_back(name_of(i));
    }

    void live(int weeks) {
        const auto monday = date::local_days(date::year(2026) / 11 / 30);
        for (int week = 0; week < weeks; ++week) {
            const auto day = monday + date::days(7 * week);
            go_to(ms_of(Local(day) + hours(10)));
            for (const std::string& person : people_) book(person, day);
            go_to(ms_of(Local(day) + hours(24 + 12)));
            for (const std::string& person : people_) change_mind(person, day);
        }
        go_to(bench_.unix_ms() + 7LL * 24 * 3600 * 1000);
        std::sort(told_.begin(), told_.end());
        std::sort(expected_.begin(), expected_.end());
    }
    const std::vector<Told>& told() const { return told_; }
    const std::vector<Told>& expected() const { return expected_; }

private:
    struct Plan {
        minutes time{}, before{};
    };
    struct Hour {
        const char* words;
        minutes time;
    };
    static const std::vector<Hour>& times() {
        static const std::vector<Hour> kTimes{{"7:30am", minutes(450)},  {"9am", hours(9)},
                                              {"12:15pm", minutes(735)}, {"3pm", hours(15)},
                                              {"6:40pm", minutes(1120)}, {"10pm", hours(22)}};
        return kTimes;
    }
    std::size_t below(std::size_t limit) { return random_() % limit; }

    migue::bench::Message message(const std::string& person, const char* intent) {
        migue::bench::Message message;
        message.intent = intent;
        message.locale = "en";
        message.conversation = "c-" + person;
        message.person = person;
        return message;
    }

    void book(const std::string& person, date::local_days monday) {
        static const std::vector<std::pair<const char*, int>> kLengths{
            {"10 minutes", 10}, {"1 hour", 60}, {"3 hours", 180}, {"1 day", 1440}};
        const Hour& hour = times()[below(times().size())];
        const auto& [words, length] = kLengths[below(kLengths.size())];
        const auto turn = bench_.send(
            "book " + person + " on Thursday at " + hour.words + " and remind me " + words + " before",
            message(person, "schedule_meeting"));
        ASSERT_EQ(turn.status, MIGUE_OK);
        ASSERT_NE(turn.text().find("Booked"), std::string::npos) << turn.text();
        plans_[person] = {hour.time, minutes(length)};
        expect(person, monday);
    }

    void change_mind(const std::string& person, date::local_days monday) {
        const std::size_t what = below(5);
        if (what > 1) return;
        // This week's are the last ones.
        const auto from_end = std::find(expected_.rbegin(), expected_.rend(), due_of(person, monday));
        ASSERT_NE(from_end, expected_.rend());
        expected_.erase(std::next(from_end).base());
        if (what == 0) {
            const auto card = bench_.send("cancel the " + person, message(person, "cancel_meeting"));
            ASSERT_FALSE(card.choices().empty()) << card.text();
            bench_.tap(card.choices().front(), message(person, ""));
            return;
        }
        const Hour& hour = times()[below(times().size())];
        if (hour.time != plans_[person].time) {
            const auto card = bench_.send("move the " + person + " to " + hour.words,
                                          message(person, "reschedule_meeting"));
            ASSERT_FALSE(card.choices().empty()) << card.text();
            const auto moved = bench_.tap(card.choices().front(), message(person, ""));
            ASSERT_NE(moved.text().find("Moved"), std::string::npos) << card.text() << " / " << moved.text();
            plans_[person].time = hour.time;
        }
        expect(person, monday);
    }

    Told due_of(const std::string& person, date::local_days monday) {
        const Plan& plan = plans_[person];
        return {person, ms_of(due_by_hand(Local(monday + date::days(3)) + plan.time, plan.before))};
    }
    void expect(const std::string& person, date::local_days monday) {
        expected_.push_back(due_of(person, monday));
    }

    /// Runs every job when it is due.
    void go_to(std::int64_t until_ms) {
        while (bench_.unix_ms() < until_ms) {
            std::int64_t next = until_ms;
            for (const auto& job : bench_.jobs())
                next = std::min(next, std::max(job.at_unix_ms, bench_.unix_ms() + 1));
            bench_.advance(milliseconds(next - bench_.unix_ms()));
            for (const auto& turn : bench_.run_due_jobs()) {
                ASSERT_EQ(turn.status, MIGUE_OK);
                if (turn.replies.empty()) continue;
                const minutes time =
                    local_of(bench_.unix_ms()) - date::floor<date::days>(local_of(bench_.unix_ms()));
                EXPECT_TRUE(time >= hours(7) && time < hours(21)) << "in quiet hours";
                told_.push_back({person_of(turn), bench_.unix_ms()});
            }
        }
    }
    /// Everybody's event has its person's name, which the reminder tells.
    static std::string name_of(std::size_t number) {
        std::string name = "zq";
        for (int letter = 0; letter < 4; ++letter, number /= 20) name += "bcdfghjklmnprstvwxyz"[number % 20];
        return name;
    }
    static std::string person_of(const TurnOutcome& turn) {
        const std::string text = turn.text();
        const std::size_t begin = text.find('*') + 1;
        std::string name = text.substr(begin, text.find('*', begin) - begin);
        name.front() = static_cast<char>(std::tolower(name.front()));
        return name;
    }

    static migue::bench::Options options() {
        migue::bench::Options options;
        options.now_unix_ms = ms_of(Local(date::local_days(date::year(2026) / 11 / 29)) + hours(12));
        return options;
    }

    std::mt19937_64 random_;
    Bench bench_{migue::bench::entry_of<Plugin>(),
                 nlohmann::json{{"timezone", kZone}, {"confirm", "never"}}.dump(), options()};
    std::vector<std::string> people_;
    std::map<std::string, Plan> plans_;
    std::vector<Told> told_, expected_;
};

TEST(Reminders, OfAYearComeOnceInTimeAndNeverAtNight) {
    const std::uint64_t seed = number_from("MIGUE_SEED", 20261122);
    const std::size_t people = number_from("MIGUE_PEOPLE", 20);
    std::cout << "seed " << seed << ", people " << people << std::endl;
    Year year(seed, people);
    year.live(52);
    EXPECT_GT(year.expected().size(), people * 30);
    EXPECT_EQ(year.told().size(), year.expected().size());
    std::vector<Told> missed, surplus;
    std::set_difference(year.expected().begin(), year.expected().end(), year.told().begin(),
                        year.told().end(), std::back_inserter(missed));
    std::set_difference(year.told().begin(), year.told().end(), year.expected().begin(),
                        year.expected().end(), std::back_inserter(surplus));
    EXPECT_TRUE(missed.empty()) << missed.size() << ", the first " << missed.front().person << " at "
                                << missed.front().at_ms;
    EXPECT_TRUE(surplus.empty()) << surplus.size() << ", the first " << surplus.front().person << " at "
                                 << surplus.front().at_ms;
    std::cout << year.told().size() << " reminders told, 0 doubled, 0 missed, 0 in quiet hours" << std::endl;
}

}  // namespace
}  // namespace scheduling
