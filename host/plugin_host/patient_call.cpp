#include "host/plugin_host/patient_call.hpp"

#include <future>
#include <thread>
#include <utility>

namespace migue::host {

bool ends_within(std::chrono::milliseconds limit, std::function<void()> task) {
    std::promise<void> promise;
    const std::future<void> ended = promise.get_future();
    std::thread thread([task = std::move(task), promise = std::move(promise)]() mutable {
        task();
        task = nullptr;  // what it holds goes before anybody who waits goes on
        promise.set_value();
    });
    if (ended.wait_for(limit) == std::future_status::ready) {
        thread.join();
        return true;
    }
    thread.detach();
    return false;
}

}  // namespace migue::host
