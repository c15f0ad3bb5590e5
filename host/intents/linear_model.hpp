#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/intents/features.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host::intents {

/// Which features a model knows, and how much each counts.
///
/// Each block of a text is brought to the same length before it is scored. Features never
/// seen in training count in that length: a text about something else gets low scores.
class Vocabulary {
public:
    /// `hashes` without duplicates, `weights` (from the document frequency) one each.
    Vocabulary(std::vector<std::uint32_t> hashes, std::vector<float> weights, float unseen_weight);

    static constexpr std::uint32_t kUnknown = 0xFFFFFFFF;
    [[nodiscard]] std::uint32_t find(std::uint32_t hash) const noexcept {
        const Slot* const slots = slots_.data();  // the mask keeps the index in it
        for (std::uint32_t slot = hash & mask_; slots[slot].index != kUnknown; slot = (slot + 1) & mask_)
            if (slots[slot].hash == hash) return slots[slot].index;
        return kUnknown;
    }
    /// Fetches what find() will look at: the table is larger than the processor's caches.
    void prefetch(std::uint32_t hash) const noexcept { __builtin_prefetch(slots_.data() + (hash & mask_)); }
    void prefetch_weight(std::uint32_t index) const noexcept {
        if (index != kUnknown) __builtin_prefetch(weights_.data() + index);
    }
    [[nodiscard]] float weight(std::uint32_t index) const noexcept {
        return index == kUnknown ? unseen_weight_ : weights_.data()[index];
    }
    [[nodiscard]] std::size_t size() const noexcept { return hashes_.size(); }
    [[nodiscard]] const std::vector<std::uint32_t>& hashes() const noexcept { return hashes_; }
    [[nodiscard]] const std::vector<float>& weights() const noexcept { return weights_; }
    [[nodiscard]] float unseen_weight() const noexcept { return unseen_weight_; }

private:
    std::vector<std::uint32_t> hashes_;
    std::vector<float> weights_;
    float unseen_weight_;
    /// Open addressing. The hash lies beside the index: a look costs one cache line.
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t index = kUnknown;
    };
    std::vector<Slot> slots_;
    std::uint32_t mask_ = 0;
};

/// The weights of one linear score for each label, in a byte each. Immutable: thread-safe.
class LinearModel {
public:
    struct Parts {
        FeatureOptions options;
        Spelling::Words words;  ///< that misspelt ones are mended to
        std::vector<std::string> labels;
        std::vector<std::uint32_t> hashes;
        std::vector<float> feature_weights;
        float unseen_weight = 1;
        std::vector<std::int8_t> weights;  ///< feature by feature, a row of labels each
        std::vector<float> label_scales;   ///< what one step of a label's bytes stands for
        std::vector<float> biases;         ///< one a label
        float sharpness = 1;               ///< of the softmax that makes probabilities
        /// The least share of the likeliest label among the labels that are one's own, below which
        /// a text belongs to none of them; 0 where no example shows what does not belong.
        float least_sure = 0;
    };
    /// A feature of a text that the model knows.
    struct Known {
        std::uint32_t index;
        float value;
    };
    explicit LinearModel(Parts parts);

    [[nodiscard]] const std::vector<std::string>& labels() const noexcept { return parts_.labels; }
    /// As Parts says.
    [[nodiscard]] float least_sure() const noexcept { return parts_.least_sure; }
    /// One a label, in the order of labels(); they sum to 1.
    [[nodiscard]] std::vector<float> probabilities(std::string_view text, std::string_view locale) const;

    /// The same, of a text that is cut into tokens already.
    [[nodiscard]] std::vector<float> probabilities(std::span<const Token> tokens,
                                                   std::string_view locale) const;

    [[nodiscard]] std::string to_bytes() const;
    [[nodiscard]] static Result<LinearModel> from_bytes(std::string_view bytes);

private:
    struct Found;
    void add_block(Block block, Found& found, std::vector<float>& scores) const;

    Parts parts_;  // hashes, feature_weights and words have moved on
    Vocabulary vocabulary_;
    Extractor extractor_;
};

/// The features of a block that the vocabulary knows, in their order; each with its weight times what brings
/// the block to the length of its kind.
void look_up(const Vocabulary& vocabulary, const Features& features, Block block,
             const FeatureOptions& options, std::vector<LinearModel::Known>& known);

/// exp(sharpness * score), normalised.
void softmax(std::vector<float>& scores, float sharpness);

}  // namespace migue::host::intents
