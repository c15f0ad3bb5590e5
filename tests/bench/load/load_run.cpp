#include "tests/bench/load/load_run.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migue::load {

namespace {

using namespace std::chrono_literals;

constexpr auto kLate = 2s;
/// A person whose message was shed tries again with another one.
constexpr auto kAfterShed = 100ms;

}  // namespace

LoadRun::LoadRun(EventLoop& loop, WebhookClient& client, const WebhookText& text, const HostUnderTest& host,
                 LoadPlan plan, std::uint64_t first_person)
    : loop_(loop),
      client_(client),
      text_(text),
      host_(host),
      plan_(std::move(plan)),
      first_person_(first_person) {}

LoadResult LoadRun::run() {
    begun_ = Clock::now();
    measured_from_ = begun_ + plan_.warm_up;
    measured_until_ = measured_from_ + plan_.measured;
    writing_ = true;
    if (plan_.pace == LoadPlan::Pace::kRate)
        pace();
    else
        for (std::uint64_t i = 0; i < plan_.people; ++i) write(first_person_ + i, Clock::now());
    loop_.run_until([] { return false; }, measured_from_);
    sample();
    const double cpu_before = host_.cpu_seconds();
    loop_.run_until([] { return false; }, measured_until_);
    const double cpu = host_.cpu_seconds() - cpu_before;
    writing_ = false;
    loop_.run_until([this] { return all_settled(); }, measured_until_ + plan_.drain);
    client_.give_up();
    return result(cpu);
}

void LoadRun::pace() {
    if (!writing_) return;
    const double passed = std::chrono::duration<double>(Clock::now() - begun_).count();
    while (static_cast<double>(messages_.size()) < passed * plan_.rate) {
        const auto due = std::chrono::duration<double>(static_cast<double>(messages_.size()) / plan_.rate);
        write(first_person_ + messages_.size() % plan_.people,
              begun_ + std::chrono::duration_cast<std::chrono::nanoseconds>(due));
    }
    loop_.after(1ms, [this] { pace(); });
}

void LoadRun::sample() {
    if (!writing_) return;
    result_.peak_rss = std::max(result_.peak_rss, host_.rss_bytes());
    loop_.after(200ms, [this] { sample(); });
}

void LoadRun::write(std::uint64_t person, TimePoint due) {
    const std::size_t index = messages_.size();
    Message message;
    message.person = person;
    message.due = due;
    message.measured = due >= measured_from_ && due < measured_until_;
    messages_.push_back(message);
    ++open_;
    unanswered_[WebhookText::phone(person)].push_back(index);
    std::string body = text_.message(text_.message_id(first_person_ * 1'000'000 + index), person, plan_.text);
    std::string signature = text_.sign(body);
    client_.post(std::move(body), std::move(signature), [this, index](int status) { on_ack(index, status); });
}

void LoadRun::on_ack(std::size_t index, int status) {
    Message& message = messages_[index];
    const TimePoint now = Clock::now();
    if (status == 200) {
        message.acked = now;
        if (message.replied != TimePoint{}) --open_;
        const bool go_on = plan_.pace == LoadPlan::Pace::kAcks ||
                           (plan_.pace == LoadPlan::Pace::kReplies && message.replied != TimePoint{});
        if (go_on) write_again(message.person, 0ms);
        return;
    }
    message.settled = true;
    if (message.replied == TimePoint{}) --open_;
    if (message.measured) {
        ++(status == 503 ? result_.shed : result_.failed);
        if (status == 503) result_.shed_answer.add(now - message.due);
    }
    auto& waiting = unanswered_[WebhookText::phone(message.person)];
    // Of one that got no answer nobody knows whether it was stored: it may be answered yet.
    if (status != 0) std::erase(waiting, index);
    if (plan_.pace != LoadPlan::Pace::kRate) write_again(message.person, kAfterShed);
}

void LoadRun::write_again(std::uint64_t person, std::chrono::milliseconds after) {
    if (!writing_) return;
    // From the loop and not from here: a connection that fails at once would never return.
    loop_.after(after, [this, person] {
        if (writing_) write(person, Clock::now());
    });
}

void LoadRun::on_reply(const GraphReply& reply) {
    if (!names_.insert(reply.name).second) {
        ++result_.repeated;
        return;
    }
    const auto person = unanswered_.find(reply.to);
    if (person == unanswered_.end() || person->second.empty()) return;  // of an earlier run
    Message& message = messages_[person->second.front()];
    person->second.pop_front();
    message.replied = reply.at;
    if (message.acked != TimePoint{}) {
        --open_;
        if (plan_.pace == LoadPlan::Pace::kReplies) write_again(message.person, 0ms);
    }
    if (plan_.statuses) send_statuses(reply);
}

void LoadRun::send_statuses(const GraphReply& reply) {
    for (const char* state : {"sent", "delivered", "read"}) {
        std::string body = text_.status(reply.wamid, reply.name, state, reply.to);
        std::string signature = text_.sign(body);
        ++statuses_out_;
        client_.post(std::move(body), std::move(signature), [this, due = Clock::now()](int status) {
            --statuses_out_;
            if (due < measured_from_ || due >= measured_until_) return;
            ++(status == 200 ? result_.statuses : result_.statuses_failed);
            result_.status_ack.add(Clock::now() - due);
        });
    }
}

LoadResult LoadRun::result(double cpu_seconds) {
    result_.seconds = std::chrono::duration<double>(plan_.measured).count();
    for (const Message& message : messages_) {
        if (message.acked >= measured_from_ && message.acked < measured_until_) ++result_.acked_in_time;
        if (message.replied >= measured_from_ && message.replied < measured_until_)
            ++result_.answered_in_time;
        if (!message.measured) continue;
        ++result_.sent;
        if (message.acked == TimePoint{}) continue;
        ++result_.acked;
        result_.ack.add(message.acked - message.due);
        if (message.replied == TimePoint{}) {
            ++result_.lost;
            continue;
        }
        ++result_.answered;
        result_.reply.add(message.replied - message.due);
        if (message.replied - message.due > kLate) ++result_.late;
    }
    if (result_.answered_in_time > 0)
        result_.host_cpu_ms = cpu_seconds * 1000 / static_cast<double>(result_.answered_in_time);
    return std::move(result_);
}

}  // namespace migue::load
