#include <algorithm>

#include "migue/cpp/bench_http.hpp"

namespace migue::bench {

namespace {

bool fits(std::string_view expected, std::string_view url) {
    if (expected == url) return true;
    return expected.find('?') == std::string_view::npos && url.substr(0, url.find('?')) == expected;
}

}  // namespace

std::string_view HttpCall::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

void FakeHttp::expect(std::string method, std::string url, HttpAnswer answer) {
    expect(std::move(method), std::move(url),
           [answer = std::move(answer)](const HttpCall&) -> HttpAnswer { return answer; });
}

void FakeHttp::expect(std::string method, std::string url, Handler handler) {
    expectations_.push_back({std::move(method), std::move(url), std::move(handler)});
}

void FakeHttp::serve(std::string url_prefix, Handler handler) {
    servers_.push_back({std::move(url_prefix), std::move(handler)});
}

std::vector<std::string> FakeHttp::unmet() const {
    std::vector<std::string> names;
    for (const Expectation& one : expectations_) names.push_back(one.method + " " + one.url);
    return names;
}

void FakeHttp::clear() {
    expectations_.clear();
    servers_.clear();
    calls_.clear();
}

FakeHttp::Handler FakeHttp::take(const HttpCall& call) {
    const auto expected = std::find_if(
        expectations_.begin(), expectations_.end(),
        [&](const Expectation& one) { return one.method == call.method && fits(one.url, call.url); });
    if (expected != expectations_.end()) {
        Handler handler = std::move(expected->handler);
        expectations_.erase(expected);
        return handler;
    }
    const Server* best = nullptr;
    for (const Server& one : servers_)
        if (call.url.starts_with(one.prefix) && (best == nullptr || one.prefix.size() > best->prefix.size()))
            best = &one;
    return best == nullptr ? Handler() : best->handler;
}

}  // namespace migue::bench
