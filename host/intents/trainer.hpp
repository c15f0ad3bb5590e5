#pragma once
#include <vector>

#include "host/intents/examples.hpp"
#include "host/intents/linear_model.hpp"

namespace migue::host::intents {

struct TrainOptions {
    FeatureOptions features;
    double cost = 1.0;            ///< C of the support vector machine
    int folds = 3;                ///< of the cross-validation that makes scores into probabilities
    std::uint32_t min_count = 1;  ///< examples a feature must be seen in; more when the model grows too large
};

enum class Target { kIntent = 1, kLocale };

/// Trains one-against-the-rest support vector machines with squared hinge loss, then finds
/// by cross-validation how sharp the softmax over their scores must be to tell true
/// probabilities. The same examples give the same model.
///
/// The error says which examples are missing: at least two labels, two examples each.
[[nodiscard]] Result<LinearModel> train_linear(const std::vector<Example>& examples, Target target,
                                               const TrainOptions& options);

}  // namespace migue::host::intents
