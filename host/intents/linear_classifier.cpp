#include "host/intents/linear_classifier.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <future>
#include <iterator>
#include <numeric>
#include <system_error>

#include "host/intents/binary.hpp"
#include "host/intents/digest.hpp"
#include "host/intents/trainer.hpp"

namespace migue::host::intents {
namespace {

constexpr std::string_view kMagic = "MIGUEINT";
constexpr std::uint32_t kFormat = 4;

Error bad_file(std::string what) {
    return {Error::Code::kInvalid, std::move(what)};
}

}  // namespace

LinearClassifier::LinearClassifier(LinearModel intents, LanguageIdentifier languages,
                                   const Fingerprint& trained_from)
    : intents_(std::move(intents)), languages_(std::move(languages)), trained_from_(trained_from) {}

Result<std::shared_ptr<const LinearClassifier>> LinearClassifier::train(
    const std::vector<Example>& examples) {
    return train(examples, fingerprint(examples));
}

Result<std::shared_ptr<const LinearClassifier>> LinearClassifier::train(const std::vector<Example>& examples,
                                                                        const Fingerprint& trained_from) {
    // Side by side: a host that starts without a cached model waits for both.
    auto trained_languages =
        std::async(std::launch::async, [&] { return LanguageIdentifier::train(examples); });
    auto intents = train_linear(examples, Target::kIntent, {});
    auto languages = trained_languages.get();
    if (!intents) return std::move(intents).error();
    if (!languages) return std::move(languages).error();
    return std::make_shared<const LinearClassifier>(std::move(intents).value(), std::move(languages).value(),
                                                    trained_from);
}

bool LinearClassifier::fits(const std::filesystem::path& file, const Fingerprint& trained_from) {
    std::string head(kMagic.size() + sizeof kFormat + trained_from.size(), '\0');
    std::ifstream in(file, std::ios::binary);
    if (!in.read(head.data(), static_cast<std::streamsize>(head.size())) || !head.starts_with(kMagic))
        return false;
    BinaryReader rest(std::string_view(head).substr(kMagic.size()));
    if (rest.number<std::uint32_t>() != kFormat) return false;
    return std::ranges::all_of(trained_from,
                               [&](std::uint8_t byte) { return byte == rest.number<std::uint8_t>(); });
}

std::string LinearClassifier::to_bytes() const {
    BinaryWriter out;
    for (const std::uint8_t byte : trained_from_) out.number(byte);
    out.text(intents_.to_bytes());
    out.text(languages_.model().to_bytes());
    std::string bytes(kMagic);
    BinaryWriter format;
    format.number(kFormat);
    bytes += std::move(format).take();
    bytes += std::move(out).take();
    const Fingerprint seal = digest(bytes);
    bytes.append(reinterpret_cast<const char*>(seal.data()), seal.size());
    return bytes;
}

Result<std::shared_ptr<const LinearClassifier>> LinearClassifier::from_bytes(std::string_view bytes) {
    Fingerprint seal{};
    if (bytes.size() < kMagic.size() + sizeof kFormat + seal.size() || !bytes.starts_with(kMagic))
        return bad_file("not a model file, or a truncated one");
    const std::string_view sealed = bytes.substr(0, bytes.size() - seal.size());
    std::memcpy(seal.data(), bytes.data() + sealed.size(), seal.size());
    BinaryReader in(sealed.substr(kMagic.size()));
    if (const auto format = in.number<std::uint32_t>(); format != kFormat)
        return bad_file(fmt::format("a model file of format {}, expected {}", format, kFormat));
    if (digest(sealed) != seal)
        return bad_file("the model file is truncated or altered: its checksum does not fit");
    Fingerprint trained_from{};
    for (std::uint8_t& byte : trained_from) byte = in.number<std::uint8_t>();
    auto intents = LinearModel::from_bytes(in.text());
    if (!intents) return std::move(intents).error();
    auto languages = LinearModel::from_bytes(in.text());
    if (!languages) return std::move(languages).error();
    if (!in.ok() || !in.at_end()) return bad_file("the model file holds more than a model");
    return std::make_shared<const LinearClassifier>(
        std::move(intents).value(), LanguageIdentifier(std::move(languages).value()), trained_from);
}

Result<std::shared_ptr<const LinearClassifier>> LinearClassifier::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Error{Error::Code::kUnavailable,
                     fmt::format("{}: cannot open: {}", file.string(), std::strerror(errno))};
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) return Error{Error::Code::kUnavailable, fmt::format("{}: cannot read", file.string())};
    auto loaded = from_bytes(bytes);
    if (!loaded) return std::move(loaded).error().within(file.string());
    return loaded;
}

Result<void> LinearClassifier::save(const std::filesystem::path& file) const {
    const std::filesystem::path fresh = fmt::format("{}.{}.new", file.string(), ::getpid());
    std::error_code failure;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failure);
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    const std::string bytes = to_bytes();
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
        const std::string why = std::strerror(errno);
        std::filesystem::remove(fresh, failure);
        return Error{Error::Code::kConfig, fmt::format("{}: cannot write the model: {}", file.string(), why)};
    }
    std::filesystem::rename(fresh, file, failure);
    if (failure)
        return Error{Error::Code::kConfig,
                     fmt::format("{}: cannot put the model in place: {}", file.string(), failure.message())};
    return {};
}

std::vector<Scored> LinearClassifier::classify(std::string_view text, std::string_view locale) const {
    const std::string guessed = locale.empty() ? language(text) : std::string();
    const std::vector<float> p = intents_.probabilities(text, locale.empty() ? guessed : locale);
    std::vector<std::size_t> order(p.size());  // names are moved about less than places
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order,
                      [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] > p[b] : a < b; });
    std::vector<Scored> out;
    out.reserve(p.size());
    for (const std::size_t i : order) out.push_back({intents_.labels()[i], p[i]});
    return out;
}

bool LinearClassifier::belongs(const std::vector<Scored>& ranked) const {
    return !is_out_of_scope(ranked.front().intent) && ranked.front().probability >= intents_.least_sure();
}

std::string LinearClassifier::language(std::string_view text) const {
    return languages_.identify(text);
}

}  // namespace migue::host::intents
