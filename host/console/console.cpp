#include "host/console/console.hpp"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "console_page.embedded.hpp"
#include "host/http/guards.hpp"

namespace migue::host::console {
namespace {

// No inline script or style, nothing from elsewhere, no frame around it.
constexpr const char* kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

constexpr std::string_view kRoot = "/console/";

std::optional<std::string_view> find_file(std::string_view path) {
    return console_page::embedded("page/" + std::string(path.empty() ? "index.html" : path));
}

bool is_page(std::string_view path) {
    if (path == "/" || path == "/console") return true;  // they only lead to the page
    return path.starts_with(kRoot) && find_file(path.substr(kRoot.size())).has_value();
}

std::string_view content_type(std::string_view path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
    }};
    for (const auto& [ending, type] : kTypes)
        if (path.ends_with(ending)) return type;
    return "application/octet-stream";
}

http::Reply redirect_to_page(const http::Request&) {
    http::Reply reply;
    reply.status = 302;
    reply.headers.emplace_back("Location", "/console/");
    return reply;
}

}  // namespace

http::Reply page_file(std::string_view path) {
    const auto content = find_file(path);
    if (!content)
        return {404, "text/plain; charset=utf-8", "no such page; the console is at /console/\n", {}};
    http::Reply reply{
        200, std::string(content_type(path.empty() ? "index.html" : path)), std::string(*content), {}};
    reply.headers.emplace_back("Content-Security-Policy", kPolicy);
    return reply;
}

void add_routes(http::Server& server) {
    server.route("GET", "/", redirect_to_page);
    server.route("GET", "/console", redirect_to_page);
    server.route("GET", "/console/*rest",
                 [](const http::Request& request) { return page_file(request.param("rest")); });
}

http::Guard require_token(std::string token, std::vector<std::string> open_paths) {
    return [ask = http::require_token(std::move(token), std::move(open_paths))](
               const http::Request& request) -> std::unique_ptr<http::Reply> {
        const bool reads = request.method == "GET" || request.method == "HEAD";
        if (reads && is_page(request.path)) return nullptr;
        return ask(request);
    };
}

}  // namespace migue::host::console
