#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "host/observe/log.hpp"

namespace migue::host::whatsapp {

/// Looks twice a second whether the file with the access token was replaced or written anew,
/// and tells the new token. A file that is away, empty or malformed changes nothing.
class TokenWatch {
public:
    /// `on_change` is called on the watch's thread. `log` must outlive it.
    TokenWatch(std::filesystem::path file, std::string token, std::function<void(std::string)> on_change,
               Log& log);
    TokenWatch(const TokenWatch&) = delete;
    TokenWatch& operator=(const TokenWatch&) = delete;
    ~TokenWatch() = default;  ///< ends the thread

private:
    void run(const std::stop_token& stop);
    void look();

    const std::filesystem::path file_;
    std::string token_;  // of the thread
    const std::function<void(std::string)> on_change_;
    Log& log_;
    std::string fault_;    // of the thread: told once
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace migue::host::whatsapp
