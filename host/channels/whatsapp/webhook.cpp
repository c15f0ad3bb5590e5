#include "host/channels/whatsapp/webhook.hpp"

#include <algorithm>

#include "host/http/constant_time.hpp"

namespace migue::host::whatsapp {

namespace {

http::Reply plain(int status, std::string body = "") {
    return {status, "text/plain; charset=utf-8", std::move(body), {}};
}

}  // namespace

Webhook::Webhook(const config::WhatsAppSettings& settings, Inbox& inbox, const Clock& clock, Log& log)
    : path_(settings.path),
      verify_token_(settings.verify_token),
      phone_number_ids_(settings.phone_number_ids),
      signature_(settings.app_secret),
      inbox_(inbox),
      clock_(clock),
      log_(log) {}

void Webhook::add_routes(http::Server& server) {
    server.route("GET", path_, [this](const http::Request& request) { return verify(request); });
    server.route("POST", path_, [this](const http::Request& request) { return receive(request); });
}

http::Reply Webhook::verify(const http::Request& request) const {
    const auto challenge = request.query_value("hub.challenge");
    const bool knows =
        !verify_token_.empty() && http::same_secret(request.query_value("hub.verify_token"), verify_token_);
    if (!knows || request.query_value("hub.mode") != "subscribe" || challenge.empty()) return plain(403);
    return plain(200, std::string(challenge));
}

http::Reply Webhook::receive(const http::Request& request) {
    ++counters_.requests;
    if (!signature_.accepts(request.header("x-hub-signature-256"), request.body)) {
        ++counters_.bad_signature;
        return plain(401);
    }
    counters_.last_signed_unix_ms = clock_.unix_ms();
    Decoded decoded = decode(request.body, phone_number_ids_);
    count(decoded);
    if (const auto stored = store(std::move(decoded)); !stored) {
        ++counters_.not_stored;
        // Once a second at most: while the store is away this is every request.
        const std::int64_t now = clock_.unix_ms();
        std::int64_t next = next_complaint_unix_ms_;
        if (now >= next && next_complaint_unix_ms_.compare_exchange_strong(next, now + 1000))
            log_.warn("webhooks are not stored, asked to bring them again", {{"why", stored.error().what}});
        http::Reply reply = plain(503);
        reply.headers.emplace_back("Retry-After", "2");
        return reply;
    }
    return plain(200);
}

Result<void> Webhook::store(Decoded decoded) {
    std::erase_if(decoded.statuses, [](const Delivery& news) { return news.reply_name.empty(); });
    if (!decoded.messages.empty()) {
        const auto accepted = inbox_.accept(std::move(decoded.messages));
        if (!accepted) return accepted.error();
        const auto repeated = static_cast<std::uint64_t>(std::count_if(
            accepted->begin(), accepted->end(), [](const Accepted& one) { return one.duplicate; }));
        counters_.duplicates += repeated;
        counters_.messages += accepted->size() - repeated;
    }
    return decoded.statuses.empty() ? Result<void>{} : inbox_.note(std::move(decoded.statuses));
}

void Webhook::count(const Decoded& decoded) {
    const DecodeCounts& counts = decoded.counts;
    counters_.statuses += decoded.statuses.size();
    for (const Delivery& update : decoded.statuses) {
        if (update.state != Delivery::State::kFailed) continue;
        ++counters_.failed_statuses;
        // The code alone: a message id holds the phone number, in base64.
        log_.warn("a sent message failed", {{"code", std::to_string(update.error_code)}});
    }
    counters_.unreadable += counts.unreadable;
    counters_.unusable += counts.unusable;
    counters_.unknown_kinds += counts.unknown_kinds;
    counters_.groups += counts.groups;
    counters_.other_statuses += counts.other_statuses;
    counters_.foreign += counts.foreign;
    counters_.other_fields += counts.other_fields;
    counters_.errors += counts.errors;
}

}  // namespace migue::host::whatsapp
