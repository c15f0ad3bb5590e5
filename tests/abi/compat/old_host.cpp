// A host in one file, compiled against the headers of an old version (C5): it loads a plugin of today,
// runs turns, and says what was answered. It has the services of then and nothing else.
//
//     old_host PLUGIN.so TEXT...    prints one line a text: status, kind and body of what was replied
#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "migue/ext/clock.h"
#include "migue/ext/log.h"
#include "migue/ext/timer.h"
#include "migue/plugin.h"

namespace {

struct Timer {
    uint64_t op;
    migue_done done;
    void* user;
};
std::deque<Timer> timers;
uint64_t last_op = 0;
uint64_t now_ns = 1'000'000'000;

uint64_t monotonic_ns(const migue_host*) {
    return now_ns;
}
int64_t unix_ms(const migue_host*) {
    return 1'700'000'000'000;
}
migue_status start(const migue_host*, uint64_t, migue_done done, void* user, uint64_t* op) {
    timers.push_back({++last_op, done, user});
    if (op != nullptr) *op = last_op;
    return MIGUE_OK;
}
void cancel(const migue_host*, uint64_t) {}
void write_log(const migue_host*, int32_t, migue_str, const migue_field*, size_t) {}

const migue_clock_v1 kClock{sizeof(migue_clock_v1), 0, &monotonic_ns, &unix_ms};
const migue_timer_v1 kTimer{sizeof(migue_timer_v1), 0, &start, &cancel};
const migue_log_v1 kLog{sizeof(migue_log_v1), 0, &write_log};

const void* service(const migue_host*, const char* id) {
    if (std::strcmp(id, MIGUE_CLOCK_ID) == 0) return &kClock;
    if (std::strcmp(id, MIGUE_TIMER_ID) == 0) return &kTimer;
    if (std::strcmp(id, MIGUE_LOG_ID) == 0) return &kLog;
    return nullptr;
}

/// One turn, and what was said in it.
struct Turn {
    std::string said, state;
    migue_status end = MIGUE_PENDING;
    migue_diag diag{sizeof(migue_diag), 0, this, [](void* ctx, migue_str, migue_str what) {
                        static_cast<Turn*>(ctx)->said += " reason: " + std::string(what.data, what.size);
                    }};
    migue_call call{sizeof(migue_call), 0, this, &reply, &set_state, &ask, &complete, &cancelled, &diag};

    static Turn& of(const migue_call* call) { return *static_cast<Turn*>(call->ctx); }
    static migue_status reply(migue_call* call, migue_str kind, migue_str body) {
        of(call).said += " " + std::string(kind.data, kind.size) + " " + std::string(body.data, body.size);
        return MIGUE_OK;
    }
    static migue_status set_state(migue_call* call, migue_str state) {
        of(call).state.assign(state.data, state.size);
        return MIGUE_OK;
    }
    static migue_status ask(migue_call*, uint64_t) { return MIGUE_OK; }
    static migue_status complete(migue_call* call, migue_status status) {
        of(call).end = status;
        return MIGUE_OK;
    }
    static int32_t cancelled(const migue_call*) { return 0; }
};

migue_str str(const std::string& text) {
    return {text.data(), text.size()};
}

int fail(const std::string& what) {
    std::fprintf(stderr, "old_host: %s\n", what.c_str());
    return 1;
}

std::string missing(const migue_descriptor& descriptor) {
    for (const char* const* id = descriptor.required_services; *id != nullptr; ++id)
        if (service(nullptr, *id) == nullptr) return *id;
    return {};
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) return fail("usage: old_host PLUGIN.so TEXT...");
    void* const image = ::dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (image == nullptr) return fail(::dlerror());
    const auto* entry = static_cast<const migue_entry*>(::dlsym(image, "migue_entry_v1"));
    // V2, as a host of then did it: by the sizes and numbers of its own headers.
    if (entry == nullptr || entry->struct_size < sizeof(migue_entry) || entry->abi_major != MIGUE_ABI_MAJOR)
        return fail("no entry of this major");
    if (entry->min_host_minor > MIGUE_ABI_MINOR)
        return fail("needs a host with ABI 1." + std::to_string(entry->min_host_minor) + ", this one has 1." +
                    std::to_string(MIGUE_ABI_MINOR));
    const migue_descriptor* const descriptor = entry->describe();
    if (descriptor->struct_size < sizeof(migue_descriptor)) return fail("a descriptor smaller than mine");
    if (const std::string id = missing(*descriptor); !id.empty()) return fail("has no " + id);

    Turn making;  // for its diag
    migue_host host{sizeof(migue_host), MIGUE_ABI_MAJOR, MIGUE_ABI_MINOR, nullptr, &service};
    migue_plugin* plugin = nullptr;
    if (entry->create(&host, str("{}"), &making.diag, &plugin) != MIGUE_OK)
        return fail("create:" + making.said);
    if (plugin->struct_size < sizeof(migue_plugin)) return fail("a plugin smaller than mine");
    std::string state;
    for (int i = 2; i < count; ++i) {
        Turn turn;
        const std::string text = arguments[i];
        migue_request request{};
        request.struct_size = sizeof request;
        const std::string id = "m" + std::to_string(i);
        const std::string kind = R"({"kind":"text"})";
        request.message_id = str(id);
        request.conversation_id = request.person_id = str("c1");
        request.text = str(text);
        request.input_json = str(kind);
        request.state_json = str(state);
        request.deadline_ns = now_ns + 2'000'000'000;
        request.attempt = 1;
        const migue_status status = plugin->handle(plugin, &request, &turn.call);
        if (status != MIGUE_PENDING) turn.end = status;
        while (turn.end == MIGUE_PENDING && !timers.empty()) {
            const Timer due = timers.front();
            timers.pop_front();
            due.done(due.user, MIGUE_OK, nullptr);
        }
        if (turn.end == MIGUE_OK && !turn.state.empty()) state = turn.state;
        std::printf("%d%s\n", turn.end, turn.said.c_str());
    }
    if (plugin->quiesce != nullptr) plugin->quiesce(plugin, now_ns);
    plugin->destroy(plugin);
    return ::dlclose(image) == 0 ? 0 : fail("does not close");
}
