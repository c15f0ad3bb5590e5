// migue-understand: JSON lines in, what each text says about an event out. Started by `migue understand`, not
// by people: what it does not link (the store, the HTTP client and server, TLS) costs it no memory.
#include <malloc.h>

#include <cstdio>

#include "host/cli/answerer.hpp"
#include "host/cli/reading_plugin.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/intents/router.hpp"

int main(int argc, char** argv) {
    using namespace migue::host;
    if (argc != 2) {
        std::fputs("migue-understand is started by migue: ROUTES_FILE\n", stderr);
        return cli::kCouldNotRun;
    }
    ::mallopt(M_ARENA_MAX, 1);  // one thread works
    const auto router = intents::Router::load(argv[1], {.shipped = cli::shipped_model(), .cache = {}});
    if (!router) return cli::could_not_run(router.error());
    const auto plugin = cli::ReadingPlugin::load(cli::shipped_plugin("scheduling"));
    if (!plugin) return cli::could_not_run(plugin.error());
    const auto answered = cli::answer_questions(
        **router, [&](const migue_understand_request& asked) { return (*plugin)->understand(asked); });
    return answered ? cli::kDone : cli::could_not_run(answered.error());
}
