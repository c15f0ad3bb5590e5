#pragma once
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

namespace migue::load {

/// The database of a run, and what may happen to it.
class Database {
public:
    enum class Fault {
        kFrozen = 1,  ///< stands still, connections stay open
        kStopped,     ///< shut down in order
        kKilled,      ///< as a power cut
    };

    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    virtual ~Database() = default;

    [[nodiscard]] virtual std::string url() const = 0;
    /// The same by another port of this machine: that of a proxy.
    [[nodiscard]] virtual std::string url_by(std::uint16_t port) const = 0;
    [[nodiscard]] virtual std::uint16_t port() const = 0;  ///< 0: it has none
    [[nodiscard]] virtual bool can_fail() const = 0;
    /// Both take a while; the future is ready when it is done. One at a time.
    [[nodiscard]] virtual std::future<void> take_away(Fault fault) = 0;
    [[nodiscard]] virtual std::future<void> bring_back() = 0;
};

/// A file in the folder of the host, which alone uses it.
[[nodiscard]] std::unique_ptr<Database> sqlite_database(const std::filesystem::path& folder);
/// A server of its own, which writes to disk.
[[nodiscard]] std::unique_ptr<Database> postgres_database();

}  // namespace migue::load
