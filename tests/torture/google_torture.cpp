#include "tests/torture/google_torture.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "tests/torture/google_rig.hpp"

namespace migue::torture {

namespace {

using namespace std::chrono_literals;
using standins::CallMoment;
using std::chrono::milliseconds;

constexpr auto kTick = 2ms;
constexpr auto kTrapLife = 1500ms;  // a step that does not come
constexpr auto kMostAfter = 15'000us;
constexpr double kStaysAway = 0.35;  // share of kills, with two hosts, until the other took over
constexpr auto kLongestAway = 15s;
constexpr auto kQuiet = 2s;
// A turn that was begun eight times is given up, as one that kills its host.
constexpr std::size_t kMostKills = 5;
constexpr int kLatency = 12, kLatencyP99 = 60;  // ms of Google

struct Language {
    const char* code;
    std::array<const char*, 12> months;
    /// {0} day, {1} month, {2} year, {3} hour of 24, {4} hour of 12, {5} "am" or "pm"
    const char *book, *cancel, *at_half;
};

const std::array<Language, 3> kLanguages{{
    {"es",
     {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
      "noviembre", "diciembre"},
     "agenda dentista el {0} de {1} de {2} a las {3}:00 por 30 minutos",
     "cancela el dentista del {0} de {1} de {2}",
     "a las {3}:30"},
    {"en",
     {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
      "November", "December"},
     "schedule dentist on {1} {0}, {2} at {4}:00 {5} for 30 minutes",
     "cancel the dentist on {1} {0}, {2}",
     "at {4}:30 {5}"},
    {"pt",
     {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
      "novembro", "dezembro"},
     "agende dentista no dia {0} de {1} de {2} às {3}:00 por 30 minutos",
     "cancele o dentista do dia {0} de {1} de {2}",
     "às {3}:30"},
}};

/// A day and an hour in Bogotá.
struct Slot {
    date::year_month_day day{};
    int hour = 9;
    bool half = false;

    [[nodiscard]] std::int64_t start_ms() const {
        const auto utc =
            date::sys_days(day) + std::chrono::hours(hour + 5) + std::chrono::minutes(half ? 30 : 0);
        return std::chrono::duration_cast<milliseconds>(utc.time_since_epoch()).count();
    }
};

std::string text_of(const Language& language, const char* form, const Slot& slot) {
    const int twelve = slot.hour % 12 == 0 ? 12 : slot.hour % 12;
    return fmt::format(fmt::runtime(form), static_cast<unsigned>(slot.day.day()),
                       language.months.at(static_cast<unsigned>(slot.day.month()) - 1),
                       static_cast<int>(slot.day.year()), slot.hour, twelve, slot.hour < 12 ? "am" : "pm");
}

Calendar with(Calendar calendar, std::int64_t start) {
    calendar.insert(std::upper_bound(calendar.begin(), calendar.end(), start), start);
    return calendar;
}
Calendar without(Calendar calendar, std::int64_t start) {
    const auto found = std::find(calendar.begin(), calendar.end(), start);
    if (found != calendar.end()) calendar.erase(found);
    return calendar;
}

class GoogleTorture {
public:
    GoogleTorture(const GoogleTortureOptions& options, load::Database& database);
    GoogleTortureResult run();

private:
    struct Person {
        const Language* language = nullptr;
        std::size_t requests = 0;
        Slot slot;                        // of the event this is about
        std::optional<std::size_t> step;  // in the ledger
        TimePoint sent;
        std::size_t kills = 0;  // since its last message
    };

    // people
    void begin(std::size_t person, Said wanted, Calendar after);
    void book(std::size_t person);
    void move(std::size_t person, const Heard& heard);
    void cancel(std::size_t person);
    void undo(std::size_t person, const Heard& heard, Calendar after);
    void on_heard(const Heard& heard);
    void go_on_asked(Person& person, const Heard& heard);
    void end_step(std::size_t person, const Heard& heard, Said said);
    void next(std::size_t person, const Heard& heard, Said said);
    void later(std::function<void()> action);
    [[nodiscard]] bool press(std::size_t person, const Heard& heard, const char* label);
    // hosts
    void tick();
    void set_trap();
    void take_kill(const GoogleRig::Sprung& sprung);
    void give_up_waiting();

    [[nodiscard]] CalendarStep& step_of(const Person& person) { return result_.ledger.steps[*person.step]; }
    [[nodiscard]] double chance() { return std::uniform_real_distribution<>(0, 1)(random_); }
    [[nodiscard]] bool all_over() const {
        return std::none_of(people_.begin(), people_.end(),
                            [](const Person& one) { return one.step.has_value(); });
    }

    const GoogleTortureOptions options_;
    std::mt19937_64 random_;
    const PhraseReader phrases_{MIGUE_SOURCE_FOLDER};
    GoogleRig rig_;
    std::vector<Person> people_;
    std::vector<Trap> traps_;  // of this round, the last one next
    GoogleTortureResult result_;
    bool writing_ = false;
    std::optional<TimePoint> trap_until_;
    struct Away {
        std::size_t host;
        TimePoint until;
        std::vector<std::size_t> steps;  // that have to be over first
    };
    std::vector<Away> away_;
};

GoogleTorture::GoogleTorture(const GoogleTortureOptions& options, load::Database& database)
    : options_(options),
      random_(options.seed),
      rig_({.hosts = options.hosts, .people = options.people, .seed = options.seed}, database),
      people_(options.people) {
    for (std::size_t i = 0; i < people_.size(); ++i) people_[i].language = &kLanguages[i % kLanguages.size()];
}

// ---- people

void GoogleTorture::begin(std::size_t number, Said wanted, Calendar after) {
    Person& person = people_[number];
    CalendarStep step;
    step.person = number;
    step.wanted = wanted;
    step.before = rig_.google().starts(rig_.email(number));
    step.after = std::move(after);
    person.step = result_.ledger.steps.size();
    person.sent = Clock::now();
    person.kills = 0;
    result_.ledger.steps.push_back(std::move(step));
}

void GoogleTorture::book(std::size_t number) {
    Person& person = people_[number];
    // Every request has a day of its own: nothing but itself can be in its way.
    const auto today = date::floor<date::days>(std::chrono::system_clock::now());
    person.slot.day = today + date::days(2 + static_cast<int>(person.requests % 600));
    person.slot.hour = 9 + static_cast<int>(person.requests % 8);
    person.slot.half = false;
    ++person.requests;
    begin(number, Said::kBooked, with(rig_.google().starts(rig_.email(number)), person.slot.start_ms()));
    rig_.say(number, text_of(*person.language, person.language->book, person.slot));
}

void GoogleTorture::move(std::size_t number, const Heard& heard) {
    Person& person = people_[number];
    Slot to = person.slot;
    to.half = true;
    const Calendar now = rig_.google().starts(rig_.email(number));
    begin(number, Said::kMoved, with(without(now, person.slot.start_ms()), to.start_ms()));
    if (!press(number, heard, "change"))
        result_.ledger.unasked.push_back("no button to change: " + heard.text);
}

void GoogleTorture::cancel(std::size_t number) {
    Person& person = people_[number];
    begin(number, Said::kCancelled,
          without(rig_.google().starts(rig_.email(number)), person.slot.start_ms()));
    rig_.say(number, text_of(*person.language, person.language->cancel, person.slot));
}

void GoogleTorture::undo(std::size_t number, const Heard& heard, Calendar after) {
    begin(number, Said::kUndone, std::move(after));
    if (!press(number, heard, "undo")) result_.ledger.unasked.push_back("no button to undo: " + heard.text);
}

bool GoogleTorture::press(std::size_t number, const Heard& heard, const char* label) {
    const std::string title = phrases_.label(people_[number].language->code, label);
    const std::string id = heard.choice(title);
    if (!id.empty()) rig_.tap(number, {id, title});
    return !id.empty();
}

void GoogleTorture::on_heard(const Heard& heard) {
    Person& person = people_.at(heard.person);
    const Said said = phrases_.read(heard.text);
    if (!person.step) {
        result_.ledger.unasked.push_back(heard.text);
        return;
    }
    Told told;
    told.said = said;
    told.text = heard.text;
    told.calendar = rig_.google().starts(rig_.email(heard.person));
    told.after = std::chrono::duration_cast<milliseconds>(heard.at - person.sent);
    step_of(person).told.push_back(std::move(told));
    if (said == Said::kTrying) return;
    if (said == Said::kAsking)
        go_on_asked(person, heard);
    else
        end_step(heard.person, heard, said);
}

void GoogleTorture::go_on_asked(Person& person, const Heard& heard) {
    const Said wanted = step_of(person).wanted;
    bool done = false;
    if (wanted == Said::kBooked) done = press(heard.person, heard, "book");
    if (wanted == Said::kCancelled) done = press(heard.person, heard, "cancel_yes");
    if (wanted == Said::kMoved) {
        done = press(heard.person, heard, "move");
        if (!done) {
            Slot to = person.slot;
            rig_.say(heard.person, text_of(*person.language, person.language->at_half, to));
            done = true;
        }
    }
    if (!done) end_step(heard.person, heard, Said::kOther);
}

void GoogleTorture::end_step(std::size_t number, const Heard& heard, Said said) {
    Person& person = people_[number];
    step_of(person).is_over = true;
    const Said wanted = step_of(person).wanted;
    if (said == Said::kMoved) person.slot.half = true;
    person.step.reset();
    if (!writing_) return;
    const bool done = said == wanted;
    later([this, number, heard, said = done ? said : Said::kOther] {
        if (writing_) next(number, heard, said);
    });
}

void GoogleTorture::next(std::size_t number, const Heard& heard, Said said) {
    const double dice = chance();
    Person& person = people_[number];
    const Calendar now = rig_.google().starts(rig_.email(number));
    const std::int64_t start = person.slot.start_ms();
    if (said == Said::kBooked && dice < 0.35) return move(number, heard);
    if (said == Said::kBooked && dice < 0.65) return cancel(number);
    if (said == Said::kBooked && dice < 0.8) return undo(number, heard, without(now, start));
    if (said == Said::kMoved && dice < 0.4) return cancel(number);
    if (said == Said::kMoved && dice < 0.8) {
        Slot back = person.slot;
        back.half = false;
        return undo(number, heard, with(without(now, start), back.start_ms()));
    }
    if (said == Said::kCancelled && dice < 0.6) return undo(number, heard, with(now, start));
    book(number);
}

void GoogleTorture::later(std::function<void()> action) {
    rig_.loop().after(milliseconds(std::uniform_int_distribution<int>(0, 120)(random_)), std::move(action));
}

void GoogleTorture::give_up_waiting() {
    for (Person& person : people_) {
        if (!person.step || Clock::now() < person.sent + options_.silence) continue;
        step_of(person).is_over = true;
        person.step.reset();
    }
}

// ---- hosts

void GoogleTorture::set_trap() {
    if (traps_.empty()) {
        for (const char* call : {"token.refresh", "events.list", "events.insert", "events.get",
                                 "events.patch", "events.delete"}) {
            for (const CallMoment moment : {CallMoment::kArrived, CallMoment::kDone, CallMoment::kAnswered})
                traps_.push_back({call, moment, 0us});
            for (int i = 0; i < 2; ++i) traps_.push_back({call, CallMoment::kAnswered, 1us});
        }
        traps_.push_back({"reply", CallMoment::kDone, 0us});
        for (int i = 0; i < 2; ++i) traps_.push_back({"ack", CallMoment::kAnswered, 1us});
        std::shuffle(traps_.begin(), traps_.end(), random_);
    }
    Trap trap = traps_.back();
    traps_.pop_back();
    if (trap.after > 0us)
        trap.after = std::chrono::microseconds(
            std::uniform_int_distribution<std::int64_t>(1, kMostAfter.count())(random_));
    if (trap.call == "token.refresh" || chance() < 0.05) rig_.google().expire_access_tokens();
    rig_.arm(trap);
    trap_until_ = Clock::now() + kTrapLife;
}

void GoogleTorture::take_kill(const GoogleRig::Sprung& sprung) {
    static constexpr std::array<const char*, 4> kMoments{"", "arrived", "done", "answered"};
    ++result_.kills;
    ++result_.steps[fmt::format("{}, {}{}", sprung.trap.call,
                                kMoments.at(static_cast<std::size_t>(sprung.trap.moment)),
                                sprung.trap.after.count() > 0 ? " and a while" : "")];
    trap_until_.reset();
    for (Person& person : people_) ++person.kills;
    Away away{
        sprung.host, Clock::now() + milliseconds(std::uniform_int_distribution<int>(0, 150)(random_)), {}};
    if (options_.hosts > 1 && chance() < kStaysAway) {
        away.until = Clock::now() + kLongestAway;
        for (const Person& person : people_)
            if (person.step) away.steps.push_back(*person.step);
    }
    away_.push_back(std::move(away));
}

void GoogleTorture::tick() {
    if (const auto sprung = rig_.sprung()) take_kill(*sprung);
    rig_.look_after_hosts();
    std::erase_if(away_, [this](Away& away) {
        std::erase_if(away.steps, [this](std::size_t step) { return result_.ledger.steps[step].is_over; });
        const bool took_over = away.steps.empty() && away.until > Clock::now() + 200ms;
        if (!took_over && Clock::now() < away.until) return false;
        rig_.restart(away.host);
        return true;
    });
    if (trap_until_ && Clock::now() > *trap_until_) {
        rig_.disarm();
        trap_until_.reset();
    }
    bool all_ready = away_.empty();
    for (std::size_t i = 0; i < options_.hosts; ++i) all_ready = all_ready && rig_.is_ready(i);
    const bool enough = std::any_of(people_.begin(), people_.end(),
                                    [](const Person& one) { return one.step && one.kills >= kMostKills; });
    if (writing_ && all_ready && !enough && !trap_until_) set_trap();
    give_up_waiting();
    rig_.loop().after(kTick, [this] { tick(); });
}

GoogleTortureResult GoogleTorture::run() {
    rig_.link_everybody();
    rig_.google().set_latency(milliseconds(kLatency), milliseconds(kLatencyP99));
    rig_.listen([this](const Heard& heard) { on_heard(heard); });
    writing_ = true;
    for (std::size_t i = 0; i < people_.size(); ++i) book(i);
    tick();
    const TimePoint begun = Clock::now();
    TimePoint told = begun;
    rig_.loop().run_until(
        [&] {
            if (options_.say && Clock::now() > told + 10s) {
                told = Clock::now();
                options_.say(
                    fmt::format("{} s: {} steps, {} kills",
                                std::chrono::duration_cast<std::chrono::seconds>(told - begun).count(),
                                result_.ledger.steps.size(), result_.kills));
            }
            return options_.kills > 0 && result_.kills >= options_.kills;
        },
        begun + options_.limit);
    writing_ = false;
    rig_.disarm();
    trap_until_.reset();
    rig_.loop().run_until([this] { return all_over(); }, Clock::now() + options_.silence);
    rig_.loop().run_for(kQuiet);
    for (std::size_t i = 0; i < people_.size(); ++i)
        result_.ledger.at_end[i] = rig_.google().starts(rig_.email(i));
    result_.findings = check(result_.ledger);
    result_.repeated = rig_.repeated();
    result_.breaches = rig_.google().breaches();
    if (!result_.findings.violations.empty()) result_.log_tail = rig_.log_tail(40);
    rig_.stop();
    return std::move(result_);
}

}  // namespace

GoogleTortureResult torture_google(const GoogleTortureOptions& options, load::Database& database) {
    return GoogleTorture(options, database).run();
}

}  // namespace migue::torture
