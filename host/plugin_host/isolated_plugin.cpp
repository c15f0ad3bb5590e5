#include "host/plugin_host/isolated_plugin.hpp"

#include <algorithm>
#include <utility>

#include "host/plugin_host/activity.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using std::chrono::steady_clock;
using wire::Frame;
using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::size_t kMaxCaches = 16u << 20;
/// Instead of an exception of the plugin's, which stayed over there (O4).
struct PluginThrew {};

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

IsolatedPlugin::IsolatedPlugin(std::shared_ptr<RunnerProcess> process, std::uint32_t number,
                               const migue_host* host, CallLimits limits)
    : process_(std::move(process)),
      number_(number),
      limits_(limits),
      services_(host,
                [this](std::uint64_t operation, const Writer& done) { end_operation(operation, done); }) {}

// ---- what the host calls

Result<std::string> IsolatedPlugin::call(Kind kind, const Writer& body, migue_diag* diag) {
    const auto now = steady_clock::now();
    auto limit = now + limits_.control;
    if (const Activity* activity = Activity::current())
        if (const auto deadline = activity->deadline()) limit = std::max(*deadline, now) + limits_.grace;
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
        if (const auto self = weak.lock()) self->calls_.end_all(why);
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
    return extensions_.read(in, {&IsolatedPlugin::route, &IsolatedPlugin::understand}) && in.is_whole();
}

migue_status IsolatedPlugin::handle(migue_plugin* plugin, const migue_request* request, migue_call* call) {
    IsolatedPlugin& self = of(plugin);
    const std::uint64_t number = self.calls_.open(call);
    Writer body;
    body.u32(self.number_).u64(number);
    add_request(body, *request);
    const migue_status status = self.call_for_status(Kind::kHandle, body, call->diag);
    return checked(self.calls_.leave(number, status));
}

migue_status IsolatedPlugin::route(migue_plugin* plugin, const migue_route_request* request,
                                   migue_route_call* call) {
    IsolatedPlugin& self = of(plugin);
    const std::uint64_t number = self.calls_.open(call);
    Writer body;
    body.u32(self.number_).u64(number);
    add_route_request(body, *request);
    const migue_status status = self.call_for_status(Kind::kRoute, body, nullptr);
    return checked(self.calls_.leave(number, status));
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
    return of(plugin).extensions_.find(id);
}

void IsolatedPlugin::destroy(migue_plugin* plugin) {
    IsolatedPlugin& self = of(plugin);
    const migue_status status = self.call_for_status(Kind::kDestroy, Writer().u32(self.number_), nullptr);
    self.calls_.close_all();
    static_cast<void>(checked(status));
}

void IsolatedPlugin::end_operation(std::uint64_t operation, const Writer& done) {
    const auto answer = call(Kind::kDone, done, nullptr);
    // Too long to cross: it has happened, and what came of it cannot be told.
    if (!answer && answer.error().code == Error::Code::kInternal)
        static_cast<void>(call_for_status(Kind::kDone,
                                          Writer()
                                              .u64(operation)
                                              .i32(MIGUE_E_INTERNAL)
                                              .u32(static_cast<std::uint32_t>(wire::DoneResult::kNone)),
                                          nullptr));
    if (answer && Reader(*answer).i32() == wire::kThrew) throw PluginThrew{};
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
            if (number != 0)
                calls_.report(number, where, what);
            else if (diag != nullptr)
                diag->report(diag->ctx, where, what);
            return Served::kNoAnswer;
        }
        case Kind::kReply:
        case Kind::kState:
        case Kind::kAsk:
        case Kind::kComplete:
        case Kind::kCancelled:
        case Kind::kRespond:
            return calls_.serve(asked.kind, in, answer);
        default:
            return services_.serve(asked.kind, in, answer, shared_from_this());
    }
}

}  // namespace migue::host
