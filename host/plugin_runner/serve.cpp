#include <unistd.h>

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "host/plugin_runner/calls.hpp"
#include "host/plugin_runner/plugin_file.hpp"
#include "host/plugin_runner/session.hpp"
#include "migue/cpp/text.hpp"
#include "migue/ext/http.h"
#include "migue/ext/media.h"
#include "migue/ext/sql.h"

namespace migue::runner {

namespace {

using wire::Frame;
using wire::Kind;
using wire::Lane;
using wire::Reader;
using wire::Writer;

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
        migue_diag diag = control_diag();
        const migue_status status =
            image_.entry().create(&instance.host, to_c(config), &diag, &instance.plugin);
        out.i32(status).u32(instance.plugin == nullptr ? 0 : 1);
        if (status == MIGUE_OK && instance.plugin != nullptr) put_plugin(instance, out);
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
            case wire::DoneResult::kFile: {
                const migue_media_file file{sizeof(migue_media_file), 0, in.str(), in.str(), in.str()};
                return waiting->done(waiting->user, status, &file);
            }
            default:
                return waiting->done(waiting->user, status, nullptr);
        }
    }

    static void handle(Instance& instance, std::string bytes, Writer& out) {
        Call& call = open_turn(instance, std::move(bytes));
        const migue_status status = instance.api.handle(instance.plugin, &call.request, &call.call);
        Calls::all().returned(call, status == MIGUE_PENDING);
        out.i32(status);
    }

    static void route(Instance& instance, std::string bytes, Writer& out) {
        Call& call = open_route(instance, std::move(bytes));
        const migue_status status =
            instance.routes.handle(instance.plugin, &call.route_request, &call.route_call);
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
        migue_diag diag = control_diag();
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

    PluginFile image_;
    std::mutex mutex_;
    std::unordered_map<std::uint32_t, std::unique_ptr<Instance>> instances_;  // guarded by mutex_
};

/// The host's sockets, one thread each. The host takes another one only when all before it are in
/// use, so a thread begins when the one before it gets something to do.
class Lanes {
public:
    Lanes(Server& server, int first_socket, int count) : server_(server) {
        for (int i = 0; i < count; ++i) lanes_.push_back(std::make_unique<Lane>(first_socket + i));
    }
    /// Until the host closes it.
    void serve(std::size_t index) {
        Lane& lane = *lanes_[index];
        bool is_first = true;
        for (;;) {
            auto frame = next_call(lane);
            if (!frame) return;
            // Before there is an instance nothing comes at the same time.
            const bool is_only_one = frame->kind < Kind::kCreate;
            if (!is_only_one && std::exchange(is_first, false) && index + 1 < lanes_.size())
                std::thread([this, index] { serve(index + 1); }).detach();
            server_.run(lane, *std::move(frame));
        }
    }

private:
    Server& server_;
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace

int serve(const std::string& file, int first_socket, int sockets) {
    // For good: threads of the plugin's own may still be inside when the process ends.
    auto& lanes = *new Lanes(*new Server(file), first_socket, sockets);
    lanes.serve(0);
    ::_exit(0);
}

}  // namespace migue::runner
