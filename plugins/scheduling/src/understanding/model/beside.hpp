#pragma once
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "migue/cpp/task.hpp"

namespace scheduling::model {

/// A task that runs while its turn does something else:
///
///     Beside<Answer> answer(ask(question));   // begins now
///     auto listed = co_await calendar.list(day);
///     Answer said = co_await answer;          // waits for the rest, once
///
/// Await it before the turn ends: a turn's operations end with it. What the task refers to
/// must live until then. Steps of one turn never overlap, so nothing here is locked.
template <typename T>
class [[nodiscard]] Beside {
public:
    explicit Beside(migue::Task<T> task) : shared_(std::make_shared<Shared>()) {
        run(shared_, std::move(task));
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept {
        shared_->awaiting = awaiting;
        return !shared_->handshake.settle();
    }
    T await_resume() {
        if (shared_->failure) std::rethrow_exception(shared_->failure);
        return std::move(*shared_->value);
    }

private:
    struct Shared {
        migue::detail::Handshake handshake;
        std::coroutine_handle<> awaiting;
        std::optional<T> value;
        std::exception_ptr failure;
    };
    static migue::Detached run(std::shared_ptr<Shared> shared, migue::Task<T> task) {
        try {
            shared->value.emplace(co_await task);
        } catch (...) {  // whatever it is comes out of the await
            shared->failure = std::current_exception();
        }
        if (shared->handshake.finish()) shared->awaiting.resume();
    }

    const std::shared_ptr<Shared> shared_;
};

}  // namespace scheduling::model
