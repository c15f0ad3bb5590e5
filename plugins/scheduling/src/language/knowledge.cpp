#include "language/knowledge.hpp"

#include <stdexcept>
#include <string>

#include "language_data.embedded.hpp"

namespace scheduling::language {
namespace {

std::string_view data(const std::string& path) {
    const auto found = language_data::embedded(path);
    if (!found) throw std::invalid_argument("no language data " + path);
    return *found;
}

constexpr std::string_view kRoots[] = {"date", "period",   "dayrange", "clock",  "crange", "part",
                                       "when", "duration", "set",      "adjset", "except", "times"};

}  // namespace

Knowledge::Knowledge() {
    number = symbols.intern("int");
    not_time_before = symbols.intern("NUMBERED");
    not_time_after = symbols.intern("COUNTED");
    ordered_noun = symbols.intern("ORDERED");
    no_time = around_symbols.intern("NOTIME");
    ordinal_mark_feminine = symbols.intern("ORDMARKF");
    ordinal_mark = symbols.intern("ORDMARK");
    ordered_by_word = symbols.intern("ORDEREDW");
    ordinal_word = symbols.intern("ordw");
    weekday = symbols.intern("weekday");
    month = symbols.intern("month");
    hour_word = symbols.intern("HOURS");
    of = symbols.intern("OF");
    ahead = symbols.intern("AHEAD");
    name_before = symbols.intern("NAMEBEFORE");
    day_word = symbols.intern("DAYW");
    the = symbols.intern("THE");
    on = symbols.intern("ON");
    period = symbols.intern("period");
    street_before = symbols.intern("STREET");
    street_behind = symbols.intern("STREETPOST");
    month_code = symbols.intern("monthcode");
    month_short = symbols.intern("monthw");
    sole = symbols.intern("sole");
    for (const std::string_view root : kRoots) roots.set(symbols.intern(root));
    grammar.load(kEveryLanguage, data("common/patterns.txt"), symbols);
    lexicon.load(kEveryLanguage, data("common/lexicon.txt"), symbols);
    for (const auto& [code, bit, meeting, with] : kLanguages) {
        const std::string folder(code);
        try {
            lexicon.load(bit, data(folder + "/lexicon.txt"), symbols);
            grammar.load(bit, data(folder + "/patterns.txt"), symbols);
            around.load(bit, data(folder + "/around.txt"), around_symbols);
        } catch (const std::invalid_argument& fault) {
            throw std::invalid_argument(folder + ": " + fault.what());
        }
    }
    for (std::size_t c = 0; c < characters.size(); ++c) {
        const char name[] = {'\'', static_cast<char>(c), '\'', '\0'};
        characters[c] = symbols.find(name);
    }
}

const Knowledge& knowledge() {
    static const Knowledge instance;
    return instance;
}

LanguageMask language_of(std::string_view locale) {
    for (const LanguageInfo& info : kLanguages)
        if (locale.substr(0, 2) == info.code && (locale.size() == 2 || locale[2] == '-' || locale[2] == '_'))
            return info.bit;
    return 0;
}

}  // namespace scheduling::language
