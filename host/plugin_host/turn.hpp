#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "host/plugin_host/plugin_call.hpp"
#include "host/plugin_host/plugin_host.hpp"

namespace migue::host {

/// One turn inside one instance: collects what the plugin replies and hands it over when
/// the turn ends, or tells that it did not.
class TurnCall final : public PluginCall {
public:
    using Finished = std::function<void(TurnResult)>;

    TurnCall(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease, TurnRequest request,
             Finished finished);

    [[nodiscard]] std::string_view trace_id() const override { return request_.trace_id; }

private:
    static migue_status reply(migue_call* call, migue_str kind, migue_str body_json) noexcept;
    static migue_status set_state(migue_call* call, migue_str state_json) noexcept;
    static migue_status ask(migue_call* call, std::uint64_t ttl_ms) noexcept;
    static migue_status complete(migue_call* call, migue_status status) noexcept;
    static std::int32_t cancelled(const migue_call* call) noexcept;
    static void report(void* ctx, migue_str where, migue_str what) noexcept;

    [[nodiscard]] migue_status enter() override;
    [[nodiscard]] Step make_delivery(migue_status end) override;
    void explain(std::string what) override;

    const TurnRequest request_;
    const Finished finished_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    migue_request raw_request_{};
    migue_call raw_call_{};
    migue_diag raw_diag_{};
    TurnResult result_;  // guarded by mutex_
};

}  // namespace migue::host
