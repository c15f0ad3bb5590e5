#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "model_client/chat_client.hpp"

namespace smalltalk {

/// What a model wrote, if it may be said as it is: the only place where words of a model reach a
/// person, so everything that could do harm is refused and never repaired. Nothing otherwise.
///
/// One line of at most 220 characters; no digits, no links or addresses, nothing that chats format,
/// and none of `never_said`, phrases folded as fold() does: promises, claims to have done something
/// or to be a person. Pure.
[[nodiscard]] std::optional<std::string> harmless_line(std::string_view content,
                                                       const std::vector<std::string>& never_said);

struct LineQuestion {
    std::string text;
    std::string language;  ///< "es", "en", "pt"
    std::uint64_t until_ns = 0;
};

/// A line, or none, and what it cost.
struct ModelLine {
    std::optional<std::string> text = {};
    std::int64_t tokens = 0;
};

/// One short line from a model, where the operator has set one up. Thread-safe.
class LineWriter {
public:
    /// The settings must outlive it.
    LineWriter(const migue::Services& services, const model_client::ModelSettings& settings,
               std::vector<std::string> never_said);

    [[nodiscard]] migue::Task<ModelLine> write(LineQuestion question);
    /// In the background: makes a local server load the model.
    void warm_up();

private:
    [[nodiscard]] model_client::ChatQuestion ask_about(const LineQuestion& question) const;
    [[nodiscard]] bool is_in(const std::string& language, const std::string& line) const;

    const migue::Services services_;
    const model_client::ModelSettings& settings_;
    const std::vector<std::string> never_said_;
    model_client::ChatClient client_;
    const std::uint32_t refused_;
};

}  // namespace smalltalk
