#include "host/intents/route_watch.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <utility>

namespace migue::host::intents {
namespace {

constexpr std::chrono::milliseconds kLook{500};

/// Differs between two states of a file, and between two files put in one place by rename.
std::string stamp_of(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return "none;";
    return fmt::format("{} {} {}.{};", facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                       facts.st_mtim.tv_nsec);
}

}  // namespace

RouteWatch::RouteWatch(std::filesystem::path routes_file, ModelFiles models,
                       std::shared_ptr<const Router> router, Events events)
    : routes_file_(std::move(routes_file)),
      models_(std::move(models)),
      events_(std::move(events)),
      router_(std::move(router)),
      done_(look()),
      thread_([this] { run(); }) {}

RouteWatch::~RouteWatch() {
    stop();
}

void RouteWatch::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_one();
    if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const Router> RouteWatch::router() const {
    const std::lock_guard lock(mutex_);
    return router_;
}

std::string RouteWatch::fault() const {
    const std::lock_guard lock(mutex_);
    return fault_;
}

std::string RouteWatch::look() const {
    std::string all;
    for (const auto& file : router()->files()) all += stamp_of(file);
    return all;
}

void RouteWatch::run() {
    std::string before = done_;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (stop_.wait_for(lock, kLook, [this] { return stopping_; })) return;
        }
        std::string now = look();
        // What differs between two looks is still being written.
        const bool settled = now == before;
        before = now;
        if (!settled || now == done_) continue;
        const auto files = router()->files();
        reload();
        // A new router may name other files: their state is what it was made from.
        done_ = router()->files() == files ? std::move(now) : look();
        before = done_;
    }
}

void RouteWatch::reload() {
    auto fresh = Router::load(routes_file_, models_);
    if (!fresh) {
        {
            const std::lock_guard lock(mutex_);
            fault_ = fresh.error().what;
        }
        events_.refused(fresh.error());
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        router_ = *fresh;
        fault_.clear();
    }
    events_.changed(**fresh);
}

}  // namespace migue::host::intents
