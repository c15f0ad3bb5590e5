#include "host/plugin_host/received_extensions.hpp"

#include <utility>

#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

using wire::Reader;

// One more than the host takes, so that it is the host that refuses, and says why.
constexpr std::uint32_t kMaxRoutes = 257;
constexpr std::uint32_t kMaxMigrations = 10'000;

}  // namespace

bool ReceivedExtensions::read(Reader& in, const Functions& functions) {
    if (in.u32() != 0) read_routes(in, functions);
    const bool has_understand = in.u32() != 0;
    const bool can_understand = in.u32() != 0;
    if (has_understand)
        understand_api_ = {sizeof(migue_understand_v1), 0, can_understand ? functions.understand : nullptr};
    if (in.u32() != 0) read_migrations(in);
    return in.is_sound();
}

void ReceivedExtensions::read_routes(Reader& in, const Functions& functions) {
    const bool has_handle = in.u32() != 0;
    const std::uint32_t count = in.count(kMaxRoutes);
    for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
        auto route = std::make_unique<Route>();
        const std::uint32_t access = in.u32();
        route->method = in.text();
        route->pattern = in.text();
        route->raw = {sizeof(migue_route), access, route->method.c_str(), route->pattern.c_str()};
        raw_routes_.push_back(&route->raw);
        routes_.push_back(std::move(route));
    }
    routes_api_ = {sizeof(migue_routes_v1), 0, raw_routes_.data(), raw_routes_.size(),
                   has_handle ? functions.route : nullptr};
}

void ReceivedExtensions::read_migrations(Reader& in) {
    const std::uint32_t count = in.count(kMaxMigrations);
    for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
        auto one = std::make_unique<Migration>();
        one->dialect = in.text();
        one->name = in.text();
        one->sql = in.text();
        one->raw = {sizeof(migue_migration), 0, to_c(one->dialect), to_c(one->name), to_c(one->sql)};
        raw_migrations_.push_back(&one->raw);
        migrations_.push_back(std::move(one));
    }
    migrations_api_ = {sizeof(migue_migrations_v1), 0, raw_migrations_.data(), raw_migrations_.size()};
}

const void* ReceivedExtensions::find(std::string_view id) const noexcept {
    if (id == MIGUE_ROUTES_ID && routes_api_) return &*routes_api_;
    if (id == MIGUE_UNDERSTAND_ID && understand_api_) return &*understand_api_;
    if (id == MIGUE_MIGRATIONS_ID && migrations_api_) return &*migrations_api_;
    return nullptr;
}

}  // namespace migue::host
