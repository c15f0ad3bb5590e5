#include "tests/torture/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace migue::torture {

namespace {

using Kind = Violation::Kind;

/// One reply and all its copies, in the order they came.
struct Answer {
    std::vector<const SentReply*> copies;
    [[nodiscard]] const SentReply& first() const { return *copies.front(); }
    [[nodiscard]] TimePoint last_at() const { return copies.back()->at; }
};

/// What belongs to one conversation.
struct Conversation {
    std::vector<std::size_t> messages;
    std::vector<Answer> answers;           // by the first copy
    std::vector<const Answer*> answer_of;  // by place in `messages`; nullptr: none
};

std::string milliseconds(const Ledger& ledger, TimePoint when) {
    const TimePoint begin = ledger.messages.empty() ? when : ledger.messages.front().first_sent;
    return fmt::format("{} ms", std::chrono::duration_cast<std::chrono::milliseconds>(when - begin).count());
}

class Check {
public:
    explicit Check(const Ledger& ledger) : ledger_(ledger) {}
    Findings run();

private:
    void sort_into_conversations();
    void add(Kind kind, std::uint64_t conversation, std::string what) {
        findings_.violations.push_back({kind, conversation, std::move(what)});
    }
    void match_answers(std::uint64_t id, Conversation& conversation);
    void check_answered(std::uint64_t id, const Conversation& conversation);
    void check_order(std::uint64_t id, const Conversation& conversation);
    void check_state(std::uint64_t id, const Conversation& conversation);
    void check_repeats(std::uint64_t id, const Conversation& conversation);
    /// Counts a copy for the kill or outage that explains it. False: nothing does.
    bool excuse(const SentReply& before, const SentReply& again, std::map<std::size_t, int>& by_kill,
                std::map<std::size_t, int>& by_outage) const;

    const Ledger& ledger_;
    std::map<std::uint64_t, Conversation> conversations_;
    Findings findings_;
};

void Check::sort_into_conversations() {
    for (std::size_t i = 0; i < ledger_.messages.size(); ++i)
        conversations_[ledger_.messages[i].conversation].messages.push_back(i);
    std::map<std::uint64_t, std::unordered_map<std::string, std::size_t>> by_name;
    for (const SentReply& reply : ledger_.replies) {
        std::vector<Answer>& answers = conversations_[reply.conversation].answers;
        const auto [place, is_new] = by_name[reply.conversation].try_emplace(reply.name, answers.size());
        if (is_new) answers.emplace_back();
        answers[place->second].copies.push_back(&reply);
    }
}

void Check::match_answers(std::uint64_t id, Conversation& conversation) {
    conversation.answer_of.assign(conversation.messages.size(), nullptr);
    for (const Answer& answer : conversation.answers) {
        if (!answer.first().answers) {
            ++findings_.failure_sentences;
            continue;
        }
        const std::size_t message = *answer.first().answers;
        const auto place =
            std::lower_bound(conversation.messages.begin(), conversation.messages.end(), message);
        if (place == conversation.messages.end() || *place != message) {
            add(Kind::kUnknownMessage, id, fmt::format("message {} was not sent there", message));
            continue;
        }
        const Answer*& known =
            conversation.answer_of[static_cast<std::size_t>(place - conversation.messages.begin())];
        if (known != nullptr) {
            add(Kind::kAnsweredTwice, id,
                fmt::format("message {}: at {} by process {} and at {} by process {}", message,
                            milliseconds(ledger_, known->first().at), known->first().sender,
                            milliseconds(ledger_, answer.first().at), answer.first().sender));
            continue;
        }
        known = &answer;
        ++findings_.answered;
    }
}

void Check::check_answered(std::uint64_t id, const Conversation& conversation) {
    auto excused =
        static_cast<std::size_t>(std::count_if(conversation.answers.begin(), conversation.answers.end(),
                                               [](const Answer& answer) { return !answer.first().answers; }));
    for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
        const SentMessage& message = ledger_.messages[conversation.messages[i]];
        if (!message.acked || conversation.answer_of[i] != nullptr) continue;
        if (excused > 0) {
            --excused;
            continue;
        }
        add(Kind::kUnanswered, id,
            fmt::format("message {}, acknowledged at {}", conversation.messages[i],
                        milliseconds(ledger_, *message.acked)));
    }
}

void Check::check_order(std::uint64_t id, const Conversation& conversation) {
    std::vector<std::size_t> by_ack;
    std::vector<std::size_t> by_sending;
    for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
        if (conversation.answer_of[i] == nullptr) continue;
        by_sending.push_back(i);
        if (ledger_.messages[conversation.messages[i]].acked) by_ack.push_back(i);
    }
    const auto message = [&](std::size_t i) -> const SentMessage& {
        return ledger_.messages[conversation.messages[i]];
    };
    std::sort(by_ack.begin(), by_ack.end(),
              [&](std::size_t a, std::size_t b) { return *message(a).acked < *message(b).acked; });
    std::sort(by_sending.begin(), by_sending.end(),
              [&](std::size_t a, std::size_t b) { return message(a).first_sent < message(b).first_sent; });
    // Of all that was acknowledged before this one was sent: the one answered last.
    std::optional<std::size_t> latest;
    std::size_t next = 0;
    for (const std::size_t i : by_sending) {
        for (; next < by_ack.size() && *message(by_ack[next]).acked < message(i).first_sent; ++next)
            if (!latest ||
                conversation.answer_of[*latest]->last_at() < conversation.answer_of[by_ack[next]]->last_at())
                latest = by_ack[next];
        const SentReply& answer = conversation.answer_of[i]->first();
        if (!latest || conversation.answer_of[*latest]->last_at() < answer.at) continue;
        const Answer& older = *conversation.answer_of[*latest];
        add(Kind::kOutOfOrder, id,
            fmt::format("message {} (acknowledged at {}, answered at {} by process {}, {} times in all) "
                        "after message {} "
                        "(sent at {}, answered at {} by process {})",
                        conversation.messages[*latest], milliseconds(ledger_, *message(*latest).acked),
                        milliseconds(ledger_, older.last_at()), older.copies.back()->sender,
                        older.copies.size(), conversation.messages[i],
                        milliseconds(ledger_, message(i).first_sent), milliseconds(ledger_, answer.at),
                        answer.sender));
    }
}

void Check::check_state(std::uint64_t id, const Conversation& conversation) {
    std::uint64_t expected = 1;
    for (const Answer& answer : conversation.answers) {
        if (!answer.first().answers) continue;  // a failed turn leaves the state as it was
        if (answer.first().count != expected)
            add(Kind::kStateLost, id,
                fmt::format("the answer to message {} at {} counts {}, expected {}", *answer.first().answers,
                            milliseconds(ledger_, answer.first().at), answer.first().count, expected));
        expected = answer.first().count + 1;
    }
}

bool Check::excuse(const SentReply& before, const SentReply& again, std::map<std::size_t, int>& by_kill,
                   std::map<std::size_t, int>& by_outage) const {
    if (before.sender != again.sender && ledger_.senders.at(before.sender).killed) {
        ++by_kill[before.sender];
        return true;
    }
    for (std::size_t i = 0; i < ledger_.outages.size(); ++i) {
        const Outage& outage = ledger_.outages[i];
        // What was sent just before it could not be noted in time either.
        if (again.at < outage.begin || before.at > outage.end) continue;
        ++by_outage[i];
        return true;
    }
    return false;
}

void Check::check_repeats(std::uint64_t id, const Conversation& conversation) {
    std::map<std::size_t, int> by_kill;    // by sender
    std::map<std::size_t, int> by_outage;  // by place
    for (const Answer& answer : conversation.answers) {
        for (std::size_t i = 1; i < answer.copies.size(); ++i) {
            if (excuse(*answer.copies[i - 1], *answer.copies[i], by_kill, by_outage)) {
                ++findings_.repeats;
                continue;
            }
            add(Kind::kRepeatedForNoReason, id,
                fmt::format("'{}' at {} by process {}, again at {} by process {}", answer.first().name,
                            milliseconds(ledger_, answer.copies[i - 1]->at), answer.copies[i - 1]->sender,
                            milliseconds(ledger_, answer.copies[i]->at), answer.copies[i]->sender));
        }
    }
    for (const auto& [sender, times] : by_kill)
        if (times > 1)
            add(Kind::kRepeatedTooOften, id,
                fmt::format("{} replies of process {} came again, killed at {}", times, sender,
                            milliseconds(ledger_, *ledger_.senders[sender].killed)));
    for (const auto& [outage, times] : by_outage)
        if (times > 1)
            add(Kind::kRepeatedTooOften, id,
                fmt::format("{} replies came again after the outage at {}", times,
                            milliseconds(ledger_, ledger_.outages[outage].begin)));
}

Findings Check::run() {
    sort_into_conversations();
    for (auto& [id, conversation] : conversations_) {
        match_answers(id, conversation);
        check_answered(id, conversation);
        check_order(id, conversation);
        check_state(id, conversation);
        check_repeats(id, conversation);
    }
    return std::move(findings_);
}

}  // namespace

Findings check(const Ledger& ledger) {
    return Check(ledger).run();
}

std::string to_string(Kind kind) {
    switch (kind) {
        case Kind::kUnanswered:
            return "unanswered";
        case Kind::kUnknownMessage:
            return "unknown message";
        case Kind::kAnsweredTwice:
            return "answered twice";
        case Kind::kRepeatedForNoReason:
            return "repeated for no reason";
        case Kind::kRepeatedTooOften:
            return "repeated too often";
        case Kind::kOutOfOrder:
            return "out of order";
        case Kind::kStateLost:
            return "state lost";
    }
    return "?";
}

}  // namespace migue::torture
