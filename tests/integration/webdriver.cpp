#include "webdriver.hpp"

#include <Poco/Base64Decoder.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/Timespan.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "process.hpp"

namespace migue::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr auto kStartLimit = 60s;  // a cold Chromium on a busy machine
constexpr const char* kElementKey = "element-6066-11e4-a52e-4f735466cecf";  // of the W3C standard

std::filesystem::path find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');)
        if (const auto file = std::filesystem::path(folder) / name; std::filesystem::exists(file))
            return file;
    const std::string package = name == "chromedriver" ? "chromium-driver" : name;
    throw BrowserFault(name + " is not in PATH; ./dev deps installs it (Debian package " + package + ")");
}

json capabilities(const Browser::Options& options, const std::filesystem::path& profile) {
    const json arguments = {
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion",
        "--lang=" + options.language,
        "--window-size=" + std::to_string(options.width) + "," + std::to_string(options.height),
        "--user-data-dir=" + profile.string()};
    const json chrome = {{"binary", find_program("chromium").string()},
                         {"args", arguments},
                         {"prefs", {{"intl.accept_languages", options.language}}}};
    return {{"capabilities",
             {{"alwaysMatch",
               {{"browserName", "chrome"},
                {"goog:chromeOptions", chrome},
                {"goog:loggingPrefs", {{"browser", "ALL"}}}}}}}};
}

}  // namespace

struct Browser::Impl {
    TemporaryFolder folder;
    std::unique_ptr<Process> driver;
    std::unique_ptr<Poco::Net::HTTPClientSession> http;
    std::string session;  // "/session/<id>"

    void start_driver();
    json call(const std::string& method, const std::string& path, const json& body = json::object());
    json in_session(const std::string& method, const std::string& path, const json& body = json::object()) {
        return call(method, session + path, body);
    }
    std::vector<std::string> elements(const std::string& css);
    std::string element(const std::string& css);
};

void Browser::Impl::start_driver() {
    Process::Options options;
    options.arguments = {find_program("chromedriver").string(), "--port=0"};
    options.errors = folder.path() / "chromedriver.log";
    auto started = Process::start(std::move(options));
    if (!started) throw BrowserFault(started.error().what);
    driver = std::move(*started);
    const std::string mark = "started successfully on port ";
    const auto line = driver->line(
        [&](const std::string& text) { return text.find(mark) != std::string::npos; }, kStartLimit);
    if (!line) throw BrowserFault("chromedriver: " + line.error().what);
    const int port = std::stoi(line->substr(line->find(mark) + mark.size()));
    http = std::make_unique<Poco::Net::HTTPClientSession>("127.0.0.1", static_cast<Poco::UInt16>(port));
    http->setTimeout(Poco::Timespan(120, 0));
    http->setKeepAlive(true);
}

json Browser::Impl::call(const std::string& method, const std::string& path, const json& body) {
    try {
        Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPRequest::HTTP_1_1);
        const std::string sent = method == "POST" ? body.dump() : std::string();
        request.setContentType("application/json");
        request.setContentLength(static_cast<std::streamsize>(sent.size()));
        http->sendRequest(request) << sent;
        Poco::Net::HTTPResponse response;
        std::string answer;
        Poco::StreamCopier::copyToString(http->receiveResponse(response), answer);
        const json value = json::parse(answer).at("value");
        if (response.getStatus() != 200)
            throw BrowserFault(method + " " + path + ": " + value.value("error", "") + ": " +
                               value.value("message", ""));
        return value;
    } catch (const Poco::Exception& fault) {
        throw BrowserFault(method + " " + path + ": " + fault.displayText());
    }
}

std::vector<std::string> Browser::Impl::elements(const std::string& css) {
    std::vector<std::string> out;
    for (const json& found : in_session("POST", "/elements", {{"using", "css selector"}, {"value", css}}))
        out.push_back(found.at(kElementKey).get<std::string>());
    return out;
}

std::string Browser::Impl::element(const std::string& css) {
    const json found = in_session("POST", "/element", {{"using", "css selector"}, {"value", css}});
    return found.at(kElementKey).get<std::string>();
}

Browser::Browser(const Options& options) : impl_(std::make_unique<Impl>()) {
    impl_->start_driver();
    const json session =
        impl_->call("POST", "/session", capabilities(options, impl_->folder.path() / "profile"));
    impl_->session = "/session/" + session.at("sessionId").get<std::string>();
}

Browser::~Browser() {
    try {
        impl_->in_session("DELETE", "");  // closes Chromium, which is in a group of its own
    } catch (const BrowserFault&) {
        // A browser that crashed is reported by the step that met it.
    }
}

void Browser::open(const std::string& url) {
    impl_->in_session("POST", "/url", {{"url", url}});
}

void Browser::click(const std::string& css) {
    wait_for(css);
    impl_->in_session("POST", "/element/" + impl_->element(css) + "/click");
}

void Browser::click_text(const std::string& css, const std::string& text) {
    json found;
    wait_until(css + " \"" + text + "\" is there", [&] {
        found = run("return [...document.querySelectorAll(" + json(css).dump() +
                    ")].find(e => e.innerText === " + json(text).dump() + ") ?? null;");
        return !found.is_null();
    });
    impl_->in_session("POST", "/element/" + found.at(kElementKey).get<std::string>() + "/click");
}

void Browser::type(const std::string& css, const std::string& text) {
    wait_for(css);
    impl_->in_session("POST", "/element/" + impl_->element(css) + "/value", {{"text", text}});
}

void Browser::wait_until(const std::string& what, const std::function<bool()>& holds,
                         std::chrono::milliseconds limit) {
    const auto deadline = steady_clock::now() + limit;
    while (!holds()) {
        if (steady_clock::now() >= deadline) throw BrowserFault("waited in vain: " + what);
        std::this_thread::sleep_for(20ms);  // between two questions to the browser
    }
}

void Browser::wait_for(const std::string& css, std::chrono::milliseconds limit) {
    wait_until(
        css + " is visible",
        [&] {
            return run("const e = document.querySelector(" + json(css).dump() +
                       "); return !!e && e.checkVisibility({visibilityProperty: true});") == true;
        },
        limit);
}

void Browser::wait_gone(const std::string& css, std::chrono::milliseconds limit) {
    wait_until(
        css + " is gone",
        [&] {
            return run("const e = document.querySelector(" + json(css).dump() +
                       "); return !e || !e.checkVisibility({visibilityProperty: true});") == true;
        },
        limit);
}

void Browser::wait_for_text(const std::string& css, const std::string& part,
                            std::chrono::milliseconds limit) {
    wait_until(
        css + " shows \"" + part + "\"",
        [&] {
            for (const std::string& shown : texts(css))
                if (shown.find(part) != std::string::npos) return true;
            return false;
        },
        limit);
}

std::size_t Browser::count(const std::string& css) {
    return impl_->elements(css).size();
}

std::string Browser::text(const std::string& css) {
    return impl_->in_session("GET", "/element/" + impl_->element(css) + "/text").get<std::string>();
}

std::vector<std::string> Browser::texts(const std::string& css) {
    // In one step: elements may be replaced between two.
    return run("return [...document.querySelectorAll(" + json(css).dump() + ")].map(e => e.innerText);")
        .get<std::vector<std::string>>();
}

json Browser::run(const std::string& script) {
    return impl_->in_session("POST", "/execute/sync", {{"script", script}, {"args", json::array()}});
}

void Browser::resize(int width, int height) {
    impl_->in_session("POST", "/window/rect", {{"width", width}, {"height", height}});
}

void Browser::become_phone(int width, int height) {
    const json size = {{"width", width}, {"height", height}, {"deviceScaleFactor", 2}, {"mobile", true}};
    impl_->in_session("POST", "/goog/cdp/execute",
                      {{"cmd", "Emulation.setDeviceMetricsOverride"}, {"params", size}});
    impl_->in_session("POST", "/goog/cdp/execute",
                      {{"cmd", "Emulation.setTouchEmulationEnabled"}, {"params", {{"enabled", true}}}});
}

void Browser::prefer_dark(bool dark) {
    const json feature = {{"name", "prefers-color-scheme"}, {"value", dark ? "dark" : "light"}};
    impl_->in_session(
        "POST", "/goog/cdp/execute",
        {{"cmd", "Emulation.setEmulatedMedia"}, {"params", {{"features", json::array({feature})}}}});
}

void Browser::screenshot(const std::filesystem::path& file) {
    std::istringstream encoded(impl_->in_session("GET", "/screenshot").get<std::string>());
    Poco::Base64Decoder decoder(encoded);
    std::ofstream out(file, std::ios::binary);
    Poco::StreamCopier::copyStream(decoder, out);
}

std::vector<std::string> Browser::console_faults() {
    std::vector<std::string> out;
    for (const json& entry : impl_->in_session("POST", "/se/log", {{"type", "browser"}})) {
        const std::string level = entry.value("level", "");
        if (level == "SEVERE" || level == "WARNING") out.push_back(level + ": " + entry.value("message", ""));
    }
    return out;
}

}  // namespace migue::test
