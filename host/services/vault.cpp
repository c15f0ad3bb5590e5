#include "host/services/vault.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace migue::host {

namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::string_view kPrefix = "v1.";
static_assert(VaultKeys::kKeySize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void need_sodium() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium has no source of random bytes");
}

std::string encode(std::string_view bytes) {
    std::string out(sodium_base64_encoded_len(bytes.size(), kForm), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), kForm);
    out.pop_back();  // its NUL
    return out;
}

/// False when `text` is no base64 of that form, up to its last character.
bool decode(std::string_view text, int form, std::string& out) {
    out.resize(text.size() / 4 * 3 + 3);
    std::size_t size = 0;
    const char* end = nullptr;
    const bool good = sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &size,
                                        &end, form) == 0 &&
                      end == text.data() + text.size();
    out.resize(good ? size : 0);
    return good;
}

bool is_key_id(std::string_view id) {
    return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos)
        text.remove_prefix(1);
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    return text;
}

/// What is bound to the sealed text. Lengths in front, so that no two meanings look alike.
std::string associated_data(std::string_view key_id, std::string_view plugin, std::string_view context) {
    std::string out = "migue.vault/1";
    for (const std::string_view part : {key_id, plugin, context}) {
        out += ':';
        out += std::to_string(part.size());
        out += ':';
        out += part;
    }
    return out;
}

Error not_ours(std::string_view why) {
    return {Error::Code::kInvalid, "sealed text: " + std::string(why)};
}

Error file_fault(const std::filesystem::path& file, std::string_view step) {
    return {Error::Code::kConfig,
            file.string() + ": " + std::string(step) + ": " + std::generic_category().message(errno)};
}

/// Writes a new key beside `file` and links it there, so that a reader never sees half of
/// it and two hosts that start at once agree on one.
Result<void> make_key_file(const std::filesystem::path& file) {
    std::error_code ignored;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
    std::string fresh = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(fresh.data(), O_CLOEXEC);
    if (descriptor < 0) return file_fault(file, "make the key file");
    std::string key = Vault::random(VaultKeys::kKeySize);
    std::string line(sodium_base64_encoded_len(key.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(line.data(), line.size(), bytes_of(key), key.size(), sodium_base64_VARIANT_ORIGINAL);
    line = "k1:" + std::string(line.c_str()) + "\n";
    const bool written = ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                         ::fsync(descriptor) == 0;
    const bool linked = written && (::link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST);
    Result<void> result = linked ? Result<void>() : file_fault(file, "write the key file");
    ::close(descriptor);
    ::unlink(fresh.c_str());
    sodium_memzero(key.data(), key.size());
    sodium_memzero(line.data(), line.size());
    return result;
}

}  // namespace

VaultKeys::~VaultKeys() {
    for (Key& key : keys_) sodium_memzero(key.bytes.data(), key.bytes.size());
}

const VaultKeys::Key* VaultKeys::find(std::string_view id) const noexcept {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

Result<VaultKeys> VaultKeys::parse(std::string_view text) {
    need_sodium();
    const auto fault = [](std::size_t position, std::string_view what) {
        return Error{Error::Code::kConfig, "vault keys: key " + std::to_string(position) + ": " +
                                               std::string(what) +
                                               "; expected id:base64,… of 32 bytes each, newest first"};
    };
    VaultKeys keys;
    std::size_t position = 0;
    for (bool more = true; more;) {
        ++position;
        const std::size_t comma = text.find(',');
        more = comma != std::string_view::npos;
        const std::string_view part = trimmed(text.substr(0, comma));
        if (more) text.remove_prefix(comma + 1);
        const std::size_t colon = part.find(':');
        if (colon == std::string_view::npos) return fault(position, "has no ':'");
        Key key{std::string(part.substr(0, colon)), {}};
        if (!is_key_id(key.id)) return fault(position, "its id is not [A-Za-z0-9_-]{1,32}");
        if (keys.find(key.id) != nullptr) return fault(position, "its id stands twice");
        std::string bytes;
        const bool good =
            decode(part.substr(colon + 1), sodium_base64_VARIANT_ORIGINAL, bytes) && bytes.size() == kKeySize;
        if (good) std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
        sodium_memzero(bytes.data(), bytes.size());
        if (!good) return fault(position, "is not the base64 of 32 bytes");
        keys.keys_.push_back(std::move(key));
    }
    return keys;
}

Result<VaultKeys> VaultKeys::read_or_make(const std::filesystem::path& file) {
    need_sodium();
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) {
        if (errno != ENOENT) return file_fault(file, "look at the key file");
        if (auto made = make_key_file(file); !made) return std::move(made).error();
        if (::stat(file.c_str(), &status) != 0) return file_fault(file, "look at the key file");
    }
    if ((status.st_mode & 077) != 0)
        return Error{Error::Code::kConfig,
                     file.string() + ": others may read the key file; expected mode 0600"};
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) return file_fault(file, "read the key file");
    auto keys = parse(trimmed(text.str()));
    if (!keys) return std::move(keys).error().within(file.string());
    return keys;
}

VaultKeys VaultKeys::make_for_now() {
    need_sodium();
    VaultKeys keys;
    keys.keys_.push_back({"now", {}});
    randombytes_buf(keys.keys_.front().bytes.data(), kKeySize);
    return keys;
}

Vault::Vault(VaultKeys keys) : keys_(std::move(keys)) {
    need_sodium();
}

std::string Vault::seal(std::string_view plugin, std::string_view plain, std::string_view context) const {
    const VaultKeys::Key& key = keys_.newest();
    const std::string bound = associated_data(key.id, plugin, context);
    std::string box(kNonceSize + plain.size() + kTagSize, '\0');
    randombytes_buf(box.data(), kNonceSize);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(box) + kNonceSize, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(bound), bound.size(), nullptr,
                                               bytes_of(box), key.bytes.data());
    return std::string(kPrefix) + key.id + "." + encode(box);
}

Result<std::string> Vault::open(std::string_view plugin, std::string_view sealed,
                                std::string_view context) const {
    if (!sealed.starts_with(kPrefix)) return not_ours("no such form");
    sealed.remove_prefix(kPrefix.size());
    const std::size_t dot = sealed.find('.');
    if (dot == std::string_view::npos) return not_ours("no such form");
    const std::string_view key_id = sealed.substr(0, dot);
    const VaultKeys::Key* key = keys_.find(key_id);
    if (key == nullptr)
        return not_ours(is_key_id(key_id) ? "its key, " + std::string(key_id) + ", is not among vault.keys"
                                          : "no such form");
    std::string box;
    if (!decode(sealed.substr(dot + 1), kForm, box) || box.size() < kNonceSize + kTagSize)
        return not_ours("no such form");
    const std::string bound = associated_data(key_id, plugin, context);
    std::string plain(box.size() - kNonceSize - kTagSize, '\0');
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes_of(plain), nullptr, nullptr, bytes_of(box) + kNonceSize, box.size() - kNonceSize,
        bytes_of(bound), bound.size(), bytes_of(box), key->bytes.data());
    if (opened != 0) return not_ours("altered, or sealed for something else");
    return plain;
}

std::string Vault::random(std::size_t size) {
    need_sodium();
    std::string out(size, '\0');
    randombytes_buf(out.data(), size);
    return out;
}

std::string Vault::sha256(std::string_view bytes) {
    std::string out(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(bytes_of(out), bytes_of(bytes), bytes.size());
    return out;
}

}  // namespace migue::host
