#include "tests/standins/postgres/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace migue::standins {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// In the child: never comes back.
[[noreturn]] void become(const Account& account, std::vector<char*>& arguments, const char* log,
                         const char* folder) {
    const int output = ::open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(input, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    // Else a signal from a terminal would reach the server before it reaches the tests.
    ::setpgid(0, 0);
    if (::geteuid() == 0 && account.uid != 0 &&
        (::setgroups(0, nullptr) != 0 || ::setgid(account.gid) != 0 || ::setuid(account.uid) != 0))
        ::_exit(126);
    // After setuid, which would clear it. SIGQUIT: an immediate end, for Postgres.
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::chdir(folder) != 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

struct Process {
    char state = 'X';  // as in proc(5)
    pid_t parent = 0;
};

/// State X when there is no such process.
Process process_at(const fs::path& folder) {
    std::ifstream stat(folder / "stat");
    std::string line;
    std::getline(stat, line);
    Process process;
    const std::size_t end = line.rfind(')');  // the name before it may hold anything
    if (end == std::string::npos) return process;
    std::istringstream rest(line.substr(end + 1));
    rest >> process.state >> process.parent;
    return process;
}

}  // namespace

Account unprivileged_account() {
    if (::geteuid() != 0) return {::geteuid(), ::getegid()};
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* found = ::getpwnam(name)) return {found->pw_uid, found->pw_gid};
    throw std::runtime_error(
        "run as root, and there is neither a user postgres nor nobody to run a server as");
}

AccountFolder::AccountFolder(const Account& account) : account_(account) {
    std::string pattern = (fs::temp_directory_path() / "migue-pg-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) fail(pattern);
    path_ = pattern;
    if (::chown(pattern.c_str(), account.uid, account.gid) != 0) fail(pattern);
}

AccountFolder::~AccountFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void AccountFolder::write(const std::string& name, const std::string& text) const {
    const fs::path file = path_ / name;
    std::ofstream out(file);
    out << text;
    out.close();
    if (!out || ::chmod(file.c_str(), 0600) != 0 || ::chown(file.c_str(), account_.uid, account_.gid) != 0)
        fail(file.string());
}

pid_t spawn(const Account& account, const std::vector<std::string>& command, const fs::path& log) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const std::string file = log.string(), folder = log.parent_path().string();
    const pid_t child = ::fork();
    if (child < 0) fail("fork");
    if (child == 0) become(account, arguments, file.c_str(), folder.c_str());
    return child;
}

int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool is_alive(pid_t process) {
    return process > 0 && ::waitpid(process, nullptr, WNOHANG) == 0;
}

bool is_gone(pid_t process) {
    // A zombie that nobody collects holds nothing any more.
    const char state = process_at("/proc/" + std::to_string(process)).state;
    return state == 'X' || state == 'Z';
}

std::vector<pid_t> family(pid_t process) {
    std::multimap<pid_t, pid_t> children;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos)
            children.emplace(process_at(entry.path()).parent, std::stoi(name));
    }
    std::vector<pid_t> found{process};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto [begin, end] = children.equal_range(found[i]);
        for (auto child = begin; child != end; ++child) found.push_back(child->second);
    }
    return found;
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("looking for a free port");
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace migue::standins
