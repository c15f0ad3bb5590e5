#pragma once
#include <string>

#include "tests/standins/google/google.hpp"

namespace migue::test {

/// What stands between two marks of a text, or "".
[[nodiscard]] std::string between(const std::string& text, const std::string& before,
                                  const std::string& after);

struct Page {
    int status = 0;
    std::string body, location;
};

/// A browser that knows where a host's public address really is, and keeps its cookie.
class PageReader {
public:
    /// `host`: "http://127.0.0.1:8080"; `public_url`: what the host says of itself.
    PageReader(std::string host, std::string public_url)
        : host_(std::move(host)), public_url_(std::move(public_url)) {}
    [[nodiscard]] Page open(const std::string& method, const std::string& address,
                            const std::string& form = "");

private:
    const std::string host_, public_url_;
    std::string cookie_;
};

/// From a link of the chat, through the consent of this account, to the code; or
/// "error: " with what was in the way.
[[nodiscard]] std::string link_account(const std::string& host, const std::string& public_url,
                                       const std::string& link, standins::Google& google,
                                       const std::string& email);

}  // namespace migue::test
