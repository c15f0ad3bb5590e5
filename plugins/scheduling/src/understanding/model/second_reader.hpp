#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "model_client/chat_client.hpp"
#include "understanding/draft.hpp"
#include "understanding/model/second_reading.hpp"
#include "understanding/model/token_meter.hpp"

namespace scheduling::model {

using model_client::ChatAnswer;
using model_client::ChatClient;
using model_client::ChatEnd;
using model_client::ChatQuestion;
using model_client::ModelSettings;

/// A message whose reading by the rules is unsure.
struct ReaderQuestion {
    std::string person;  ///< whose budget it is; "": nobody's, as for an operator's trial
    std::string text, intent;
    Moment moment;
    Understanding rules;
    std::uint64_t until_ns = 0;  ///< monotonic; the answer must be there by then
    /// Names that a guest may have besides those in the text; the model sees them, so only those
    /// that the text may mean.
    std::vector<std::string> contacts = {};
};

struct SecondReading {
    Understanding reading;   ///< the rules' own unless `took_part`
    bool took_part = false;  ///< an answer was taken: the person must confirm what comes of it
    std::string end;         ///< "answered", "over_budget", or a name_of(ChatEnd)
    Contribution from = {};
    std::int64_t tokens = 0;
    int tries = 0, invented = 0;
};

/// Asks a model which words are what, checks the answer against the message and joins it with
/// the rules' reading. Every fault of the model leaves the rules' reading. It can neither see
/// nor do anything else: no history, no calendar, no addresses, no tools. Thread-safe.
class SecondReader {
public:
    SecondReader(const migue::Services& services, const ModelSettings& settings);

    [[nodiscard]] migue::Task<SecondReading> read(ReaderQuestion question);
    /// Makes a local server load the model, and learns which formats it takes.
    [[nodiscard]] migue::Task<void> warm_up();

private:
    [[nodiscard]] ChatQuestion question_for(const ReaderQuestion& question) const;

    const migue::Services services_;
    const ModelSettings& settings_;
    ChatClient client_;
    const TokenMeter meter_;
    const std::uint32_t taken_;
};

}  // namespace scheduling::model
