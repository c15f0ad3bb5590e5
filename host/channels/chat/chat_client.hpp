#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "migue/cpp/result.hpp"

namespace migue::host::chat {

/// The other end of ChatApi: one keep-alive connection. One thread at a time.
class ChatClient {
public:
    struct Target {
        std::string base_url;  ///< "http://127.0.0.1:8080"
        std::string token;     ///< of the admin listener; "" when it asks for none
        std::string person;
    };

    /// kConfig when the address is none.
    [[nodiscard]] static Result<ChatClient> connect(Target target);
    ChatClient(ChatClient&&) noexcept;
    ChatClient& operator=(ChatClient&&) noexcept;
    ~ChatClient();

    /// The message id that the answer's lines will carry.
    [[nodiscard]] Result<std::string> send(const nlohmann::json& message);
    /// {"lines":[…]…}: what came after `position`, waiting up to `wait` for it. Each line is
    /// sure to have "position", "from" and "message_id".
    [[nodiscard]] Result<nlohmann::json> read(std::int64_t position, std::chrono::milliseconds wait);

private:
    struct Impl;
    explicit ChatClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::chat
