#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "host/plugin_host/carried_services.hpp"
#include "host/plugin_host/open_calls.hpp"
#include "host/plugin_host/received_extensions.hpp"
#include "host/plugin_host/runner_process.hpp"
#include "migue/ext/routes.h"
#include "migue/ext/understand.h"
#include "migue/plugin.h"

namespace migue::host {

/// How long a call into another process may take before that process is ended.
struct CallLimits {
    std::chrono::milliseconds grace{1000};      ///< after the deadline of the turn that it serves
    std::chrono::milliseconds control{10'000};  ///< where it serves none: describe(), create(), health() …
};

/// An instance of a plugin in another process, as a migue_plugin of this one: the host calls
/// it like any other, and it calls the host's services like any other plugin would, on the
/// thread that the host lent it. So all rules are the host's own.
///
/// When the process ends, the turns and requests it left open are ended: with MIGUE_E_INTERNAL,
/// so that nobody runs them again on the next process.
class IsolatedPlugin : public std::enable_shared_from_this<IsolatedPlugin> {
public:
    IsolatedPlugin(std::shared_ptr<RunnerProcess> process, std::uint32_t number, const migue_host* host,
                   CallLimits limits);
    IsolatedPlugin(const IsolatedPlugin&) = delete;
    IsolatedPlugin& operator=(const IsolatedPlugin&) = delete;

    /// As migue_entry.create; `out` is raw().
    [[nodiscard]] migue_status create(migue_str config_json, migue_diag* diag, migue_plugin** out);
    [[nodiscard]] migue_plugin* raw() noexcept { return &raw_; }

private:
    using Served = RunnerProcess::Served;

    // What the host calls.
    static migue_status handle(migue_plugin*, const migue_request*, migue_call*);
    static migue_status health(migue_plugin*, migue_diag*);
    static migue_status quiesce(migue_plugin*, std::uint64_t deadline_ns);
    static migue_status export_state(migue_plugin*, migue_sink*);
    static migue_status import_state(migue_plugin*, std::uint32_t version, migue_str state);
    static const void* extension(migue_plugin*, const char* id);
    static void destroy(migue_plugin*);
    static migue_status route(migue_plugin*, const migue_route_request*, migue_route_call*);
    static migue_status understand(migue_plugin*, const migue_understand_request*, migue_sink*);

    [[nodiscard]] Result<std::string> call(wire::Kind kind, const wire::Writer& body, migue_diag* diag);
    /// A call that gives a status and nothing else.
    [[nodiscard]] migue_status call_for_status(wire::Kind kind, const wire::Writer& body, migue_diag* diag);
    [[nodiscard]] bool read_made(std::string_view answer, migue_status& status, bool& has_plugin);
    void end_operation(std::uint64_t operation, const wire::Writer& done);

    // What the plugin asks for.
    [[nodiscard]] Served serve(const wire::Frame& asked, wire::Writer& answer, migue_diag* diag);

    const std::shared_ptr<RunnerProcess> process_;
    const std::uint32_t number_;
    const CallLimits limits_;
    CarriedServices services_;
    OpenCalls calls_;
    ReceivedExtensions extensions_;  // written by create()
    migue_plugin raw_{};
};

}  // namespace migue::host
