#include "host/channels/chat/terminal_chat.hpp"

#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <thread>

#include "host/channels/chat/chat_client.hpp"
#include "host/channels/chat/chat_request.hpp"
#include "host/channels/chat/terminal_view.hpp"

namespace migue::host::chat {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Short, so that /quit ends at once; the server answers a poll in microseconds.
constexpr auto kPoll = 500ms;
constexpr auto kAnswerLimit = 20s;
constexpr auto kReconnect = 1s;

bool is_colour_terminal(const std::ostream& out) {
    return &out == &std::cout && ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

std::string session_id() {
    std::random_device random;
    return std::to_string(random()) + "-" + std::to_string(random());
}

/// One run: the caller's thread reads what is typed, a second one shows what comes.
class TerminalChat {
public:
    TerminalChat(ChatClient sender, ChatClient reader, std::ostream& out)
        : sender_(std::move(sender)), reader_(std::move(reader)), view_(out, is_colour_terminal(out)) {}

    int run(std::istream& in);

private:
    Result<void> skip_history();
    void follow();
    Result<void> show_news();
    bool say(const std::string& typed);
    void wait_for_answer(const std::string& message_id);
    [[nodiscard]] json message_for(const std::string& typed);

    ChatClient sender_;
    ChatClient reader_;
    std::int64_t position_ = 0;  // of the last line seen; used by the reader only
    const std::string session_ = session_id();
    int sent_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    TerminalView view_;               // guarded by mutex_
    std::set<std::string> answered_;  // message ids; guarded by mutex_
    bool stopped_ = false;            // guarded by mutex_
};

Result<void> TerminalChat::skip_history() {
    while (true) {
        const auto page = reader_.read(position_, 0ms);
        if (!page) return page.error();
        const json& lines = (*page)["lines"];
        if (lines.empty()) return {};
        position_ = lines.back().value("position", position_);
    }
}

int TerminalChat::run(std::istream& in) {
    if (const auto reached = skip_history(); !reached) {
        view_.show_notice(reached.error().what);
        return 2;
    }
    view_.show_notice("Write a message. A number taps that button, /quit ends.");
    std::thread follower([this] { follow(); });
    std::string typed;
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            view_.show_prompt();
        }
        if (!std::getline(in, typed) || typed == "/quit") break;
        if (!say(typed)) continue;
    }
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    follower.join();
    return 0;
}

bool TerminalChat::say(const std::string& typed) {
    if (typed.find_first_not_of(" \t\r") == std::string::npos) return false;
    const auto message_id = sender_.send(message_for(typed));
    if (!message_id) {
        const std::lock_guard lock(mutex_);
        view_.show_notice(message_id.error().what);
        return false;
    }
    wait_for_answer(*message_id);
    return true;
}

json TerminalChat::message_for(const std::string& typed) {
    const std::string id = session_ + "-" + std::to_string(++sent_);
    const std::lock_guard lock(mutex_);
    if (const auto choice = view_.choice_for(typed))
        return {{"id", id}, {"tap", choice->id}, {"title", choice->title}};
    return {{"id", id}, {"text", typed}};
}

void TerminalChat::wait_for_answer(const std::string& message_id) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kAnswerLimit, [&] { return answered_.count(message_id) > 0; }))
        view_.show_notice("No answer yet; it is shown when it comes.");
    answered_.clear();
}

void TerminalChat::follow() {
    bool connected = true;
    while (true) {
        const auto shown = show_news();
        std::unique_lock lock(mutex_);
        if (stopped_) return;
        if (!shown && connected) view_.show_notice(shown.error().what + "; trying again");
        connected = static_cast<bool>(shown);
        if (!connected) changed_.wait_for(lock, kReconnect, [this] { return stopped_; });
    }
}

Result<void> TerminalChat::show_news() {
    const auto page = reader_.read(position_, kPoll);
    if (!page) return page.error();
    const std::lock_guard lock(mutex_);
    for (const json& line : (*page)["lines"]) {
        position_ = line.value("position", position_);
        if (line.value("from", "") != "bot") continue;
        view_.show_reply(line);
        answered_.insert(line.value("message_id", ""));
    }
    changed_.notify_all();
    return {};
}

}  // namespace

int run_terminal_chat(const std::string& base_url, const std::string& token, const std::string& person,
                      std::istream& in, std::ostream& out) {
    const auto name = parse_person(person);
    if (!name) {
        out << name.error().what << std::endl;
        return 2;
    }
    auto sender = ChatClient::connect({base_url, token, person});
    auto reader = ChatClient::connect({base_url, token, person});
    if (!sender || !reader) {
        out << (sender ? reader : sender).error().what << std::endl;
        return 2;
    }
    return TerminalChat(std::move(*sender), std::move(*reader), out).run(in);
}

}  // namespace migue::host::chat
