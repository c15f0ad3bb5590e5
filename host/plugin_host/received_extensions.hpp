#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/plugin_runner/wire/lane.hpp"
#include "migue/ext/migrations.h"
#include "migue/ext/routes.h"
#include "migue/ext/understand.h"

namespace migue::host {

/// What a plugin in another process offers through extension(), put together again here.
/// Written once, by read().
class ReceivedExtensions {
public:
    /// What stands where the plugin's own functions are.
    struct Functions {
        decltype(migue_routes_v1::handle) route;
        decltype(migue_understand_v1::understand) understand;
    };

    /// False: it cannot be read.
    [[nodiscard]] bool read(wire::Reader& in, const Functions& functions);
    /// As migue_plugin.extension: valid as long as this.
    [[nodiscard]] const void* find(std::string_view id) const noexcept;

private:
    struct Route {
        migue_route raw{};
        std::string method, pattern;
    };
    struct Migration {
        migue_migration raw{};
        std::string dialect, name, sql;
    };
    void read_routes(wire::Reader& in, const Functions& functions);
    void read_migrations(wire::Reader& in);

    std::vector<std::unique_ptr<Route>> routes_;
    std::vector<const migue_route*> raw_routes_;
    std::optional<migue_routes_v1> routes_api_;
    std::optional<migue_understand_v1> understand_api_;
    std::vector<std::unique_ptr<Migration>> migrations_;
    std::vector<const migue_migration*> raw_migrations_;
    std::optional<migue_migrations_v1> migrations_api_;
};

}  // namespace migue::host
