#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// Bytes read once, with what they are.
struct FileDigest {
    std::string sha256;  ///< 64 hexadecimal digits, lower case
    std::uint64_t size = 0;
};

/// Opens with O_NOFOLLOW and reads. The last part of the path must be a regular file.
[[nodiscard]] Result<FileDigest> hash_file(const std::filesystem::path& file);

/// A private copy of a plugin file: nobody else writes it, so what was checked is what is
/// loaded (H9), and overwriting the delivered file harms nobody (H10). Removed when it goes.
class StagedFile {
public:
    StagedFile(std::filesystem::path path, FileDigest digest)
        : path_(std::move(path)), digest_(std::move(digest)) {}
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    ~StagedFile();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }  ///< absolute
    [[nodiscard]] const FileDigest& digest() const noexcept { return digest_; }

private:
    const std::filesystem::path path_;
    const FileDigest digest_;
};

/// A directory of this process alone (0700) for the private copies. Those that dead
/// processes left behind are cleared away. Thread-safe.
class StagingArea {
public:
    [[nodiscard]] static Result<std::unique_ptr<StagingArea>> make(const std::filesystem::path& parent);
    StagingArea(const StagingArea&) = delete;
    StagingArea& operator=(const StagingArea&) = delete;
    ~StagingArea();

    /// Copies `file` to `<id>.<generation>.so`. Generations are never used twice: under one
    /// path dlopen() would answer with the code it had before (H8).
    [[nodiscard]] Result<std::unique_ptr<StagedFile>> stage(const std::filesystem::path& file,
                                                            const std::string& id, std::uint64_t generation);

private:
    StagingArea(std::filesystem::path directory, int lock) : directory_(std::move(directory)), lock_(lock) {}
    const std::filesystem::path directory_;
    const int lock_;  // held while the process lives: says that the directory is in use
};

}  // namespace migue::host
