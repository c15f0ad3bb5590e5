#pragma once
#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace migue::host::test {

/// A TCP proxy in front of a server, as a network that fails at the worst moment: a statement
/// arrives and is carried out, and the answer is lost with the connection. Loopback, one thread
/// a connection.
class LossyProxy {
public:
    explicit LossyProxy(std::uint16_t server_port);
    LossyProxy(const LossyProxy&) = delete;
    LossyProxy& operator=(const LossyProxy&) = delete;
    ~LossyProxy();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The answer to the next statement that contains `words` is lost. `then_gone`: and nobody
    /// connects any more until come_back().
    void lose_answer_to(const std::string& words, bool then_gone = false);
    void come_back() { is_gone_ = false; }
    [[nodiscard]] int lost() const { return lost_; }

private:
    void listen();
    void carry(int client);
    /// Whether this is what lose_answer_to() waits for; then it waits no longer.
    bool is_the_one(const std::string& bytes);

    const std::uint16_t server_port_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> is_gone_{false}, is_stopping_{false};
    std::atomic<int> lost_{0};
    std::mutex mutex_;
    std::string words_;       // guarded by mutex_
    bool then_gone_ = false;  // guarded by mutex_
    std::thread thread_;
    std::list<std::thread> carriers_;  // of thread_, until it has ended
};

}  // namespace migue::host::test
