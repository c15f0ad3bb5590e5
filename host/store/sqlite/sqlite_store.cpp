#include "host/store/sqlite/sqlite_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <limits>
#include <random>
#include <system_error>
#include <utility>

#include "host/store/sqlite/migrate.hpp"
#include "host/store/sqlite/statements.hpp"

namespace migue::host::sqlite {

/// Held as long as this process uses the file; the kernel lets go of it when we die.
class SqliteStore::FileLock {
public:
    static Result<std::unique_ptr<FileLock>> take(const std::filesystem::path& file) {
        const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return Error{Error::Code::kConfig, file.string() + ": " + std::strerror(errno)};
        auto lock = std::unique_ptr<FileLock>(new FileLock(fd));
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
            return Error{Error::Code::kState,
                         file.string() + ": another migue is running on this store; stop it first"};
        return lock;
    }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock() { ::close(fd_); }

private:
    explicit FileLock(int fd) noexcept : fd_(fd) {}
    const int fd_;
};

namespace {

std::string new_owner() {
    std::random_device chance;
    return std::to_string(chance()) + std::to_string(chance());
}

/// The file exists with mode 0600 before SQLite opens it: people's messages are in it.
Result<void> make_private_file(const std::filesystem::path& file) {
    std::error_code failed;
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    std::filesystem::create_directories(folder, failed);
    if (failed) return Error{Error::Code::kConfig, folder.string() + ": " + failed.message()};
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return Error{Error::Code::kConfig, file.string() + ": " + std::strerror(errno)};
    ::close(fd);
    return {};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::filesystem::path& file) {
    if (auto made = make_private_file(file); !made) return std::move(made).error();
    auto lock = FileLock::take(file.string() + ".lock");
    if (!lock) return std::move(lock).error();
    try {
        std::int64_t next = 0;
        {
            Connection connection(file.string(), Connection::Mode::kWrite);
            if (auto migrated = migrate(connection); !migrated)
                return std::move(migrated).error().within(file.string());
            next = last_position(connection) + 1;
        }
        return std::unique_ptr<SqliteStore>(
            new SqliteStore(std::move(lock).value(), new_owner(), file, next));
    } catch (const SQLite::Exception& failure) {
        return Error{Error::Code::kConfig, file.string() + ": " + failure.what()};
    }
}

SqliteStore::SqliteStore(std::unique_ptr<FileLock> lock, std::string owner, const std::filesystem::path& file,
                         std::int64_t next_position)
    : lock_(std::move(lock)),
      owner_(std::move(owner)),
      next_position_(next_position),
      left_until_(next_position - 1),
      writer_(std::make_unique<Connection>(file.string(), Connection::Mode::kWrite)),
      reader_(file.string(), Connection::Mode::kRead) {}

SqliteStore::~SqliteStore() = default;

template <typename T, typename Work>
void SqliteStore::write(Work work, Done<T> done) {
    if constexpr (std::is_void_v<T>) {
        writer_.submit(std::move(work), std::move(done));
    } else {
        auto value = std::make_shared<T>();
        writer_.submit(
            [work = std::move(work), value](Connection& connection) mutable -> Result<void> {
                Result<T> result = work(connection);
                if (!result) return std::move(result).error();
                *value = std::move(result).value();
                return {};
            },
            [value, done = std::move(done)](Result<void> result) {
                if (!result) return done(std::move(result).error());
                done(std::move(*value));
            });
    }
}

template <typename T, typename Work>
Result<T> SqliteStore::write_now(Work work) {
    std::promise<Result<T>> promise;
    std::future<Result<T>> future = promise.get_future();
    write<T>(std::move(work),
             Done<T>([&promise](Result<T> result) { promise.set_value(std::move(result)); }));
    return future.get();
}

template <typename T, typename Read>
Result<T> SqliteStore::read(Read read) {
    const std::lock_guard lock(reader_mutex_);
    try {
        return read(reader_);
    } catch (const SQLite::Exception& failure) {
        return Error{Error::Code::kUnavailable, std::string("sqlite: ") + failure.what()};
    }
}

void SqliteStore::accept(std::vector<InboundMessage> messages, std::int64_t now_unix_ms,
                         Done<std::vector<Accepted>> done) {
    write<std::vector<Accepted>>(
        [this, messages = std::move(messages),
         now_unix_ms](Connection& connection) -> Result<std::vector<Accepted>> {
            std::vector<Accepted> accepted;
            accepted.reserve(messages.size());
            for (const InboundMessage& message : messages)
                accepted.push_back(insert_message(connection, message, owner_, next_position_, now_unix_ms));
            return accepted;
        },
        std::move(done));
}

// What was open when the file was opened was left by a process that is dead.
Result<Claimed> SqliteStore::claim(std::int64_t, std::size_t limit) {
    const std::int64_t turns_after = claimed_turns_until_;
    const std::int64_t replies_after = claimed_replies_until_;
    if (turns_after >= left_until_ && replies_after >= left_until_) return Claimed{};
    auto claimed = write_now<Claimed>([=, this](Connection& connection) -> Result<Claimed> {
        return Claimed{select_unsent(connection, replies_after, left_until_, limit),
                       claim_turns(connection, turns_after, left_until_, limit)};
    });
    if (!claimed) return claimed;
    claimed_turns_until_ = claimed->turns.size() < limit ? left_until_ : claimed->turns.back().sequence;
    claimed_replies_until_ = claimed->unsent.size() < limit ? left_until_ : claimed->unsent.back().sequence;
    return claimed;
}

Result<Taken> SqliteStore::take(const std::vector<std::string>&, std::int64_t) {
    return Taken{};
}

// The lock file is the sign of life here: a file has one process.
Result<void> SqliteStore::heartbeat(std::int64_t) {
    return look();
}

void SqliteStore::conversation(const std::string& conversation_id, Done<Conversation> done) {
    done(read<Conversation>([&](Connection& connection) -> Result<Conversation> {
        return select_conversation(connection, conversation_id);
    }));
}

void SqliteStore::quoted(const std::string& conversation_id, const std::string& channel_message_id,
                         Done<std::string> done) {
    done(read<std::string>([&](Connection& connection) -> Result<std::string> {
        return select_quoted(connection, conversation_id, channel_message_id);
    }));
}

void SqliteStore::join(JoinedTurn turn, std::int64_t now_unix_ms, Done<void> done) {
    write<void>(
        [turn = std::move(turn), now_unix_ms](Connection& connection) -> Result<void> {
            if (join_turn(connection, turn, now_unix_ms)) return {};
            return Error{Error::Code::kConflict,
                         "turn " + std::to_string(turn.sequence) + " or one that joins it is not open"};
        },
        std::move(done));
}

void SqliteStore::finish(FinishedTurn turn, std::int64_t now_unix_ms, Done<std::vector<OutboundReply>> done) {
    write<std::vector<OutboundReply>>(
        [this, turn = std::move(turn),
         now_unix_ms](Connection& connection) -> Result<std::vector<OutboundReply>> {
            if (!close_turn(connection, turn, now_unix_ms))
                return Error{Error::Code::kConflict,
                             "turn " + std::to_string(turn.sequence) + " was finished before"};
            keep_state(connection, turn);
            if (turn.again) put_job_again(connection, *turn.again);
            return insert_replies(connection, turn, next_position_, now_unix_ms);
        },
        std::move(done));
}

void SqliteStore::sent(const OutboundReply& reply, const std::string& channel_message_id,
                       std::int64_t now_unix_ms, Done<void> done) {
    write<void>(
        [position = reply.sequence, channel_message_id, now_unix_ms](Connection& connection) -> Result<void> {
            mark_sent(connection, position, channel_message_id, now_unix_ms);
            return {};
        },
        std::move(done));
}

void SqliteStore::postpone(const OutboundReply& reply, const std::string& why, Done<void> done) {
    write<void>(
        [reply, why](Connection& connection) -> Result<void> {
            mark_postponed(connection, reply, why);
            return {};
        },
        std::move(done));
}

void SqliteStore::bury(const OutboundReply& reply, const std::string& why, bool untold,
                       std::int64_t now_unix_ms, Done<void> done) {
    write<void>(
        [reply, why, untold, now_unix_ms](Connection& connection) -> Result<void> {
            mark_buried(connection, reply, why, untold, now_unix_ms);
            return {};
        },
        std::move(done));
}

void SqliteStore::deliveries(std::vector<Delivery> news, std::int64_t now_unix_ms,
                             Done<std::vector<DeliveryEffect>> done) {
    write<std::vector<DeliveryEffect>>(
        [news = std::move(news), now_unix_ms](Connection& connection) -> Result<std::vector<DeliveryEffect>> {
            std::vector<DeliveryEffect> effects;
            for (const Delivery& one : news)
                if (auto effect = keep_delivery(connection, one, now_unix_ms))
                    effects.push_back(std::move(*effect));
            return effects;
        },
        std::move(done));
}

void SqliteStore::put_job(Job job, Done<void> done) {
    write<void>(
        [job = std::move(job)](Connection& connection) -> Result<void> {
            upsert_job(connection, job);
            return {};
        },
        std::move(done));
}

void SqliteStore::cancel_job(const std::string& plugin, const std::string& conversation_id,
                             const std::string& key, Done<void> done) {
    write<void>(
        [plugin, conversation_id, key](Connection& connection) -> Result<void> {
            delete_job(connection, {plugin, conversation_id, key, {}, 0, 1});
            return {};
        },
        std::move(done));
}

Result<std::vector<OpenTurn>> SqliteStore::due_jobs(std::int64_t now_unix_ms, std::size_t limit) {
    const auto due = read<bool>([now_unix_ms](Connection& connection) -> Result<bool> {
        return has_due_job(connection, now_unix_ms);
    });
    if (!due) return due.error();
    if (!*due) return std::vector<OpenTurn>();
    return write_now<std::vector<OpenTurn>>(
        [this, now_unix_ms, limit](Connection& connection) -> Result<std::vector<OpenTurn>> {
            return open_due_jobs(connection, next_position_, now_unix_ms, limit);
        });
}

Result<std::vector<TranscriptLine>> SqliteStore::transcript(const std::string& conversation_id,
                                                            std::int64_t after, std::size_t limit) {
    return read<std::vector<TranscriptLine>>(
        [&](Connection& connection) -> Result<std::vector<TranscriptLine>> {
            return select_transcript(connection, conversation_id, after, limit);
        });
}

Result<std::string> SqliteStore::find_conversation(const std::string& channel, const std::string& account,
                                                   const std::string& identity) {
    return read<std::string>([&](Connection& connection) -> Result<std::string> {
        return select_conversation_id(connection, channel, account, identity);
    });
}

Result<std::string> SqliteStore::trace(const std::string& message_id) {
    return read<std::string>(
        [&](Connection& connection) -> Result<std::string> { return select_trace(connection, message_id); });
}

Result<std::vector<OutboundReply>> SqliteStore::unsent(std::size_t limit) {
    return read<std::vector<OutboundReply>>(
        [&](Connection& connection) -> Result<std::vector<OutboundReply>> {
            return select_unsent(connection, 0, std::numeric_limits<std::int64_t>::max(), limit);
        });
}

Result<void> SqliteStore::ping() {
    if (auto answers = look(); !answers || !writer_.is_failing()) return answers;
    // Reading goes on when the disk is full: only a write shows whether there is room again.
    return write_now<void>([](Connection& connection) -> Result<void> {
        connection.run("PRAGMA user_version = 0");
        return {};
    });
}

Result<void> SqliteStore::look() {
    const auto position = read<std::int64_t>(
        [](Connection& connection) -> Result<std::int64_t> { return last_position(connection); });
    if (!position) return position.error();
    return {};
}

Result<std::size_t> SqliteStore::erase_text(std::int64_t before_unix_ms, std::size_t limit) {
    return write_now<std::size_t>([=](Connection& connection) -> Result<std::size_t> {
        return erase_old_text(connection, before_unix_ms, limit);
    });
}

}  // namespace migue::host::sqlite
