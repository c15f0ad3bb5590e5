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

AroundClasses::AroundClasses(Symbols& symbols)
    : all_day(symbols.intern("ALLDAY")),
      aside(symbols.intern("ASIDE")),
      hourly(symbols.intern("HOURLY")),
      told(symbols.intern("TOLD")),
      generic(symbols.intern("GENERIC")),
      accented(symbols.intern("ACCENTED")),
      pronoun(symbols.intern("PRONOUN")),
      pronoun_ending(symbols.intern("PRONOUNEND")),
      asking(symbols.intern("ASKING")),
      has(symbols.intern("HAS")),
      subject_label(symbols.intern("SUBJECTLABEL")),
      place_label(symbols.intern("PLACELABEL")),
      purpose(symbols.intern("PURPOSE")),
      whole_day(symbols.intern("WHOLEDAY")),
      then(symbols.intern("THEN")),
      kin_ending(symbols.intern("KINEND")),
      article(symbols.intern("ARTICLE")),
      ask(symbols.intern("ASK")),
      ask_led(symbols.intern("ASKLED")),
      ask_tail(symbols.intern("ASKTAIL")),
      before(symbols.intern("BEFOREW")),
      clitic(symbols.intern("CLITIC")),
      command(symbols.intern("COMMAND")),
      correct(symbols.intern("CORRECT")),
      dawny(symbols.intern("DAWNY")),
      day_before(symbols.intern("DAYBEFORE")),
      edit(symbols.intern("EDIT")),
      evening(symbols.intern("EVENING")),
      event(symbols.intern("EVENT")),
      event_verb(symbols.intern("EVENTVERB")),
      floor(symbols.intern("FLOOR")),
      frame(symbols.intern("FRAME")),
      group(symbols.intern("GROUP")),
      honorific(symbols.intern("HONORIFIC")),
      invite(symbols.intern("INVITE")),
      kin(symbols.intern("KIN")),
      lead(symbols.intern("LEAD")),
      money(symbols.intern("MONEY")),
      move_from(symbols.intern("MOVEFROM")),
      no_guest(symbols.intern("NOGUEST")),
      of_group(symbols.intern("OFGROUP")),
      organisation(symbols.intern("ORGANISATION")),
      person_and(symbols.intern("PERSONAND")),
      no_place(symbols.intern("NOPLACE")),
      place_in(symbols.intern("PLACEIN")),
      place_at(symbols.intern("PLACEAT")),
      place_noun(symbols.intern("PLACENOUN")),
      place_preposition(symbols.intern("PLACEPREP")),
      polite(symbols.intern("POLITE")),
      remark(symbols.intern("REMARK")),
      remind(symbols.intern("REMIND")),
      request(symbols.intern("REQUEST")),
      second(symbols.intern("SECOND")),
      small(symbols.intern("SMALL")),
      something(symbols.intern("SOMETHING")),
      refused(symbols.intern("REFUSED")),
      surname(symbols.intern("SURNAME")),
      task(symbols.intern("TASK")),
      task_ending(symbols.intern("TASKEND")),
      title(symbols.intern("TITLE")),
      todo(symbols.intern("TODO")),
      verb(symbols.intern("VERB")),
      video(symbols.intern("VIDEO")),
      with(symbols.intern("WITH")),
      with_short(symbols.intern("WITHSHORT")),
      with_the(symbols.intern("WITHTHE")) {}

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
    month = symbols.intern("month");
    hour_word = symbols.intern("HOURS");
    of = symbols.intern("OF");
    ahead = symbols.intern("AHEAD");
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
    half_of_day = symbols.intern("ampm");
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
            around.load(bit, data(folder + "/wish.txt"), around_symbols);
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

LanguageMask language_of(std::string_view locale) {
    for (const LanguageInfo& info : kLanguages)
        if (locale.substr(0, 2) == info.code && (locale.size() == 2 || locale[2] == '-' || locale[2] == '_'))
            return info.bit;
    return 0;
}

}  // namespace scheduling::language
