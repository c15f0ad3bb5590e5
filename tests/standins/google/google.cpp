#include "tests/standins/google/google.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "tests/standins/google/calendars.hpp"
#include "tests/standins/google/discovery.hpp"
#include "tests/standins/google/oauth.hpp"

namespace migue::standins {

namespace {

using nlohmann::json;
using Kind = GoogleFault::Kind;
using Ending = GoogleResponse::Ending;

constexpr std::string_view kCalendarBase = "/calendar/v3/";

/// Parameters that the API takes as optional and that no careful client leaves out.
std::string carelessness(const ApiCall& call, const Fields& query, const json& body) {
    const bool writes =
        call.name == "events.insert" || call.name == "events.patch" || call.name == "events.delete";
    if (writes && field(query, "sendUpdates").empty()) return "sendUpdates: left out";
    if (!field(query, "sendNotifications").empty()) return "sendNotifications: deprecated";
    if (call.name == "events.insert" && !body.contains("id"))
        return "id: left out, so a repeat makes a second event";
    if (writes && body.is_object() && body.contains("conferenceData") &&
        field(query, "conferenceDataVersion") != "1")
        return "conferenceDataVersion: left out, so conferenceData is ignored";
    const bool lists = call.name == "events.list";
    if (lists && (field(query, "timeMin").empty()) && field(query, "maxResults") != "1")
        return "timeMin: left out";
    return {};
}

}  // namespace

std::string_view GoogleRequest::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

class Google::Impl {
public:
    explicit Impl(GoogleOptions options)
        : options_(std::move(options)), oauth_(options_), calendars_(options_), random_(options_.seed) {}

    GoogleResponse handle(const GoogleRequest& request);

    [[nodiscard]] std::int64_t now() const {
        if (options_.now_unix_ms) return options_.now_unix_ms();
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }

    const GoogleOptions options_;
    mutable std::mutex mutex_;
    // all guarded by mutex_
    OAuth oauth_;
    Calendars calendars_;
    std::deque<GoogleFault> faults_;
    std::vector<GoogleCall> calls_;
    std::vector<std::string> breaches_;
    std::mt19937 random_;
    double log_median_ = 0, sigma_ = 0;
    bool has_latency_ = false;

    struct Named {
        std::string name;
        std::optional<ApiCall> api;
    };
    [[nodiscard]] static Named name_of(const GoogleRequest& request, std::string_view path,
                                       const Fields& form);

private:
    GoogleResponse work(const GoogleRequest& request, const Named& named, const Fields& query,
                        const Fields& form);
    GoogleResponse api(const GoogleRequest& request, const ApiCall& call, const Fields& query);
    GoogleResponse refuse(int status, const std::string& reason, const std::string& what);
    /// Whose call it is, or nobody's.
    [[nodiscard]] std::string email_of(const GoogleRequest& request, const Fields& form) const;
    std::optional<GoogleFault> take_fault(const std::string& name, const std::string& email);
    void spoil(GoogleResponse& answer, const GoogleFault& fault, bool is_api) const;
    [[nodiscard]] static GoogleResponse error_of(const GoogleFault& fault, bool is_api);
    std::chrono::milliseconds latency();
};

Google::Impl::Named Google::Impl::name_of(const GoogleRequest& request, std::string_view path,
                                          const Fields& form) {
    if (path.starts_with(kCalendarBase)) {
        auto call = Discovery::get().find(request.method, path.substr(kCalendarBase.size()));
        return {call ? call->name : "", call};
    }
    if (path == "/token")
        return {field(form, "grant_type") == "refresh_token" ? "token.refresh" : "token.exchange", {}};
    if (path == "/revoke") return {"revoke", {}};
    if (path == "/v1/userinfo") return {"userinfo", {}};
    if (path == "/o/oauth2/v2/auth") return {request.method == "POST" ? "consent" : "auth", {}};
    return {};
}

GoogleResponse Google::Impl::refuse(int status, const std::string& reason, const std::string& what) {
    breaches_.push_back(what);
    return api_error(status, reason, what);
}

GoogleResponse Google::Impl::api(const GoogleRequest& request, const ApiCall& call, const Fields& query) {
    const auto who = oauth_.bearer(request.header("authorization"), now());
    if (!who) return api_error(401, "authError", "Invalid Credentials");
    const GoogleAccount& account = *oauth_.find_sub(who->sub);
    const std::string calendar = field(call.path, "calendarId");
    const bool owns = calendar.empty() || calendar == "primary" || calendar == account.email;
    if (!Discovery::get().is_covered(call, who->scopes, owns))
        return api_error(403, "insufficientPermissions", "Request had insufficient authentication scopes.");
    json body = json::object();
    if (!request.body.empty()) {
        body = json::parse(request.body, nullptr, false);
        if (!body.is_object()) return refuse(400, "parseError", call.name + ": the body is no JSON object");
        if (!request.header("content-type").starts_with("application/json"))
            return refuse(400, "badRequest", call.name + ": content-type is not JSON");
    }
    std::string fault = Discovery::get().query_fault(call, query);
    if (fault.empty()) fault = Discovery::get().body_fault(call, body);
    if (fault.empty()) fault = carelessness(call, query, body);
    if (!fault.empty()) return refuse(400, "invalid", call.name + ": " + fault);
    GoogleResponse answer = calendars_.serve(call, {account, request.header("if-match"), now()}, query, body);
    if (answer.status == 400) breaches_.push_back(call.name + ": " + answer.body);
    return answer;
}

GoogleResponse Google::Impl::work(const GoogleRequest& request, const Named& named, const Fields& query,
                                  const Fields& form) {
    if (named.api) return api(request, *named.api, query);
    if (named.name == "auth") return oauth_.page(query);
    if (named.name == "consent") return oauth_.decide(form, now());
    if (named.name == "userinfo") return oauth_.userinfo(request.header("authorization"), now());
    if (named.name.empty() || request.method != "POST")
        return refuse(404, "notFound", "no such address: " + request.method);
    const bool is_form = request.header("content-type").starts_with("application/x-www-form-urlencoded");
    if (!is_form) return refuse(400, "invalid_request", named.name + ": no form");
    return named.name == "revoke" ? oauth_.revoke(form) : oauth_.token(form, now());
}

std::string Google::Impl::email_of(const GoogleRequest& request, const Fields& form) const {
    const auto who = oauth_.bearer(request.header("authorization"), now());
    const GoogleAccount* account =
        who ? oauth_.find_sub(who->sub)
            : oauth_.find_token(field(form, "refresh_token") + field(form, "token"));
    return account != nullptr ? account->email : std::string();
}

std::optional<GoogleFault> Google::Impl::take_fault(const std::string& name, const std::string& email) {
    const auto fault = std::find_if(faults_.begin(), faults_.end(), [&](const GoogleFault& one) {
        return (one.call.empty() || one.call == name) && (one.account.empty() || one.account == email);
    });
    if (fault == faults_.end()) return std::nullopt;
    GoogleFault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
}

void Google::Impl::spoil(GoogleResponse& answer, const GoogleFault& fault, bool is_api) const {
    switch (fault.kind) {
        case Kind::kError:
        case Kind::kRaw:
        case Kind::kErrorAfter:
            answer = error_of(fault, is_api);
            return;
        case Kind::kLose:
        case Kind::kLoseBefore:
            answer.ending = Ending::kLost;
            return;
        case Kind::kHang:
            answer.ending = Ending::kHang;
            return;
        case Kind::kRefuse:
            answer.ending = Ending::kRefuse;
            return;
        case Kind::kSlow:
            answer.delay = fault.delay;
            return;
        case Kind::kCut:
            answer.ending = Ending::kCut;
            return;
        case Kind::kHalf:
            answer.body.resize(answer.body.size() / 2);
            return;
        case Kind::kWrongType:
            for (auto& [name, value] : answer.headers)
                if (name == "content-type") value = "text/html";
            return;
        case Kind::kHuge:
            answer.body = "{\"items\":[\"" + std::string(fault.size, 'x') + "\"]}";
            return;
        case Kind::kDrip:
            answer.ending = Ending::kDrip;
            answer.delay = fault.delay;
            return;
    }
}

GoogleResponse Google::Impl::error_of(const GoogleFault& fault, bool is_api) {
    GoogleResponse answer =
        is_api ? api_error(fault.status, fault.reason, "scripted")
               : json_answer(fault.status, {{"error", fault.reason}, {"error_description", "scripted"}});
    if (fault.kind == Kind::kRaw) {
        answer.body = fault.body;
        answer.headers = {{"content-type", "text/html"}};
    }
    answer.headers.insert(answer.headers.end(), fault.headers.begin(), fault.headers.end());
    return answer;
}

std::chrono::milliseconds Google::Impl::latency() {
    if (!has_latency_) return std::chrono::milliseconds(0);
    std::lognormal_distribution<double> times(log_median_, sigma_);
    return std::chrono::milliseconds(static_cast<std::int64_t>(times(random_)));
}

GoogleResponse Google::Impl::handle(const GoogleRequest& request) {
    const std::string_view target = request.target;
    const std::string_view path = target.substr(0, target.find('?'));
    const Fields query = read_fields(target.substr(std::min(path.size() + 1, target.size())));
    const bool has_form = request.header("content-type").starts_with("application/x-www-form-urlencoded");
    const Fields form = has_form ? read_fields(request.body) : Fields{};
    const Named named = name_of(request, path, form);
    const std::lock_guard lock(mutex_);
    const std::optional<GoogleFault> fault = take_fault(named.name, email_of(request, form));
    const bool works = !fault || (fault->kind != Kind::kError && fault->kind != Kind::kRaw &&
                                  fault->kind != Kind::kLoseBefore && fault->kind != Kind::kRefuse);
    GoogleResponse answer;
    if (works) answer = work(request, named, query, form);
    if (fault) spoil(answer, *fault, named.api.has_value());
    if (answer.delay.count() == 0) answer.delay = latency();
    calls_.push_back({named.name, answer.status, request.target, request.body});
    return answer;
}

std::string Google::name_of(const GoogleRequest& request) {
    const bool has_form = request.header("content-type").starts_with("application/x-www-form-urlencoded");
    const std::string_view target = request.target;
    return Impl::name_of(request, target.substr(0, target.find('?')),
                         has_form ? read_fields(request.body) : Fields{})
        .name;
}

Google::Google(GoogleOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Google::~Google() = default;

void Google::add_account(GoogleAccount account) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->oauth_.add(std::move(account));
}

GoogleResponse Google::handle(const GoogleRequest& request) {
    return impl_->handle(request);
}

std::string Google::consent(std::string_view auth_url, std::string_view email, std::string_view ticked) {
    const std::string_view text = auth_url.substr(std::min(auth_url.find('?') + 1, auth_url.size()));
    GoogleResponse page = handle({"GET", "/o/oauth2/v2/auth?" + std::string(text)});
    if (page.status != 200) return "error: " + page.body;
    std::string form(text);
    form += "&account=" + percent_encode(email) + "&decision=" + (ticked == "cancel" ? "cancel" : "allow");
    const std::string wanted = field(read_fields(text), "scope");
    for (std::size_t begin = 0; begin < wanted.size();) {
        const std::size_t end = std::min(wanted.find(' ', begin), wanted.size());
        const std::string scope = wanted.substr(begin, end - begin);
        if (ticked == "all" || ticked.find(scope) != std::string_view::npos)
            form += "&grant=" + percent_encode(scope);
        begin = end + 1;
    }
    const GoogleResponse answer =
        handle({"POST", "/o/oauth2/v2/auth", {{"content-type", "application/x-www-form-urlencoded"}}, form});
    for (const auto& [name, value] : answer.headers)
        if (name == "location") return value;
    return "error: " + answer.body;
}

void Google::fail(GoogleFault fault) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.push_back(std::move(fault));
}

void Google::clear_faults() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->faults_.clear();
}

void Google::set_latency(std::chrono::milliseconds median, std::chrono::milliseconds p99) {
    constexpr double kZ99 = 2.3263478740408408;
    const std::lock_guard lock(impl_->mutex_);
    impl_->has_latency_ = median.count() > 0;
    if (!impl_->has_latency_) return;
    impl_->log_median_ = std::log(static_cast<double>(median.count()));
    impl_->sigma_ = (std::log(static_cast<double>(p99.count())) - impl_->log_median_) / kZ99;
}

void Google::remove_app(std::string_view email) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->oauth_.remove_grants(impl_->oauth_.find_email(email)->sub);
}

void Google::expire_access_tokens() {
    const std::lock_guard lock(impl_->mutex_);
    impl_->oauth_.expire_access_tokens();
}

std::string Google::put_event(std::string_view email, std::string_view event_json) {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calendars_.put(*impl_->oauth_.find_email(email), json::parse(event_json), impl_->now());
}

void Google::delete_event(std::string_view email, std::string_view id) {
    const std::lock_guard lock(impl_->mutex_);
    impl_->calendars_.remove(*impl_->oauth_.find_email(email), std::string(id), impl_->now());
}

std::string Google::events(std::string_view email) const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calendars_.events(*impl_->oauth_.find_email(email)).dump();
}

std::vector<std::int64_t> Google::starts(std::string_view email) const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calendars_.starts(*impl_->oauth_.find_email(email));
}

std::vector<GoogleCall> Google::calls() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calls_;
}

std::size_t Google::count(std::string_view call) const {
    const std::lock_guard lock(impl_->mutex_);
    return static_cast<std::size_t>(std::count_if(impl_->calls_.begin(), impl_->calls_.end(),
                                                  [&](const GoogleCall& one) { return one.name == call; }));
}

std::vector<std::string> Google::breaches() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->breaches_;
}

std::vector<std::string> Google::mails() const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->calendars_.mails();
}

std::size_t Google::live_refresh_tokens(std::string_view email) const {
    const std::lock_guard lock(impl_->mutex_);
    return impl_->oauth_.live_refresh_tokens(impl_->oauth_.find_email(email)->sub);
}

}  // namespace migue::standins
