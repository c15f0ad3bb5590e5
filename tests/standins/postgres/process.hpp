#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Programs that refuse to run as root, run by tests that may be root.
namespace migue::standins {

/// Who such a program runs as: the caller, or if that is root, `postgres` or `nobody`.
struct Account {
    uid_t uid;
    gid_t gid;
};
[[nodiscard]] Account unprivileged_account();

/// A folder of its own under the temporary folder, owned by the account. Removed with it.
class AccountFolder {
public:
    explicit AccountFolder(const Account& account);
    AccountFolder(const AccountFolder&) = delete;
    AccountFolder& operator=(const AccountFolder&) = delete;
    ~AccountFolder();
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// A file the account may read and nobody else.
    void write(const std::string& name, const std::string& text) const;

private:
    const Account account_;
    std::filesystem::path path_;
};

/// Starts a program as the account, its output appended to `log`. It ends with this program, and
/// with the thread that called this.
[[nodiscard]] pid_t spawn(const Account& account, const std::vector<std::string>& command,
                          const std::filesystem::path& log);
/// Waits for it to end; its exit status, 128 + signal when it was killed.
int wait_for(pid_t process);
/// The process and all below it, itself first.
[[nodiscard]] std::vector<pid_t> family(pid_t process);
/// Whether a child of ours still runs. Collects it if it does not.
[[nodiscard]] bool is_alive(pid_t process);
/// Whether any process has ended, collected or not.
[[nodiscard]] bool is_gone(pid_t process);
[[nodiscard]] std::uint16_t free_port();
[[nodiscard]] std::string text_of(const std::filesystem::path& file);

}  // namespace migue::standins
