#pragma once
#include <filesystem>
#include <iosfwd>

#include "host/intents/router.hpp"
#include "migue/cpp/result.hpp"

/// The bodies of `migue intents …`. Exit codes as everywhere: 0 done, 2 could not run.
namespace migue::host::intents {

/// Lines {"id","text","locale","intent"} become a model file. The error names the line.
[[nodiscard]] Result<void> train_from_lines(std::istream& lines, const std::filesystem::path& model);

/// `migue intents train --data FILE --model OUT`. Faults go to `errors`.
[[nodiscard]] int run_train(const std::filesystem::path& data, const std::filesystem::path& model,
                            std::ostream& errors);

/// `migue intents train --config routes.yaml --model OUT`: the model of the shipped routes, made
/// by the build. One that fits already is left as it is, with a new time.
[[nodiscard]] int run_train_routes(const std::filesystem::path& routes, const std::filesystem::path& model,
                                   std::ostream& errors);

/// `migue intents classify --model FILE`: answers each line {"id","text","locale"} of `in`
/// with a line {"id","intent","confidence","best"}, flushed at once.
[[nodiscard]] int run_classify_model(std::istream& in, std::ostream& out, std::ostream& errors,
                                     const std::filesystem::path& model);

/// `migue intents classify --config routes.yaml`: the same through the routing table,
/// thresholds included; "other" means that nothing fits. `models` as in Router::load.
[[nodiscard]] int run_classify_routes(std::istream& in, std::ostream& out, std::ostream& errors,
                                      const std::filesystem::path& routes, const ModelFiles& models = {});

}  // namespace migue::host::intents
