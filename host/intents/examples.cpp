#include "host/intents/examples.hpp"

#include <openssl/sha.h>

#include <algorithm>

#include "host/intents/binary.hpp"
#include "host/intents/digest.hpp"

namespace migue::host::intents {
namespace {

/// Raised whenever features or training change, so that no cached model outlives them.
constexpr std::uint32_t kMethodVersion = 7;

}  // namespace

Fingerprint digest(std::string_view bytes) {
    Fingerprint out{};
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data());
    return out;
}

Fingerprint fingerprint(const std::vector<Example>& examples) {
    std::vector<const Example*> sorted;
    sorted.reserve(examples.size());
    for (const Example& example : examples) sorted.push_back(&example);
    std::ranges::sort(sorted, [](const Example* a, const Example* b) { return *a < *b; });
    BinaryWriter out;
    out.number(kMethodVersion);
    for (const Example* example : sorted) {
        out.text(example->text);
        out.text(example->locale);
        out.text(example->intent);
    }
    return digest(std::move(out).take());
}

}  // namespace migue::host::intents
