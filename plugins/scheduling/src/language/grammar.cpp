#include "language/grammar.hpp"

#include <charconv>
#include <stdexcept>
#include <string>

namespace scheduling::language {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const auto begin = text.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos) return words;
        text.remove_prefix(begin);
        const auto end = text.find_first_of(" \t\r");
        words.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return words;
        text.remove_prefix(end);
    }
}

std::int32_t number_of(std::string_view text) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::invalid_argument("'" + std::string(text) + "' is not a number");
    return number;
}

}  // namespace

struct Grammar::Item {
    std::vector<Symbol> symbols;
    bool optional = false, glued = false, content = false;
};

void Grammar::load(LanguageMask languages, std::string_view data, Symbols& symbols) {
    for (int line_number = 1; !data.empty(); ++line_number) {
        const auto end = data.find('\n');
        const std::string_view line = data.substr(0, end);
        data = end == std::string_view::npos ? std::string_view() : data.substr(end + 1);
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string_view::npos || line[first] == '#') continue;
        Rule rule;
        rule.languages = languages;
        rule.line = line_number;
        try {
            load_line(line, rule, symbols);
        } catch (const std::invalid_argument& fault) {
            throw std::invalid_argument("patterns line " + std::to_string(line_number) + ": " + fault.what());
        }
    }
}

void Grammar::load_line(std::string_view line, Rule rule, Symbols& symbols) {
    const auto arrow = line.find(" <- ");
    const auto colon = line.rfind(" : ");
    if (arrow == std::string_view::npos || colon == std::string_view::npos || colon < arrow)
        throw std::invalid_argument("expected 'category <- items : action'");
    const auto category = words_of(line.substr(0, arrow));
    if (category.size() != 1) throw std::invalid_argument("one category is expected");
    rule.category = symbols.intern(category.front());
    const auto tail = words_of(line.substr(colon + 3));
    if (tail.empty()) throw std::invalid_argument("an action is expected");
    rule.action = find_action(tail.front());
    if (rule.action == nullptr) throw std::invalid_argument("no action '" + std::string(tail.front()) + "'");
    for (std::size_t i = 1; i < tail.size(); ++i) {
        if (tail[i].front() == '^')
            rule.weight = static_cast<std::int16_t>(number_of(tail[i].substr(1)));
        else
            rule.parameter = number_of(tail[i]);
    }
    std::vector<Item> items;
    for (std::string_view word : words_of(line.substr(arrow + 4, colon - arrow - 4))) {
        Item item;
        if (word.front() == '_' && word.size() > 1) {
            item.glued = true;
            word.remove_prefix(1);
        }
        if (word.back() == '?' && word.size() > 1) {
            item.optional = true;
            word.remove_suffix(1);
        }
        item.content = word.front() >= 'a' && word.front() <= 'z';
        for (std::size_t begin = 0; begin <= word.size();) {
            const auto bar = std::min(word.find('|', begin), word.size());
            item.symbols.push_back(symbols.intern(word.substr(begin, bar - begin)));
            begin = bar + 1;
        }
        items.push_back(std::move(item));
    }
    expand(items, 0, 0, kRoot, rule);
}

void Grammar::expand(const std::vector<Item>& items, std::size_t at, std::size_t depth, NodeId node,
                     Rule rule) {
    if (at == items.size()) {
        if (depth == 0) throw std::invalid_argument("a rule needs at least one item");
        drafts_[node].rules.push_back(rule);
        return;
    }
    const Item& item = items[at];
    if (item.optional) expand(items, at + 1, depth, node, rule);
    if (depth == kMaxItems) throw std::invalid_argument("too many items");
    const auto bit = static_cast<std::uint8_t>(1u << depth);
    if (item.content) rule.content |= bit;
    if (item.glued) rule.glued |= bit;
    for (const Symbol symbol : item.symbols) {
        if (drafts_.size() >= kNone) throw std::invalid_argument("too many patterns");
        const auto [child, is_new] =
            drafts_[node].children.try_emplace(symbol, static_cast<NodeId>(drafts_.size()));
        const NodeId next = child->second;
        if (is_new) drafts_.emplace_back();
        expand(items, at + 1, depth + 1, next, rule);
    }
}

void Grammar::seal() {
    nodes_.reserve(drafts_.size());
    for (const Draft& draft : drafts_) {
        Node node;
        node.first_child = static_cast<std::uint32_t>(children_.size());
        node.child_count = static_cast<std::uint16_t>(draft.children.size());
        node.first_rule = static_cast<std::uint32_t>(rules_.size());
        node.rule_count = static_cast<std::uint16_t>(draft.rules.size());
        for (const auto& [symbol, child] : draft.children) {
            node.symbols.add(symbol);
            used_.add(symbol);
            children_.push_back({child, symbol});
        }
        rules_.insert(rules_.end(), draft.rules.begin(), draft.rules.end());
        nodes_.push_back(node);
    }
    first_.fill(kNone);
    for (const auto& [symbol, child] : drafts_[kRoot].children) first_[symbol] = child;
    drafts_ = {};
    children_.shrink_to_fit();
    rules_.shrink_to_fit();
}

}  // namespace scheduling::language
