#pragma once
#include <string_view>

struct sb_stemmer;

namespace migue::host::intents {

/// A Snowball stemmer of its thread: used where it was made, and not kept. Cheap to make: one for each text.
class Stemmer {
public:
    /// "es", "pt-BR" …; a language without a stemmer leaves words as they are.
    explicit Stemmer(std::string_view locale);
    /// Valid until the next call of any stemmer of the language in this thread.
    [[nodiscard]] std::string_view stem(std::string_view word);

private:
    sb_stemmer* const stemmer_;  ///< the thread's; nullptr for none
};

}  // namespace migue::host::intents
