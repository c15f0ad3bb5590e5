#include "host/services/media_service.hpp"

#include <utility>

namespace migue::host {

namespace {

// Each may hold a file of 16 MiB.
constexpr std::size_t kAtOnce = 4, kMostQueued = 64;

std::chrono::milliseconds left_until(MediaService::Deadline deadline) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
}

Error no_files(const std::string& place) {
    return {Error::Code::kUnsupported, "media: no channel with files at '" + place + "'"};
}

Error too_late() {
    return {Error::Code::kDeadline, "media: out of time before it began"};
}

}  // namespace

MediaService::MediaService() : threads_(kAtOnce, kMostQueued) {}

void MediaService::add(std::string channel, MediaSource& source) {
    const std::lock_guard lock(mutex_);
    sources_.emplace(std::move(channel), &source);
}

MediaService::Place MediaService::find(const std::string& place) const {
    const std::size_t slash = place.find('/');
    if (slash == std::string::npos) return {};
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(std::string_view(place).substr(0, slash));
    if (found == sources_.end()) return {};
    return {found->second, place.substr(slash + 1)};
}

bool MediaService::fetch(const std::string& place, std::string media_id, std::size_t max_bytes,
                         Deadline deadline, std::stop_token stop,
                         std::function<void(Result<MediaFile>)> done) {
    return threads_.post([place, source = find(place).source, media_id = std::move(media_id), max_bytes,
                          deadline, stop = std::move(stop), done = std::move(done)] {
        const auto left = left_until(deadline);
        if (source == nullptr) return done(no_files(place));
        if (left.count() <= 0 || stop.stop_requested()) return done(too_late());
        done(source->fetch(media_id, max_bytes, left, stop));
    });
}

bool MediaService::upload(const std::string& place, MediaUpload file, Deadline deadline, std::stop_token stop,
                          std::function<void(Result<std::string>)> done) {
    Place at = find(place);
    file.account = std::move(at.account);
    return threads_.post([place, source = at.source, file = std::move(file), deadline, stop = std::move(stop),
                          done = std::move(done)] {
        const auto left = left_until(deadline);
        if (source == nullptr) return done(no_files(place));
        if (left.count() <= 0 || stop.stop_requested()) return done(too_late());
        done(source->upload(file, left, stop));
    });
}

}  // namespace migue::host
