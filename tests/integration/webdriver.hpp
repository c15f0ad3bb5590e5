#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace migue::test {

/// A step in the browser did not work: what was tried, on which selector, and why.
class BrowserFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A headless Chromium, driven over W3C WebDriver. Starts a chromedriver of its own on a free
/// port with a profile in a temporary folder; both end with this object. Every step throws
/// BrowserFault when it fails; steps that wait have a deadline. One thread.
class Browser {
public:
    struct Options {
        int width = 1280, height = 900;
        std::string language = "es";
    };
    static constexpr std::chrono::milliseconds kPatience{60000};  // both cores may be busy elsewhere

    /// Throws BrowserFault naming the missing package when chromium or chromedriver is absent.
    explicit Browser(const Options& options);
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;
    ~Browser();

    void open(const std::string& url);
    void click(const std::string& css);
    /// Clicks the first element of `css` whose text is this.
    void click_text(const std::string& css, const std::string& text);
    /// Types into the element; "\uE007" is Enter, "\uE00C" Escape.
    void type(const std::string& css, const std::string& text);
    /// Waits for a visible element.
    void wait_for(const std::string& css, std::chrono::milliseconds limit = kPatience);
    void wait_gone(const std::string& css, std::chrono::milliseconds limit = kPatience);
    /// Waits until an element of `css` shows this text.
    void wait_for_text(const std::string& css, const std::string& part,
                       std::chrono::milliseconds limit = kPatience);
    /// Asks `holds` again and again until it says yes.
    void wait_until(const std::string& what, const std::function<bool()>& holds,
                    std::chrono::milliseconds limit = kPatience);

    [[nodiscard]] std::size_t count(const std::string& css);
    [[nodiscard]] std::string text(const std::string& css);
    [[nodiscard]] std::vector<std::string> texts(const std::string& css);
    /// What `return …` in a script gives.
    [[nodiscard]] nlohmann::json run(const std::string& script);

    void resize(int width, int height);
    /// A phone: this width, touch, double density.
    void become_phone(int width, int height);
    void prefer_dark(bool dark);
    void screenshot(const std::filesystem::path& file);
    /// Warnings and errors of the console since the last call.
    [[nodiscard]] std::vector<std::string> console_faults();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::test
