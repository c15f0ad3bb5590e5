#include "host/intents/linear_model.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "host/intents/binary.hpp"

namespace migue::host::intents {
namespace {

constexpr std::size_t kMaxLabels = 4096;
constexpr std::uint8_t kMaxCharRun = 8;
/// So many features ahead the memory is asked for: each lies somewhere else.
constexpr std::size_t kAhead = 12;
/// Labels are scored in groups of this; the last group may read on behind its row.
constexpr std::size_t kGroup = 8;

#if defined(__SSE2__)
struct Group {
    __m128 low, high;
};

Group load(const float* sums) {
    return {_mm_loadu_ps(sums), _mm_loadu_ps(sums + 4)};
}
void store(const Group& group, float* sums) {
    _mm_storeu_ps(sums, group.low);
    _mm_storeu_ps(sums + 4, group.high);
}
/// group += value * row, each label by itself.
void add_row(Group& group, float value, const std::int8_t* row) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row));
    const __m128i words = _mm_srai_epi16(_mm_unpacklo_epi8(bytes, bytes), 8);
    const __m128 low = _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(words, words), 16));
    const __m128 high = _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpackhi_epi16(words, words), 16));
    const __m128 factor = _mm_set1_ps(value);
    group.low = _mm_add_ps(group.low, _mm_mul_ps(factor, low));
    group.high = _mm_add_ps(group.high, _mm_mul_ps(factor, high));
}
#else
using Group = std::array<float, kGroup>;

Group load(const float* sums) {
    Group group;
    std::copy_n(sums, kGroup, group.begin());
    return group;
}
void store(const Group& group, float* sums) {
    std::copy_n(group.begin(), kGroup, sums);
}
void add_row(Group& group, float value, const std::int8_t* row) {
    for (std::size_t i = 0; i < kGroup; ++i) group[i] += value * static_cast<float>(row[i]);
}
#endif

/// Adds each feature's row of weights to the sums of kGroups groups, which stay in registers meanwhile.
template <std::size_t kGroups>
void add_rows(std::span<const LinearModel::Known> known, const std::int8_t* weights, std::size_t labels,
              float* sums) {
    std::array<Group, kGroups> groups;
    for (std::size_t g = 0; g < kGroups; ++g) groups[g] = load(sums + g * kGroup);
    for (std::size_t i = 0; i < known.size(); ++i) {
        const LinearModel::Known* const feature = known.data() + i;
        if (i + kAhead < known.size()) __builtin_prefetch(weights + feature[kAhead].index * labels);
        const std::int8_t* row = weights + feature->index * labels;
        for (std::size_t g = 0; g < kGroups; ++g) add_row(groups[g], feature->value, row + g * kGroup);
    }
    for (std::size_t g = 0; g < kGroups; ++g) store(groups[g], sums + g * kGroup);
}

#if defined(__SSE2__)
/// The same to the last bit where the processor has the instructions: a third of the work.
template <std::size_t kGroups>
[[gnu::target("avx2")]] void add_rows_avx2(std::span<const LinearModel::Known> known,
                                           const std::int8_t* weights, std::size_t labels, float* sums) {
    __m256 groups[kGroups];
    for (std::size_t g = 0; g < kGroups; ++g) groups[g] = _mm256_loadu_ps(sums + g * kGroup);
    for (std::size_t i = 0; i < known.size(); ++i) {
        const LinearModel::Known* const feature = known.data() + i;
        if (i + kAhead < known.size()) __builtin_prefetch(weights + feature[kAhead].index * labels);
        const std::int8_t* row = weights + feature->index * labels;
        const __m256 factor = _mm256_set1_ps(feature->value);
        for (std::size_t g = 0; g < kGroups; ++g) {
            const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + g * kGroup));
            const __m256 steps = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
            groups[g] = _mm256_add_ps(groups[g], _mm256_mul_ps(factor, steps));
        }
    }
    for (std::size_t g = 0; g < kGroups; ++g) _mm256_storeu_ps(sums + g * kGroup, groups[g]);
}

template <std::size_t kGroups>
constexpr auto kFastRows = &add_rows_avx2<kGroups>;
const bool is_fast = __builtin_cpu_supports("avx2") != 0;
#else
template <std::size_t kGroups>
constexpr auto kFastRows = &add_rows<kGroups>;
constexpr bool is_fast = false;
#endif

std::size_t in_whole_groups(std::size_t labels) {
    return (labels + kGroup - 1) / kGroup * kGroup;
}

/// Topics are a help where words are new, no match for the words themselves (measured on
/// utterances held out).
float length_of(Block block, const FeatureOptions& options) {
    if (block == Block::kSenses) return options.sense_length;
    return block == Block::kTopics ? 0.65F : 1.0F;
}

bool all_finite(const std::vector<float>& values) {
    return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

/// Is every part there, and does every size fit the others?
bool consistent(const LinearModel::Parts& parts) {
    const std::size_t labels = parts.labels.size();
    const std::size_t features = parts.hashes.size();
    const bool sizes = labels > 0 && labels <= kMaxLabels && parts.feature_weights.size() == features &&
                       parts.weights.size() == features * labels && parts.label_scales.size() == labels &&
                       parts.biases.size() == labels;
    const bool options = parts.options.char_min >= 1 && parts.options.char_min <= parts.options.char_max &&
                         parts.options.char_max <= kMaxCharRun;
    return sizes && options && all_finite(parts.feature_weights) && all_finite(parts.label_scales) &&
           all_finite(parts.biases) && std::isfinite(parts.sharpness) &&
           std::isfinite(parts.options.sense_length) && std::isfinite(parts.least_sure) &&
           std::isfinite(parts.unseen_weight);
}

void write_options(BinaryWriter& out, const FeatureOptions& options) {
    const unsigned flags = (options.masks ? 1U : 0U) | (options.stems ? 2U : 0U) | (options.pairs ? 4U : 0U) |
                           (options.keep_accents ? 8U : 0U) | (options.topics ? 16U : 0U) |
                           (options.senses ? 32U : 0U);
    out.number(static_cast<std::uint8_t>(flags));
    out.number(options.char_min);
    out.number(options.char_max);
    out.number(options.sense_length);
}

FeatureOptions read_options(BinaryReader& in) {
    const auto flags = in.number<std::uint8_t>();
    FeatureOptions options;
    options.masks = (flags & 1U) != 0;
    options.stems = (flags & 2U) != 0;
    options.pairs = (flags & 4U) != 0;
    options.keep_accents = (flags & 8U) != 0;
    options.topics = (flags & 16U) != 0;
    options.senses = (flags & 32U) != 0;
    options.char_min = in.number<std::uint8_t>();
    options.char_max = in.number<std::uint8_t>();
    options.sense_length = in.number<float>();
    return options;
}

void write_words(BinaryWriter& out, const Spelling::Words& words) {
    out.number(static_cast<std::uint32_t>(words.size()));
    for (const auto& [locale, known] : words) {
        out.text(locale);
        out.number(static_cast<std::uint32_t>(known.size()));
        for (const Spelling::Word& word : known) {
            out.text(word.bare);
            out.number(word.count);
        }
    }
}

Spelling::Words read_words(BinaryReader& in) {
    Spelling::Words words;
    const auto locales = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < locales && in.ok(); ++i) {
        std::vector<Spelling::Word>& known = words[in.text()];
        const auto size = in.number<std::uint32_t>();
        for (std::uint32_t j = 0; j < size && in.ok(); ++j) {
            std::string bare = in.text();
            known.push_back({std::move(bare), in.number<std::uint32_t>()});
        }
    }
    return words;
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::uint32_t> hashes, std::vector<float> weights, float unseen_weight)
    : hashes_(std::move(hashes)), weights_(std::move(weights)), unseen_weight_(unseen_weight) {
    const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(16, hashes_.size() * 2));
    slots_.assign(capacity, {});
    mask_ = static_cast<std::uint32_t>(capacity - 1);
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
        std::uint32_t slot = hashes_[i] & mask_;
        while (slots_[slot].index != kUnknown) slot = (slot + 1) & mask_;
        slots_[slot] = {hashes_[i], static_cast<std::uint32_t>(i)};
    }
}

void look_up(const Vocabulary& vocabulary, const Features& features, Block block,
             const FeatureOptions& options, std::vector<LinearModel::Known>& known) {
    const std::span<const std::uint32_t> hashes = features.of(block);
    known.resize(hashes.size());
    LinearModel::Known* const all = known.data();
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (i + kAhead < hashes.size()) vocabulary.prefetch(hashes.data()[i + kAhead]);
        all[i].index = vocabulary.find(hashes.data()[i]);
        vocabulary.prefetch_weight(all[i].index);
    }
    float square = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const std::uint32_t index = all[i].index;
        const float weight = vocabulary.weight(index);
        square += weight * weight;
        if (index != Vocabulary::kUnknown) all[count++] = {index, weight};
    }
    known.resize(count);
    const float scale = square > 0 ? length_of(block, options) / std::sqrt(square) : 0;
    for (std::size_t i = 0; i < count; ++i) all[i].value = scale * all[i].value;
}

void softmax(std::vector<float>& scores, float sharpness) {
    const float top = *std::ranges::max_element(scores);
    float sum = 0;
    for (float& score : scores) sum += score = std::exp(sharpness * (score - top));
    for (float& score : scores) score /= sum;
}

/// What a text holds, and what of one block of it the vocabulary knows; memory that the next text uses again.
struct LinearModel::Found {
    Features features;
    std::vector<Known> known;
};

LinearModel::LinearModel(Parts parts)
    : parts_(std::move(parts)),
      vocabulary_(std::move(parts_.hashes), std::move(parts_.feature_weights), parts_.unseen_weight),
      extractor_(parts_.options, std::move(parts_.words)) {
    parts_.weights.resize(parts_.weights.size() + kGroup, 0);  // read, never counted
}

std::vector<float> LinearModel::probabilities(std::string_view text, std::string_view locale) const {
    return probabilities(tokenize(text).all(), locale);
}

std::vector<float> LinearModel::probabilities(std::span<const Token> tokens, std::string_view locale) const {
    thread_local Found found;
    extractor_.extract(tokens, locale, found.features);
    const std::size_t labels = parts_.labels.size();
    std::vector<float> scores(in_whole_groups(labels), 0);
    for (std::size_t b = 0; b < kBlocks; ++b) add_block(static_cast<Block>(b), found, scores);
    scores.resize(labels);
    for (std::size_t label = 0; label < labels; ++label)
        scores[label] = scores[label] * parts_.label_scales[label] + parts_.biases[label];
    softmax(scores, parts_.sharpness);
    return scores;
}

void LinearModel::add_block(Block block, Found& found, std::vector<float>& scores) const {
    const std::vector<Known>& known = found.known;
    look_up(vocabulary_, found.features, block, parts_.options, found.known);
    const std::int8_t* weights = parts_.weights.data();
    const std::size_t labels = parts_.labels.size();
    std::size_t done = 0;
    for (; scores.size() - done >= 2 * kGroup; done += 2 * kGroup)
        (is_fast ? kFastRows<2> : add_rows<2>)(known, weights + done, labels, scores.data() + done);
    for (; done < scores.size(); done += kGroup)
        (is_fast ? kFastRows<1> : add_rows<1>)(known, weights + done, labels, scores.data() + done);
}

std::string LinearModel::to_bytes() const {
    BinaryWriter out;
    write_options(out, parts_.options);
    write_words(out, extractor_.known_words());
    out.number(static_cast<std::uint32_t>(parts_.labels.size()));
    for (const std::string& label : parts_.labels) out.text(label);
    out.numbers(vocabulary_.hashes());
    out.numbers(vocabulary_.weights());
    out.number(vocabulary_.unseen_weight());
    out.numbers(std::vector<std::int8_t>(parts_.weights.begin(), parts_.weights.end() - kGroup));
    out.numbers(parts_.label_scales);
    out.numbers(parts_.biases);
    out.number(parts_.sharpness);
    out.number(parts_.least_sure);
    return std::move(out).take();
}

Result<LinearModel> LinearModel::from_bytes(std::string_view bytes) {
    BinaryReader in(bytes);
    Parts parts;
    parts.options = read_options(in);
    parts.words = read_words(in);
    const auto labels = in.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < labels && in.ok(); ++i) parts.labels.push_back(in.text());
    parts.hashes = in.numbers<std::uint32_t>();
    parts.feature_weights = in.numbers<float>();
    parts.unseen_weight = in.number<float>();
    parts.weights = in.numbers<std::int8_t>();
    parts.label_scales = in.numbers<float>();
    parts.biases = in.numbers<float>();
    parts.sharpness = in.number<float>();
    parts.least_sure = in.number<float>();
    if (!in.ok() || !in.at_end() || !consistent(parts))
        return Error{Error::Code::kInvalid, "the parts of a model do not fit each other"};
    return LinearModel(std::move(parts));
}

}  // namespace migue::host::intents
