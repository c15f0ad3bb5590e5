// What other servers and channels send, as it comes: a recording's bytes, transcribed words, a model's
// marks and a model's line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "understanding/model/voice_notes.hpp"
#include "understanding/model/word_marks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto kind = scheduling::model::kind_of_audio(bytes);
    if (!kind.empty() && size < 2) std::abort();
    static_cast<void>(scheduling::model::length_of_opus(bytes));
    const std::string shown = scheduling::model::shown_words(bytes);
    if (shown.find('\n') != std::string::npos || shown.find("://") != std::string::npos) std::abort();
    for (const auto& wish : scheduling::model::find_marks(bytes, "dentista el jueves a las 4", {}).wishes)
        for (const auto& piece : wish.times)
            if (piece.begin >= piece.end || piece.end > 26) std::abort();
    return 0;
}
