#include <iostream>
#include <string>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/cli/open_store.hpp"
#include "host/cli/plugin_options.hpp"
#include "host/cli/report.hpp"
#include "host/config/settings.hpp"
#include "host/observe/log.hpp"
#include "host/services/clock.hpp"
#include "host/store/postgres/migrate.hpp"
#include "host/store/sqlite/migrate.hpp"

namespace migue::host::cli {

namespace {

using namespace std::chrono_literals;

// A migration may rewrite a large table.
constexpr auto kMigrateLimit = 600s;
constexpr auto kUnload = 4s;

int print_pending(const Result<std::vector<std::string>>& pending) {
    if (!pending) return could_not_run(pending.error());
    for (const std::string& name : *pending) std::cout << name << "\n";
    return pending->empty() ? kDone : kFindings;
}

/// Plugins bring their own tables: loading them, which a start does too, brings those up to
/// date. With no lock file there are none.
Result<void> migrate_plugins(const config::Settings& settings) {
    SystemClock clock;
    Log log;
    auto host = start_plugins(settings, clock, log);
    if (!host) return std::move(host).error();
    if (*host != nullptr) (*host)->stop(kUnload);
    return {};
}

int migrate_sqlite(const config::Settings& settings, bool dry_run) {
    const auto file = sqlite_file(settings.store_url);
    if (!file) return could_not_run(file.error());
    if (dry_run) return print_pending(sqlite::pending_migrations(*file));
    // Opening the store brings it up to date, and refuses while a host runs on it.
    if (const auto store = open_store(settings.store_url); !store) return could_not_run(store.error());
    if (const auto done = migrate_plugins(settings); !done) return could_not_run(done.error());
    std::cout << file->string() << ": up to date\n";
    return kDone;
}

int migrate_postgres(const config::Settings& settings, bool dry_run) {
    const auto target = postgres::parse_url(settings.store_url);
    if (!target) return could_not_run(target.error());
    const auto deadline = std::chrono::steady_clock::now() + kMigrateLimit;
    const auto connection = postgres::Connection::open(*target, deadline);
    if (!connection) return could_not_run(connection.error());
    const auto migrations = postgres::host_migrations();
    if (dry_run) return print_pending(postgres::pending_migrations(**connection, migrations, deadline));
    const auto applied = postgres::migrate(**connection, migrations, deadline);
    if (!applied) return could_not_run(applied.error());
    for (const std::string& name : *applied) std::cout << "applied " << name << "\n";
    if (const auto done = migrate_plugins(settings); !done) return could_not_run(done.error());
    std::cout << target->shown << ": up to date\n";
    return kDone;
}

}  // namespace

int migrate(const MigrateOptions& options) {
    const auto settings = config::load_settings(options.config);
    if (!settings) return could_not_run(settings.error());
    return postgres::is_postgres_url(settings->store_url) ? migrate_postgres(*settings, options.dry_run)
                                                          : migrate_sqlite(*settings, options.dry_run);
}

}  // namespace migue::host::cli
