#include "host/console/console.hpp"

#include <array>
#include <string>
#include <utility>

#include "console_page.embedded.hpp"

namespace migue::host::console {
namespace {

// No inline script or style, nothing from elsewhere, no frame around it.
constexpr const char* kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

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
    const std::string name = "page/" + std::string(path.empty() ? "index.html" : path);
    const auto content = console_page::embedded(name);
    if (!content)
        return {404, "text/plain; charset=utf-8", "no such page; the console is at /console/\n", {}};
    http::Reply reply{200, std::string(content_type(name)), std::string(*content), {}};
    reply.headers.emplace_back("Content-Security-Policy", kPolicy);
    return reply;
}

void add_routes(http::Server& server) {
    server.route("GET", "/", redirect_to_page);
    server.route("GET", "/console", redirect_to_page);
    server.route("GET", "/console/*rest",
                 [](const http::Request& request) { return page_file(request.param("rest")); });
}

}  // namespace migue::host::console
