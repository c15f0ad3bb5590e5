#include "tests/bench/load/open_rows.hpp"

#include <chrono>
#include <future>
#include <stdexcept>
#include <vector>

#include "host/channels/whatsapp/decode.hpp"
#include "host/cli/open_store.hpp"
#include "host/store/store.hpp"

namespace migue::load {

namespace {

constexpr std::uint64_t kFirstPerson = 90'000'000;
constexpr std::size_t kTogether = 500;
/// The dead host's leases have run out.
constexpr std::int64_t kAgoMs = 60'000;

std::vector<host::InboundMessage> messages(const WebhookText& text, const std::string& phone_number_id,
                                           std::size_t first, std::size_t count) {
    const std::vector<std::string> ours{phone_number_id};
    std::vector<host::InboundMessage> out;
    for (std::size_t i = first; i < first + count; ++i) {
        const std::uint64_t person = kFirstPerson + i;
        auto decoded = host::whatsapp::decode(text.message(text.message_id(person), person, "hola"), ours);
        for (auto& message : decoded.messages) out.push_back(std::move(message));
    }
    return out;
}

}  // namespace

void leave_open_rows(const std::string& store_url, const WebhookText& text,
                     const std::string& phone_number_id, std::size_t count) {
    auto store = host::cli::open_store(store_url);
    if (!store) throw std::runtime_error(store.error().what);
    const std::int64_t then = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count() -
                              kAgoMs;
    for (std::size_t first = 0; first < count; first += kTogether) {
        std::promise<Result<std::vector<host::Accepted>>> promise;
        auto stored = promise.get_future();
        store.value()->accept(messages(text, phone_number_id, first, std::min(kTogether, count - first)),
                              then, [&promise](auto result) { promise.set_value(std::move(result)); });
        if (const auto result = stored.get(); !result) throw std::runtime_error(result.error().what);
    }
}

}  // namespace migue::load
