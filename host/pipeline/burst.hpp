#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/intents/router.hpp"
#include "host/store/records.hpp"

/// One thing said in several messages: "reunión con Ana" / "mañana" / "a las 3". They become one
/// turn with one answer: that of the first, with the words of all, a line each, and the time of
/// the newest.
///
/// A message joins the one before only when it is words alone, and wants nothing by itself that a
/// route knows. So two requests, or a request and a thank-you, stay two.
namespace migue::host {

/// How much joins.
struct BurstLimits {
    std::size_t messages = 8;  ///< in one turn; 1: none joins
    std::size_t bytes = 1000;  ///< of text in one turn
};

/// What waits behind the turn that runs, in its conversation.
struct Behind {
    /// Copies, the oldest first.
    std::function<std::vector<OpenTurn>(std::size_t most)> look;
    /// Takes these out, by their sequences; false when they are not there any more, and then
    /// those that were are gone: the conversation was lost.
    std::function<bool(const std::vector<OpenTurn>& turns)> take;
};

/// Nothing but words, never begun before.
[[nodiscard]] bool is_plain_text(const OpenTurn& turn);

/// Whether more may come that belongs to this message: it wants something, answers a question, or goes to the
/// plugin that listens.
[[nodiscard]] bool may_go_on(const OpenTurn& turn, const intents::Decision& decision,
                             const intents::Router& router);

/// Of those that wait behind `first`, the ones that go on with it.
[[nodiscard]] std::vector<OpenTurn> going_on(const OpenTurn& first, std::vector<OpenTurn> waiting,
                                             const intents::Router& router, const BurstLimits& limits,
                                             const std::string& locale);

/// What the store has to keep of it.
[[nodiscard]] JoinedTurn joined_turn(const OpenTurn& first, const std::vector<OpenTurn>& others);

/// The turn with the words of all, from what joined_turn() made of its input_json; as it was when
/// nothing joined it. Gives how many messages it is.
std::size_t read_joined(OpenTurn& turn);

}  // namespace migue::host
