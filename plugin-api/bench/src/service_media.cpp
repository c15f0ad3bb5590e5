// migue.media/1 and migue.intents/1: files and readings that the test gives.
#include "migue/cpp/copy_struct.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/intents.h"
#include "migue/ext/media.h"
#include "world.hpp"

namespace migue::bench {

const HeldFile* FakeMedia::find(const std::string& media_id) const {
    const auto found = held_.find(media_id);
    return found == held_.end() ? nullptr : &found->second;
}

const UploadedFile& FakeMedia::note(UploadedFile file) {
    file.media_id = "media" + std::to_string(uploads_.size() + 1);
    return uploads_.emplace_back(std::move(file));
}

namespace {

constexpr std::size_t kMostBytes = 16u << 20;

struct Answer {
    std::string media_id, mime_type, bytes;
};

TimeLine::Deliver deliver(Answer answer, migue_done done, void* user) {
    return [=, answer = std::move(answer)](bool cancelled) {
        if (cancelled) return done(user, MIGUE_E_CANCELLED, nullptr);
        const migue_media_file file{sizeof(migue_media_file), 0, to_c(answer.media_id),
                                    to_c(answer.mime_type), to_c(answer.bytes)};
        done(user, MIGUE_OK, &file);
    };
}

std::uint64_t limit_ns(const World& world, std::uint64_t asked) {
    constexpr std::uint64_t kDefaultNs = 10'000'000'000;
    if (asked != 0) return asked;
    if (world.current == nullptr) return kDefaultNs;
    const std::uint64_t deadline = world.current->deadline_ns();
    return deadline > world.time.now_ns() ? deadline - world.time.now_ns() : 0;
}

migue_status fetch(const migue_host* host, const migue_media_fetch* raw, migue_done done, void* user,
                   std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (raw == nullptr || done == nullptr) return MIGUE_E_INVALID;
    const migue_media_fetch request = copy_struct(*raw);
    const bool sized = request.max_bytes > 0 && request.max_bytes <= kMostBytes;
    if (!sized || request.media_id.size == 0) return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    const std::uint64_t now = world->time.now_ns();
    world->media.note_fetch();
    const bool known = !world->media.place().empty() && to_view(request.place) == world->media.place();
    if (!known) return world->accept(now, MIGUE_E_UNSUPPORTED, done, user, op);
    const HeldFile* file = world->media.find(std::string(to_view(request.media_id)));
    if (file == nullptr) return world->accept(now, MIGUE_E_CONFLICT, done, user, op);
    const auto delay = static_cast<std::uint64_t>(std::chrono::nanoseconds(file->delay).count());
    const std::uint64_t limit = limit_ns(*world, request.timeout_ns);
    if (delay > limit) return world->accept(now + limit, MIGUE_E_DEADLINE, done, user, op);
    if (file->failure != MIGUE_OK) return world->accept(now + delay, file->failure, done, user, op);
    if (file->bytes.size() > request.max_bytes)
        return world->accept(now + delay, MIGUE_E_UNSUPPORTED, done, user, op);
    return world->accept(
        now + delay,
        deliver({std::string(to_view(request.media_id)), file->mime_type, file->bytes}, done, user), op);
}

migue_status upload(const migue_host* host, const migue_media_upload* raw, migue_done done, void* user,
                    std::uint64_t* op) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (raw == nullptr || done == nullptr) return MIGUE_E_INVALID;
    const migue_media_upload request = copy_struct(*raw);
    const bool sized = request.bytes.size > 0 && request.bytes.size <= kMostBytes;
    if (!sized || request.mime_type.size == 0 || request.file_name.size == 0) return MIGUE_E_INVALID;
    if (const migue_status refused = world->admit(); refused != MIGUE_OK) return refused;
    const std::uint64_t now = world->time.now_ns();
    const bool known = !world->media.place().empty() && to_view(request.place) == world->media.place();
    if (!known) return world->accept(now, MIGUE_E_UNSUPPORTED, done, user, op);
    if (const migue_status failure = world->media.take_failure(); failure != MIGUE_OK)
        return world->accept(now, failure, done, user, op);
    const UploadedFile& file = world->media.note({{},
                                                  std::string(to_view(request.place)),
                                                  std::string(to_view(request.mime_type)),
                                                  std::string(to_view(request.file_name)),
                                                  std::string(to_view(request.bytes))});
    return world->accept(now, deliver({file.media_id, {}, {}}, done, user), op);
}

void cancel(const migue_host* host, std::uint64_t op) noexcept {
    if (World* world = world_of(host); world != nullptr) world->time.cancel(op);
}

migue_status classify(const migue_host* host, migue_str text, migue_str locale, migue_sink* out) noexcept {
    World* world = world_of(host);
    if (world == nullptr) return MIGUE_E_STATE;
    if (out == nullptr || out->write == nullptr || text.size > 4096) return MIGUE_E_INVALID;
    if (!world->classify) return MIGUE_E_UNAVAILABLE;
    const std::string reading = world->classify(to_view(text), to_view(locale));
    return out->write(out->ctx, reading.data(), reading.size());
}

constexpr migue_media_v1 kMedia{sizeof(migue_media_v1), 0, fetch, upload, cancel};
constexpr migue_intents_v1 kIntents{sizeof(migue_intents_v1), 0, classify};

}  // namespace

const void* media_table() noexcept {
    return &kMedia;
}
const void* intents_table() noexcept {
    return &kIntents;
}

}  // namespace migue::bench
