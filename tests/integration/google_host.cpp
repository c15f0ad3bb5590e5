#include "tests/integration/google_host.hpp"

#include <Poco/Net/ServerSocket.h>

#include "tests/integration/link_pages.hpp"

namespace migue::test {

namespace {

/// Nobody's at this moment.
std::string free_address() {
    const Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
    return socket.address().toString();
}

}  // namespace

GoogleHost::GoogleHost(const std::string& public_url) : public_url_(public_url) {
    HostSetup& setup = host_.setup();
    if (public_url_.empty()) {
        setup.listen = free_address();
        public_url_ = "http://" + setup.listen;
    }
    setup.public_url = public_url_;
    standins::GoogleOptions options;
    options.redirect_uris = {public_url_ + "/p/scheduling/callback"};
    google_ = std::make_unique<standins::Google>(options);
    google_->add_account({"maria@example.org", "sub-maria"});
    server_ = std::make_unique<standins::GoogleServer>(*google_);
    use_google(setup, server_->url());
    setup.write();
    host_.start();
}

std::string GoogleHost::ask_for_link() {
    return between(say("conecta mi google calendar"), "\"url\":\"", "\"");
}

}  // namespace migue::test
