#include "tests/torture/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace migue::torture {
namespace {

using namespace std::chrono_literals;
using Kind = Violation::Kind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TimePoint at(int ms) {
    return TimePoint(1h) + std::chrono::milliseconds(ms);
}

/// A ledger in the order in which things happened.
class Written {
public:
    Written() { ledger.senders.resize(1); }
    Written& message(int sent, std::optional<int> acked, std::uint64_t conversation = 7) {
        ledger.messages.push_back({conversation, at(sent), acked ? std::optional(at(*acked)) : std::nullopt});
        return *this;
    }
    Written& reply(int ms, std::size_t answers, std::uint64_t count, std::size_t sender = 0,
                   std::uint64_t conversation = 7) {
        return named("r" + std::to_string(answers), ms, answers, count, sender, conversation);
    }
    Written& named(const std::string& name, int ms, std::optional<std::size_t> answers, std::uint64_t count,
                   std::size_t sender = 0, std::uint64_t conversation = 7) {
        ledger.replies.push_back({at(ms), conversation, name, answers, count, sender});
        return *this;
    }
    /// The newest process dies and another begins.
    Written& kill(int ms) {
        ledger.senders.back().killed = at(ms);
        ledger.senders.emplace_back();
        return *this;
    }
    Written& outage(int begin, int end) {
        ledger.outages.push_back({at(begin), at(end)});
        return *this;
    }
    [[nodiscard]] std::vector<Kind> kinds() const {
        std::vector<Kind> out;
        for (const Violation& violation : check(ledger).violations) out.push_back(violation.kind);
        return out;
    }
    Ledger ledger;
};

TEST(TortureChecker, AcceptsARunInWhichAllWentWell) {
    Written run;
    run.message(0, 1).message(10, 11).message(5, 6, 8);
    run.reply(20, 0, 1).reply(30, 1, 2).reply(25, 2, 1, 0, 8);
    EXPECT_THAT(run.kinds(), IsEmpty());
    EXPECT_EQ(check(run.ledger).answered, 3u);
}

TEST(TortureChecker, FindsAnAcknowledgedMessageWithoutAnAnswer) {
    Written run;
    run.message(0, 1).message(10, 11).reply(20, 0, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kUnanswered));
}

TEST(TortureChecker, OwesNothingForAMessageThatWasNotAcknowledged) {
    EXPECT_THAT(Written().message(0, std::nullopt).kinds(), IsEmpty());
}

TEST(TortureChecker, TakesASentenceAboutAFailureForOneAnswerAndNoMore) {
    Written run;
    run.message(0, 1).message(10, 11).named("sorry", 20, std::nullopt, 0);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kUnanswered));
    EXPECT_EQ(check(run.ledger).failure_sentences, 1u);
}

TEST(TortureChecker, FindsAnAnswerToWhatNobodySaid) {
    Written run;
    run.message(0, 1).reply(20, 0, 1).reply(30, 5, 2);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kUnknownMessage));
}

TEST(TortureChecker, FindsAnAnswerInAnothersConversation) {
    Written run;
    run.message(0, 1, 7).message(0, 1, 8).reply(20, 0, 1, 0, 7).named("x", 30, 0, 1, 0, 8);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kUnknownMessage, Kind::kUnanswered));
}

TEST(TortureChecker, FindsATurnThatRanTwiceEvenAfterAKill) {
    Written run;
    run.message(0, 1).kill(15).named("one", 10, 0, 1).named("two", 20, 0, 2, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kAnsweredTwice));
}

TEST(TortureChecker, FindsAReplyThatCameAgainFromALivingProcess) {
    Written run;
    run.message(0, 1).reply(10, 0, 1).reply(20, 0, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kRepeatedForNoReason));
}

TEST(TortureChecker, FindsAReplyThatCameAgainFromAnotherWhileItsSenderLived) {
    Written run;
    run.ledger.senders.resize(2);
    run.message(0, 1).reply(10, 0, 1, 0).reply(20, 0, 1, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kRepeatedForNoReason));
}

TEST(TortureChecker, AcceptsOneRepeatOfAConversationForEachKill) {
    Written run;
    run.message(0, 1).message(2, 3, 8).kill(15).kill(25);
    run.reply(10, 0, 1, 0).reply(11, 1, 1, 0, 8).reply(20, 0, 1, 1).reply(21, 1, 1, 1, 8).reply(30, 0, 1, 2);
    EXPECT_THAT(run.kinds(), IsEmpty());
    EXPECT_EQ(check(run.ledger).repeats, 3u);
}

TEST(TortureChecker, FindsTwoRepeatsOfAConversationForOneKill) {
    Written run;
    run.message(0, 1).message(0, 1).kill(15);
    run.reply(10, 0, 1, 0).reply(11, 1, 2, 0).reply(20, 0, 1, 1).reply(21, 1, 2, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kRepeatedTooOften));
}

TEST(TortureChecker, AcceptsOneRepeatOfAConversationForAnOutage) {
    Written run;
    run.message(0, 1).outage(11, 30).reply(10, 0, 1).reply(40, 0, 1);
    EXPECT_THAT(run.kinds(), IsEmpty());
    run.reply(50, 0, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kRepeatedForNoReason));
}

TEST(TortureChecker, FindsAnAnswerThatOvertookAnOlderOne) {
    Written run;
    run.message(0, 1).message(2, 3).reply(10, 1, 1).reply(20, 0, 2);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kOutOfOrder));
}

TEST(TortureChecker, FindsARepeatThatCameAfterTheNextAnswer) {
    Written run;
    run.message(0, 1).message(2, 3).kill(15);
    run.reply(10, 0, 1, 0).reply(12, 1, 2, 0).reply(20, 0, 1, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kOutOfOrder));
}

TEST(TortureChecker, AsksForNoOrderOfWhatWasUnderWayTogether) {
    Written run;
    run.message(0, 5).message(2, 3).reply(10, 1, 1).reply(20, 0, 2);
    EXPECT_THAT(run.kinds(), IsEmpty()) << "the second was sent before the first was acknowledged";
}

TEST(TortureChecker, FindsStateThatATurnDidNotSee) {
    Written run;
    run.message(0, 1).message(2, 3).reply(10, 0, 1).reply(20, 1, 1);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kStateLost));
}

TEST(TortureChecker, FindsStateOfATurnThatNobodyWasToldOf) {
    Written run;
    run.message(0, 1).message(2, 3).reply(10, 0, 1).reply(20, 1, 3);
    EXPECT_THAT(run.kinds(), ElementsAre(Kind::kStateLost));
}

}  // namespace
}  // namespace migue::torture
