#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/result.hpp"

namespace migue::host {

/// The operator's keys. The newest seals, all of them open: a new key in front rotates
/// without a flag day. Wiped when they go.
class VaultKeys {
public:
    static constexpr std::size_t kKeySize = 32;
    struct Key {
        std::string id;
        std::array<unsigned char, kKeySize> bytes;
    };

    /// "id:base64,id:base64", newest first; ids [A-Za-z0-9_-]{1,32}, keys of 32 bytes. The
    /// error never repeats what it read.
    [[nodiscard]] static Result<VaultKeys> parse(std::string_view text);
    /// Reads a file of that form; makes it with one random key, mode 0600, when there is
    /// none. kConfig when others may read it.
    [[nodiscard]] static Result<VaultKeys> read_or_make(const std::filesystem::path& file);

    /// One random key that nobody else will ever have.
    [[nodiscard]] static VaultKeys make_for_now();

    VaultKeys(VaultKeys&&) noexcept = default;
    VaultKeys& operator=(VaultKeys&&) noexcept = delete;
    VaultKeys(const VaultKeys&) = delete;
    VaultKeys& operator=(const VaultKeys&) = delete;
    ~VaultKeys();

    [[nodiscard]] const Key& newest() const noexcept { return keys_.front(); }
    [[nodiscard]] const Key* find(std::string_view id) const noexcept;

private:
    VaultKeys() = default;
    std::vector<Key> keys_;
};

/// Authenticated encryption for plugins: XChaCha20-Poly1305 with a random nonce. Plugin and
/// context are bound to the sealed text ("v1.<key id>.<base64url>"). Thread-safe.
class Vault {
public:
    explicit Vault(VaultKeys keys);

    [[nodiscard]] std::string seal(std::string_view plugin, std::string_view plain,
                                   std::string_view context) const;
    /// kInvalid: not sealed by us, altered, for another plugin or context, or its key is gone.
    [[nodiscard]] Result<std::string> open(std::string_view plugin, std::string_view sealed,
                                           std::string_view context) const;
    /// Bytes no one can guess.
    [[nodiscard]] static std::string random(std::size_t size);
    /// The 32 bytes of SHA-256.
    [[nodiscard]] static std::string sha256(std::string_view bytes);

private:
    const VaultKeys keys_;
};

}  // namespace migue::host
