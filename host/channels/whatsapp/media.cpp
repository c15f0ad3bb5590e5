#include "host/channels/whatsapp/media.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "host/channels/whatsapp/incoming_json.hpp"

namespace migue::host::whatsapp {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxDescriptor = 64u * 1024;
/// An address is good for five minutes: one that died meanwhile is asked for once more.
constexpr int kTries = 2;

bool is_media_id(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
}

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
    return out;
}

/// Meta writes checksums in hexadecimal digits here and in base64 there.
bool is_sha256_of(std::string_view expected, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        return false;
    std::array<unsigned char, 64> base64{};
    const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
    const std::string_view as_base64(reinterpret_cast<const char*>(base64.data()),
                                     static_cast<std::size_t>(length));
    return expected == hex(digest.data(), size) || expected == as_base64;
}

/// A number, or a number in quotes.
std::size_t size_in(const json& object, const char* key) {
    const json* found = member(object, key);
    if (found && found->is_number_unsigned()) return found->get<std::size_t>();
    const auto text = text_in(object, key);
    std::size_t size = 0;
    for (const char c : text) {
        if (c < '0' || c > '9' || text.size() > 15) return 0;
        size = size * 10 + static_cast<std::size_t>(c - '0');
    }
    return size;
}

Error too_large(std::size_t most) {
    return {Error::Code::kUnsupported, fmt::format("the file is larger than {} bytes", most)};
}

Error status_fault(int status) {
    const bool is_gone = status == 404 || status == 400;
    return {is_gone ? Error::Code::kConflict : Error::Code::kUnavailable,
            fmt::format("HTTP status {}{}", status, is_gone ? ": the file is gone" : "")};
}

/// May stand in quotes in a part's header.
bool is_header_text(std::string_view text) {
    return !text.empty() && text.size() <= 200 && std::none_of(text.begin(), text.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7F || c == '"' || c == '\\' || c == '/' || c == ':';
    });
}

bool is_mime_type(std::string_view text) {
    const std::size_t slash = text.find('/');
    return slash != std::string_view::npos && is_header_text(text.substr(0, slash)) &&
           is_header_text(text.substr(slash + 1));
}

struct MultipartForm {
    std::string content_type, body;
};

/// The boundary is the content's own checksum: nothing inside can hold it.
MultipartForm form_of(const MediaUpload& file) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(file.bytes.data(), file.bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    const std::string boundary = "migue-" + hex(digest.data(), 16);
    const auto field = [&](std::string_view name, std::string_view value) {
        return fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n", boundary,
                           name, value);
    };
    MultipartForm form;
    form.content_type = "multipart/form-data; boundary=" + boundary;
    form.body = field("messaging_product", "whatsapp") + field("type", file.mime_type) +
                fmt::format(
                    "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
                    "Content-Type: {}\r\n\r\n",
                    boundary, file.file_name, file.mime_type);
    form.body += file.bytes;
    form.body += fmt::format("\r\n--{}--\r\n", boundary);
    return form;
}

}  // namespace

bool is_media_address(const Url& url, const Url& graph) {
    if (url.scheme == graph.scheme && url.host == graph.host && url.port == graph.port) return true;
    static constexpr std::array<std::string_view, 4> kHosts = {".fbsbx.com", ".fbcdn.net", ".whatsapp.net",
                                                               ".facebook.com"};
    const bool is_metas = std::any_of(kHosts.begin(), kHosts.end(), [&](std::string_view host) {
        return url.host.size() > host.size() && url.host.ends_with(host);
    });
    return is_metas && url.scheme == "https" && url.port == 443;
}

Result<MediaFile> GraphMedia::fetch(const std::string& media_id, std::size_t max_bytes,
                                    std::chrono::milliseconds limit, const std::stop_token& stop) {
    if (!is_media_id(media_id)) return Error{Error::Code::kInvalid, "fetch media: the id is none"};
    const Call call{max_bytes, std::chrono::steady_clock::now() + limit, stop};
    Error last{Error::Code::kUnavailable, ""};
    for (int i = 0; i < kTries; ++i) {
        auto described = describe(media_id, call);
        if (!described) return std::move(described).error().within("describe media");
        auto answer = get(described->url, max_bytes, call);
        if (!answer) return std::move(answer).error().within("fetch media");
        if (answer->status != 200) {
            last = status_fault(answer->status).within("fetch media");
            if (answer->status == 404) continue;  // the address has died
            return last;
        }
        if (answer->body.size() != described->size || !is_sha256_of(described->sha256, answer->body))
            return Error{Error::Code::kInternal, "fetch media: the bytes are not those that were described"};
        return MediaFile{std::move(described->mime_type), std::move(answer->body)};
    }
    return last;
}

Result<GraphMedia::Descriptor> GraphMedia::describe(const std::string& media_id, const Call& call) {
    auto answer = get(fmt::format("{}/{}", graph_.base(), media_id), kMaxDescriptor, call);
    if (!answer) return std::move(answer).error();
    if (answer->status != 200) return status_fault(answer->status);
    const auto body = parse_incoming(answer->body);
    Descriptor out;
    if (body) {
        out.url = text_in(*body, "url");
        out.mime_type = text_in(*body, "mime_type");
        out.sha256 = text_in(*body, "sha256");
        out.size = size_in(*body, "file_size");
    }
    if (out.url.empty() || out.sha256.empty() || out.size == 0)
        return Error{Error::Code::kInternal, "the descriptor lacks url, sha256 or file_size"};
    if (out.size > call.max_bytes) return too_large(call.max_bytes);
    const auto graph = parse_url(graph_.base());
    const auto url = parse_url(out.url);
    if (!url || !graph || !is_media_address(*url, *graph))
        return Error{Error::Code::kInternal, "the address is none of Meta's"};
    return out;
}

Result<std::string> GraphMedia::upload(const MediaUpload& file, std::chrono::milliseconds limit,
                                       const std::stop_token& stop) {
    if (!is_media_id(file.account))
        return Error{Error::Code::kInvalid, "upload media: the account is no phone_number_id"};
    if (!is_header_text(file.file_name) || !is_mime_type(file.mime_type))
        return Error{Error::Code::kInvalid, "upload media: the file's name or type has forbidden characters"};
    const MultipartForm form = form_of(file);
    auto answer = graph_.post_media(file.account, form.content_type, form.body, limit, stop);
    if (!answer) return std::move(answer).error().within("upload media");
    if (answer->status != 200)
        return Error{Error::Code::kUnavailable, fmt::format("upload media: HTTP status {}", answer->status)};
    const auto body = parse_incoming(answer->body);
    std::string id(body ? text_in(*body, "id") : std::string_view());
    if (!is_media_id(id)) return Error{Error::Code::kInternal, "upload media: the answer holds no id"};
    return id;
}

Result<HttpClientResponse> GraphMedia::get(const std::string& url, std::size_t max_bytes, const Call& call) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(call.deadline -
                                                                            std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{Error::Code::kDeadline, "out of time"};
    return graph_.get(url, max_bytes, left, call.stop);
}

}  // namespace migue::host::whatsapp
