#pragma once
#include <memory>
#include <string>

#include "migue/cpp/bench.hpp"

namespace migue::bench {

/// A plugin from its file, for tests of what ships. Must outlive every Bench with its entry.
class PluginImage {
public:
    /// Throws Fault when the file cannot be loaded or has no entry.
    explicit PluginImage(const std::string& file);

    [[nodiscard]] const migue_entry& entry() const noexcept { return *entry_; }

private:
    std::unique_ptr<void, int (*)(void*)> image_;
    const migue_entry* entry_;
};

}  // namespace migue::bench
