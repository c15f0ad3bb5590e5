#include "host/plugin_host/media_table.hpp"

#include <algorithm>
#include <chrono>
#include <stop_token>

#include "host/plugin_host/service_call.hpp"
#include "host/services/media_service.hpp"
#include "migue/ext/intents.h"
#include "migue/ext/media.h"

namespace migue::host {

namespace {

using std::chrono::steady_clock;

// Sizes of ABI 1.1, frozen (V3).
constexpr std::size_t kFetchSize = 56, kUploadSize = 80;
static_assert(sizeof(migue_media_fetch) >= kFetchSize && sizeof(migue_media_upload) >= kUploadSize);

constexpr std::size_t kMostName = 200, kMostText = 4096;
constexpr std::chrono::seconds kDefaultLimit{10};

bool is_name(migue_str text) {
    return is_sound(text) && text.size > 0 && text.size <= kMostName;
}

/// The turn's deadline, and the request's own limit where that is sooner.
steady_clock::time_point deadline_of(std::uint64_t timeout_ns, const Activity& activity) {
    const auto now = steady_clock::now();
    const auto turn = activity.deadline();
    if (timeout_ns == 0) return turn.value_or(now + kDefaultLimit);
    constexpr std::chrono::nanoseconds kLongest = std::chrono::minutes(1);
    const auto own =
        now + std::chrono::nanoseconds(std::min(timeout_ns, static_cast<std::uint64_t>(kLongest.count())));
    return turn ? std::min(*turn, own) : own;
}

struct MediaAnswer {
    std::string media_id, mime_type, bytes;
    migue_media_file raw{};
};

std::shared_ptr<const void> to_answer(std::string media_id, MediaFile file) {
    const auto answer = std::make_shared<MediaAnswer>();
    answer->media_id = std::move(media_id);
    answer->mime_type = std::move(file.mime_type);
    answer->bytes = std::move(file.bytes);
    answer->raw = {sizeof(migue_media_file), 0, to_c(answer->media_id), to_c(answer->mime_type),
                   to_c(answer->bytes)};
    return {answer, &answer->raw};
}

template <typename T, typename Convert>
auto finisher(std::shared_ptr<Operation> operation, std::shared_ptr<Instance> instance, const char* what,
              Convert convert) {
    return
        [operation = std::move(operation), instance = std::move(instance), what, convert](Result<T> result) {
            if (result) return operation->finish(MIGUE_OK, convert(std::move(result).value()));
            instance->warn(what, result.error().what);
            operation->finish(to_status(result.error().code));
        };
}

migue_status media_fetch(const migue_host* host, const migue_media_fetch* raw, migue_done done, void* user,
                         std::uint64_t* op) noexcept {
    return serve_operation(
        host, done, user, op,
        [&](HostTable& table, Activity& activity,
            const std::shared_ptr<Operation>& operation) -> migue_status {
            if (raw == nullptr || raw->struct_size < kFetchSize) return MIGUE_E_INVALID;
            const bool sized = raw->max_bytes > 0 && raw->max_bytes <= MediaService::kMostBytes;
            if (!sized || !is_name(raw->place) || !is_name(raw->media_id)) return MIGUE_E_INVALID;
            MediaService* media = table.backends().media;
            if (media == nullptr) return MIGUE_E_UNSUPPORTED;
            const std::stop_source stop;
            std::string id(to_view(raw->media_id));
            const bool accepted =
                media->fetch(std::string(to_view(raw->place)), id, raw->max_bytes,
                             deadline_of(raw->timeout_ns, activity), stop.get_token(),
                             finisher<MediaFile>(
                                 operation, activity.instance().shared_from_this(), "a file was not fetched",
                                 [id](MediaFile file) { return to_answer(id, std::move(file)); }));
            if (!accepted) return MIGUE_E_UNAVAILABLE;
            operation->on_end([stop]() mutable { stop.request_stop(); });
            return MIGUE_OK;
        });
}

migue_status media_upload(const migue_host* host, const migue_media_upload* raw, migue_done done, void* user,
                          std::uint64_t* op) noexcept {
    return serve_operation(
        host, done, user, op,
        [&](HostTable& table, Activity& activity,
            const std::shared_ptr<Operation>& operation) -> migue_status {
            if (raw == nullptr || raw->struct_size < kUploadSize) return MIGUE_E_INVALID;
            const bool sized =
                is_sound(raw->bytes) && raw->bytes.size > 0 && raw->bytes.size <= MediaService::kMostBytes;
            if (!sized || !is_name(raw->place) || !is_name(raw->mime_type) || !is_name(raw->file_name))
                return MIGUE_E_INVALID;
            MediaService* media = table.backends().media;
            if (media == nullptr) return MIGUE_E_UNSUPPORTED;
            const std::stop_source stop;
            const bool accepted = media->upload(
                std::string(to_view(raw->place)),
                {{},
                 std::string(to_view(raw->mime_type)),
                 std::string(to_view(raw->file_name)),
                 std::string(to_view(raw->bytes))},
                deadline_of(raw->timeout_ns, activity), stop.get_token(),
                finisher<std::string>(operation, activity.instance().shared_from_this(),
                                      "a file was not uploaded",
                                      [](std::string id) { return to_answer(std::move(id), {}); }));
            if (!accepted) return MIGUE_E_UNAVAILABLE;
            operation->on_end([stop]() mutable { stop.request_stop(); });
            return MIGUE_OK;
        });
}

/// Computes inside the gate, writes outside of it: the sink is the plugin's.
migue_status intents_classify(const migue_host* host, migue_str text, migue_str locale,
                              migue_sink* out) noexcept {
    if (out == nullptr || out->write == nullptr) return MIGUE_E_INVALID;
    if (!is_sound(text) || !is_sound(locale) || text.size > kMostText || locale.size > kMostName)
        return MIGUE_E_INVALID;
    std::string reading;
    const migue_status status = serve_call(host, [&](HostTable& table) -> migue_status {
        const auto& classify = table.backends().classify;
        if (!classify) return MIGUE_E_UNAVAILABLE;
        reading = classify(to_view(text), to_view(locale));
        return reading.empty() ? MIGUE_E_UNAVAILABLE : MIGUE_OK;
    });
    return status == MIGUE_OK ? out->write(out->ctx, reading.data(), reading.size()) : status;
}

constexpr migue_media_v1 kMedia{sizeof(migue_media_v1), 0, &media_fetch, &media_upload, &cancel_operation};
constexpr migue_intents_v1 kIntents{sizeof(migue_intents_v1), 0, &intents_classify};

}  // namespace

const void* media_table() noexcept {
    return &kMedia;
}
const void* intents_table() noexcept {
    return &kIntents;
}

}  // namespace migue::host
