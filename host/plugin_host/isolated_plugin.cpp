#include "host/plugin_host/isolated_plugin.hpp"

#include <algorithm>
#include <utility>

#include "host/plugin_host/activity.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;
using wire::DoneResult;
using wire::Frame;
using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::chrono::seconds kControlLimit{10};
constexpr std::size_t kMaxOperations = 10'000;  // under way in one instance
constexpr std::uint32_t kMaxFields = 100;
constexpr std::uint32_t kMaxStatements = 1001;
constexpr std::uint32_t kMaxRoutes = 257;
constexpr std::uint32_t kMaxMigrations = 10'000;
constexpr std::size_t kMaxCaches = 16u << 20;
/// Instead of an exception of the plugin's, which stayed over there (O4).
struct PluginThrew {};

template <typename Api>
const Api* service(const migue_host* host, const char* id) {
    return static_cast<const Api*>(host->service(host, id));
}

IsolatedPlugin& of(migue_plugin* plugin) {
    return *static_cast<IsolatedPlugin*>(plugin->self);
}

migue_status checked(migue_status status) {
    if (status == wire::kThrew) throw PluginThrew{};
    return status;
}

void add_request(Writer& writer, const migue_request& r) {
    writer.u32(r.flags);
    for (const migue_str text : {r.message_id, r.conversation_id, r.person_id, r.intent, r.text, r.locale,
                                 r.region, r.trace_id, r.input_json, r.channel_json, r.state_json})
        writer.text(text);
    writer.u64(r.deadline_ns).i64(r.sent_unix_ms).u32(r.attempt).f32(r.confidence);
}

void add_route_request(Writer& writer, const migue_route_request& r) {
    writer.u32(r.route).text(r.method).text(r.path);
    writer.fields(r.params, r.param_count).fields(r.query, r.query_count);
    writer.fields(r.headers, r.header_count).text(r.body).text(r.public_url).u64(r.deadline_ns);
}

}  // namespace

/// An operation of the host's that runs for the plugin.
struct IsolatedPlugin::Pending {
    std::shared_ptr<IsolatedPlugin> plugin;
    std::uint64_t number;  // the runner's
    DoneResult result;
};

IsolatedPlugin::IsolatedPlugin(std::shared_ptr<RunnerProcess> process, std::uint32_t number,
                               const migue_host* host, std::chrono::milliseconds grace)
    : process_(std::move(process)),
      number_(number),
      host_(host),
      grace_(grace),
      services_{
          service<migue_clock_v1>(host, MIGUE_CLOCK_ID),     service<migue_log_v1>(host, MIGUE_LOG_ID),
          service<migue_metrics_v1>(host, MIGUE_METRICS_ID), service<migue_timer_v1>(host, MIGUE_TIMER_ID),
          service<migue_http_v1>(host, MIGUE_HTTP_ID),       service<migue_sql_v1>(host, MIGUE_SQL_ID),
          service<migue_vault_v1>(host, MIGUE_VAULT_ID),     service<migue_jobs_v1>(host, MIGUE_JOBS_ID)} {}

// ---- what the host calls

Result<std::string> IsolatedPlugin::call(Kind kind, const Writer& body, migue_diag* diag) {
    const auto now = steady_clock::now();
    auto limit = now + kControlLimit;
    if (const Activity* activity = Activity::current())
        if (const auto deadline = activity->deadline()) limit = std::max(*deadline, now) + grace_;
    return process_->call(kind, body, limit,
                          [&](const Frame& asked, Writer& answer) { return serve(asked, answer, diag); });
}

migue_status IsolatedPlugin::call_for_status(Kind kind, const Writer& body, migue_diag* diag) {
    const auto answer = call(kind, body, diag);
    if (!answer) {
        if (diag != nullptr) diag->report(diag->ctx, {}, to_c(answer.error().what));
        // Where nothing was sent, nothing has happened.
        return answer.error().code == Error::Code::kState ? MIGUE_E_UNAVAILABLE : MIGUE_E_INTERNAL;
    }
    Reader in(*answer);
    const migue_status status = in.i32();
    if (in.is_whole()) return status;
    process_->end_as_broken("a status that cannot be read");
    return MIGUE_E_INTERNAL;
}

migue_status IsolatedPlugin::create(migue_str config_json, migue_diag* diag, migue_plugin** out) {
    process_->on_end([weak = weak_from_this()](const std::string& why) {
        if (const auto self = weak.lock()) self->end_open_calls(why);
    });
    const auto answer = call(Kind::kCreate, Writer().u32(number_).text(config_json), diag);
    if (!answer) {
        diag->report(diag->ctx, {}, to_c(answer.error().what));
        return MIGUE_E_INTERNAL;
    }
    migue_status status = MIGUE_E_INTERNAL;
    bool has_plugin = false;
    if (!read_made(*answer, status, has_plugin)) {
        process_->end_as_broken("what create() made cannot be read");
        return MIGUE_E_INTERNAL;
    }
    if (checked(status) == MIGUE_OK) *out = has_plugin ? &raw_ : nullptr;
    return status;
}

bool IsolatedPlugin::read_made(std::string_view answer, migue_status& status, bool& has_plugin) {
    Reader in(answer);
    status = in.i32();
    if (status == wire::kThrew) return in.is_whole();
    has_plugin = in.u32() != 0;
    if (status != MIGUE_OK || !has_plugin) return in.is_whole();
    raw_.struct_size = std::min<std::uint32_t>(in.u32(), sizeof raw_);
    raw_.self = this;
    const std::uint32_t has = in.u32();
    if ((has & wire::kHasHandle) != 0) raw_.handle = &IsolatedPlugin::handle;
    if ((has & wire::kHasHealth) != 0) raw_.health = &IsolatedPlugin::health;
    if ((has & wire::kHasQuiesce) != 0) raw_.quiesce = &IsolatedPlugin::quiesce;
    if ((has & wire::kHasExport) != 0) raw_.export_state = &IsolatedPlugin::export_state;
    if ((has & wire::kHasImport) != 0) raw_.import_state = &IsolatedPlugin::import_state;
    if ((has & wire::kHasDestroy) != 0) raw_.destroy = &IsolatedPlugin::destroy;
    raw_.extension = &IsolatedPlugin::extension;
    return read_extensions(in) && in.is_whole();
}

bool IsolatedPlugin::read_extensions(Reader& in) {
    if (in.u32() != 0) {
        const bool has_handle = in.u32() != 0;
        const std::uint32_t count = in.count(kMaxRoutes);
        for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
            auto route = std::make_unique<Route>();
            const std::uint32_t access = in.u32();
            route->method = in.text();
            route->pattern = in.text();
            route->raw = {sizeof(migue_route), access, route->method.c_str(), route->pattern.c_str()};
            raw_routes_.push_back(&route->raw);
            routes_.push_back(std::move(route));
        }
        routes_api_ = {sizeof(migue_routes_v1), 0, raw_routes_.data(), raw_routes_.size(),
                       has_handle ? &IsolatedPlugin::route : nullptr};
    }
    const bool has_understand = in.u32() != 0;
    const bool can_understand = in.u32() != 0;
    if (has_understand)
        understand_api_ = {sizeof(migue_understand_v1), 0,
                           can_understand ? &IsolatedPlugin::understand : nullptr};
    if (in.u32() == 0) return in.is_sound();
    const std::uint32_t count = in.count(kMaxMigrations);
    for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
        auto one = std::make_unique<Migration>();
        one->dialect = in.text();
        one->name = in.text();
        one->sql = in.text();
        one->raw = {sizeof(migue_migration), 0, to_c(one->dialect), to_c(one->name), to_c(one->sql)};
        raw_migrations_.push_back(&one->raw);
        migrations_.push_back(std::move(one));
    }
    migrations_api_ = {sizeof(migue_migrations_v1), 0, raw_migrations_.data(), raw_migrations_.size()};
    return in.is_sound();
}

migue_status IsolatedPlugin::handle(migue_plugin* plugin, const migue_request* request, migue_call* call) {
    IsolatedPlugin& self = of(plugin);
    const std::uint64_t number = self.open(call, nullptr);
    Writer body;
    body.u32(self.number_).u64(number);
    add_request(body, *request);
    const migue_status status = self.call_for_status(Kind::kHandle, body, call->diag);
    return checked(self.leave(number, status));
}

migue_status IsolatedPlugin::route(migue_plugin* plugin, const migue_route_request* request,
                                   migue_route_call* call) {
    IsolatedPlugin& self = of(plugin);
    const std::uint64_t number = self.open(nullptr, call);
    Writer body;
    body.u32(self.number_).u64(number);
    add_route_request(body, *request);
    const migue_status status = self.call_for_status(Kind::kRoute, body, nullptr);
    return checked(self.leave(number, status));
}

migue_status IsolatedPlugin::health(migue_plugin* plugin, migue_diag* diag) {
    IsolatedPlugin& self = of(plugin);
    return checked(self.call_for_status(Kind::kHealth, Writer().u32(self.number_), diag));
}

migue_status IsolatedPlugin::quiesce(migue_plugin* plugin, std::uint64_t deadline_ns) {
    IsolatedPlugin& self = of(plugin);
    return checked(
        self.call_for_status(Kind::kQuiesce, Writer().u32(self.number_).u64(deadline_ns), nullptr));
}

migue_status IsolatedPlugin::export_state(migue_plugin* plugin, migue_sink* out) {
    IsolatedPlugin& self = of(plugin);
    const auto answer = self.call(Kind::kExport, Writer().u32(self.number_), nullptr);
    if (!answer) return MIGUE_E_INTERNAL;
    Reader in(*answer);
    const migue_status status = checked(in.i32());
    const std::string_view state = in.text(kMaxCaches + 1);
    if (!in.is_whole()) {
        self.process_->end_as_broken("caches that cannot be read");
        return MIGUE_E_INTERNAL;
    }
    const migue_status written = state.empty() ? MIGUE_OK : out->write(out->ctx, state.data(), state.size());
    return status != MIGUE_OK ? status : written;
}

migue_status IsolatedPlugin::import_state(migue_plugin* plugin, std::uint32_t version, migue_str state) {
    IsolatedPlugin& self = of(plugin);
    return checked(
        self.call_for_status(Kind::kImport, Writer().u32(self.number_).u32(version).text(state), nullptr));
}

migue_status IsolatedPlugin::understand(migue_plugin* plugin, const migue_understand_request* request,
                                        migue_sink* out) {
    IsolatedPlugin& self = of(plugin);
    Writer body;
    body.u32(self.number_).text(request->text).text(request->intent).text(request->timezone);
    body.text(request->locale).i64(request->now_unix_ms);
    const auto answer = self.call(Kind::kUnderstand, body, nullptr);
    if (!answer) return MIGUE_E_INTERNAL;
    Reader in(*answer);
    const migue_status status = checked(in.i32());
    const std::string_view text = in.text(kMaxCaches + 1);
    if (!in.is_whole()) {
        self.process_->end_as_broken("an understanding that cannot be read");
        return MIGUE_E_INTERNAL;
    }
    return status != MIGUE_OK ? status : out->write(out->ctx, text.data(), text.size());
}

const void* IsolatedPlugin::extension(migue_plugin* plugin, const char* id) {
    const IsolatedPlugin& self = of(plugin);
    const std::string_view wanted = id;
    if (wanted == MIGUE_ROUTES_ID && self.routes_api_) return &*self.routes_api_;
    if (wanted == MIGUE_UNDERSTAND_ID && self.understand_api_) return &*self.understand_api_;
    if (wanted == MIGUE_MIGRATIONS_ID && self.migrations_api_) return &*self.migrations_api_;
    return nullptr;
}

void IsolatedPlugin::destroy(migue_plugin* plugin) {
    IsolatedPlugin& self = of(plugin);
    const migue_status status = self.call_for_status(Kind::kDestroy, Writer().u32(self.number_), nullptr);
    std::vector<std::uint64_t> left;
    {
        const std::lock_guard lock(self.mutex_);
        for (const auto& [number, call] : self.open_) left.push_back(number);
    }
    // What the plugin never ended goes with its instance now.
    for (const std::uint64_t number : left) self.close(number);
    static_cast<void>(checked(status));
}

void IsolatedPlugin::operation_done(void* user, migue_status status, const void* result) {
    const std::unique_ptr<Pending> pending(static_cast<Pending*>(user));
    IsolatedPlugin& self = *pending->plugin;
    --self.operations_;
    Writer body;
    body.u64(pending->number).i32(status);
    if (result != nullptr && pending->result == DoneResult::kHttp) {
        const auto& response = *static_cast<const migue_http_response*>(result);
        body.u32(static_cast<std::uint32_t>(DoneResult::kHttp)).i32(response.status);
        body.fields(response.headers, response.header_count).text(response.body);
    } else if (result != nullptr && pending->result == DoneResult::kRows) {
        body.u32(static_cast<std::uint32_t>(DoneResult::kRows));
        body.text(static_cast<const migue_sql_result*>(result)->rows_json);
    } else {
        body.u32(static_cast<std::uint32_t>(DoneResult::kNone));
    }
    const auto answer = self.call(Kind::kDone, body, nullptr);
    // Too long to cross: it has happened, and what came of it cannot be told.
    if (!answer && answer.error().code == Error::Code::kInternal)
        static_cast<void>(self.call_for_status(Kind::kDone,
                                               Writer()
                                                   .u64(pending->number)
                                                   .i32(MIGUE_E_INTERNAL)
                                                   .u32(static_cast<std::uint32_t>(DoneResult::kNone)),
                                               nullptr));
    if (answer && Reader(*answer).i32() == wire::kThrew) throw PluginThrew{};
}

// ---- turns and requests that are open

std::uint64_t IsolatedPlugin::open(migue_call* turn, migue_route_call* route) {
    auto opened = std::make_shared<Open>();
    opened->turn = turn;
    opened->route = route;
    const std::lock_guard lock(mutex_);
    open_.emplace(++last_call_, std::move(opened));
    return last_call_;
}

std::shared_ptr<IsolatedPlugin::Open> IsolatedPlugin::find(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(number);
    return found == open_.end() ? nullptr : found->second;
}

/// From here on nothing of it is touched: what is just being done with it is waited for.
void IsolatedPlugin::close(std::uint64_t number) {
    const auto call = find(number);
    if (call == nullptr) return;
    {
        const std::lock_guard lock(call->mutex);
        call->turn = nullptr;
        call->route = nullptr;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(number);
}

migue_status IsolatedPlugin::leave(std::uint64_t number, migue_status status) {
    if (status != MIGUE_PENDING) {
        close(number);
        return status;
    }
    if (const auto call = find(number)) {
        const std::lock_guard lock(call->mutex);
        call->is_pending = true;
    }
    if (!is_over_) return status;  // who ends it from here on finds it pending
    close(number);
    return MIGUE_E_INTERNAL;
}

/// Those whose function has not come back are ended by its return, which knows more.
void IsolatedPlugin::end_open_calls(const std::string& why) {
    is_over_ = true;
    std::vector<std::shared_ptr<Open>> all;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, call] : open_) all.push_back(call);
    }
    const std::string reason = "the plugin's process is over: " + why;
    for (const auto& call : all) {
        const std::lock_guard lock(call->mutex);
        if (!call->is_pending) continue;
        if (migue_call* const turn = std::exchange(call->turn, nullptr)) {
            turn->diag->report(turn->diag->ctx, {}, to_c(reason));
            static_cast<void>(turn->complete(turn, MIGUE_E_INTERNAL));
        }
        if (migue_route_call* const route = std::exchange(call->route, nullptr))
            static_cast<void>(route->respond(route, 503, nullptr, 0, {}));
    }
}

void IsolatedPlugin::report(std::uint64_t number, migue_str where, migue_str what, migue_diag* diag) {
    if (number == 0) {
        if (diag != nullptr) diag->report(diag->ctx, where, what);
        return;
    }
    const auto call = find(number);
    if (call == nullptr) return;
    const std::lock_guard lock(call->mutex);
    if (call->turn != nullptr) call->turn->diag->report(call->turn->diag->ctx, where, what);
}

// ---- what the plugin asks for

IsolatedPlugin::Served IsolatedPlugin::serve(const Frame& asked, Writer& answer, migue_diag* diag) {
    Reader in(asked.body);
    switch (asked.kind) {
        case Kind::kReport: {
            const std::uint64_t number = in.u64();
            const migue_str where = in.str();
            const migue_str what = in.str();
            if (!in.is_whole()) return Served::kBroken;
            report(number, where, what, diag);
            return Served::kNoAnswer;
        }
        case Kind::kTimer:
        case Kind::kHttp:
        case Kind::kSql:
        case Kind::kJobAt:
        case Kind::kJobCancel:
            return serve_operation(asked.kind, in, answer);
        case Kind::kSeal:
        case Kind::kUnseal:
        case Kind::kRandom:
        case Kind::kHash:
            return serve_vault(asked.kind, in, answer);
        case Kind::kReply:
        case Kind::kState:
        case Kind::kAsk:
        case Kind::kComplete:
        case Kind::kCancelled:
        case Kind::kRespond:
            return serve_turn(asked.kind, in, answer);
        default:
            return serve_plain(asked.kind, in, answer);
    }
}

IsolatedPlugin::Served IsolatedPlugin::serve_plain(Kind kind, Reader& in, Writer& answer) {
    switch (kind) {
        case Kind::kMonotonic:
            answer.u64(services_.clock->monotonic_ns(host_));
            return in.is_whole() ? Served::kAnswered : Served::kBroken;
        case Kind::kUnixTime:
            answer.i64(services_.clock->unix_ms(host_));
            return in.is_whole() ? Served::kAnswered : Served::kBroken;
        case Kind::kLog: {
            const std::int32_t severity = in.i32();
            const migue_str message = in.str();
            const std::vector<migue_field> fields = in.fields(kMaxFields);
            if (!in.is_whole()) return Served::kBroken;
            services_.log->write(host_, severity, message, fields.data(), fields.size());
            return Served::kNoAnswer;
        }
        case Kind::kSeries: {
            const bool is_histogram = in.u32() != 0;
            const migue_str name = in.str();
            if (!in.is_whole()) return Served::kBroken;
            std::uint32_t series = 0;
            const auto make = is_histogram ? services_.metrics->histogram : services_.metrics->counter;
            answer.i32(make(host_, name, &series)).u32(series);
            return Served::kAnswered;
        }
        case Kind::kRecord: {
            const std::uint32_t series = in.u32();
            const double value = in.f64();
            if (!in.is_whole()) return Served::kBroken;
            services_.metrics->record(host_, series, value);
            return Served::kNoAnswer;
        }
        case Kind::kCancel: {
            const std::uint64_t operation = in.u64();
            if (!in.is_whole()) return Served::kBroken;
            services_.timer->cancel(host_, operation);  // the same for every service
            return Served::kNoAnswer;
        }
        default:
            return Served::kBroken;
    }
}

IsolatedPlugin::Served IsolatedPlugin::serve_operation(Kind kind, Reader& in, Writer& answer) {
    auto pending = std::make_unique<Pending>();
    pending->plugin = shared_from_this();
    pending->number = in.u64();
    pending->result = kind == Kind::kHttp  ? DoneResult::kHttp
                      : kind == Kind::kSql ? DoneResult::kRows
                                           : DoneResult::kNone;
    void* const user = pending.get();
    std::uint64_t operation = 0;
    const auto accept = [&](auto&& begin) {
        if (!in.is_whole()) return Served::kBroken;
        migue_status status = MIGUE_E_UNAVAILABLE;
        if (operations_.fetch_add(1) < kMaxOperations) status = begin();
        if (status == MIGUE_OK)
            static_cast<void>(pending.release());  // operation_done() has it, maybe by now
        else
            --operations_;
        answer.i32(status).u64(operation);
        return Served::kAnswered;
    };
    constexpr auto kDone = &IsolatedPlugin::operation_done;
    if (kind == Kind::kTimer) {
        const std::uint64_t delay = in.u64();
        return accept([&] { return services_.timer->start(host_, delay, kDone, user, &operation); });
    }
    if (kind == Kind::kHttp) {
        migue_http_request request{};
        request.struct_size = sizeof request;
        request.method = in.str();
        request.url = in.str();
        const std::vector<migue_field> headers = in.fields(kMaxFields);
        request.headers = headers.data();
        request.header_count = headers.size();
        request.body = in.str();
        request.timeout_ns = in.u64();
        request.max_response = in.u64();
        return accept([&] { return services_.http->send(host_, &request, kDone, user, &operation); });
    }
    if (kind == Kind::kSql) {
        std::vector<migue_sql_statement> statements;
        const std::uint32_t count = in.count(kMaxStatements);
        for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
            migue_sql_statement one{};
            one.struct_size = sizeof one;
            one.flags = in.u32();
            one.text = in.str();
            one.params_json = in.str();
            statements.push_back(one);
        }
        std::vector<const migue_sql_statement*> pointers;
        for (const migue_sql_statement& one : statements) pointers.push_back(&one);
        return accept([&] {
            return services_.sql->execute(host_, pointers.data(), pointers.size(), kDone, user, &operation);
        });
    }
    if (kind == Kind::kJobAt) {
        migue_job job{};
        job.struct_size = sizeof job;
        job.at_unix_ms = in.i64();
        job.key = in.str();
        job.conversation_id = in.str();
        job.payload_json = in.str();
        return accept([&] { return services_.jobs->at(host_, &job, kDone, user, &operation); });
    }
    const migue_str conversation = in.str();
    const migue_str key = in.str();
    return accept([&] { return services_.jobs->cancel(host_, conversation, key, kDone, user, &operation); });
}

IsolatedPlugin::Served IsolatedPlugin::serve_vault(Kind kind, Reader& in, Writer& answer) {
    std::string bytes;
    migue_sink sink = sink_into(bytes);
    migue_status status = MIGUE_E_INVALID;
    if (kind == Kind::kRandom) {
        const std::uint64_t size = in.u64();
        if (!in.is_whole()) return Served::kBroken;
        status = services_.vault->random(host_, size, &sink);
    } else if (kind == Kind::kHash) {
        const migue_str text = in.str();
        if (!in.is_whole()) return Served::kBroken;
        status = services_.vault->sha256(host_, text, &sink);
    } else {
        const migue_str text = in.str();
        const migue_str context = in.str();
        if (!in.is_whole()) return Served::kBroken;
        const auto act = kind == Kind::kSeal ? services_.vault->seal : services_.vault->open;
        status = act(host_, text, context, &sink);
    }
    answer.i32(status).text(bytes);
    return Served::kAnswered;
}

IsolatedPlugin::Served IsolatedPlugin::serve_turn(Kind kind, Reader& in, Writer& answer) {
    const std::uint64_t number = in.u64();
    const auto call = find(number);
    // What is over takes nothing more, and does not end again.
    const bool adds = kind == Kind::kReply || kind == Kind::kState || kind == Kind::kAsk;
    migue_status status = adds ? MIGUE_E_STATE : MIGUE_E_INVALID;
    // A call is ended at most once, and nothing is done with it beside that or after it.
    const auto with = [&](auto&& act) {
        if (!in.is_whole()) return Served::kBroken;
        if (call != nullptr) {
            const std::lock_guard lock(call->mutex);
            act(*call);
        }
        answer.i32(status);
        return Served::kAnswered;
    };
    const auto forget = [&] {
        const std::lock_guard lock(mutex_);
        open_.erase(number);
    };
    switch (kind) {
        case Kind::kReply: {
            const migue_str what = in.str();
            const migue_str body = in.str();
            return with([&](Open& own) {
                if (own.turn != nullptr) status = own.turn->reply(own.turn, what, body);
            });
        }
        case Kind::kState: {
            const migue_str state = in.str();
            return with([&](Open& own) {
                if (own.turn != nullptr) status = own.turn->set_state(own.turn, state);
            });
        }
        case Kind::kAsk: {
            const std::uint64_t ttl_ms = in.u64();
            return with([&](Open& own) {
                if (own.turn != nullptr) status = own.turn->ask(own.turn, ttl_ms);
            });
        }
        case Kind::kComplete: {
            const migue_status end = in.i32();
            const Served served = with([&](Open& own) {
                if (end == MIGUE_PENDING) return;
                if (migue_call* const turn = std::exchange(own.turn, nullptr))
                    status = turn->complete(turn, end);
            });
            if (end != MIGUE_PENDING) forget();
            return served;
        }
        case Kind::kCancelled:
            status = 1;
            return with([&](Open& own) {
                if (own.turn != nullptr) status = own.turn->cancelled(own.turn);
            });
        default: {
            const std::int32_t code = in.i32();
            const std::vector<migue_field> headers = in.fields(kMaxFields);
            const migue_str body = in.str();
            const Served served = with([&](Open& own) {
                if (migue_route_call* const route = std::exchange(own.route, nullptr))
                    status = route->respond(route, code, headers.data(), headers.size(), body);
            });
            forget();
            return served;
        }
    }
}

}  // namespace migue::host
