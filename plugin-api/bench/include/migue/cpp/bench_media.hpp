#pragma once
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "migue/plugin.h"

namespace migue::bench {

/// A file of a person, or why it is not to be had.
struct HeldFile {
    std::string mime_type = {}, bytes = {};
    std::chrono::milliseconds delay{0};  ///< on the bench's clock
    migue_status failure = MIGUE_OK;
};

struct UploadedFile {
    std::string media_id, place, mime_type, file_name, bytes;
};

/// The files of a channel under test. Until a place is set the channel carries none, as the web
/// chat does, and channel_json has no "media".
class FakeMedia {
public:
    void set_place(std::string place) { place_ = std::move(place); }
    [[nodiscard]] const std::string& place() const noexcept { return place_; }

    /// What a person sent. Another id is gone: MIGUE_E_CONFLICT.
    void hold(std::string media_id, HeldFile file) { held_[std::move(media_id)] = std::move(file); }
    [[nodiscard]] const HeldFile* find(const std::string& media_id) const;
    [[nodiscard]] std::size_t fetches() const noexcept { return fetches_; }

    /// The next upload ends so.
    void fail_next_upload(migue_status status) { next_upload_ = status; }
    [[nodiscard]] const std::vector<UploadedFile>& uploads() const noexcept { return uploads_; }

    // For the bench.
    void note_fetch() noexcept { ++fetches_; }
    [[nodiscard]] migue_status take_failure() noexcept { return std::exchange(next_upload_, MIGUE_OK); }
    const UploadedFile& note(UploadedFile file);

private:
    std::string place_;
    std::map<std::string, HeldFile> held_;
    std::vector<UploadedFile> uploads_;
    std::size_t fetches_ = 0;
    migue_status next_upload_ = MIGUE_OK;
};

}  // namespace migue::bench
