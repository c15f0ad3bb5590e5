#include "tests/standins/graph/graph.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/RegularExpression.h>
#include <Poco/SHA2Engine.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/standins/graph/graph_rules.hpp"
#include "tests/standins/graph/webhook_sender.hpp"
#include "tests/standins/loopback/form.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using Kind = GraphFault::Kind;

std::string digits_of(const std::string& number) {
    std::string out;
    std::copy_if(number.begin(), number.end(), std::back_inserter(out),
                 [](char c) { return c >= '0' && c <= '9'; });
    return out;
}

/// The id that WhatsApp knows the number by: not always the one that was sent.
std::string wa_id_of(const std::string& digits) {
    if (digits.size() == 12 && digits.starts_with("52")) return "521" + digits.substr(2);
    if (digits.size() == 12 && digits.starts_with("54")) return "549" + digits.substr(2);
    return digits;
}

struct Answer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json; charset=UTF-8";
    std::vector<std::pair<std::string, std::string>> headers;
};

Answer error_answer(int status, int code, int subcode, const std::string& details) {
    json error = {{"message", "(#" + std::to_string(code) + ") " + details},
                  {"type", "OAuthException"},
                  {"code", code},
                  {"error_data", {{"messaging_product", "whatsapp"}, {"details", details}}},
                  {"fbtrace_id", "AxTestTrace_1"}};
    if (subcode != 0) error["error_subcode"] = subcode;
    return {status, json{{"error", std::move(error)}}.dump(), "application/json; charset=UTF-8", {}};
}

/// Of "/v25.0/106540352242922/messages".
std::string number_in(const HTTPServerRequest& request) {
    const std::string uri = request.getURI();
    const std::size_t begin = uri.find('/', 1) + 1;
    return uri.substr(begin, uri.find('/', begin) - begin);
}

/// What a fault names as its recipient when it is for uploads only.
constexpr const char* kUploads = "(upload)";

bool is_upload(const HTTPServerRequest& request) {
    return request.getURI().ends_with("/media");
}

/// What an uploaded document may be; "" when it is all right.
std::string upload_fault(const std::string& type, const std::string& part_type, std::size_t size) {
    static const std::set<std::string> kDocuments = {
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"};
    constexpr std::size_t kMost = 100u << 20;
    if (kDocuments.count(part_type) == 0)
        return "Param file must be a file with one of the following types: text/plain, application/pdf, …";
    if (type.empty() || type != part_type) return "The parameter type does not match the file.";
    if (size == 0 || size > kMost) return "The file's size is out of range.";
    return {};
}

void write(HTTPServerResponse& response, const Answer& answer) {
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    response.setContentType(answer.content_type);
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.sendBuffer(answer.body.data(), answer.body.size());
}

/// Ends the connection with a reset, so that the client notices at once.
void cut(HTTPServerRequest& request) {
    auto socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket();
    socket.setLinger(true, 0);
    socket.close();
}

}  // namespace

namespace {

/// So many a second, with a burst lent: how Graph is thought to count.
class Rate {
public:
    using Clock = std::chrono::steady_clock;
    /// False: too fast.
    bool take(double per_second, double burst) {
        const auto now = Clock::now();
        const double earned = std::chrono::duration<double>(now - last_).count() * per_second;
        left_ = is_new_ ? burst : std::min(burst, left_ + earned);
        is_new_ = false;
        last_ = now;
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    bool is_new_ = true;
    double left_ = 0;
    Clock::time_point last_{};
};

std::string callback_data_of(const GraphMessage& message) {
    return json::parse(message.body).value("biz_opaque_callback_data", "");
}

WebhookStatus status_of(const GraphMessage& message, const std::string& status, int code) {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    return {message.wamid, status, message.to, callback_data_of(message), code, now.count()};
}

std::string digest_of(const std::string& bytes) {
    Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
    hash.update(bytes);
    return Poco::DigestEngine::digestToHex(hash.digest());
}

}  // namespace

class Graph::Impl {
public:
    explicit Impl(GraphOptions options)
        : options_(std::move(options)), threads_(2, options_.threads, 60, 256 * 1024) {
        Poco::Net::ServerSocket socket;
        socket.bind(Poco::Net::SocketAddress("127.0.0.1", options_.port), true, false);
        socket.listen(256);
        Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
        params->setMaxThreads(options_.threads);
        params->setMaxQueued(1000);
        params->setKeepAliveTimeout(Poco::Timespan(30, 0));
        server_ = std::make_unique<Poco::Net::HTTPServer>(new Handlers(*this), threads_, socket, params);
        server_->start();
        reporter_ = std::thread([this] { report_all(); });
    }

    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            changed_.notify_all();
        }
        reporter_.join();
        server_->stopAll(true);
        threads_.joinAll();
    }

    void handle(HTTPServerRequest& request, HTTPServerResponse& response);

    template <typename Predicate>
    bool wait(std::chrono::milliseconds limit, Predicate predicate) const {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, predicate);
    }

    const GraphOptions options_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    // all guarded by mutex_
    std::string access_token_ = options_.access_token;
    std::deque<GraphFault> faults_;
    std::vector<GraphMessage> messages_, read_marks_;
    std::vector<GraphRequestRefused> refused_;
    std::uint64_t requests_ = 0, releases_ = 0;
    bool stopping_ = false;
    std::optional<GraphReports> reports_;
    std::deque<std::pair<GraphMessage, int>> to_report_;  // with the code of a failed one, or 0
    std::set<std::string> closed_windows_;
    std::map<std::string, Rate> number_rates_, person_rates_;
    std::map<std::string, GraphMedia> media_;
    std::vector<std::string> uploads_;  // ids, in order
    int dead_media_urls_ = 0;

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

private:
    class Handler : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(Impl& graph) : graph_(graph) {}
        void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
            graph_.handle(request, response);
        }

    private:
        Impl& graph_;
    };
    class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Handlers(Impl& graph) : graph_(graph) {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
            return new Handler(graph_);
        }

    private:
        Impl& graph_;
    };

    struct Taken {
        GraphFault fault;
        std::uint64_t releases;  ///< so far, when it was taken
    };

    std::optional<Answer> refusal_of_headers(const HTTPServerRequest& request);
    std::optional<Answer> refusal_of_state(const std::string& from, const json& body);
    Answer refuse(const Answer& answer);
    Answer accept(const std::string& from, const json& body, const std::string& raw, int fails_with = 0);
    Answer serve_media(const HTTPServerRequest& request);
    Answer take_upload(const HTTPServerRequest& request, const std::string& raw);
    void report_all();
    std::optional<Taken> take_fault(const std::string& to);
    bool take_early_cut();
    void pause(std::chrono::milliseconds time);
    void wait_for_release(std::uint64_t before);
    void respond(HTTPServerRequest& request, HTTPServerResponse& response, const json& body,
                 const std::string& raw, const Taken& taken);

    Poco::ThreadPool threads_;
    std::unique_ptr<Poco::Net::HTTPServer> server_;
    std::thread reporter_;
};

/// Two steps: what an id is, and the bytes at the address told there.
Answer Graph::Impl::serve_media(const HTTPServerRequest& request) {
    static const Poco::RegularExpression kDescriptor("/v(1[0-9]|2[0-6])\\.0/([0-9A-Za-z]+)");
    static const Poco::RegularExpression kBytes("/media/([0-9A-Za-z]+)/(bytes)");
    const std::lock_guard lock(mutex_);
    if (request.get("Authorization", "") != "Bearer " + access_token_)
        return error_answer(401, 190, 463, "Error validating access token");
    std::vector<std::string> path;
    const std::string uri = request.getURI();
    const bool is_bytes = kBytes.match(uri);
    (is_bytes ? kBytes : kDescriptor).split(uri, path);
    const auto found = media_.find(path.size() < 3 ? "" : is_bytes ? path[1] : path[2]);
    if (found == media_.end()) return error_answer(400, 100, 33, "Object does not exist");
    const GraphMedia& media = found->second;
    if (is_bytes) {
        if (dead_media_urls_ > 0 && dead_media_urls_-- > 0) return {404, "", "text/plain", {}};
        return {200, media.bytes, media.mime_type, {}};
    }
    const std::string here = "http://127.0.0.1:" + std::to_string(port()) + "/media/" + media.id + "/bytes";
    const json descriptor = {{"messaging_product", "whatsapp"},
                             {"url", media.url.empty() ? here : media.url},
                             {"mime_type", media.mime_type},
                             {"sha256", media.sha256.empty() ? digest_of(media.bytes) : media.sha256},
                             {"file_size", media.file_size == 0 ? media.bytes.size() : media.file_size},
                             {"id", media.id}};
    return {200, descriptor.dump(), "application/json; charset=UTF-8", {}};
}

Answer Graph::Impl::take_upload(const HTTPServerRequest& request, const std::string& raw) {
    auto form = read_form(request.getContentType(), raw);
    if (!form) return error_answer(400, 100, 0, "(#100) The parameter file is required.");
    const FormPart file = (*form)["file"];
    if ((*form)["messaging_product"].value != "whatsapp")
        return error_answer(400, 100, 0, "The parameter messaging_product is required.");
    if (const auto fault = upload_fault((*form)["type"].value, file.type, file.value.size()); !fault.empty())
        return error_answer(400, 100, 0, fault);
    const std::lock_guard lock(mutex_);
    GraphMedia media;
    media.id = "9" + std::to_string(1'000'000 + uploads_.size());
    media.mime_type = file.type;
    media.bytes = file.value;
    media.file_name = file.file_name;
    media.owner = number_in(request);
    uploads_.push_back(media.id);
    const std::string id = media.id;
    media_[id] = std::move(media);
    return {200, json{{"id", id}}.dump(), "application/json; charset=UTF-8", {}};
}

/// What depends on what was sent before, and on when the person wrote.
std::optional<Answer> Graph::Impl::refusal_of_state(const std::string& from, const json& body) {
    if (body.contains("status")) return std::nullopt;
    if (const std::string type = body.value("type", "text");
        body.contains(type) && body.at(type).is_object() && body.at(type).contains("id")) {
        const std::lock_guard lock(mutex_);
        const auto found = media_.find(body.at(type).value("id", ""));
        if (found == media_.end() || found->second.owner != from)
            return error_answer(400, 131053, 0, "Media upload error: no such media of this number");
    }
    const std::string to = body.contains("to") ? digits_of(body.at("to")) : body.value("recipient", "");
    const std::lock_guard lock(mutex_);
    if (closed_windows_.count(to) != 0 && body.value("type", "text") != "template")
        return error_answer(400, 131047, 0, "More than 24 hours have passed since the customer last replied");
    const double interval = std::chrono::duration<double>(options_.person_interval).count();
    if (options_.person_burst > 0 &&
        !person_rates_[from + "/" + to].take(1 / interval, options_.person_burst))
        return error_answer(400, 131056, 0, "Too many messages from this number to the same number");
    const double pace = options_.messages_per_second;
    if (pace > 0 && !number_rates_[from].take(pace, std::max(1.0, pace)))
        return error_answer(400, 130429, 0, "Rate limit hit");
    return std::nullopt;
}

void Graph::Impl::report_all() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || (reports_ && !to_report_.empty()); });
        if (stopping_) return;
        const auto [message, code] = to_report_.front();
        to_report_.pop_front();
        const GraphReports reports = *reports_;
        lock.unlock();
        const std::vector<std::string> failed = {"failed"};
        for (const std::string& status : code == 0 ? reports.statuses : failed)
            static_cast<void>(post_webhook(reports.url, reports.app_secret,
                                           status_webhook(message.from, status_of(message, status, code))));
        lock.lock();
    }
}

std::optional<Answer> Graph::Impl::refusal_of_headers(const HTTPServerRequest& request) {
    static const Poco::RegularExpression kPath("/v(1[0-9]|2[0-6])\\.0/([0-9]+)/(messages|media)");
    std::vector<std::string> path;  // the whole, the version, the number's id
    const std::string uri = request.getURI();
    if (!kPath.match(uri) || kPath.split(uri, path) < 3)
        return error_answer(400, 2500, 0, "Unknown path components");
    if (request.getMethod() != "POST") return error_answer(400, 100, 0, "Unsupported request method");
    const std::lock_guard lock(mutex_);
    if (request.get("Authorization", "") != "Bearer " + access_token_)
        return error_answer(401, 190, 463, "Error validating access token");
    if (path[2] != options_.phone_number_id &&
        (options_.other_phone_number_id.empty() || path[2] != options_.other_phone_number_id))
        return error_answer(400, 100, 33, "Unsupported post request. Object does not exist");
    if (is_upload(request)) return std::nullopt;
    if (!request.getContentType().starts_with("application/json"))
        return error_answer(400, 100, 0, "The parameter messaging_product is required.");
    return std::nullopt;
}

Answer Graph::Impl::refuse(const Answer& answer) {
    const json error = json::parse(answer.body).at("error");
    const std::lock_guard lock(mutex_);
    refused_.push_back({answer.status, error.at("code"), error.at("error_data").at("details")});
    changed_.notify_all();
    return answer;
}

Answer Graph::Impl::accept(const std::string& from, const json& body, const std::string& raw,
                           int fails_with) {
    const std::lock_guard lock(mutex_);
    GraphMessage message{"", raw, "", from, std::chrono::steady_clock::now()};
    if (body.contains("status")) {
        read_marks_.push_back(std::move(message));
        changed_.notify_all();
        return {200, R"({"success":true})", "application/json; charset=UTF-8", {}};
    }
    message.wamid = "wamid.TEST" + std::to_string(messages_.size() + 1);
    json contact;
    if (body.contains("to")) {
        message.to = digits_of(body.at("to"));
        contact = {{"input", body.at("to")}, {"wa_id", wa_id_of(message.to)}};
    } else {
        message.to = body.at("recipient");
        contact = {{"input", message.to}, {"user_id", message.to}};
    }
    const json answer = {{"messaging_product", "whatsapp"},
                         {"contacts", json::array({contact})},
                         {"messages", json::array({{{"id", message.wamid}}})}};
    if (reports_) to_report_.emplace_back(message, fails_with);
    messages_.push_back(std::move(message));
    changed_.notify_all();
    return {200, answer.dump(), "application/json; charset=UTF-8", {}};
}

std::optional<Graph::Impl::Taken> Graph::Impl::take_fault(const std::string& to) {
    const std::lock_guard lock(mutex_);
    ++requests_;
    changed_.notify_all();
    const auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const GraphFault& waiting) {
        return waiting.to.empty() || waiting.to == to || (!to.empty() && digits_of(waiting.to) == to);
    });
    if (fault == faults_.end()) return std::nullopt;
    Taken taken{*fault, releases_};
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
}

/// This one fault cannot look at the recipient, which lies in the body.
bool Graph::Impl::take_early_cut() {
    {
        const std::lock_guard lock(mutex_);
        if (faults_.empty() || faults_.front().kind != Kind::kCloseBeforeReading) return false;
        faults_.front().to.clear();
    }
    return take_fault("").has_value();
}

void Graph::Impl::pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Graph::Impl::wait_for_release(std::uint64_t before) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || releases_ != before; });
}

void Graph::Impl::handle(HTTPServerRequest& request, HTTPServerResponse& response) {
    if (take_early_cut()) return cut(request);
    // Read even when the headers are enough to refuse: the connection is kept.
    std::string raw;
    Poco::StreamCopier::copyToString(request.stream(), raw);
    if (request.getMethod() == "GET") return write(response, serve_media(request));
    if (const auto refusal = refusal_of_headers(request)) return write(response, refuse(*refusal));
    if (is_upload(request)) {
        if (const auto fault = take_fault(kUploads))
            return respond(request, response, json::object(), raw, *fault);
        const Answer answer = take_upload(request, raw);
        return write(response, answer.status == 200 ? answer : refuse(answer));
    }
    const json body = json::parse(raw, nullptr, false);
    if (body.is_discarded()) return write(response, refuse(error_answer(400, 100, 0, "Invalid JSON")));
    if (const auto refusal = refusal_of(body))
        return write(response, refuse(error_answer(refusal->status, refusal->code, refusal->subcode,
                                                   refusal->details)));
    const std::string to = body.contains("to") ? digits_of(body.at("to")) : body.value("recipient", "");
    const auto fault = take_fault(to);
    if (fault) return respond(request, response, body, raw, *fault);
    if (options_.delay.count() > 0) pause(options_.delay);
    const std::string from = number_in(request);
    if (const auto refusal = refusal_of_state(from, body)) return write(response, refuse(*refusal));
    write(response, accept(from, body, raw));
}

void Graph::Impl::respond(HTTPServerRequest& request, HTTPServerResponse& response, const json& body,
                          const std::string& raw, const Taken& taken) {
    const GraphFault& fault = taken.fault;
    const std::string from = number_in(request);
    switch (fault.kind) {
        case Kind::kError: {
            Answer answer = error_answer(fault.status, fault.code, fault.subcode, "scripted");
            answer.headers = fault.headers;
            return write(response, answer);
        }
        case Kind::kRaw:
            return write(response, {fault.status, fault.body, "text/html", fault.headers});
        case Kind::kSlow:
            pause(fault.delay);
            return write(response, accept(from, body, raw));
        case Kind::kFailLater:
            return write(response, accept(from, body, raw, fault.code));
        case Kind::kHang:
            static_cast<void>(accept(from, body, raw));
            wait_for_release(taken.releases);
            return cut(request);
        case Kind::kErrorWhenReleased:
            wait_for_release(taken.releases);
            return write(response, error_answer(fault.status, fault.code, fault.subcode, "scripted"));
        case Kind::kCloseBeforeReading:
        case Kind::kCloseAfterReading:
            return cut(request);
        case Kind::kAcceptThenClose:
            static_cast<void>(accept(from, body, raw));
            return cut(request);
    }
}

Graph::Graph(GraphOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Graph::~Graph() = default;

std::uint16_t Graph::port() const {
    return impl_->port();
}
std::string Graph::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

void Graph::fail(GraphFault fault) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.push_back(std::move(fault));
}

void Graph::clear_faults() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.clear();
    ++impl_->releases_;
    impl_->changed_.notify_all();
}

void Graph::set_access_token(std::string token) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->access_token_ = std::move(token);
}

void Graph::report_to(GraphReports reports) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->reports_ = std::move(reports);
}

int Graph::report(const GraphReports& to, const GraphMessage& message, const std::string& status, int code) {
    return post_webhook(to.url, to.app_secret, status_webhook(message.from, status_of(message, status, code)))
        .status;
}

void Graph::close_window(const std::string& to, bool closed) {
    const std::lock_guard lock(impl_->mutex_);
    if (closed)
        impl_->closed_windows_.insert(to);
    else
        impl_->closed_windows_.erase(to);
}

void Graph::add_media(GraphMedia media) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->media_[media.id] = std::move(media);
}

void Graph::expire_media_urls(int count) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->dead_media_urls_ = count;
}

std::vector<GraphMedia> Graph::uploads() const {
    const std::lock_guard lock(impl_->mutex_);
    std::vector<GraphMedia> out;
    for (const std::string& id : impl_->uploads_) out.push_back(impl_->media_.at(id));
    return out;
}

std::vector<GraphMessage> Graph::messages() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->messages_;
}

std::vector<GraphMessage> Graph::read_marks() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->read_marks_;
}

std::vector<GraphRequestRefused> Graph::refused() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->refused_;
}

std::uint64_t Graph::requests() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->requests_;
}

void Graph::forget() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->messages_.clear();
    impl_->read_marks_.clear();
    impl_->refused_.clear();
}

bool Graph::wait_for_messages(std::size_t count, std::chrono::milliseconds limit) const {
    return impl_->wait(limit, [&] { return impl_->messages_.size() >= count; });
}

bool Graph::wait_for_read_marks(std::size_t count, std::chrono::milliseconds limit) const {
    return impl_->wait(limit, [&] { return impl_->read_marks_.size() >= count; });
}

bool Graph::wait_for_requests(std::uint64_t count, std::chrono::milliseconds limit) const {
    return impl_->wait(limit, [&] { return impl_->requests_ >= count; });
}

}  // namespace migue::standins
