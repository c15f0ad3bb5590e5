#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/plugin_host/plugin_call.hpp"
#include "host/plugin_host/plugin_host.hpp"
#include "host/plugin_host/routes.hpp"

namespace migue::host {

/// One HTTP request inside one instance.
class RouteCall final : public PluginCall {
public:
    using Answered = std::function<void(PluginHttpReply)>;

    RouteCall(std::shared_ptr<Instance> instance, std::shared_ptr<Lease> lease,
              const PluginHttpRequest& request, RouteList::Match match, std::uint64_t deadline_ns,
              Answered answered);

private:
    using Fields = std::vector<std::pair<std::string, std::string>>;
    static migue_status respond(migue_route_call* call, std::int32_t status, const migue_field* headers,
                                std::size_t header_count, migue_str body) noexcept;

    [[nodiscard]] migue_status enter() override;
    [[nodiscard]] Step make_delivery(migue_status end) override;
    void explain(std::string what) override;

    const std::string method_, path_, body_, public_url_;
    const Fields params_, query_, headers_;
    const Answered answered_;
    std::vector<migue_field> raw_params_, raw_query_, raw_headers_;
    migue_route_request raw_request_{};
    migue_route_call raw_call_{};
    PluginHttpReply reply_;             // guarded by mutex_
    bool has_reply_ = false;            // guarded by mutex_
    std::vector<std::string> reasons_;  // guarded by mutex_
};

/// Whether a reply of a plugin may go out: its status, and headers that are well formed,
/// within limits and not the host's own.
[[nodiscard]] Result<void> check_route_reply(const PluginHttpReply& reply);

}  // namespace migue::host
