#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "host/plugin_runner/session.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/http.h"
#include "migue/ext/sql.h"

namespace migue::runner {

namespace {

using wire::Frame;
using wire::Kind;
using wire::Lane;
using wire::Reader;
using wire::Writer;

constexpr auto kForever = Lane::TimePoint::max();
// A little more than the host takes, so that it is the host that refuses, and says why.
constexpr std::size_t kMostText = (std::size_t{1} << 20) + 2;
constexpr std::size_t kMostEntries = 257;
constexpr std::size_t kMostState = (std::size_t{16} << 20) + 1;

/// As much of a struct of the plugin's as it has (V3).
template <typename T>
T copy_known(const void* from) {
    std::uint32_t size = 0;
    T out{};
    if (from == nullptr) return out;
    std::memcpy(&size, from, sizeof size);
    std::memcpy(&out, from, std::min<std::size_t>(size, sizeof(T)));
    return out;
}

/// A turn or an HTTP request that the plugin has not ended yet. What it was given lies here,
/// valid until then.
struct Call {
    std::uint64_t number = 0;
    Instance* instance = nullptr;
    std::string bytes;
    migue_request request{};
    migue_call call{};
    migue_diag diag{};
    std::vector<migue_field> params, query, headers;
    migue_route_request route_request{};
    migue_route_call route_call{};
    bool has_returned = false;  // guarded by Calls
    bool is_ended = false;      // guarded by Calls
};

/// The open ones. Thread-safe.
class Calls {
public:
    Call& add(std::shared_ptr<Call> call) {
        const std::lock_guard lock(mutex_);
        const std::uint64_t number = call->number;
        return *(open_[number] = std::move(call));
    }
    /// The plugin's function has come back; `is_pending`: the end comes later.
    void returned(Call& call, bool is_pending) {
        const std::lock_guard lock(mutex_);
        call.has_returned = true;
        if (!is_pending) call.is_ended = true;
        let_go_if_over(call);
    }
    /// The plugin has ended it, maybe from inside.
    void ended(Call& call) {
        const std::lock_guard lock(mutex_);
        call.is_ended = true;
        let_go_if_over(call);
    }
    static Calls& all() {
        static Calls calls;
        return calls;
    }

private:
    /// From inside a call of the host's, which keeps it until it returns.
    void let_go_if_over(const Call& call) {
        if (!call.has_returned || !call.is_ended) return;
        const auto found = open_.find(call.number);
        if (found == open_.end()) return;  // ended twice
        Inside::current()->over.push_back(std::move(found->second));
        open_.erase(found);
    }
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Call>> open_;  // guarded by mutex_
};

// ---- what a turn offers the plugin

Call& of(const migue_call* call) noexcept {
    return *static_cast<Call*>(call->ctx);
}

migue_status call_reply(migue_call* call, migue_str kind, migue_str body) noexcept {
    if ((kind.data == nullptr && kind.size != 0) || (body.data == nullptr && body.size != 0) ||
        body.size > kMostState)
        return MIGUE_E_INVALID;
    return ask_status(Kind::kReply, Writer().u64(of(call).number).text(kind).text(body));
}
migue_status call_set_state(migue_call* call, migue_str state) noexcept {
    if ((state.data == nullptr && state.size != 0) || state.size > kMostState) return MIGUE_E_INVALID;
    return ask_status(Kind::kState, Writer().u64(of(call).number).text(state));
}
migue_status call_ask(migue_call* call, std::uint64_t ttl_ms) noexcept {
    return ask_status(Kind::kAsk, Writer().u64(of(call).number).u64(ttl_ms));
}
migue_status call_complete(migue_call* call, migue_status status) noexcept {
    if (status == MIGUE_PENDING || Inside::current() == nullptr) return MIGUE_E_INVALID;
    Call& own = of(call);
    const migue_status taken = ask_status(Kind::kComplete, Writer().u64(own.number).i32(status));
    Calls::all().ended(own);
    return taken;
}
std::int32_t call_cancelled(const migue_call* call) noexcept {
    return ask_status(Kind::kCancelled, Writer().u64(of(call).number)) == 1 ? 1 : 0;
}
void report_to(std::uint64_t number, migue_str where, migue_str what) noexcept {
    Inside* const here = Inside::current();
    if (here == nullptr || (where.data == nullptr && where.size != 0) ||
        (what.data == nullptr && what.size != 0))
        return;
    constexpr std::size_t kEnough = 4096;
    tell(here->lane, Kind::kReport,
         Writer().u64(number).text(to_view(where).substr(0, kEnough)).text(to_view(what).substr(0, kEnough)));
}
void call_report(void* ctx, migue_str where, migue_str what) noexcept {
    report_to(static_cast<Call*>(ctx)->number, where, what);
}
void control_report(void*, migue_str where, migue_str what) noexcept {
    report_to(0, where, what);
}
migue_status route_respond(migue_route_call* call, std::int32_t status, const migue_field* headers,
                           std::size_t count, migue_str body) noexcept {
    if (Inside::current() == nullptr) return MIGUE_E_INVALID;
    Call& own = *static_cast<Call*>(call->ctx);
    // One more than allowed is enough to be refused.
    const migue_status taken =
        ask_status(Kind::kRespond, Writer()
                                       .u64(own.number)
                                       .i32(status)
                                       .fields(headers, std::min<std::size_t>(count, 33))
                                       .text(to_view(body).substr(0, kMostState)));
    Calls::all().ended(own);
    return taken;
}

// ---- the calls of the host

/// The plugin, from dlopen to the end of the process.
class Image {
public:
    explicit Image(std::string file) : file_(std::move(file)) {}

    /// What the host needs to decide whether it serves this entry (V2), or why there is none.
    void open(Reader& in, Writer& out) {
        if (in.u32() != wire::kVersion) end_process("started by another version of migue");
        void* const handle = ::dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL);
        const void* const symbol = handle == nullptr ? nullptr : ::dlsym(handle, "migue_entry_v1");
        if (symbol == nullptr) {
            const char* why = ::dlerror();
            out.u32(0).text(why == nullptr ? "no reason given" : why);
            return;
        }
        entry_ = copy_known<migue_entry>(symbol);
        out.u32(1).text(std::string_view(reinterpret_cast<const char*>(&entry_), sizeof entry_));
    }

    void describe(Writer& out) const {
        const migue_descriptor* const raw = entry_.describe();
        out.u32(raw == nullptr ? 0 : 1);
        if (raw == nullptr) return;
        const auto it = copy_known<migue_descriptor>(raw);
        out.u32(it.struct_size).u32(it.flags);
        put(out, it.id);
        put(out, it.version);
        put(out, it.config_schema);
        put_services(out, it);
        put_intents(out, it);
        out.u32(it.max_concurrency).u32(it.state_write).u32(it.state_read_min).u32(it.state_read_max);
    }

    [[nodiscard]] const migue_entry& entry() const noexcept { return entry_; }

private:
    static void put(Writer& out, const char* text) {
        out.u32(text == nullptr ? 0 : 1);
        if (text != nullptr) out.text(std::string_view(text, ::strnlen(text, kMostText)));
    }
    static void put_services(Writer& out, const migue_descriptor& it) {
        out.u32(it.required_services == nullptr ? 0 : 1);
        if (it.required_services == nullptr) return;
        std::uint32_t count = 0;
        while (count < kMostEntries && it.required_services[count] != nullptr) ++count;
        out.u32(count);
        for (std::uint32_t i = 0; i < count; ++i) put(out, it.required_services[i]);
    }
    static void put_intents(Writer& out, const migue_descriptor& it) {
        out.u64(it.intent_count).u32(it.intents == nullptr ? 0 : 1);
        if (it.intents == nullptr) return;
        const auto count = static_cast<std::uint32_t>(std::min(it.intent_count, kMostEntries));
        out.u32(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto intent = copy_known<migue_intent>(it.intents[i]);
            out.u32(it.intents[i] == nullptr ? 0 : intent.struct_size).u32(intent.flags);
            put(out, intent.name);
            put(out, intent.summary);
        }
    }

    const std::string file_;
    migue_entry entry_{};
};

class Server {
public:
    explicit Server(const std::string& file) : image_(file) {}

    /// One call of the host: from its frame to kReturn.
    void run(Lane& lane, Frame frame) {
        Writer out;
        Inside inside{.lane = lane, .instance = nullptr};
        Inside::current() = &inside;
        try {
            dispatch(inside, std::move(frame), out);
        } catch (...) {
            out = Writer().i32(wire::kThrew);
        }
        Inside::current() = nullptr;
        tell(lane, Kind::kReturn, out);
    }

private:
    void dispatch(Inside& inside, Frame frame, Writer& out) {
        Reader in(frame.body);
        switch (frame.kind) {
            case Kind::kOpen:
                return image_.open(in, out);
            case Kind::kDescribe:
                out.i32(MIGUE_OK);
                return image_.describe(out);
            case Kind::kCreate:
                return create(inside, in, out);
            case Kind::kDone:
                return done(inside, in, out);
            default:
                break;
        }
        inside.instance = &find(in.u32());
        switch (frame.kind) {
            case Kind::kHandle:
                return handle(*inside.instance, std::move(frame.body), out);
            case Kind::kRoute:
                return route(*inside.instance, std::move(frame.body), out);
            case Kind::kUnderstand:
                return understand(*inside.instance, in, out);
            case Kind::kDestroy:
                return destroy(inside, out);
            default:
                return control(*inside.instance, frame.kind, in, out);
        }
    }

    void create(Inside& inside, Reader& in, Writer& out) {
        auto made = std::make_unique<Instance>();
        made->number = in.u32();
        const std::string config(in.text());
        made->host = {sizeof(migue_host), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, made.get(),
                      [](const migue_host*, const char* id) noexcept { return service_table(id); }};
        inside.instance = made.get();
        Instance& instance = *made;
        {
            const std::lock_guard lock(mutex_);
            instances_[instance.number] = std::move(made);
        }
        migue_diag diag{sizeof(migue_diag), 0, nullptr, &control_report};
        const migue_status status =
            image_.entry().create(&instance.host, to_c(config), &diag, &instance.plugin);
        out.i32(status).u32(instance.plugin == nullptr ? 0 : 1);
        if (status != MIGUE_OK || instance.plugin == nullptr) return;
        const auto api = copy_known<migue_plugin>(instance.plugin);
        instance.api = api;
        out.u32(api.struct_size);
        out.u32((api.handle != nullptr ? wire::kHasHandle : 0u) |
                (api.health != nullptr ? wire::kHasHealth : 0u) |
                (api.quiesce != nullptr ? wire::kHasQuiesce : 0u) |
                (api.export_state != nullptr ? wire::kHasExport : 0u) |
                (api.import_state != nullptr ? wire::kHasImport : 0u) |
                (api.destroy != nullptr ? wire::kHasDestroy : 0u));
        put_extensions(instance, out);
    }

    static void put_extensions(Instance& instance, Writer& out) {
        const auto extension = [&](const char* id) {
            return instance.api.extension == nullptr ? nullptr : instance.api.extension(instance.plugin, id);
        };
        const void* const routes = extension(MIGUE_ROUTES_ID);
        out.u32(routes == nullptr ? 0 : 1);
        if (routes != nullptr) {
            instance.routes = copy_known<migue_routes_v1>(routes);
            const auto count = std::min(instance.routes.count, kMostEntries);
            out.u32(instance.routes.handle == nullptr ? 0 : 1).u32(static_cast<std::uint32_t>(count));
            for (std::size_t i = 0; i < count; ++i) {
                const auto one = copy_known<migue_route>(instance.routes.routes[i]);
                out.u32(one.access).text(bounded(one.method)).text(bounded(one.pattern));
            }
        }
        const void* const understand = extension(MIGUE_UNDERSTAND_ID);
        if (understand != nullptr) instance.understand = copy_known<migue_understand_v1>(understand);
        out.u32(understand == nullptr ? 0 : 1).u32(instance.understand.understand == nullptr ? 0 : 1);
        const void* const raw = extension(MIGUE_MIGRATIONS_ID);
        out.u32(raw == nullptr ? 0 : 1);
        if (raw == nullptr) return;
        const auto migrations = copy_known<migue_migrations_v1>(raw);
        out.u32(static_cast<std::uint32_t>(migrations.count));
        for (std::size_t i = 0; i < migrations.count; ++i) {
            const auto one = copy_known<migue_migration>(migrations.items[i]);
            out.text(one.dialect).text(one.name).text(one.sql);
        }
    }

    static std::string_view bounded(const char* text) {
        return text == nullptr ? std::string_view() : std::string_view(text, ::strnlen(text, 4096));
    }

    static void done(Inside& inside, Reader& in, Writer& out) {
        const auto waiting = Operations::all().take(in.u64());
        if (!waiting) end_process("the host ended an operation twice");
        inside.instance = waiting->instance;
        const migue_status status = in.i32();
        out.i32(MIGUE_OK);
        switch (static_cast<wire::DoneResult>(in.u32())) {
            case wire::DoneResult::kHttp: {
                migue_http_response response{};
                response.struct_size = sizeof response;
                response.status = in.i32();
                const std::vector<migue_field> headers = in.fields(100'000);
                response.headers = headers.data();
                response.header_count = headers.size();
                response.body = in.str();
                return waiting->done(waiting->user, status, &response);
            }
            case wire::DoneResult::kRows: {
                const migue_sql_result result{sizeof(migue_sql_result), 0, in.str()};
                return waiting->done(waiting->user, status, &result);
            }
            default:
                return waiting->done(waiting->user, status, nullptr);
        }
    }

    /// A call that owns the bytes it was read from.
    static Call& open_call(Instance& instance, std::string bytes, Reader& in) {
        auto call = std::make_shared<Call>();
        call->bytes = std::move(bytes);
        in = Reader(call->bytes);
        static_cast<void>(in.u32());  // the instance
        call->number = in.u64();
        call->instance = &instance;
        call->diag = {sizeof(migue_diag), 0, call.get(), &call_report};
        return Calls::all().add(std::move(call));
    }

    static void handle(Instance& instance, std::string bytes, Writer& out) {
        Reader in("");
        Call& call = open_call(instance, std::move(bytes), in);
        migue_request& r = call.request;
        r.struct_size = sizeof r;
        r.flags = in.u32();
        for (migue_str* text :
             {&r.message_id, &r.conversation_id, &r.person_id, &r.intent, &r.text, &r.locale, &r.region,
              &r.trace_id, &r.input_json, &r.channel_json, &r.state_json})
            *text = in.str();
        r.deadline_ns = in.u64();
        r.sent_unix_ms = in.i64();
        r.attempt = in.u32();
        r.confidence = in.f32();
        if (!in.is_whole()) end_process("a turn that cannot be read");
        call.call = {sizeof(migue_call), 0,         &call,          &call_reply,
                     &call_set_state,    &call_ask, &call_complete, &call_cancelled,
                     &call.diag};
        const migue_status status = instance.api.handle(instance.plugin, &r, &call.call);
        Calls::all().returned(call, status == MIGUE_PENDING);
        out.i32(status);
    }

    static void route(Instance& instance, std::string bytes, Writer& out) {
        Reader in("");
        Call& call = open_call(instance, std::move(bytes), in);
        migue_route_request& r = call.route_request;
        r.struct_size = sizeof r;
        r.route = in.u32();
        r.method = in.str();
        r.path = in.str();
        call.params = in.fields(100'000);
        call.query = in.fields(100'000);
        call.headers = in.fields(100'000);
        r.params = call.params.data();
        r.param_count = call.params.size();
        r.query = call.query.data();
        r.query_count = call.query.size();
        r.headers = call.headers.data();
        r.header_count = call.headers.size();
        r.body = in.str();
        r.public_url = in.str();
        r.deadline_ns = in.u64();
        if (!in.is_whole()) end_process("an HTTP request that cannot be read");
        call.route_call = {sizeof(migue_route_call), 0, &call, &route_respond};
        const migue_status status = instance.routes.handle(instance.plugin, &r, &call.route_call);
        Calls::all().returned(call, status == MIGUE_PENDING);
        out.i32(status);
    }

    static void understand(Instance& instance, Reader& in, Writer& out) {
        migue_understand_request request{};
        request.struct_size = sizeof request;
        request.text = in.str();
        request.intent = in.str();
        request.timezone = in.str();
        request.locale = in.str();
        request.now_unix_ms = in.i64();
        std::string answer;
        migue_sink sink = sink_into(answer);
        const migue_status status = instance.understand.understand(instance.plugin, &request, &sink);
        out.i32(status).text(std::string_view(answer).substr(0, kMostState));
    }

    static void control(Instance& instance, Kind kind, Reader& in, Writer& out) {
        migue_diag diag{sizeof(migue_diag), 0, nullptr, &control_report};
        switch (kind) {
            case Kind::kHealth:
                out.i32(instance.api.health(instance.plugin, &diag));
                return;
            case Kind::kQuiesce:
                out.i32(instance.api.quiesce(instance.plugin, in.u64()));
                return;
            case Kind::kExport: {
                std::string state;
                migue_sink sink = sink_into(state);
                const migue_status status = instance.api.export_state(instance.plugin, &sink);
                out.i32(status).text(std::string_view(state).substr(0, kMostState));
                return;
            }
            case Kind::kImport: {
                const std::uint32_t version = in.u32();
                out.i32(instance.api.import_state(instance.plugin, version, in.str()));
                return;
            }
            default:
                end_process("a call that is not known");
        }
    }

    /// The instance's table stays: what is left of the plugin may still ask (O6).
    static void destroy(const Inside& inside, Writer& out) {
        Instance& instance = *inside.instance;
        instance.api.destroy(std::exchange(instance.plugin, nullptr));
        out.i32(MIGUE_OK);
    }

    Instance& find(std::uint32_t number) {
        const std::lock_guard lock(mutex_);
        const auto found = instances_.find(number);
        if (found == instances_.end() || found->second->plugin == nullptr)
            end_process("a call to an instance that is not there");
        return *found->second;
    }

    Image image_;
    std::mutex mutex_;
    std::unordered_map<std::uint32_t, std::unique_ptr<Instance>> instances_;  // guarded by mutex_
};

void serve_lane(Server& server, Lane& lane) {
    for (;;) {
        auto frame = lane.receive(kForever);
        if (!frame) return;
        if (frame->kind > Kind::kLastCall) end_process("an answer to nothing");
        server.run(lane, std::move(frame).value());
    }
}

}  // namespace

Inside*& Inside::current() noexcept {
    static thread_local Inside* current = nullptr;
    return current;
}

void end_process(const char*) {
    // Nobody would read why: there is no stream, and the host sees that we are gone.
    ::_exit(4);
}

void tell(Lane& lane, Kind kind, const Writer& body) {
    if (!lane.send(kind, body, kForever)) end_process("the host is gone");
}

std::string ask(Lane& lane, Kind kind, const Writer& body) {
    tell(lane, kind, body);
    auto answer = lane.receive(kForever);
    if (!answer || answer->kind != Kind::kAnswer) end_process("the host is gone");
    return std::move(answer->body);
}

migue_status ask_status(Kind kind, const Writer& body) {
    Inside* const here = Inside::current();
    if (here == nullptr) return MIGUE_E_INVALID;  // a thread of the plugin's own (T3)
    const std::string answer = ask(here->lane, kind, body);
    return Reader(answer).i32();
}

std::uint64_t Operations::add(const Waiting& waiting) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(++last_, waiting);
    return last_;
}

std::optional<Operations::Waiting> Operations::take(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return std::nullopt;
    const Waiting waiting = found->second;
    waiting_.erase(found);
    return waiting;
}

Operations& Operations::all() {
    static Operations operations;
    return operations;
}

int serve(const std::string& file, int first_socket, int sockets) {
    // For good: threads of the plugin's own may still be inside when the process ends.
    auto& server = *new Server(file);
    auto& lanes = *new std::vector<std::unique_ptr<Lane>>();
    for (int i = 0; i < sockets; ++i) lanes.push_back(std::make_unique<Lane>(first_socket + i));
    for (std::size_t i = 1; i < lanes.size(); ++i)
        std::thread([&server, &lane = *lanes[i]] { serve_lane(server, lane); }).detach();
    serve_lane(server, *lanes[0]);
    ::_exit(0);
}

}  // namespace migue::runner
