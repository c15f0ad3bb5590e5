#pragma once
#include <cstdint>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "host/store/store.hpp"

/// Calls of a Store as tests make them: one at a time, waiting for each.
namespace migue::host::test {

inline constexpr std::int64_t kNow = 1'795'428'300'000;

[[nodiscard]] inline InboundMessage message(const std::string& id, const std::string& person = "tel:1") {
    InboundMessage inbound;
    inbound.channel = "whatsapp";
    inbound.account = "123";
    inbound.message_id = id;
    inbound.identities = {person};
    inbound.address_json = R"({"to":"+1"})";
    inbound.text = "hola";
    inbound.input_json = R"({"kind":"text"})";
    inbound.sent_unix_ms = kNow - 1000;
    return inbound;
}

/// What a plugin that says two things leaves behind.
[[nodiscard]] inline FinishedTurn answer(const Accepted& turn, const std::string& id) {
    FinishedTurn finished;
    finished.conversation_id = turn.conversation_id;
    finished.message_id = id;
    finished.sequence = turn.sequence;
    finished.outcome = "done";
    finished.plugin = "scheduling";
    finished.trace_json = "{}";
    finished.replies = {{"text", R"({"text":"a"})"}, {"text", R"({"text":"b"})"}};
    finished.locale = "es";
    return finished;
}

/// Waits for a call that reports through a Done.
template <typename T, typename Call>
Result<T> wait(Call call) {
    std::promise<Result<T>> promise;
    auto future = promise.get_future();
    call([&promise](Result<T> result) { promise.set_value(std::move(result)); });
    return future.get();
}

[[nodiscard]] inline Result<Accepted> accept(Store& store, InboundMessage inbound) {
    auto accepted = wait<std::vector<Accepted>>(
        [&](auto done) { store.accept({std::move(inbound)}, kNow, std::move(done)); });
    if (!accepted) return std::move(accepted).error();
    return std::move(accepted->front());
}
[[nodiscard]] inline Result<std::vector<OutboundReply>> finish(Store& store, FinishedTurn turn) {
    return wait<std::vector<OutboundReply>>(
        [&](auto done) { store.finish(std::move(turn), kNow, std::move(done)); });
}
[[nodiscard]] inline Result<void> sent(Store& store, const OutboundReply& reply) {
    return wait<void>([&](auto done) { store.sent(reply, "wamid.out", kNow, std::move(done)); });
}
[[nodiscard]] inline Result<void> bury(Store& store, const OutboundReply& reply, bool untold) {
    return wait<void>([&](auto done) { store.bury(reply, "refused", untold, kNow, std::move(done)); });
}
[[nodiscard]] inline Result<std::vector<DeliveryEffect>> note(Store& store, std::vector<Delivery> news) {
    return wait<std::vector<DeliveryEffect>>(
        [&](auto done) { store.deliveries(std::move(news), kNow, std::move(done)); });
}
[[nodiscard]] inline Result<Conversation> conversation(Store& store, const std::string& id) {
    return wait<Conversation>([&](auto done) { store.conversation(id, std::move(done)); });
}

}  // namespace migue::host::test
