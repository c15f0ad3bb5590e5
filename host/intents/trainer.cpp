#include "host/intents/trainer.hpp"

#include <fmt/format.h>
#include <linear.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "host/intents/text.hpp"

namespace migue::host::intents {
namespace {

/// Cross-validating above this many examples times labels costs more than it tells: one
/// held-out part is enough there.
constexpr std::size_t kFullCrossValidation = 20'000;

/// Rarer features are left out until a model keeps within this many weights of a byte each.
constexpr std::size_t kMaxWeights = 7'000'000;

/// Fewer held-out texts than this tell nothing about where the bar should be.
constexpr double kLeastOutside = 20;
constexpr double kGivenUp = 0.05;

/// Turning away what belongs is worse than taking in what does not.
constexpr double kInsideWeight = 4;

struct FreeModel {
    void operator()(model* trained) const noexcept { free_and_destroy_model(&trained); }
};
using TrainedModel = std::unique_ptr<model, FreeModel>;

/// The examples as LIBLINEAR wants them: one row of numbered features each.
struct Rows {
    std::vector<std::vector<feature_node>> features;
    std::vector<std::size_t> labels;
    std::size_t feature_count = 0;
};

const std::string& label_of(const Example& example, Target target) {
    return target == Target::kIntent ? example.intent : example.locale;
}

Vocabulary vocabulary_of(const std::vector<Features>& texts, std::size_t labels, std::uint32_t min_count) {
    std::unordered_map<std::uint32_t, std::uint32_t> counts;
    for (const Features& text : texts)
        for (const auto& block : text.blocks)
            for (const std::uint32_t hash : block)
                if (hash != kNoFeature) ++counts[hash];
    std::vector<std::uint32_t> hashes;
    do {
        hashes.clear();
        for (const auto& [hash, count] : counts)
            if (count >= min_count) hashes.push_back(hash);
        ++min_count;
    } while (hashes.size() * labels > kMaxWeights);
    std::ranges::sort(hashes);
    const auto total = static_cast<double>(texts.size());
    const auto weight = [&](double count) {
        return static_cast<float>(std::log((1 + total) / (1 + count)) + 1);
    };
    std::vector<float> weights;
    weights.reserve(hashes.size());
    for (const std::uint32_t hash : hashes) weights.push_back(weight(counts[hash]));
    return {std::move(hashes), std::move(weights), weight(0)};
}

std::vector<feature_node> row_of(const Vocabulary& vocabulary, const Features& text,
                                 const FeatureOptions& options) {
    std::map<std::uint32_t, double> values;  // LIBLINEAR wants ascending indices
    std::vector<LinearModel::Known> known;
    for (std::size_t b = 0; b < kBlocks; ++b) {
        look_up(vocabulary, text, static_cast<Block>(b), options, known);
        for (const auto& [index, value] : known) values[index] += value;
    }
    std::vector<feature_node> row;
    row.reserve(values.size() + 2);
    for (const auto& [index, value] : values) row.push_back({static_cast<int>(index) + 1, value});
    row.push_back({static_cast<int>(vocabulary.size()) + 1, 1.0});  // the bias
    row.push_back({-1, 0});
    return row;
}

/// Labels with few examples count more, so that a well-fed one does not swallow them.
std::vector<double> balance(const Rows& rows, const std::vector<std::size_t>& chosen,
                            std::vector<int>& labels) {
    std::map<std::size_t, double> counts;
    for (const std::size_t i : chosen) ++counts[rows.labels[i]];
    const double mean = static_cast<double>(chosen.size()) / static_cast<double>(counts.size());
    std::vector<double> weights;
    for (const auto& [label, count] : counts) {
        labels.push_back(static_cast<int>(label));
        weights.push_back(std::sqrt(mean / count));
    }
    return weights;
}

TrainedModel fit(Rows& rows, const std::vector<std::size_t>& chosen, double cost) {
    std::vector<double> y;
    std::vector<feature_node*> x;
    for (const std::size_t i : chosen) {
        y.push_back(static_cast<double>(rows.labels[i]));
        x.push_back(rows.features[i].data());
    }
    problem all{};
    all.l = static_cast<int>(chosen.size());
    all.n = static_cast<int>(rows.feature_count) + 1;
    all.y = y.data();
    all.x = x.data();
    all.bias = 1;
    parameter how{};
    // The primal solver: unlike the dual one it draws no random numbers.
    how.solver_type = L2R_L2LOSS_SVC;
    how.eps = 0.1;  // closer takes longer and routes no better (measured on held-out utterances)
    how.C = cost;
    std::vector<int> weighted;
    std::vector<double> weights = balance(rows, chosen, weighted);
    how.nr_weight = static_cast<int>(weights.size());
    how.weight_label = weighted.data();
    how.weight = weights.data();
    // LIBLINEAR has one such switch for the whole process: thrown once, whatever trains at once.
    [[maybe_unused]] static const bool silent = (set_print_string_function([](const char*) {}), true);
    return TrainedModel(train(&all, &how));
}

/// LIBLINEAR keeps one weight vector when there are two classes.
double weight_at(const model& trained, std::size_t feature, std::size_t column) {
    if (trained.nr_class == 2) return column == 0 ? trained.w[feature] : -trained.w[feature];
    return trained.w[feature * static_cast<std::size_t>(trained.nr_class) + column];
}

std::vector<float> scores_of(const model& trained, const std::vector<feature_node>& row, std::size_t labels) {
    // A label absent from the fold scores as one that nothing speaks for.
    std::vector<float> scores(labels, -1.0F);
    for (std::size_t column = 0; column < static_cast<std::size_t>(trained.nr_class); ++column) {
        double sum = 0;
        for (const feature_node& node : row)
            if (node.index > 0)
                sum += node.value * weight_at(trained, static_cast<std::size_t>(node.index - 1), column);
        scores[static_cast<std::size_t>(trained.label[column])] = static_cast<float>(sum);
    }
    return scores;
}

struct Judged {
    std::vector<float> scores;
    std::size_t label;
};

/// Scores of examples by models that have not seen them.
std::vector<Judged> cross_validate(Rows& rows, std::size_t labels, const TrainOptions& options) {
    const auto folds = static_cast<std::size_t>(options.folds);
    const std::size_t rounds = rows.labels.size() * labels > kFullCrossValidation ? 1 : folds;
    std::vector<std::size_t> seen(labels, 0), fold(rows.labels.size());
    // Dealt out in turn, label by label: every fold gets its share of each.
    for (std::size_t i = 0; i < fold.size(); ++i) fold[i] = seen[rows.labels[i]]++ % folds;
    std::vector<Judged> judged;
    for (std::size_t round = 0; round < rounds; ++round) {
        std::vector<std::size_t> chosen;
        for (std::size_t i = 0; i < fold.size(); ++i)
            if (fold[i] != round) chosen.push_back(i);
        const TrainedModel trained = fit(rows, chosen, options.cost);
        for (std::size_t i = 0; i < fold.size(); ++i)
            if (fold[i] == round)
                judged.push_back({scores_of(*trained, rows.features[i], labels), rows.labels[i]});
    }
    return judged;
}

double mean_log_loss(const std::vector<Judged>& judged, float sharpness) {
    double sum = 0;
    for (const Judged& one : judged) {
        std::vector<float> p = one.scores;
        softmax(p, sharpness);
        sum -= std::log(std::max(p[one.label], 1e-9F));
    }
    return sum / static_cast<double>(judged.size());
}

/// The sharpness with the least log loss, by golden section over its logarithm.
float best_sharpness(const std::vector<Judged>& judged) {
    constexpr double kGolden = 0.6180339887498949;
    double low = std::log(0.5), high = std::log(50.0);
    const auto loss = [&](double x) { return mean_log_loss(judged, static_cast<float>(std::exp(x))); };
    for (int step = 0; step < 20; ++step) {
        const double left = high - kGolden * (high - low), right = low + kGolden * (high - low);
        (loss(left) < loss(right) ? high : low) = loss(left) < loss(right) ? right : left;
    }
    return static_cast<float>(std::exp((low + high) / 2));
}

/// The bar below which a text belongs to none of the labels: where as large a share of the
/// texts that belong as of those that do not falls on its right side. Where too few of either
/// were held out to tell, it gives up a small share of what is told rightly.
float best_bar(const std::vector<Judged>& judged, const std::vector<std::string>& labels, float sharpness) {
    struct Seen {
        float best;
        bool belongs, right;
    };
    std::vector<Seen> seen;
    double inside = 0, outside = 0;
    for (const Judged& one : judged) {
        std::vector<float> p = one.scores;
        softmax(p, sharpness);
        const auto top = static_cast<std::size_t>(std::ranges::max_element(p) - p.begin());
        const bool belongs = !is_out_of_scope(labels[one.label]);
        (belongs ? inside : outside) += 1;
        // Taken for out of scope already: no bar changes that.
        seen.push_back({is_out_of_scope(labels[top]) ? 0.0F : p[top], belongs, top == one.label});
    }
    if (inside == 0 || std::ranges::none_of(labels, is_out_of_scope)) return 0;
    std::ranges::sort(seen, {}, &Seen::best);
    double right_inside = 0, caught = 0, best_sum = 0;
    for (const Seen& one : seen) right_inside += one.belongs && one.right ? 1 : 0;
    float bar = 0;
    if (outside < kLeastOutside) {
        const double kept = right_inside * (1 - kGivenUp);
        for (const Seen& one : seen) {
            right_inside -= one.belongs && one.right ? 1 : 0;
            if (right_inside < kept) return one.best;
        }
        return bar;
    }
    for (const Seen& one : seen) {
        // The bar just above this one.
        (one.belongs ? right_inside : caught) += one.belongs ? (one.right ? -1 : 0) : 1;
        const double sum = kInsideWeight * right_inside / inside + caught / outside;
        if (sum <= best_sum) continue;
        best_sum = sum;
        bar = std::nextafter(one.best, 1.0F);
    }
    return bar;
}

/// Each label's weights as bytes: the largest becomes 127.
void quantise(const model& trained, LinearModel::Parts& parts) {
    const std::size_t labels = parts.labels.size(), features = parts.hashes.size();
    parts.weights.assign(features * labels, 0);
    parts.label_scales.assign(labels, 1);
    parts.biases.assign(labels, 0);
    for (std::size_t column = 0; column < labels; ++column) {
        const auto label = static_cast<std::size_t>(trained.label[column]);
        double largest = 1e-12;
        for (std::size_t f = 0; f < features; ++f)
            largest = std::max(largest, std::abs(weight_at(trained, f, column)));
        for (std::size_t f = 0; f < features; ++f)
            parts.weights[f * labels + label] =
                static_cast<std::int8_t>(std::lround(weight_at(trained, f, column) / largest * 127));
        parts.label_scales[label] = static_cast<float>(largest / 127);
        parts.biases[label] = static_cast<float>(weight_at(trained, features, column));
    }
}

/// How often each word stands in the examples of a language.
Spelling::Words words_of(const std::vector<Example>& examples) {
    std::map<std::string, std::map<std::string, std::uint32_t>> counts;
    for (const Example& example : examples)
        for (const Token& token : tokenize(example.text))
            if (token.type == TokenClass::kWord)
                ++counts[example.locale.substr(0, 2)][std::string(token.bare)];
    Spelling::Words words;
    for (const auto& [locale, by_word] : counts)
        for (const auto& [bare, count] : by_word) words[locale].push_back({bare, count});
    return words;
}

/// What words mean helps most where few of them were seen (measured on utterances held out, with
/// 10 and with over 100 examples a label).
float sense_length_for(std::size_t examples, std::size_t labels) {
    constexpr double kFew = 30, kMany = 120;
    const double each = static_cast<double>(examples) / static_cast<double>(labels);
    const double share = std::clamp((each - kFew) / (kMany - kFew), 0.0, 1.0);
    return static_cast<float>(1.0 - 0.35 * share);
}

Result<std::vector<std::string>> labels_of(const std::vector<Example>& examples, Target target) {
    std::map<std::string, std::size_t> counts;
    for (const Example& example : examples) ++counts[label_of(example, target)];
    const char* kind = target == Target::kIntent ? "intent" : "language";
    if (counts.size() < 2)
        return Error{
            Error::Code::kConfig,
            fmt::format("the examples name {} {}(s); a classifier needs at least two", counts.size(), kind)};
    std::vector<std::string> labels;
    for (const auto& [label, count] : counts) {
        if (count < 2)
            return Error{Error::Code::kConfig,
                         fmt::format("the {} \"{}\" has one example; it needs more", kind, label)};
        labels.push_back(label);
    }
    return labels;
}

}  // namespace

Result<LinearModel> train_linear(const std::vector<Example>& examples, Target target,
                                 const TrainOptions& options) {
    auto labels = labels_of(examples, target);
    if (!labels) return std::move(labels).error();
    FeatureOptions features = options.features;
    features.sense_length = sense_length_for(examples.size(), labels->size());
    const Extractor extractor(features);
    std::vector<Features> texts;
    texts.reserve(examples.size());
    for (const Example& example : examples) texts.push_back(extractor.extract(example.text, example.locale));
    const Vocabulary vocabulary = vocabulary_of(texts, labels->size(), options.min_count);

    Rows rows;
    rows.feature_count = vocabulary.size();
    for (std::size_t i = 0; i < examples.size(); ++i) {
        rows.features.push_back(row_of(vocabulary, texts[i], features));
        const auto place = std::ranges::lower_bound(*labels, label_of(examples[i], target));
        rows.labels.push_back(static_cast<std::size_t>(place - labels->begin()));
    }
    std::vector<std::size_t> every(examples.size());
    std::iota(every.begin(), every.end(), std::size_t{0});

    LinearModel::Parts parts;
    parts.options = features;
    if (target == Target::kIntent) parts.words = words_of(examples);
    parts.labels = *labels;
    parts.hashes = vocabulary.hashes();
    parts.feature_weights = vocabulary.weights();
    parts.unseen_weight = vocabulary.unseen_weight();
    const std::vector<Judged> judged = cross_validate(rows, labels->size(), options);
    parts.sharpness = best_sharpness(judged);
    if (target == Target::kIntent) parts.least_sure = best_bar(judged, *labels, parts.sharpness);
    quantise(*fit(rows, every, options.cost), parts);
    return LinearModel(std::move(parts));
}

}  // namespace migue::host::intents
