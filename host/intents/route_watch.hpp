#pragma once
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "host/intents/router.hpp"

namespace migue::host::intents {

/// Holds the router that is in force, and makes a new one when routes.yaml or a file of
/// examples changes: all or nothing. While the new files are faulty the old router stays.
///
/// Training and reading run on a thread of its own. Thread-safe.
class RouteWatch {
public:
    struct Events {
        /// A new router is in force. On the watch's thread.
        std::function<void(const Router&)> changed;
        /// The changed files cannot be used; told once for each change. On the watch's thread.
        std::function<void(const Error&)> refused;
    };

    /// `router` as Router::load(routes_file, models) gave it. The events must outlive this.
    RouteWatch(std::filesystem::path routes_file, ModelFiles models, std::shared_ptr<const Router> router,
               Events events);
    RouteWatch(const RouteWatch&) = delete;
    RouteWatch& operator=(const RouteWatch&) = delete;
    ~RouteWatch();

    /// The router in force now. Whoever holds it may use it to the end.
    [[nodiscard]] std::shared_ptr<const Router> router() const;
    /// Why the files as they are now cannot be used, one fault a line; "" when router() was made
    /// from them.
    [[nodiscard]] std::string fault() const;
    /// No event comes afterwards; router() goes on to work. May be called again.
    void stop();

private:
    void run();
    void reload();
    /// Changes when one of the files does.
    [[nodiscard]] std::string look() const;

    const std::filesystem::path routes_file_;
    const ModelFiles models_;
    const Events events_;
    mutable std::mutex mutex_;
    std::condition_variable stop_;
    std::shared_ptr<const Router> router_;  // guarded by mutex_
    std::string fault_;                     // guarded by mutex_
    bool stopping_ = false;                 // guarded by mutex_
    std::string done_;                      // the state that router_ was made from; the thread's alone
    std::thread thread_;
};

}  // namespace migue::host::intents
