#include "host/http/request_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <cctype>

#include "host/http/target.hpp"

namespace migue::host::http {

namespace beast_http = boost::beast::http;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

int status_of(const boost::system::error_code& error) {
    if (error == beast_http::error::body_limit) return 413;
    if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow) return 431;
    return 400;
}

}  // namespace

namespace {

/// A body that grows with what has come. Beast's own reserves what the client announces:
/// thousands of clients that only announce would be given gigabytes.
struct GrowingBody {
    using value_type = std::string;
    class reader {
    public:
        template <bool isRequest, class Fields>
        reader(beast_http::header<isRequest, Fields>&, value_type& body) : body_(body) {}
        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) { error = {}; }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            std::size_t count = 0;
            for (auto it = boost::asio::buffer_sequence_begin(buffers);
                 it != boost::asio::buffer_sequence_end(buffers); ++it) {
                const boost::asio::const_buffer buffer = *it;
                body_.append(static_cast<const char*>(buffer.data()), buffer.size());
                count += buffer.size();
            }
            return count;
        }
        void finish(boost::system::error_code& error) { error = {}; }

    private:
        value_type& body_;
    };
};

}  // namespace

class RequestParser::Impl {
public:
    explicit Impl(const Limits& limits) : unparsed_limit_(limits.header + 1024) {
        parser_.header_limit(static_cast<std::uint32_t>(limits.header));
        parser_.body_limit(limits.body);
        parser_.eager(true);
    }

    State feed(std::string& bytes) {
        boost::system::error_code error;
        while (!bytes.empty() && !parser_.is_done() && !error) {
            const auto used = parser_.put(boost::asio::buffer(bytes), error);
            bytes.erase(0, used);
            if (!error && used == 0) break;
        }
        if (error == beast_http::error::need_more) error = {};
        if (error) return refuse(status_of(error));
        if (parser_.is_header_done() && !header_checked_ && !check_header()) return refuse(400);
        if (parser_.is_done()) return State::kComplete;
        // A line without an end, such as a chunk's extension: the parser sets no limit to it.
        return bytes.size() > unparsed_limit_ ? refuse(431) : State::kMore;
    }

    Result<Request> take() {
        auto target = parse_target(view(parser_.get().target()));
        if (!target) return target.error();
        Request request;
        request.method = std::string(view(parser_.get().method_string()));
        request.path = std::move(target->path);
        request.query = std::move(target->query);
        for (const auto& field : parser_.get()) {
            std::string name = lower(view(field.name_string()));
            // RFC 9112 §3.2.2: the host of an absolute target replaces the header.
            const bool replaced = name == "host" && !target->authority.empty();
            request.headers.emplace_back(std::move(name), replaced ? target->authority : view(field.value()));
        }
        request.body = std::move(parser_.get().body());
        return request;
    }

    const beast_http::request_parser<GrowingBody>& parser() const { return parser_; }
    int refusal() const { return refusal_; }

private:
    State refuse(int status) {
        refusal_ = status;
        return State::kRefused;
    }

    /// What Beast lets pass and two servers in a row could read differently.
    bool check_header() {
        header_checked_ = true;
        const auto& message = parser_.get();
        if (message.version() != 10 && message.version() != 11) return false;
        const auto hosts = message.count(beast_http::field::host);
        if (hosts > 1 || (hosts == 0 && message.version() == 11)) return false;
        const auto encodings = message.count(beast_http::field::transfer_encoding);
        if (encodings == 0) return true;
        return encodings == 1 && message.version() == 11 &&
               lower(view(message[beast_http::field::transfer_encoding])) == "chunked";
    }

    const std::size_t unparsed_limit_;
    beast_http::request_parser<GrowingBody> parser_;
    bool header_checked_ = false;
    int refusal_ = 0;
};

RequestParser::RequestParser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;
RequestParser::State RequestParser::feed(std::string& bytes) {
    return impl_->feed(bytes);
}
int RequestParser::refusal() const noexcept {
    return impl_->refusal();
}
bool RequestParser::keep_alive() const {
    return impl_->parser().keep_alive();
}
bool RequestParser::has_head() const noexcept {
    return impl_->parser().is_header_done();
}
bool RequestParser::is_head() const {
    return impl_->parser().get().method() == beast_http::verb::head;
}
Result<Request> RequestParser::take() {
    return impl_->take();
}

bool RequestParser::wants_continue() const {
    const auto& parser = impl_->parser();
    return parser.is_header_done() && !parser.is_done() && parser.get().version() == 11 &&
           lower(view(parser.get()[beast_http::field::expect])) == "100-continue";
}

}  // namespace migue::host::http
