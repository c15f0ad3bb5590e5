#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "host/channels/whatsapp/decode.hpp"
#include "host/channels/whatsapp/signature.hpp"
#include "host/config/settings.hpp"
#include "host/http/server.hpp"
#include "host/observe/log.hpp"
#include "host/pipeline/inbox.hpp"
#include "host/services/clock.hpp"

namespace migue::host::whatsapp {

/// What came in since the start; for metrics.
struct WebhookCounters {
    std::atomic<std::uint64_t> requests{0};       ///< POSTs, whatever became of them
    std::atomic<std::uint64_t> bad_signature{0};  ///< answered 401
    std::atomic<std::uint64_t> messages{0};       ///< stored for the first time
    std::atomic<std::uint64_t> duplicates{0};     ///< brought again by Meta
    std::atomic<std::uint64_t> statuses{0};       ///< news about replies of ours and of others
    std::atomic<std::uint64_t> failed_statuses{0};
    std::atomic<std::uint64_t> other_statuses{0};  ///< as in DecodeCounts
    std::atomic<std::uint64_t> unreadable{0}, unusable{0}, unknown_kinds{0}, groups{0}, foreign{0},
        other_fields{0}, errors{0};                    ///< as in DecodeCounts
    std::atomic<std::uint64_t> not_stored{0};          ///< answered 503
    std::atomic<std::int64_t> last_signed_unix_ms{0};  ///< "when did we last hear from WhatsApp"
};

/// The way in: checks, stores, acknowledges, and does nothing else. What people write goes
/// to Inbox::accept, what WhatsApp tells about our replies to Inbox::note. Thread-safe.
class Webhook {
public:
    /// All must outlive it.
    Webhook(const config::WhatsAppSettings& settings, Inbox& inbox, const Clock& clock, Log& log);

    /// Adds GET and POST on the configured path.
    void add_routes(http::Server& server);

    /// Meta's handshake: the challenge for the one who knows the verify token, else 403.
    [[nodiscard]] http::Reply verify(const http::Request& request) const;
    /// 200 once everything usable is on disk, also when nothing was usable: any other answer
    /// makes Meta bring the same thing for seven days. 401 without a right signature. 503
    /// when it could not be stored: Meta shall bring it again.
    [[nodiscard]] http::Reply receive(const http::Request& request);

    [[nodiscard]] const WebhookCounters& counters() const noexcept { return counters_; }

private:
    Result<void> store(Decoded decoded);
    void count(const Decoded& decoded);

    const std::string path_, verify_token_;
    const std::vector<std::string> phone_number_ids_;
    const SignatureCheck signature_;
    Inbox& inbox_;
    const Clock& clock_;
    Log& log_;
    WebhookCounters counters_;
    std::atomic<std::int64_t> next_complaint_unix_ms_{0};
};

}  // namespace migue::host::whatsapp
