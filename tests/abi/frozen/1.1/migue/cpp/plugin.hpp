#pragma once
#include <atomic>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migue/cpp/result.hpp"
#include "migue/cpp/services.hpp"
#include "migue/cpp/task.hpp"
#include "migue/cpp/text.hpp"
#include "migue/cpp/turn.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/routes.h"
#include "migue/ext/understand.h"
#include "migue/plugin.h"

/// A plugin in C++:
///
///     class Echo final : public migue::Plugin {
///     public:
///         static migue::Description describe() {
///             return {.id = "echo", .version = "1.0.0", .intents = {{"echo", "repeats what was said"}}};
///         }
///         static migue::Result<std::unique_ptr<Echo>> create(const migue::Context& context);
///
///         migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override {
///             if (auto said = turn.say(turn.text()); !said) co_return said.error();
///             co_return migue::TurnEnd::done();
///         }
///     };
///     MIGUE_PLUGIN(Echo)
///
/// No exception leaves the plugin (O4): one that reaches the border becomes
/// MIGUE_E_INTERNAL with its what() as a diag line.
namespace migue {

struct IntentDescription {
    std::string name;
    std::string summary;
};

/// What a plugin is; see migue_descriptor.
struct Description {
    std::string id = {};
    std::string version = {};
    std::string config_schema = R"({"type":"object","additionalProperties":false})";
    std::vector<std::string> required_services = {};
    std::vector<IntentDescription> intents = {};
    std::uint32_t max_concurrency = 1;
    std::uint32_t state_write = 1;
    std::uint32_t state_read_min = 1;
    std::uint32_t state_read_max = 1;
};

/// What create() gets. The config is valid for the schema; create() reports what a schema
/// cannot say, each fault with its JSON pointer.
struct Context {
    Services services;
    std::string_view config_json;
    migue_diag* diag;

    void report(std::string_view where, std::string_view what) const {
        if (diag != nullptr) diag->report(diag->ctx, to_c(where), to_c(what));
    }
};

/// How a turn ended: done, passed on, or an Error (nothing is committed then).
class [[nodiscard]] TurnEnd {
public:
    [[nodiscard]] static TurnEnd done() { return TurnEnd(MIGUE_OK, {}); }
    /// Not mine: the host routes the message afresh. Only if nothing was replied or changed.
    [[nodiscard]] static TurnEnd pass() { return TurnEnd(MIGUE_PASS, {}); }
    TurnEnd(const Error& error) : TurnEnd(to_status(error.code), error.what) {}  // NOLINT(*-explicit-*)

    [[nodiscard]] migue_status status() const noexcept { return status_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }

private:
    TurnEnd(migue_status status, std::string why) : status_(status), why_(std::move(why)) {}
    migue_status status_;
    std::string why_;
};

struct Route {
    enum class Access : std::uint32_t { kPublic = MIGUE_ROUTE_PUBLIC, kAdmin = MIGUE_ROUTE_ADMIN };
    Access access;
    const char* method;
    const char* pattern;  ///< "/feed/:file"
};

struct RouteReply {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

/// One HTTP request to the plugin; valid until the reply is given.
class RouteRequest {
public:
    explicit RouteRequest(const migue_route_request& raw) noexcept : raw_(raw) {}
    /// Index into the plugin's routes().
    [[nodiscard]] std::size_t route() const noexcept { return raw_.route; }
    [[nodiscard]] std::string_view body() const noexcept { return to_view(raw_.body); }
    [[nodiscard]] std::string_view public_url() const noexcept { return to_view(raw_.public_url); }
    [[nodiscard]] std::string_view param(std::string_view name) const noexcept {
        return find(raw_.params, raw_.param_count, name);
    }
    [[nodiscard]] std::string_view query(std::string_view name) const noexcept {
        return find(raw_.query, raw_.query_count, name);
    }
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept {
        return find(raw_.headers, raw_.header_count, name);
    }

private:
    static std::string_view find(const migue_field* fields, std::size_t count,
                                 std::string_view name) noexcept {
        for (std::size_t i = 0; i < count; ++i)
            if (to_view(fields[i].key) == name) return to_view(fields[i].value);
        return {};
    }
    const migue_route_request& raw_;
};

struct Migration {
    const char* dialect;  ///< "sqlite" or "postgres"
    std::string name;
    std::string_view sql;  ///< must live as long as the image
};

struct UnderstandRequest {
    std::string_view text, intent, timezone, locale;
    std::int64_t now_unix_ms;
};

/// What plugin authors derive from. Thread rules: handle(), route() and understand() run on
/// workers, at most max_concurrency at once; the rest is called by one thread at a time.
class Plugin {
public:
    Plugin() = default;
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;
    virtual ~Plugin() = default;

    virtual Task<TurnEnd> handle(Turn& turn) = 0;
    [[nodiscard]] virtual Result<void> health() { return {}; }
    /// Caches for the generation that follows, in any form; nothing by default. What matters
    /// is in the conversations' states and in tables.
    [[nodiscard]] virtual std::optional<std::string> export_state() { return std::nullopt; }
    /// What the generation before exported, whose states have this version. An error refuses
    /// the swap: where a cold start will do, return without one.
    [[nodiscard]] virtual Result<void> import_state(std::uint32_t, std::string_view) { return {}; }

    /// Read once, after create().
    [[nodiscard]] virtual std::vector<Route> routes() const { return {}; }
    virtual Task<RouteReply> route(const RouteRequest&) { co_return RouteReply{404, {}, {}}; }
    [[nodiscard]] virtual std::vector<Migration> migrations() const { return {}; }
    [[nodiscard]] virtual bool understands() const { return false; }
    /// The JSON object that ext/understand.h describes.
    [[nodiscard]] virtual Result<std::string> understand(const UnderstandRequest&) {
        return Error{Error::Code::kUnsupported, "understand"};
    }
};

}  // namespace migue

#include "migue/cpp/plugin_impl.hpp"  // IWYU pragma: export

/// Exports class P as the plugin of this shared library.
#define MIGUE_PLUGIN(P) \
    extern "C" MIGUE_EXPORT const migue_entry migue_entry_v1 = ::migue::detail::make_entry<P>();
