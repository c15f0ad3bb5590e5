#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "host/services/task_pool.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

struct MediaFile {
    std::string mime_type;  ///< as the channel says; the bytes were not looked at
    std::string bytes;
};

struct MediaUpload {
    std::string account;  ///< whose file it becomes: the business number's id
    std::string mime_type, file_name, bytes;
};

/// A channel that carries files. Both calls wait for the network, at most `limit`. Thread-safe.
class MediaSource {
public:
    MediaSource() = default;
    MediaSource(const MediaSource&) = delete;
    MediaSource& operator=(const MediaSource&) = delete;
    virtual ~MediaSource() = default;

    /// The file with this id (input_json, "media"), whole and checked. kInvalid: the id is none.
    /// kUnsupported: larger than `max_bytes`. kConflict: gone for good. kUnavailable: not to be
    /// had now. kInternal: an answer that cannot be trusted.
    [[nodiscard]] virtual Result<MediaFile> fetch(const std::string& media_id, std::size_t max_bytes,
                                                  std::chrono::milliseconds limit,
                                                  const std::stop_token& stop) = 0;
    /// The id of the uploaded file, for a reply. kInvalid: the account or the file's name is none.
    [[nodiscard]] virtual Result<std::string> upload(const MediaUpload& file, std::chrono::milliseconds limit,
                                                     const std::stop_token& stop) = 0;
};

/// Files of all channels, for callers that must not wait. A place is "<channel>/<account>". What
/// is fetched is in memory until it is delivered and nowhere else; so few go at once. Thread-safe.
class MediaService {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kMostBytes = 16u << 20;

    MediaService();

    /// The source must outlive stop().
    void add(std::string channel, MediaSource& source);

    /// Calls `done` once, on a thread of this service. False: too much waits already, and `done`
    /// will not be called.
    [[nodiscard]] bool fetch(const std::string& place, std::string media_id, std::size_t max_bytes,
                             Deadline deadline, std::stop_token stop,
                             std::function<void(Result<MediaFile>)> done);
    [[nodiscard]] bool upload(const std::string& place, MediaUpload file, Deadline deadline,
                              std::stop_token stop, std::function<void(Result<std::string>)> done);
    /// Runs what waits; later calls are refused.
    void stop() { threads_.stop(); }

private:
    struct Place {
        MediaSource* source = nullptr;  // null: none of that name
        std::string account;
    };
    [[nodiscard]] Place find(const std::string& place) const;

    mutable std::mutex mutex_;
    std::map<std::string, MediaSource*, std::less<>> sources_;  // guarded by mutex_
    TaskPool threads_;
};

}  // namespace migue::host
