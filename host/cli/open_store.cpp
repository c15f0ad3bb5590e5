#include "host/cli/open_store.hpp"

#include <string_view>

#include "host/store/postgres/postgres_store.hpp"
#include "host/store/postgres/target.hpp"
#include "host/store/sqlite/sqlite_store.hpp"

namespace migue::host::cli {

Result<std::filesystem::path> sqlite_file(const std::string& url) {
    constexpr std::string_view kScheme = "sqlite:";
    if (url.starts_with(kScheme)) return std::filesystem::path(url.substr(kScheme.size()));
    return Error{Error::Code::kUnsupported, "store.url: expected sqlite:PATH"};
}

Result<std::unique_ptr<Store>> open_store(const std::string& url) {
    if (postgres::is_postgres_url(url)) {
        auto store = postgres::PostgresStore::open(url);
        if (!store) return std::move(store).error();
        return std::unique_ptr<Store>(std::move(store).value());
    }
    auto file = sqlite_file(url);
    if (!file) return std::move(file).error();
    auto store = sqlite::SqliteStore::open(*file);
    if (!store) return std::move(store).error().within("store.url");
    return std::unique_ptr<Store>(std::move(store).value());
}

}  // namespace migue::host::cli
