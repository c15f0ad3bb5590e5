#pragma once
// The wrapper between plugin.hpp and the C border; include plugin.hpp.
#include "migue/cpp/plugin.hpp"

namespace migue::detail {

/// A Description in the form of the border; the strings stay in `source`.
struct DescriptorStorage {
    explicit DescriptorStorage(Description description) : source(std::move(description)) {
        for (const std::string& id : source.required_services) services.push_back(id.c_str());
        services.push_back(nullptr);
        intents.reserve(source.intents.size());
        for (const IntentDescription& intent : source.intents)
            intents.push_back({sizeof(migue_intent), 0, intent.name.c_str(), intent.summary.c_str()});
        for (const migue_intent& intent : intents) intent_pointers.push_back(&intent);
        raw = {sizeof(migue_descriptor),
               0,
               source.id.c_str(),
               source.version.c_str(),
               source.config_schema.c_str(),
               services.data(),
               intent_pointers.data(),
               intent_pointers.size(),
               source.max_concurrency,
               source.state_write,
               source.state_read_min,
               source.state_read_max};
    }
    DescriptorStorage(const DescriptorStorage&) = delete;
    DescriptorStorage& operator=(const DescriptorStorage&) = delete;

    Description source;
    std::vector<const char*> services;
    std::vector<migue_intent> intents;
    std::vector<const migue_intent*> intent_pointers;
    migue_descriptor raw{};
};

inline void report(migue_diag* diag, std::string_view where, std::string_view what) noexcept {
    if (diag != nullptr) diag->report(diag->ctx, to_c(where), to_c(what));
}

/// Runs `body` and turns an exception into a status and a diag line (O4).
template <typename Body>
migue_status guarded(migue_diag* diag, Body&& body) noexcept {
    try {
        return body();
    } catch (const std::exception& failure) {
        report(diag, "", failure.what());
    } catch (...) {
        report(diag, "", "an exception that is no std::exception");
    }
    return MIGUE_E_INTERNAL;
}

/// A plugin instance behind the border: the C functions and the C++ object they call.
class Instance {
public:
    Instance(std::unique_ptr<Plugin> plugin, Services services)
        : plugin_(std::move(plugin)),
          services_(services),
          route_descriptions_(plugin_->routes()),
          migration_descriptions_(plugin_->migrations()) {
        raw_ = {sizeof(migue_plugin),
                0,
                this,
                &Instance::handle,
                &Instance::health,
                &Instance::quiesce,
                &Instance::export_state,
                &Instance::import_state,
                &Instance::extension,
                &Instance::destroy};
        fill_routes();
        fill_migrations();
        understand_ = {sizeof(migue_understand_v1), 0, &Instance::understand};
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    [[nodiscard]] migue_plugin* raw() noexcept { return &raw_; }

private:
    struct Run {
        Instance& instance;
        Turn turn;
        migue_call* call;
        Handshake handshake;
        migue_status status = MIGUE_E_INTERNAL;
    };
    struct RouteRun {
        Instance& instance;
        RouteRequest request;
        migue_route_call* call;
    };

    static Instance& self(migue_plugin* raw) noexcept { return *static_cast<Instance*>(raw->self); }

    static migue_status handle(migue_plugin* raw, const migue_request* request, migue_call* call) noexcept {
        return guarded(call->diag, [&]() -> migue_status {
            std::unique_ptr<Run> run(new Run{self(raw), {*request, *call}, call, {}, MIGUE_E_INTERNAL});
            drive(run.get());
            if (run->handshake.settle()) return run->status;
            static_cast<void>(run.release());  // drive() ends the turn, and may have done so by now
            return MIGUE_PENDING;
        });
    }

    static Detached drive(Run* run) {
        try {
            const TurnEnd end = co_await run->instance.plugin_->handle(run->turn);
            run->status = end.status();
            if (!end.why().empty()) report(run->call->diag, "", end.why());
        } catch (const std::exception& failure) {
            report(run->call->diag, "", failure.what());
        } catch (...) {
            report(run->call->diag, "", "an exception that is no std::exception");
        }
        if (run->handshake.finish()) {
            migue_call* call = run->call;
            const migue_status status = run->status;
            delete run;
            call->complete(call, status);
        }
    }

    static migue_status handle_route(migue_plugin* raw, const migue_route_request* request,
                                     migue_route_call* call) noexcept {
        return guarded(nullptr, [&]() -> migue_status {
            drive_route(std::unique_ptr<RouteRun>(new RouteRun{self(raw), RouteRequest(*request), call}));
            return MIGUE_PENDING;
        });
    }

    static Detached drive_route(std::unique_ptr<RouteRun> run) {
        RouteReply reply{500, {}, {}};
        try {
            reply = co_await run->instance.plugin_->route(run->request);
        } catch (const std::exception& failure) {
            run->instance.services_.log.error("route failed", {{"why", failure.what()}});
        } catch (...) {
            run->instance.services_.log.error("route failed", {{"why", "not a std::exception"}});
        }
        const std::vector<migue_field> headers = to_fields(reply.headers);
        run->call->respond(run->call, reply.status, headers.data(), headers.size(), to_c(reply.body));
    }

    static migue_status health(migue_plugin* raw, migue_diag* diag) noexcept {
        return guarded(diag, [&]() -> migue_status {
            const Result<void> result = self(raw).plugin_->health();
            if (result) return MIGUE_OK;
            report(diag, "", result.error().what);
            return to_status(result.error().code);
        });
    }

    static migue_status quiesce(migue_plugin*, std::uint64_t) noexcept { return MIGUE_OK; }
    static migue_status export_state(migue_plugin* raw, migue_sink* sink) noexcept {
        return guarded(nullptr, [&]() -> migue_status {
            const std::optional<std::string> state = self(raw).plugin_->export_state();
            return state ? sink->write(sink->ctx, state->data(), state->size()) : MIGUE_E_UNSUPPORTED;
        });
    }
    static migue_status import_state(migue_plugin* raw, std::uint32_t version, migue_str state) noexcept {
        return guarded(nullptr, [&]() -> migue_status {
            const Result<void> result = self(raw).plugin_->import_state(version, to_view(state));
            return result ? MIGUE_OK : to_status(result.error().code);
        });
    }

    static const void* extension(migue_plugin* raw, const char* id) noexcept {
        Instance& instance = self(raw);
        const std::string_view wanted = id;
        if (wanted == MIGUE_ROUTES_ID && instance.routes_.count != 0) return &instance.routes_;
        if (wanted == MIGUE_MIGRATIONS_ID && instance.migrations_.count != 0) return &instance.migrations_;
        if (wanted == MIGUE_UNDERSTAND_ID && instance.plugin_->understands()) return &instance.understand_;
        return nullptr;
    }

    static migue_status understand(migue_plugin* raw, const migue_understand_request* request,
                                   migue_sink* out) noexcept {
        return guarded(nullptr, [&]() -> migue_status {
            const Result<std::string> result = self(raw).plugin_->understand(
                {to_view(request->text), to_view(request->intent), to_view(request->timezone),
                 to_view(request->locale), request->now_unix_ms});
            if (!result) return to_status(result.error().code);
            return out->write(out->ctx, result->data(), result->size());
        });
    }

    static void destroy(migue_plugin* raw) noexcept { delete &self(raw); }

    void fill_routes() {
        for (const Route& route : route_descriptions_)
            raw_routes_.push_back(
                {sizeof(migue_route), static_cast<std::uint32_t>(route.access), route.method, route.pattern});
        for (const migue_route& route : raw_routes_) route_pointers_.push_back(&route);
        routes_ = {sizeof(migue_routes_v1), 0, route_pointers_.data(), route_pointers_.size(),
                   &Instance::handle_route};
    }

    void fill_migrations() {
        for (const Migration& migration : migration_descriptions_)
            raw_migrations_.push_back({sizeof(migue_migration), 0, to_c(migration.dialect),
                                       to_c(migration.name), to_c(migration.sql)});
        for (const migue_migration& migration : raw_migrations_) migration_pointers_.push_back(&migration);
        migrations_ = {sizeof(migue_migrations_v1), 0, migration_pointers_.data(),
                       migration_pointers_.size()};
    }

    std::unique_ptr<Plugin> plugin_;
    Services services_;
    std::vector<Route> route_descriptions_;
    std::vector<Migration> migration_descriptions_;
    std::vector<migue_route> raw_routes_;
    std::vector<const migue_route*> route_pointers_;
    std::vector<migue_migration> raw_migrations_;
    std::vector<const migue_migration*> migration_pointers_;
    migue_routes_v1 routes_{};
    migue_migrations_v1 migrations_{};
    migue_understand_v1 understand_{};
    migue_plugin raw_{};
};

template <typename P>
const migue_descriptor* describe() noexcept {
    try {
        static const DescriptorStorage storage(P::describe());
        return &storage.raw;
    } catch (const std::exception&) {
        return nullptr;  // out of memory: the host refuses the plugin and says so
    }
}

template <typename P>
migue_status create(const migue_host* host, migue_str config_json, migue_diag* diag,
                    migue_plugin** out) noexcept {
    return guarded(diag, [&]() -> migue_status {
        const Services services(host);
        Result<std::unique_ptr<P>> made = P::create(Context{services, to_view(config_json), diag});
        if (!made) {
            if (!made.error().what.empty()) report(diag, "", made.error().what);
            return to_status(made.error().code);
        }
        *out = (new Instance(std::move(made).value(), services))->raw();
        return MIGUE_OK;
    });
}

template <typename P>
constexpr migue_entry make_entry() noexcept {
    return {sizeof(migue_entry), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, 0, {0, 0, 0}, &describe<P>, &create<P>};
}

}  // namespace migue::detail
