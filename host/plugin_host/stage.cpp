#include "host/plugin_host/stage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

namespace migue::host {

namespace {

constexpr std::uint64_t kMaxPluginSize = 256u << 20;

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_;
};

Error system_fault(const std::filesystem::path& file, std::string_view step) {
    const std::string why = errno == ELOOP ? "it is a symbolic link" : std::generic_category().message(errno);
    return {Error::Code::kConfig, fmt::format("{}: {}: {}", file.string(), step, why)};
}

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
            throw std::bad_alloc();
    }
    void add(const void* data, std::size_t size) { EVP_DigestUpdate(context_.get(), data, size); }
    [[nodiscard]] std::string finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
        std::string out;
        for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
        return out;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

bool write_all(int descriptor, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t written = ::write(descriptor, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

/// Opens without following a link; devices and pipes are refused before they can block.
Result<int> open_regular(const std::filesystem::path& file) {
    Descriptor source(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!source) return system_fault(file, "open");
    struct stat status {};
    if (::fstat(source.get(), &status) != 0) return system_fault(file, "look at");
    if (!S_ISREG(status.st_mode)) return Error{Error::Code::kConfig, file.string() + ": not a regular file"};
    return source.release();
}

/// Reads to the end; each piece goes to the hash and, when there is one, to `copy`.
Result<FileDigest> read_through(const std::filesystem::path& file, int source,
                                const std::filesystem::path& copy_path, int copy) {
    Sha256 hash;
    FileDigest digest;
    std::vector<char> buffer(1u << 16);
    for (;;) {
        const ssize_t got = ::read(source, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_fault(file, "read");
        if (got == 0) break;
        digest.size += static_cast<std::uint64_t>(got);
        if (digest.size > kMaxPluginSize)
            return Error{Error::Code::kConfig,
                         fmt::format("{}: over {} bytes", file.string(), kMaxPluginSize)};
        hash.add(buffer.data(), static_cast<std::size_t>(got));
        if (copy >= 0 && !write_all(copy, buffer.data(), static_cast<std::size_t>(got)))
            return system_fault(copy_path, "write the private copy");
    }
    digest.sha256 = hash.finish();
    return digest;
}

/// Removes the directories whose process is gone: nobody holds their lock any more.
void clear_left_behind(const std::filesystem::path& parent) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(parent, ignored)) {
        if (!entry.path().filename().string().starts_with("run-")) continue;
        const Descriptor lock(::open((entry.path() / "lock").c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
        if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
            std::filesystem::remove_all(entry.path(), ignored);
    }
}

}  // namespace

Result<FileDigest> hash_file(const std::filesystem::path& file) {
    auto opened = open_regular(file);
    if (!opened) return std::move(opened).error();
    const Descriptor source(*opened);
    return read_through(file, source.get(), {}, -1);
}

StagedFile::~StagedFile() {
    ::unlink(path_.c_str());
}

Result<std::unique_ptr<StagingArea>> StagingArea::make(const std::filesystem::path& parent) {
    std::error_code fault;
    std::filesystem::create_directories(parent, fault);
    if (fault)
        return Error{Error::Code::kConfig, parent.string() + ": make the directory: " + fault.message()};
    clear_left_behind(parent);
    const std::filesystem::path absolute = std::filesystem::canonical(parent, fault);
    std::string directory = (absolute / "run-XXXXXX").string();
    if (fault || ::mkdtemp(directory.data()) == nullptr)
        return system_fault(parent, "make a private directory");
    const std::filesystem::path lock_path = std::filesystem::path(directory) / "lock";
    Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return system_fault(lock_path, "lock");
    return std::unique_ptr<StagingArea>(new StagingArea(directory, lock.release()));
}

StagingArea::~StagingArea() {
    std::error_code ignored;  // nothing depends on it: the next start clears what is left
    std::filesystem::remove_all(directory_, ignored);
    ::close(lock_);
}

Result<std::unique_ptr<StagedFile>> StagingArea::stage(const std::filesystem::path& file,
                                                       const std::string& id, std::uint64_t generation) {
    auto opened = open_regular(file);
    if (!opened) return std::move(opened).error();
    const Descriptor source(*opened);
    const std::filesystem::path path = directory_ / fmt::format("{}.{}.so", id, generation);
    const Descriptor copy(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!copy) return system_fault(path, "make the private copy");
    auto digest = read_through(file, source.get(), path, copy.get());
    // Owned from here on, so that a failed copy is removed too.
    auto staged = std::make_unique<StagedFile>(path, digest ? *digest : FileDigest{});
    if (!digest) return std::move(digest).error();
    if (::fchmod(copy.get(), 0500) != 0) return system_fault(path, "protect the private copy");
    return staged;
}

}  // namespace migue::host
