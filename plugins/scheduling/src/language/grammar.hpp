#pragma once
#include <array>
#include <cstdint>
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

class Grammar {
public:
    static constexpr std::size_t kMaxItems = 8;
    using NodeId = std::uint16_t;  // small: the tree is walked all the time and should stay in the cache
    static constexpr NodeId kRoot = 0;
    static constexpr NodeId kNone = 0xFFFF;

    /// Throws std::invalid_argument naming the line when the data is malformed.
    void load(LanguageMask languages, std::string_view data, Symbols& symbols);

    [[nodiscard]] NodeId next(NodeId node, Symbol symbol) const { return nodes_[node].children[symbol]; }
    [[nodiscard]] bool has_children(NodeId node) const { return nodes_[node].has_children; }
    [[nodiscard]] const std::vector<Rule>& rules(NodeId node) const { return nodes_[node].rules; }

private:
    struct Node {
        Node() { children.fill(kNone); }
        std::array<NodeId, 256> children;
        bool has_children = false;
        std::vector<Rule> rules;
    };
    struct Item;

    void load_line(std::string_view line, Rule rule, Symbols& symbols);
    void expand(const std::vector<Item>& items, std::size_t at, std::size_t depth, NodeId node, Rule rule);

    std::vector<Node> nodes_{Node{}};
};

}  // namespace scheduling::language
