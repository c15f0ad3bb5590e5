#include "host/intents/examples.hpp"

#include <fmt/format.h>
#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <cassert>

#include "host/intents/binary.hpp"
#include "host/intents/digest.hpp"
#include "migue_intents_data.embedded.hpp"

namespace migue::host::intents {
namespace {

/// Raised whenever the code of features or training changes, so that no cached model outlives it.
constexpr std::uint32_t kMethodVersion = 8;

void add_method(BinaryWriter& out) {
    out.number(kMethodVersion);
    for (const char* list : {"chat_words", "function_words", "topics", "senses"}) {
        for (const char* language : {"es", "en", "pt"}) {
            const auto data = migue_intents_data::embedded(fmt::format("data/{}/{}.txt", list, language));
            assert(data);
            out.text(*data);
        }
    }
    const auto classes = migue_intents_data::embedded("data/word_classes.txt");
    assert(classes);
    out.text(*classes);
}

}  // namespace

bool is_out_of_scope(std::string_view intent) {
    return intent == kOther || intent == "out_of_scope" || is_kind_of_other(intent);
}

bool is_kind_of_other(std::string_view intent) {
    return intent.starts_with(kOther) && intent.substr(kOther.size()).starts_with('-');
}

Fingerprint digest(std::string_view bytes) {
    Fingerprint out{};
    crypto_hash_sha256(out.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return out;
}

Fingerprint fingerprint(const std::vector<Example>& examples) {
    std::vector<const Example*> sorted;
    sorted.reserve(examples.size());
    for (const Example& example : examples) sorted.push_back(&example);
    std::ranges::sort(sorted, [](const Example* a, const Example* b) { return *a < *b; });
    BinaryWriter out;
    add_method(out);
    for (const Example* example : sorted) {
        out.text(example->text);
        out.text(example->locale);
        out.text(example->intent);
    }
    return digest(std::move(out).take());
}

Fingerprint fingerprint(const std::vector<ExampleBytes>& files) {
    BinaryWriter out;
    add_method(out);
    for (const ExampleBytes& file : files) {
        out.text(file.locale);
        out.text(file.bytes);
    }
    return digest(std::move(out).take());
}

}  // namespace migue::host::intents
