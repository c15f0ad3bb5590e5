#include <gtest/gtest.h>

#include "model_talk.hpp"
#include "tests/plugins/scheduling/google/google_talk.hpp"
#include "understanding/model/beside.hpp"

/// The model beside a calendar outside: one turn's two seconds, shared.
namespace scheduling {
namespace {

using namespace std::chrono_literals;

class TwoServices {
public:
    explicit TwoServices(bool is_linked = true)
        : model({.api_key = kModelKey}),
          talk({}, {{"model",
                     {{"url", "https://model.example/v1"}, {"name", "reader-1"}, {"api_key", kModelKey}}}}) {
        talk.bench.http().serve("https://model.example/", [this](const migue::bench::HttpCall& call) {
            const auto given =
                model.handle({call.method, call.url.substr(call.url.find("/v1")), call.headers, call.body});
            migue::bench::HttpAnswer answer{
                .status = given.status, .body = given.body, .headers = given.headers};
            answer.delay = given.delay;
            if (given.ending == migue::standins::ModelResponse::Ending::kHang)
                answer.failure = MIGUE_E_DEADLINE;
            return answer;
        });
        talk.bench.advance(1s);
        if (is_linked) talk.link();
        warmed_up = model.count();
    }

    Model model;
    GoogleTalk talk;
    std::size_t warmed_up = 0;
};

TEST(SecondReaderBesideGoogle, LooksAtTheCalendarMeanwhile) {
    TwoServices both;
    both.model.set_latency(700ms);
    both.talk.google.fail({.kind = GoogleFault::Kind::kSlow, .delay = 600ms, .times = -1});
    const auto card = both.talk.say(kTangled);
    EXPECT_EQ(both.model.count(), both.warmed_up + 1);
    EXPECT_GE(card.took, 700ms);
    EXPECT_LT(card.took, 1300ms) << "one after the other";
    EXPECT_TRUE(both.talk.titles().empty());
    both.talk.google.clear_faults();
    both.talk.tap(card, "Agendar");
    EXPECT_EQ(both.talk.titles().size(), 1u);
}

TEST(SecondReaderBesideGoogle, LeavesTimeForTheCalendar) {
    TwoServices both;
    both.model.fail({.kind = ModelFault::Kind::kHang, .times = -1});
    both.talk.google.fail({.kind = GoogleFault::Kind::kSlow, .delay = 300ms, .times = -1});
    const auto turn = both.talk.say(kTangled);
    EXPECT_FALSE(turn.was_cancelled);
    EXPECT_LE(turn.took, 1900ms);
    EXPECT_FALSE(turn.text().empty());
}

TEST(SecondReaderBesideGoogle, IsNotAskedForPeopleWithoutACalendar) {
    TwoServices both(false);
    both.talk.say(kTangled);
    EXPECT_EQ(both.model.count(), both.warmed_up);
}

migue::Task<int> answer_at_once() {
    co_return 7;
}
migue::Task<int> fail_at_once() {
    throw std::runtime_error("broken");
    co_return 0;
}

TEST(Beside, GivesWhatTheTaskGives) {
    int got = 0;
    bool failed = false;
    const auto run = [&]() -> migue::Detached {
        model::Beside<int> answer(answer_at_once());
        got = co_await answer;
        model::Beside<int> broken(fail_at_once());
        try {
            got += co_await broken;
        } catch (const std::runtime_error&) {
            failed = true;
        }
    };
    run();
    EXPECT_EQ(got, 7);
    EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace scheduling
