#pragma once
#include "host/config/node_builder.hpp"
#include "host/config/source_text.hpp"

namespace YAML {
class Exception;
}

namespace migue::host::config {

/// Says in our words, and at the place that has to change, why yaml-cpp stopped.
void add_syntax_fault(const YAML::Exception& exception, const SourceText& source, NodeBuilder& builder);

}  // namespace migue::host::config
