#include "language/knowledge.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "language_data.embedded.hpp"

namespace scheduling::language {
namespace {

std::string_view data(const std::string& path) {
    const auto found = language_data::embedded(path);
    if (!found) throw std::invalid_argument("no language data " + path);
    return *found;
}

/// Names of time zones, one a line.
void load_zones(LanguageMask language, std::string_view names,
                std::map<std::string, LanguageMask, std::less<>>& zones) {
    while (!names.empty()) {
        const auto end = names.find('\n');
        const std::string_view name = names.substr(0, end);
        names = end == std::string_view::npos ? std::string_view() : names.substr(end + 1);
        if (!name.empty() && name.front() != '#') zones.emplace(name, language);
    }
}

constexpr std::string_view kRoots[] = {"date", "period",   "dayrange", "clock",  "crange", "part",
                                       "when", "duration", "set",      "adjset", "except", "times"};

/// The name of each class in the data.
constexpr std::pair<Symbol AroundClasses::*, std::string_view> kAroundNames[] = {
    {&AroundClasses::after, "AFTER"},
    {&AroundClasses::meet_verb, "MEETVERB"},
    {&AroundClasses::all_day, "ALLDAY"},
    {&AroundClasses::aside, "ASIDE"},
    {&AroundClasses::hourly, "HOURLY"},
    {&AroundClasses::told, "TOLD"},
    {&AroundClasses::or_word, "ORHOUR"},
    {&AroundClasses::generic, "GENERIC"},
    {&AroundClasses::accented, "ACCENTED"},
    {&AroundClasses::pronoun, "PRONOUN"},
    {&AroundClasses::pronoun_ending, "PRONOUNEND"},
    {&AroundClasses::asking, "ASKING"},
    {&AroundClasses::has, "HAS"},
    {&AroundClasses::subject_label, "SUBJECTLABEL"},
    {&AroundClasses::place_label, "PLACELABEL"},
    {&AroundClasses::purpose, "PURPOSE"},
    {&AroundClasses::whole_day, "WHOLEDAY"},
    {&AroundClasses::then, "THEN"},
    {&AroundClasses::kin_ending, "KINEND"},
    {&AroundClasses::article, "ARTICLE"},
    {&AroundClasses::ask, "ASK"},
    {&AroundClasses::ask_led, "ASKLED"},
    {&AroundClasses::ask_tail, "ASKTAIL"},
    {&AroundClasses::before, "BEFOREW"},
    {&AroundClasses::clitic, "CLITIC"},
    {&AroundClasses::ask_end, "ASKEND"},
    {&AroundClasses::reported, "REPORTED"},
    {&AroundClasses::name_end, "NAMEEND"},
    {&AroundClasses::comers, "COMERS"},
    {&AroundClasses::command, "COMMAND"},
    {&AroundClasses::correct, "CORRECT"},
    {&AroundClasses::dawny, "DAWNY"},
    {&AroundClasses::day_before, "DAYBEFORE"},
    {&AroundClasses::edit, "EDIT"},
    {&AroundClasses::evening, "EVENING"},
    {&AroundClasses::event, "EVENT"},
    {&AroundClasses::event_verb, "EVENTVERB"},
    {&AroundClasses::floor, "FLOOR"},
    {&AroundClasses::frame, "FRAME"},
    {&AroundClasses::greeting_end, "GREETINGEND"},
    {&AroundClasses::group, "GROUP"},
    {&AroundClasses::honorific, "HONORIFIC"},
    {&AroundClasses::invite, "INVITE"},
    {&AroundClasses::kin, "KIN"},
    {&AroundClasses::lead, "LEAD"},
    {&AroundClasses::money, "MONEY"},
    {&AroundClasses::move_from, "MOVEFROM"},
    {&AroundClasses::no_guest, "NOGUEST"},
    {&AroundClasses::of_group, "OFGROUP"},
    {&AroundClasses::organisation, "ORGANISATION"},
    {&AroundClasses::past_ending, "PASTEND"},
    {&AroundClasses::person_and, "PERSONAND"},
    {&AroundClasses::no_place, "NOPLACE"},
    {&AroundClasses::place_in, "PLACEIN"},
    {&AroundClasses::place_at, "PLACEAT"},
    {&AroundClasses::place_noun, "PLACENOUN"},
    {&AroundClasses::place_preposition, "PLACEPREP"},
    {&AroundClasses::polite, "POLITE"},
    {&AroundClasses::remark, "REMARK"},
    {&AroundClasses::remind, "REMIND"},
    {&AroundClasses::request, "REQUEST"},
    {&AroundClasses::second, "SECOND"},
    {&AroundClasses::self, "SELF"},
    {&AroundClasses::note, "NOTE"},
    {&AroundClasses::takes_place, "TAKESPLACE"},
    {&AroundClasses::short_form, "SHORTFORM"},
    {&AroundClasses::small, "SMALL"},
    {&AroundClasses::something, "SOMETHING"},
    {&AroundClasses::refused, "REFUSED"},
    {&AroundClasses::opens, "OPENS"},
    {&AroundClasses::way_back, "RETURN"},
    {&AroundClasses::surname, "SURNAME"},
    {&AroundClasses::task, "TASK"},
    {&AroundClasses::task_ending, "TASKEND"},
    {&AroundClasses::title, "TITLE"},
    {&AroundClasses::todo, "TODO"},
    {&AroundClasses::verb, "VERB"},
    {&AroundClasses::video, "VIDEO"},
    {&AroundClasses::with, "WITH"},
    {&AroundClasses::with_short, "WITHSHORT"},
    {&AroundClasses::with_the, "WITHTHE"},
    {&AroundClasses::no_plan, "NOPLAN"},
    {&AroundClasses::saint, "SAINT"},
    {&AroundClasses::up_to, "UPTO"},
    {&AroundClasses::aim, "AIM"},
    {&AroundClasses::begins, "BEGINS"},
    {&AroundClasses::doing, "DOING"},
    {&AroundClasses::reflexive, "REFLEXIVE"},
    {&AroundClasses::report, "REPORT"},
    {&AroundClasses::before_day, "BEFOREDAY"},
    {&AroundClasses::be_there, "BETHERE"},
};

}  // namespace

AroundClasses::AroundClasses(Symbols& symbols) {
    for (const auto& [member, name] : kAroundNames) this->*member = symbols.intern(name);
}

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
    weekday_short = symbols.intern("weekdayw");
    weekday_plural = symbols.intern("weekdaypl");
    month = symbols.intern("month");
    hour_word = symbols.intern("HOURS");
    of = symbols.intern("OF");
    ahead = symbols.intern("AHEAD");
    between = symbols.intern("BETWEEN");
    possessive = symbols.intern("POSSESSIVE");
    relative_day = symbols.intern("relday");
    number_words = {symbols.intern("n1"), symbols.intern("n10"), symbols.intern("n20")};
    relday_short = symbols.intern("reldayw");
    name_behind = symbols.intern("NAMEBEHIND");
    name_before = symbols.intern("NAMEBEFORE");
    name_day = symbols.intern("NAMEDAY");
    name_plural = symbols.intern("NAMEPL");
    name_article = symbols.intern("NAMEART");
    also = symbols.intern("AND");
    day_word = symbols.intern("DAYW");
    the = symbols.intern("THE");
    on = symbols.intern("ON");
    period = symbols.intern("period");
    street_before = symbols.intern("STREET");
    street_behind = symbols.intern("STREETPOST");
    month_code = symbols.intern("monthcode");
    month_short = symbols.intern("monthw");
    city = symbols.intern("city");
    at_hour = symbols.intern("AT");
    half_of_day = symbols.intern("ampm");
    sole = symbols.intern("sole");
    last = symbols.intern("last");
    for (const std::string_view root : kRoots) roots.set(symbols.intern(root));
    grammar.load(kEveryLanguage, data("common/patterns.txt"), symbols);
    lexicon.load(kEveryLanguage, data("common/lexicon.txt"), symbols);
    for (const auto& [code, bit, meeting, with] : kLanguages) {
        const std::string folder(code);
        try {
            lexicon.load(bit, data(folder + "/lexicon.txt"), symbols);
            grammar.load(bit, data(folder + "/patterns.txt"), symbols);
            around.load(bit, data(folder + "/around.txt"), around_symbols);
            around.load(bit, data(folder + "/wish.txt"), around_symbols);
            around.load(bit, data(folder + "/title.txt"), around_symbols);
            load_zones(bit, data(folder + "/zones.txt"), zone_languages);
        } catch (const std::invalid_argument& fault) {
            throw std::invalid_argument(folder + ": " + fault.what());
        }
    }
    grammar.seal();
    for (std::size_t c = 0; c < characters.size(); ++c) {
        const char name[] = {'\'', static_cast<char>(c), '\'', '\0'};
        characters[c] = symbols.find(name);
    }
}

const Knowledge& knowledge() {
    static const Knowledge instance;
    return instance;
}

LanguageMask language_spoken_in(std::string_view zone) {
    const auto& spoken = knowledge().zone_languages;
    const auto found = spoken.find(zone);
    return found == spoken.end() ? LanguageMask{0} : found->second;
}

LanguageMask language_of(std::string_view locale) {
    for (const LanguageInfo& info : kLanguages)
        if (locale.substr(0, 2) == info.code && (locale.size() == 2 || locale[2] == '-' || locale[2] == '_'))
            return info.bit;
    return 0;
}

}  // namespace scheduling::language
