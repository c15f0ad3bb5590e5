#include "host/channels/whatsapp/token_watch.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "host/config/secret_file.hpp"

namespace migue::host::whatsapp {

namespace {

constexpr std::chrono::milliseconds kLook{500};

}  // namespace

TokenWatch::TokenWatch(std::filesystem::path file, std::string token,
                       std::function<void(std::string)> on_change, Log& log)
    : file_(std::move(file)),
      token_(std::move(token)),
      on_change_(std::move(on_change)),
      log_(log),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void TokenWatch::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        never.wait_for(lock, stop, kLook, [] { return false; });
        if (!stop.stop_requested()) look();
    }
}

void TokenWatch::look() {
    auto token = config::read_secret_file(file_);
    if (!token) {
        if (std::exchange(fault_, token.error().what) != token.error().what)
            log_.warn("the access token file cannot be used; the token stays as it is",
                      {{"file", file_.native()}, {"why", fault_}});
        return;
    }
    fault_.clear();
    if (*token == token_) return;
    token_ = *token;
    log_.info("the access token was replaced", {{"file", file_.native()}});
    on_change_(std::move(token).value());
}

}  // namespace migue::host::whatsapp
