#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "language/algebra.hpp"
#include "language/symbols.hpp"

/// The patterns of all languages as one tree of symbols. Filled once from the data files
/// `<language>/patterns.txt`, then only read.
///
/// A line is `category <- item item … : action [parameter] [^weight]`. An item is a symbol
/// (`weekday`), alternatives (`OF|IN`), optional (`COMMA?`), a character (`'/'`), glued to
/// what is before it (`_AMPM`). Upper-case symbols are function words: the action does not
/// see them. The action combines the values of the others, in order.
namespace scheduling::language {

struct Rule {
    Symbol category = kNoSymbol;
    LanguageMask languages = kEveryLanguage;
    Action action = nullptr;
    std::int32_t parameter = 0;
    std::int16_t weight = 0;
    std::uint8_t content = 0;  ///< bit i: item i is passed to the action
    std::uint8_t glued = 0;    ///< bit i: item i must touch item i-1
    std::int32_t line = 0;     ///< of the data file, for explaining
};

/// A set of symbols, a bit each.
class SymbolSet {
public:
    void add(Symbol symbol) { words_[symbol / 64U] |= std::uint64_t{1} << (symbol % 64U); }
    [[nodiscard]] bool has(Symbol symbol) const { return (words_[symbol / 64U] >> (symbol % 64U) & 1U) != 0; }
    [[nodiscard]] bool meets(const SymbolSet& other) const {
        std::uint64_t shared = 0;
        for (std::size_t i = 0; i < kWords; ++i) shared |= words_[i] & other.words_[i];
        return shared != 0;
    }

private:
    static constexpr std::size_t kWords = kMostSymbols / 64;
    std::uint64_t words_[kWords] = {};
};

class Grammar {
public:
    static constexpr std::size_t kMaxItems = 8;
    using NodeId = std::uint16_t;  // small: the tree is walked all the time and should stay in the cache
    static constexpr NodeId kRoot = 0;
    static constexpr NodeId kNone = 0xFFFF;

    /// Throws std::invalid_argument naming the line when the data is malformed.
    void load(LanguageMask languages, std::string_view data, Symbols& symbols);
    /// Packs what was loaded: to be called once, after it and before anything is asked.
    void seal();

    [[nodiscard]] NodeId next(NodeId node, Symbol symbol) const {
        if (node == kRoot) return first_[symbol];  // asked most, and with the most children
        const Node& from = nodes_[node];
        if (!from.symbols.has(symbol)) return kNone;
        const Child* child = children_.data() + from.first_child;
        while (child->symbol != symbol) ++child;
        return child->node;
    }
    /// Does any pattern have the symbol as an item? Words of other classes need no edge.
    [[nodiscard]] bool uses(Symbol symbol) const { return used_.has(symbol); }
    /// Is there a child for any of the symbols?
    [[nodiscard]] bool has_any(NodeId node, const SymbolSet& symbols) const {
        return nodes_[node].symbols.meets(symbols);
    }
    [[nodiscard]] bool has_children(NodeId node) const { return nodes_[node].child_count > 0; }
    [[nodiscard]] std::span<const Rule> rules(NodeId node) const {
        return {rules_.data() + nodes_[node].first_rule, nodes_[node].rule_count};
    }

private:
    /// Most nodes have one child or two: a table of all symbols each would fill the caches with nothing.
    struct Node {
        SymbolSet symbols;  ///< those that have a child
        std::uint32_t first_child = 0, first_rule = 0;
        std::uint16_t child_count = 0, rule_count = 0;
    };
    struct Child {
        NodeId node = kNone;
        Symbol symbol = kNoSymbol;
    };
    struct Draft {
        std::map<Symbol, NodeId> children;
        std::vector<Rule> rules;
    };
    struct Item;

    void load_line(std::string_view line, Rule rule, Symbols& symbols);
    void expand(const std::vector<Item>& items, std::size_t at, std::size_t depth, NodeId node, Rule rule);

    std::vector<Draft> drafts_{Draft{}};  ///< until seal()
    std::vector<Node> nodes_;
    SymbolSet used_;
    std::array<NodeId, kMostSymbols> first_{};  ///< by symbol: the root's child
    std::vector<Child> children_;               ///< of each node together
    std::vector<Rule> rules_;                   ///< likewise
};

}  // namespace scheduling::language
