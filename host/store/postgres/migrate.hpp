#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/store/postgres/connection.hpp"

namespace migue::host::postgres {

struct Migration {
    std::string name;  ///< "<timestamp>_<what>.sql": the order of names is the order of work
    std::string sql;
};

/// What this program brings for its own tables, in order.
[[nodiscard]] std::vector<Migration> host_migrations();

/// Applies those of `migrations` that are new to this database, each in a transaction of its
/// own, in order; gives the names applied. Any number of hosts may do it at once. With nothing
/// to apply no right to create anything is needed. kConfig: a missing right, a migration that
/// the server refuses, or one after which a table of schema `migue` is not under forced
/// row-level security.
[[nodiscard]] Result<std::vector<std::string>> migrate(Connection& connection,
                                                       const std::vector<Migration>& migrations,
                                                       Deadline deadline);

/// What migrate() would apply; changes nothing.
[[nodiscard]] Result<std::vector<std::string>> pending_migrations(Connection& connection,
                                                                  const std::vector<Migration>& migrations,
                                                                  Deadline deadline);

/// The same for a plugin's own tables, in the schema of its name (which must be a name a plugin
/// may have). The first one makes the schema and the role `migue_plugin_<id>`, under which the
/// texts run and which owns what they make; forced row-level security is added where they leave
/// it out. What a text gives to the role `migue_keeper_<id>` (ALTER TABLE … OWNER TO) the plugin
/// reaches afterwards only as far as the text grants it. Role migue_host must be there: migrate()
/// first.
[[nodiscard]] Result<std::vector<std::string>> migrate_plugin(Connection& connection,
                                                              const std::string& plugin,
                                                              const std::vector<Migration>& migrations,
                                                              Deadline deadline);

}  // namespace migue::host::postgres
