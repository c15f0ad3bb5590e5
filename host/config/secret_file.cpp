#include "host/config/secret_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace migue::host::config {

namespace {

/// Tokens and keys have a few hundred bytes.
constexpr std::size_t kMaxSize = 16 * 1024;

Error fault(std::string what) {
    return {Error::Code::kConfig, std::move(what)};
}

}  // namespace

Result<std::string> read_secret_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<char, kMaxSize + 1> buffer{};
    in.read(buffer.data(), buffer.size());
    if (in.bad() || (in.gcount() == 0 && !in.eof())) return fault("cannot be read");
    std::string text(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxSize) return fault("is longer than " + std::to_string(kMaxSize) + " bytes");
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    if (text.empty()) return fault("is empty");
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    if (!is_plain) return fault("holds more than one word");
    return text;
}

}  // namespace migue::host::config
