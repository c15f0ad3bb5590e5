#include "tests/bench/load/delay_proxy.hpp"

#include <string>
#include <utility>

namespace migue::load {

DelayProxy::DelayProxy(EventLoop& loop, std::uint16_t target, std::chrono::nanoseconds round_trip)
    : loop_(loop),
      target_(target),
      one_way_(round_trip / 2),
      listener_(loop, [this](int fd) { accept(fd); }) {}

void DelayProxy::accept(int fd) {
    auto pair = std::make_shared<Pair>();
    const std::weak_ptr<Pair> weak = pair;
    const auto handlers = [this, weak](std::shared_ptr<Stream> Pair::*to) {
        Stream::Handlers out;
        out.data = [this, weak, to](std::string& received) {
            if (const auto open = weak.lock()) carry(received, (*open).*to);
        };
        out.gone = [this, weak] {
            // As late as what was sent before it.
            loop_.after(one_way_, [this, weak] {
                if (const auto open = weak.lock()) close(open);
            });
        };
        return out;
    };
    pair->client = Stream::take(loop_, fd, handlers(&Pair::target));
    pair->target = Stream::connect(loop_, target_, handlers(&Pair::client));
    pairs_.emplace(pair.get(), std::move(pair));
}

void DelayProxy::carry(std::string& received, const std::shared_ptr<Stream>& to) {
    loop_.after(one_way_, [weak = std::weak_ptr(to), bytes = std::exchange(received, {})] {
        if (const auto open = weak.lock()) open->write(bytes);
    });
}

void DelayProxy::close(const std::shared_ptr<Pair>& pair) {
    pair->client->close();
    pair->target->close();
    pairs_.erase(pair.get());
}

}  // namespace migue::load
