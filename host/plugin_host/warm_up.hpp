#pragma once
#include <memory>
#include <string>

#include "host/plugin_host/host_table.hpp"
#include "host/plugin_host/instance.hpp"
#include "migue/cpp/result.hpp"

namespace migue::host {

/// One turn an intent on an instance of its own of the same image, before the one that will
/// serve is made: what the first turn builds up is there, and a plugin that hangs or throws
/// is found out. Nothing leaves and nothing is stored: no HTTP address is allowed, tables are
/// in memory, log lines and numbers go nowhere.
///
/// Gives the closed host table of that instance, which must outlive the image. A create()
/// that refuses is no fault here: it will do so again, with a reason that is told. An instance
/// that does not end keeps the image for good.
[[nodiscard]] Result<std::unique_ptr<HostTable>> warm_up(Instance::Parts& parts,
                                                         const std::string& config_json,
                                                         const ServiceBackends& backends,
                                                         std::shared_ptr<HttpService> http);

}  // namespace migue::host
