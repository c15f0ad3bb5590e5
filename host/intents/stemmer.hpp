#pragma once
#include <memory>
#include <string_view>

struct sb_stemmer;

namespace migue::host::intents {

/// A Snowball stemmer. Not thread-safe, and cheap to make: one for each text.
class Stemmer {
public:
    /// "es", "pt-BR" …; a language without a stemmer leaves words as they are.
    explicit Stemmer(std::string_view locale);
    /// Valid until the next call.
    [[nodiscard]] std::string_view stem(std::string_view word);

private:
    struct Delete {
        void operator()(sb_stemmer* stemmer) const noexcept;
    };
    std::unique_ptr<sb_stemmer, Delete> stemmer_;
};

}  // namespace migue::host::intents
