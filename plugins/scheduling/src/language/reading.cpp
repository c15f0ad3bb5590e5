#include "language/reading.hpp"

#include "language/chart.hpp"
#include "language/knowledge.hpp"

namespace scheduling::language {

Reading read(std::string_view text, std::string_view locale, const Context& context) {
    Reading reading;
    reading.text = tokenize(text);
    const ChartResult chart = parse(knowledge(), reading.text, language_of(locale), context);
    reading.language = chart.language;
    reading.steps = chart.steps;
    for (const Edge& edge : chart.best) {
        Expression expression;
        expression.begin_token = edge.begin;
        expression.end_token = edge.end;
        expression.begin = reading.text.tokens[edge.begin].begin;
        expression.finish = reading.text.tokens[edge.end - 1].end;
        expression.words =
            reading.text.original.substr(expression.begin, expression.finish - expression.begin);
        expression.value = edge.value;
        for (const Edge& other : chart.others)
            if (other.begin == edge.begin && other.end == edge.end) expression.others.push_back(other.value);
        reading.expressions.push_back(std::move(expression));
    }
    return reading;
}

}  // namespace scheduling::language
