#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace migue::torture {

/// What a reply claims.
enum class Said {
    kBooked = 1,
    kMoved,
    kCancelled,
    kUndone,
    kTrying,    ///< it is being tried on, and an end is promised
    kNothing,   ///< nothing was done
    kUnknown,   ///< it is not known whether it was done
    kTaken,     ///< the time is taken
    kGone,      ///< there is no such event
    kAsking,    ///< a card or a question; nothing was done yet
    kLink,      ///< a calendar has to be linked
    kLinked,    ///< it is
    kService,   ///< set up wrongly by whoever runs the bot
    kNotYours,  ///< only the organizer may
    kOther,
};
[[nodiscard]] std::string_view to_string(Said said);

/// Reads replies by the phrases that the plugin and the host ship, in every language: a reply
/// is what its phrase's fixed parts say, whatever stands in the gaps. Immutable.
class PhraseReader {
public:
    /// `source`: the project's folder. Throws std::runtime_error when a phrase is not there.
    explicit PhraseReader(const std::filesystem::path& source);

    [[nodiscard]] Said read(std::string_view reply) const;
    /// A label in one language, to find a button by: "undo", "es" → "Deshacer".
    [[nodiscard]] std::string label(std::string_view language, std::string_view key) const;

private:
    struct Pattern {
        std::vector<std::string> parts;  ///< what stands between the gaps, small at its beginning
        Said said;
    };
    void add(const std::string& phrase, Said said);
    [[nodiscard]] static bool fits(const Pattern& pattern, std::string_view text);

    std::vector<Pattern> patterns_;
    std::vector<std::string> openings_;                        ///< sentences that may stand before any phrase
    std::vector<std::pair<std::string, std::string>> labels_;  ///< "es/undo"
};

}  // namespace migue::torture
