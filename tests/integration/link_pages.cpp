#include "tests/integration/link_pages.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

namespace migue::test {

std::string between(const std::string& text, const std::string& before, const std::string& after) {
    const std::size_t begin = text.find(before);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + before.size();
    return text.substr(from, text.find(after, from) - from);
}

Page PageReader::open(const std::string& method, const std::string& address, const std::string& form) {
    const Poco::URI uri(host_ + address.substr(public_url_.size()));
    Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
    Poco::Net::HTTPRequest request(method, uri.getPathAndQuery(), "HTTP/1.1");
    if (!cookie_.empty()) request.set("Cookie", cookie_);
    request.setContentType("application/x-www-form-urlencoded");
    request.setContentLength(static_cast<std::streamsize>(form.size()));
    session.sendRequest(request) << form;
    Poco::Net::HTTPResponse response;
    Page page;
    Poco::StreamCopier::copyToString(session.receiveResponse(response), page.body);
    page.status = response.getStatus();
    page.location = response.get("Location", "");
    if (const std::string set = response.get("Set-Cookie", ""); !set.empty())
        cookie_ = set.substr(0, set.find(';'));
    return page;
}

std::string link_account(const std::string& host, const std::string& public_url, const std::string& link,
                         standins::Google& google, const std::string& email) {
    if (!link.starts_with(public_url + "/p/scheduling/link/")) return "error: no link: " + link;
    PageReader reader(host, public_url);
    const Page page = reader.open("GET", link);
    if (page.status != 200 || page.body.find("data-continue") == std::string::npos)
        return "error: the link's page: " + page.body;
    const Page away =
        reader.open("POST", link, "check=" + between(page.body, "name=\"check\" value=\"", "\""));
    if (away.status != 303) return "error: the button: " + away.body;
    const Page came = reader.open("GET", google.consent(away.location, email));
    if (came.status != 303) return "error: the callback: " + came.body;
    const Page shown = reader.open("GET", came.location);
    const std::string code = between(shown.body, "data-code=\"", "\"");
    return code.empty() ? "error: the code's page: " + shown.body : code;
}

}  // namespace migue::test
