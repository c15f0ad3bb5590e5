#pragma once
#include <atomic>
#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace migue {

template <typename T>
class Task;

namespace detail {

/// Decides who goes on when work may finish before or after the call that started it, on
/// this thread or another. Exactly one of the two is told to. It also keeps the stack flat:
/// work that finishes at once is not gone on with from inside itself, which optimised
/// symmetric transfer would give as well, but unoptimised and sanitizer builds do not.
class Handshake {
public:
    /// The work is done. True: the starter has already left it, so go on from here. False:
    /// the starter will, and may destroy *this at once.
    [[nodiscard]] bool finish() noexcept { return state_.exchange(kFinished) == kPending; }
    /// The starter is about to leave. True: the work is already done, go on with it. False:
    /// whoever finishes it will, and may destroy *this at once.
    [[nodiscard]] bool settle() noexcept { return state_.exchange(kPending) == kFinished; }

private:
    enum : int { kStarting, kPending, kFinished };
    std::atomic<int> state_{kStarting};
};

struct TaskPromiseBase {
    std::coroutine_handle<> continuation;
    std::exception_ptr failure;
    Handshake handshake;

    struct Finish {
        bool await_ready() const noexcept { return false; }
        template <typename Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
            Promise& promise = done.promise();
            const std::coroutine_handle<> next = promise.continuation;
            return promise.handshake.finish() ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    Finish final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <typename T>
struct TaskPromise : TaskPromiseBase {
    std::optional<T> value;
    Task<T> get_return_object() noexcept;
    template <typename U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        if (failure) std::rethrow_exception(failure);
        return std::move(*value);
    }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const {
        if (failure) std::rethrow_exception(failure);
    }
};

}  // namespace detail

/// Work that can wait without holding a thread: a coroutine that starts when awaited and
/// resumes whoever awaited it when it is done.
///
///     Task<Result<Event>> find(Services& services, std::string id) {
///         auto answer = co_await services.http.send({.method = "GET", .url = …});
///         if (!answer) co_return std::move(answer).error();
///         …
///     }
///
/// Parameters that are references must outlive the task: await it where it is made. An
/// exception ends the task and comes out of co_await; it never leaves the plugin.
template <typename T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromise<T>;

    explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&&) = delete;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
        promise_type& promise = handle_.promise();
        promise.continuation = awaiting;
        handle_.resume();
        return !promise.handshake.settle();
    }
    T await_resume() { return handle_.promise().take(); }

private:
    std::coroutine_handle<promise_type> handle_;
};

template <typename T>
Task<T> detail::TaskPromise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> detail::TaskPromise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

/// A coroutine that runs at once and owns itself: the bottom of a chain of tasks. What it
/// awaits must not let exceptions out.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace migue
