// migue-understand: JSON lines in, what each text says about an event out. Started by `migue understand`, not
// by people: what it does not link (the store, the HTTP client and server, TLS) costs it no memory.
#include <malloc.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "host/cli/answerer.hpp"
#include "host/cli/reading_plugin.hpp"
#include "host/cli/report.hpp"
#include "host/cli/shipped.hpp"
#include "host/intents/router.hpp"
#include "migue/cpp/text.hpp"

namespace {

/// What is made on first use (stemmers, the plugin's words, the time zones) is made before anyone waits for
/// it.
void warm_up(const migue::host::intents::Router& router, migue::host::cli::ReadingPlugin& plugin) {
    for (const char* locale : {"es", "en", "pt"}) {
        const std::string_view text = "ok";
        static_cast<void>(
            router.route({.kind = "text", .text = text, .tap = {}, .locale = locale, .asked_plugin = {}}));
        std::string answer;
        static_cast<void>(plugin.understand({sizeof(migue_understand_request), 0, migue::to_c(text),
                                             migue::to_c(""), migue::to_c("UTC"), migue::to_c(locale), 0},
                                            answer));
    }
}

}  // namespace

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
    warm_up(**router, **plugin);
    const auto answered =
        cli::answer_questions(**router, [&](const migue_understand_request& asked, std::string& out) {
            return (*plugin)->understand(asked, out);
        });
    return answered ? cli::kDone : cli::could_not_run(answered.error());
}
