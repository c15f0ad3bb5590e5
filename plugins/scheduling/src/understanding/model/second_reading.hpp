#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "understanding/draft.hpp"
#include "understanding/model/word_marks.hpp"

/// When a model is asked besides the rules, and what its marks change. Pure.
namespace scheduling::model {

/// Why the rules' reading is unsure: "missing_part", "tangled", "two_times", "long_title",
/// "no_title", "long", "left_out". Empty: sure enough, nobody is asked.
[[nodiscard]] std::vector<std::string> reasons_to_ask(std::string_view text, const Understanding& rules);

/// Which reading each part came from: "rules", "model" or "both".
struct Contribution {
    std::string time = "rules", title = "rules", guests = "rules", place = "rules", wishes = "rules";
};

/// The rules' reading with what the marks add. Times are what the rules make of the marked
/// words; where both readings are complete and differ, the question is which one.
[[nodiscard]] Understanding merge(std::string_view text, std::string_view intent, const Moment& moment,
                                  const Understanding& rules, const Marks& marks, Contribution& from);

}  // namespace scheduling::model
