#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "host/intents/spelling.hpp"
#include "host/intents/text.hpp"

namespace migue::host::intents {

/// Which features are made. Part of a model: it reads texts the way it was trained.
struct FeatureOptions {
    bool masks = true;          ///< hours, weekdays, names … also as their class
    bool stems = true;          ///< Snowball stems instead of words
    bool pairs = true;          ///< neighbours, and neighbours but one
    bool topics = true;         ///< what words are about, and what is spoken of together
    bool senses = true;         ///< words that say much the same, alone and by two
    bool keep_accents = false;  ///< in the characters
    std::uint8_t char_min = 2;
    std::uint8_t char_max = 5;
    float sense_length = 1;  ///< how much that counts beside the words themselves

    friend bool operator==(const FeatureOptions&, const FeatureOptions&) = default;
};

inline constexpr std::size_t kBlocks = 5;
enum class Block : std::uint8_t { kWords = 0, kPairs, kChars, kTopics, kSenses };

/// Stands for something that is no feature of any model, yet counts in a block's length.
inline constexpr std::uint32_t kNoFeature = 0;

/// The hashed features of one text: in each block without duplicates but of kNoFeature, in no
/// order.
struct Features {
    std::array<std::vector<std::uint32_t>, kBlocks> blocks;

    [[nodiscard]] const std::vector<std::uint32_t>& of(Block block) const {
        return blocks[static_cast<std::size_t>(block)];
    }
};

/// Turns text into features. Immutable: thread-safe.
class Extractor {
public:
    /// `known` are the words that a slip of the thumb is mended to; none: nothing is mended.
    explicit Extractor(FeatureOptions options, Spelling::Words known = {});
    Extractor(Extractor&&) noexcept;
    Extractor& operator=(Extractor&&) noexcept;
    ~Extractor();

    /// `locale` chooses the stemmer; one that is not known means no stemming.
    [[nodiscard]] Features extract(std::string_view text, std::string_view locale) const;
    /// The same, of a text that is cut into tokens already, into memory that was used before.
    void extract(std::span<const Token> tokens, std::string_view locale, Features& out) const;
    [[nodiscard]] const FeatureOptions& options() const noexcept;
    [[nodiscard]] const Spelling::Words& known_words() const noexcept;

private:
    class Impl;
    std::unique_ptr<const Impl> impl_;
};

}  // namespace migue::host::intents
