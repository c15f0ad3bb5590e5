#include "tests/bench/load/webhook_client.hpp"

#include <fmt/format.h>

#include <utility>

#include "tests/bench/load/http_text.hpp"

namespace migue::load {

WebhookClient::WebhookClient(EventLoop& loop, std::size_t connections, std::string path)
    : loop_(loop), path_(std::move(path)), slots_(connections) {
    for (std::size_t i = connections; i > 0; --i) free_.push_back(i - 1);
}

WebhookClient::~WebhookClient() {
    for (Slot& slot : slots_)
        if (slot.stream) slot.stream->close();
}

void WebhookClient::point_to(std::uint16_t port) {
    port_ = port;
    drop_connections();
}

void WebhookClient::give_up() {
    std::deque<Request> line;
    line.swap(line_);
    drop_connections();
    for (const Request& request : line) request.done(0);
}

void WebhookClient::drop_connections() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].stream) slots_[i].stream->close();
        slots_[i].stream.reset();
        if (slots_[i].done) finish(i, 0);
    }
}

void WebhookClient::post(std::string body, std::string signature, Done done) {
    Request request{
        fmt::format(
            "POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n"
            "Content-Type: application/json\r\nX-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n{}",
            path_, port_, signature, body.size(), body),
        std::move(done)};
    if (free_.empty()) {
        line_.push_back(std::move(request));
        return;
    }
    const std::size_t slot = free_.back();
    free_.pop_back();
    start(slot, std::move(request));
}

void WebhookClient::start(std::size_t index, Request request) {
    Slot& slot = slots_[index];
    slot.done = std::move(request.done);
    if (port_ == 0) {
        // Later, so that a caller who tries again at once does not do so for ever.
        loop_.after(std::chrono::nanoseconds(0), [this, index] {
            if (slots_[index].done && !slots_[index].stream) finish(index, 0);
        });
        return;
    }
    if (!slot.stream) {
        Stream::Handlers handlers;
        handlers.data = [this, index](std::string& received) { on_data(index, received); };
        handlers.gone = [this, index] {
            slots_[index].stream.reset();
            if (slots_[index].done) finish(index, 0);
        };
        slot.stream = Stream::connect(loop_, port_, std::move(handlers));
    }
    slot.stream->write(request.bytes);
}

void WebhookClient::on_data(std::size_t index, std::string& received) {
    const auto answer = read_http(received);
    if (!answer) return;
    const int status = answer->status();
    const bool closes = answer->closes();
    received.erase(0, answer->size);
    if (closes) {
        slots_[index].stream->close();
        slots_[index].stream.reset();
    }
    if (slots_[index].done) finish(index, status);
}

void WebhookClient::finish(std::size_t index, int status) {
    const Done done = std::exchange(slots_[index].done, nullptr);
    free_.push_back(index);
    done(status);
    serve_line();
}

void WebhookClient::serve_line() {
    while (!line_.empty() && !free_.empty()) {
        Request request = std::move(line_.front());
        line_.pop_front();
        const std::size_t slot = free_.back();
        free_.pop_back();
        start(slot, std::move(request));
    }
}

}  // namespace migue::load
