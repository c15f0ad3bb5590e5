#pragma once
#include <string>
#include <utility>

#include "host/plugin_runner/session.hpp"
#include "host/plugin_runner/wire/bytes.hpp"
#include "migue/plugin.h"

namespace migue::runner {

/// The plugin's file, from dlopen to the end of the process, and what it says of itself.
class PluginFile {
public:
    explicit PluginFile(std::string file) : file_(std::move(file)) {}

    /// What the host needs to decide whether it serves this entry (V2), or why there is none.
    void open(wire::Reader& in, wire::Writer& out);
    void describe(wire::Writer& out) const;
    /// As much of it as the plugin has (V3).
    [[nodiscard]] const migue_entry& entry() const noexcept { return entry_; }

private:
    const std::string file_;
    migue_entry entry_{};
};

/// What create() made: which functions it has and what it offers; kept in the instance too.
void put_plugin(Instance& instance, wire::Writer& out);

}  // namespace migue::runner
