#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include "tests/integration/process.hpp"
#include "tests/torture/google_checker.hpp"
#include "tests/torture/google_rig.hpp"

/// Every way in which Google fails, at every call that is made of it, over real HTTP: each
/// answer must be true, and what is promised must be kept.
namespace migue::torture {
namespace {

using namespace std::chrono_literals;
using standins::GoogleFault;
using std::chrono::milliseconds;
using Kind = GoogleFault::Kind;

constexpr std::size_t kAtOnce = 16;
constexpr auto kLimit = 150s;
constexpr int kStrongFault = -1;  // times: until the end

struct Failing {
    const char* name;
    GoogleFault fault;
};

std::vector<Failing> api_faults() {
    return {
        {"400", {.status = 400, .reason = "invalid"}},
        {"401", {.status = 401, .reason = "authError"}},
        {"401 again and again", {.status = 401, .reason = "authError", .times = kStrongFault}},
        {"403 rate", {.status = 403, .reason = "rateLimitExceeded"}},
        {"403 rate of the user", {.status = 403, .reason = "userRateLimitExceeded"}},
        {"403 quota", {.status = 403, .reason = "quotaExceeded"}},
        {"403 day's limit", {.status = 403, .reason = "dailyLimitExceeded"}},
        {"403 scope", {.status = 403, .reason = "insufficientPermissions"}},
        {"403 read-only", {.status = 403, .reason = "requiredAccessLevel"}},
        {"403 not the organizer", {.status = 403, .reason = "forbiddenForNonOrganizer"}},
        {"403 project", {.status = 403, .reason = "accessNotConfigured"}},
        {"403 HTML", {.kind = Kind::kRaw, .status = 403, .body = "<html>Forbidden</html>"}},
        {"408", {.status = 408, .reason = "timeout"}},
        {"409", {.status = 409, .reason = "duplicate"}},
        {"412", {.status = 412, .reason = "conditionNotMet"}},
        {"429", {.status = 429, .reason = "rateLimitExceeded", .headers = {{"retry-after", "2"}}}},
        {"429 without a time", {.status = 429, .reason = "rateLimitExceeded"}},
        {"500", {.status = 500, .reason = "backendError"}},
        {"502 HTML", {.kind = Kind::kRaw, .status = 502, .body = "<html>Bad Gateway</html>"}},
        {"503", {.status = 503, .reason = "backendError"}},
        {"503 three times", {.status = 503, .reason = "backendError", .times = 3}},
        {"503 after the work", {.kind = Kind::kErrorAfter, .status = 503}},
        {"504 after the work", {.kind = Kind::kErrorAfter, .status = 504}},
        {"302", {.kind = Kind::kRaw, .status = 302, .headers = {{"location", "http://127.0.0.1:1/"}}}},
        {"200 not JSON", {.kind = Kind::kRaw, .status = 200, .body = "<html>login</html>"}},
        {"200 another JSON", {.kind = Kind::kRaw, .status = 200, .body = "[]"}},
        {"200 empty", {.kind = Kind::kRaw, .status = 200, .body = ""}},
        {"lost after the work", {.kind = Kind::kLose}},
        {"lost before the work", {.kind = Kind::kLoseBefore}},
        {"hangs", {.kind = Kind::kHang}},
        {"slow", {.kind = Kind::kSlow, .delay = 1s}},
        {"too slow", {.kind = Kind::kSlow, .delay = 3s}},
        {"reset in the body", {.kind = Kind::kCut}},
        {"half of the JSON", {.kind = Kind::kHalf}},
        {"another type", {.kind = Kind::kWrongType}},
        {"huge", {.kind = Kind::kHuge, .size = 9UL * 1024 * 1024}},
        {"drips", {.kind = Kind::kDrip, .delay = 20ms}},
    };
}

std::vector<Failing> token_faults() {
    return {
        {"invalid_grant", {.status = 400, .reason = "invalid_grant"}},
        {"429", {.status = 429, .reason = "rate_limit_exceeded"}},
        {"500", {.status = 500, .reason = "internal_failure"}},
        {"503 HTML", {.kind = Kind::kRaw, .status = 503, .body = "<html>Unavailable</html>"}},
        {"200 not JSON", {.kind = Kind::kRaw, .status = 200, .body = "<html>login</html>"}},
        {"lost after the work", {.kind = Kind::kLose}},
        {"lost before the work", {.kind = Kind::kLoseBefore}},
        {"hangs", {.kind = Kind::kHang}},
        {"too slow", {.kind = Kind::kSlow, .delay = 3s}},
        {"reset in the body", {.kind = Kind::kCut}},
        {"half of the JSON", {.kind = Kind::kHalf}},
        {"huge", {.kind = Kind::kHuge, .size = 9UL * 1024 * 1024}},
        {"drips", {.kind = Kind::kDrip, .delay = 20ms}},
    };
}

/// One fault at one call of one person.
struct Cell {
    const char* call;
    Failing failing;

    [[nodiscard]] Said wanted() const {
        const std::string_view name = call;
        if (name == "events.delete") return Said::kCancelled;
        return name == "events.patch" || name == "events.get" ? Said::kMoved : Said::kBooked;
    }
};

std::vector<Cell> cells() {
    std::vector<Cell> all;
    for (const char* call : {"events.list", "events.insert", "events.get", "events.patch", "events.delete"})
        for (const Failing& failing : api_faults()) all.push_back({call, failing});
    for (const Failing& failing : token_faults()) all.push_back({"token.refresh", failing});
    return all;
}

/// People one after the other into the same hour of their own calendars: book, and where the
/// call asks for it, move or cancel. The fault is there from the last message on.
class Matrix {
public:
    explicit Matrix(std::vector<Cell> cells)
        : cells_(std::move(cells)),
          database_(load::sqlite_database(folder_.path())),
          rig_({.people = cells_.size()}, *database_),
          people_(cells_.size()) {}

    void run() {
        rig_.link_everybody();
        rig_.listen([this](const Heard& heard) { on_heard(heard); });
        for (std::size_t i = 0; i < std::min(kAtOnce, cells_.size()); ++i) start_next();
        const bool all =
            rig_.loop().run_until([this] { return over_ == cells_.size(); }, Clock::now() + kLimit);
        EXPECT_TRUE(all) << cells_.size() - over_ << " people wait for an end";
        rig_.loop().run_for(1s);
        for (std::size_t i = 0; i < cells_.size(); ++i)
            ledger_.at_end[i] = rig_.google().starts(rig_.email(i));
        for (const auto& person : people_) ledger_.steps.push_back(person.step);
        rig_.google().clear_faults();
        rig_.stop();
    }
    void tell() const {
        const CalendarFindings findings = check(ledger_);
        for (const CalendarViolation& one : findings.violations)
            ADD_FAILURE() << name_of(one.person) << ": " << to_string(one.kind) << ": " << one.what;
        milliseconds first{0};
        for (const CalendarStep& step : ledger_.steps)
            if (!step.told.empty()) first = std::max(first, step.told.front().after);
        fmt::print(
            "{} cells: {} done, {} told that nothing was done, {} refused with the reason, {} unsure, {} "
            "gone; {} promises kept; the longest first answer {} ms, end {} ms\n",
            cells_.size(), findings.done, findings.nothing, findings.refused, findings.unsure, findings.gone,
            findings.promised, first.count(), findings.longest.count());
    }

private:
    struct Person {
        CalendarStep step;
        TimePoint sent;
        bool is_armed = false, is_over = false;
    };

    [[nodiscard]] std::string name_of(std::size_t cell) const {
        return fmt::format("{} at {}", cells_[cell].failing.name, cells_[cell].call);
    }
    void start_next() {
        if (next_ == cells_.size()) return;
        const std::size_t cell = next_++;
        if (cells_[cell].wanted() == Said::kBooked) arm(cell, {}, {starts_at(15, false)});
        rig_.say(cell, fmt::format("agenda dentista el {} a las 15:00 por 30 minutos", day()));
    }
    void arm(std::size_t cell, Calendar before, Calendar after) {
        GoogleFault fault = cells_[cell].failing.fault;
        fault.call = cells_[cell].call;
        fault.account = rig_.email(cell);
        if (fault.call == "token.refresh") {
            // A token that Google refuses makes a refresh.
            rig_.google().fail(
                {.status = 401, .reason = "authError", .call = "events.list", .account = fault.account});
        }
        rig_.google().fail(fault);
        Person& person = people_[cell];
        person.step.person = cell;
        person.step.wanted = cells_[cell].wanted();
        person.step.before = std::move(before);
        person.step.after = std::move(after);
        person.is_armed = true;
        person.sent = Clock::now();
    }
    void on_heard(const Heard& heard) {
        const std::size_t cell = heard.person;
        Person& person = people_[cell];
        const Said said = phrases_.read(heard.text);
        const Said wanted = cells_[cell].wanted();
        if (!person.is_armed) return prepare(cell, heard, said, wanted);
        person.step.told.push_back({said, heard.text, rig_.google().starts(rig_.email(cell)),
                                    std::chrono::duration_cast<milliseconds>(heard.at - person.sent)});
        if (said == Said::kTrying || person.is_over) return;
        person.is_over = person.step.is_over = true;
        ++over_;
        start_next();
    }
    /// Up to the tap that the fault is about.
    void prepare(std::size_t cell, const Heard& heard, Said said, Said wanted) {
        const auto press = [&](const char* label) {
            const std::string title = phrases_.label("es", label);
            rig_.tap(cell, {heard.choice(title), title});
        };
        const std::int64_t three = starts_at(15, false), half = starts_at(15, true);
        if (said == Said::kBooked && wanted == Said::kMoved) return press("change");
        if (said == Said::kBooked) return rig_.say(cell, "cancela el dentista del " + day());
        const bool is_card = said == Said::kAsking && heard.choices.size() >= 2;
        if (is_card && wanted == Said::kCancelled) {
            arm(cell, {three}, {});
            return press("cancel_yes");
        }
        if (is_card && wanted == Said::kMoved) {
            arm(cell, {three}, {half});
            return press("move");
        }
        if (said == Said::kAsking) return rig_.say(cell, "a las 15:30");
        ADD_FAILURE() << name_of(cell) << ": while it was prepared the bot said '" << heard.text << "'";
    }

    // A day well ahead, in Bogotá.
    [[nodiscard]] static std::chrono::sys_days date_ahead() {
        return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days(5);
    }
    [[nodiscard]] std::string day() const {
        const std::chrono::year_month_day ymd(date_);
        return fmt::format("{:02}/{:02}/{}", static_cast<unsigned>(ymd.day()),
                           static_cast<unsigned>(ymd.month()), static_cast<int>(ymd.year()));
    }
    [[nodiscard]] std::int64_t starts_at(int hour, bool half) const {
        return std::chrono::duration_cast<milliseconds>(date_.time_since_epoch()).count() +
               (hour + 5) * 3'600'000LL + (half ? 1'800'000 : 0);
    }

    const std::chrono::sys_days date_ = date_ahead();
    const std::vector<Cell> cells_;
    const PhraseReader phrases_{MIGUE_SOURCE_FOLDER};
    test::TemporaryFolder folder_;
    std::unique_ptr<load::Database> database_;
    GoogleRig rig_;
    std::vector<Person> people_;
    CalendarLedger ledger_;
    std::size_t next_ = 0, over_ = 0;
};

TEST(GoogleFaultMatrix, EveryFaultAtEveryCallGetsATrueAnswer) {
    Matrix matrix(cells());
    matrix.run();
    matrix.tell();
}

/// It ends calls for everybody, so it has a host of its own.
TEST(GoogleFaultMatrix, ARefusedClientIsTheOperatorsAndKeepsTheLink) {
    Matrix matrix({{"token.refresh", {"invalid_client", {.status = 401, .reason = "invalid_client"}}}});
    matrix.run();
    matrix.tell();
}

}  // namespace
}  // namespace migue::torture
