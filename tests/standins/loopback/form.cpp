#include "tests/standins/loopback/form.hpp"

namespace migue::standins {

namespace {

std::string quoted(std::string_view head, std::string_view name) {
    const std::string key = " " + std::string(name) + "=\"";
    const std::size_t at = head.find(key);
    if (at == std::string_view::npos) return {};
    const std::size_t begin = at + key.size();
    return std::string(head.substr(begin, head.find('"', begin) - begin));
}

}  // namespace

std::optional<std::map<std::string, FormPart>> read_form(std::string_view content_type,
                                                         std::string_view body) {
    constexpr std::string_view kStart = "multipart/form-data; boundary=", kType = "Content-Type: ";
    if (!content_type.starts_with(kStart)) return std::nullopt;
    const std::string boundary = "--" + std::string(content_type.substr(kStart.size()));
    std::map<std::string, FormPart> parts;
    std::size_t at = body.find(boundary);
    while (at != std::string_view::npos) {
        const std::size_t head = at + boundary.size();
        if (body.substr(head, 2) == "--") return parts;
        const std::size_t blank = body.find("\r\n\r\n", head);
        const std::size_t next = body.find("\r\n" + boundary, head);
        if (blank == std::string_view::npos || next == std::string_view::npos || next < blank)
            return std::nullopt;
        const std::string_view heads = body.substr(head, blank - head);
        FormPart part{std::string(body.substr(blank + 4, next - blank - 4)), quoted(heads, "filename"), {}};
        if (const std::size_t type = heads.find(kType); type != std::string_view::npos) {
            const std::size_t begin = type + kType.size();
            part.type = heads.substr(begin, heads.find("\r\n", begin) - begin);
        }
        const std::string name = quoted(heads, "name");
        if (name.empty() || !parts.emplace(name, std::move(part)).second) return std::nullopt;
        at = next + 2;
    }
    return std::nullopt;
}

}  // namespace migue::standins
