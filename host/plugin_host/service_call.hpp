#pragma once
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "host/plugin_host/activity.hpp"
#include "host/plugin_host/host_table.hpp"
#include "host/plugin_host/instance.hpp"
#include "migue/cpp/text.hpp"

// What the functions of the service tables share. Each is called by plugins, so nothing may
// be thrown out of it.
namespace migue::host {

[[nodiscard]] inline bool is_sound(migue_str text) noexcept {
    return text.data != nullptr || text.size == 0;
}

/// Runs `body(table)` unless the table is closed; an exception is MIGUE_E_INTERNAL.
template <typename Body>
migue_status serve_call(const migue_host* host, Body&& body) noexcept {
    try {
        HostTable& table = HostTable::of(host);
        const HostTable::Entry entry(table);
        if (!entry) return MIGUE_E_STATE;
        return body(table);
    } catch (const std::exception&) {
        return MIGUE_E_INTERNAL;  // out of memory
    }
}

/// Takes an operation in and starts it with `start(table, activity, operation)`. When that
/// fails the operation is withdrawn and no done() follows.
template <typename Start>
migue_status serve_operation(const migue_host* host, migue_done done, void* user, std::uint64_t* op,
                             Start&& start) noexcept {
    return serve_call(host, [&](HostTable& table) -> migue_status {
        Activity* activity = Activity::current();
        // From a thread of the plugin's own, or with another generation's table (T3).
        if (done == nullptr || activity == nullptr || &activity->instance().table() != &table)
            return MIGUE_E_INVALID;
        std::shared_ptr<Operation> operation;
        if (const migue_status status = activity->begin(done, user, operation); status != MIGUE_OK)
            return status;
        if (const migue_status status = start(table, *activity, operation); status != MIGUE_OK) {
            activity->withdraw(*operation);
            return status;
        }
        if (op != nullptr) *op = operation->id();
        return MIGUE_OK;
    });
}

/// Cancels an operation of this generation, whichever turn it belongs to.
inline void cancel_operation(const migue_host* host, std::uint64_t op) noexcept {
    static_cast<void>(serve_call(host, [&](HostTable& table) {
        Activity* activity = Activity::current();
        if (activity == nullptr || &activity->instance().table() != &table) return MIGUE_E_INVALID;
        if (!activity->cancel(op)) activity->instance().cancel_operation(op);
        return MIGUE_OK;
    }));
}

}  // namespace migue::host
