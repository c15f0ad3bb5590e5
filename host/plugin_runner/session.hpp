#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/plugin_runner/wire/lane.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/routes.h"
#include "migue/ext/understand.h"
#include "migue/plugin.h"

namespace migue::runner {

/// Of a state, a reply or a body: a little more than the host takes, so that it is the host that
/// refuses, and says why.
inline constexpr std::size_t kMostState = (std::size_t{16} << 20) + 1;

/// One instance of the plugin, from kCreate to kDestroy.
struct Instance {
    std::uint32_t number = 0;
    migue_host host{};  ///< its ctx is this
    migue_plugin* plugin = nullptr;
    migue_plugin api{};  ///< what the plugin has of it
    migue_routes_v1 routes{};
    migue_understand_v1 understand{};
};

/// What this thread does for the host just now, or nullptr: between calls, and on threads that
/// the plugin started itself.
struct Inside {
    wire::Lane& lane;
    Instance* instance;
    /// What ended meanwhile: the plugin may still hold it in its hands.
    std::vector<std::shared_ptr<void>> over = {};
    static Inside*& current() noexcept;
};

/// The next call of the host's on this lane, or nothing when the host has closed it.
[[nodiscard]] std::optional<wire::Frame> next_call(wire::Lane& lane);
/// Asks the host, from inside a call, and gives its answer: MIGUE_E_INVALID where the question is
/// too long to cross. A host that is gone, or that breaks the rules, ends the process: there is
/// nobody left to work for.
[[nodiscard]] std::string ask(wire::Lane& lane, wire::Kind kind, const wire::Writer& body);
/// Tells the host what wants no answer.
void tell(wire::Lane& lane, wire::Kind kind, const wire::Writer& body);
/// The same where all that is asked for is a status.
[[nodiscard]] migue_status ask_status(wire::Kind kind, const wire::Writer& body);
[[noreturn]] void end_process(const char* why);

/// Operations under way in the host, by the number that the host gives back. Thread-safe.
class Operations {
public:
    struct Waiting {
        migue_done done;
        void* user;
        Instance* instance;
    };
    [[nodiscard]] std::uint64_t add(const Waiting& waiting);
    [[nodiscard]] std::optional<Waiting> take(std::uint64_t number);
    [[nodiscard]] static Operations& all();

private:
    std::mutex mutex_;
    std::uint64_t last_ = 0;                              // guarded by mutex_
    std::unordered_map<std::uint64_t, Waiting> waiting_;  // guarded by mutex_
};

/// The service of that id, forwarded to the host, or nullptr.
[[nodiscard]] const void* service_table(const char* id) noexcept;

/// Serves the host on these sockets, one thread each, until it closes the first. Gives the
/// exit code.
int serve(const std::string& file, int first_socket, int sockets);

}  // namespace migue::runner
