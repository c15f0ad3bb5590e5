#pragma once
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "migue/cpp/task.hpp"

/// Tasks of one turn that wait at the same time.
namespace scheduling {

namespace detail {

template <typename T>
struct Together {
    std::vector<std::optional<T>> results;
    std::exception_ptr failure;  ///< of the last task that threw
    std::atomic<std::size_t> left{0};
    std::coroutine_handle<> waiting;

    /// True for the one that ends last.
    bool end_one() noexcept { return left.fetch_sub(1) == 1; }
};

template <typename T>
migue::Detached run_one(migue::Task<T> given, Together<T>& together, std::size_t place) {
    {
        // The task is gone before whoever waits goes on and lets go of what it refers to.
        migue::Task<T> task = std::move(given);
        try {
            together.results[place].emplace(co_await task);
        } catch (...) {  // comes out of side_by_side()
            together.failure = std::current_exception();
        }
    }
    if (together.end_one()) together.waiting.resume();
}

template <typename T>
struct Wait {
    std::vector<migue::Task<T>>& tasks;
    Together<T>& together;

    [[nodiscard]] bool await_ready() const noexcept { return tasks.empty(); }
    bool await_suspend(std::coroutine_handle<> awaiting) {
        together.waiting = awaiting;
        together.left = tasks.size() + 1;  // one for this call
        for (std::size_t i = 0; i < tasks.size(); ++i) run_one<T>(std::move(tasks[i]), together, i);
        return !together.end_one();
    }
    void await_resume() const {
        if (together.failure) std::rethrow_exception(together.failure);
    }
};

}  // namespace detail

/// Starts all of them and gives their results in order, once the last is done. What an exception
/// leaves one of them with comes out after all have ended.
template <typename T>
[[nodiscard]] migue::Task<std::vector<T>> side_by_side(std::vector<migue::Task<T>> tasks) {
    detail::Together<T> together;
    together.results.resize(tasks.size());
    detail::Wait<T> all{tasks, together};  // named: GCC 12 destroys a braced one inside co_await twice
    co_await all;
    std::vector<T> results;
    results.reserve(together.results.size());
    for (std::optional<T>& one : together.results) results.push_back(std::move(*one));
    co_return results;
}

}  // namespace scheduling
