#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/config/yaml.hpp"

namespace migue::host::config {

struct Replacement {
    std::string text;
    bool is_replaced = false;         ///< at least one ${NAME} was there
    std::vector<std::string> faults;  ///< names of variables, never values
};

/// Puts the variables' values where `text` says ${NAME}; "$${" stands for "${". Values are
/// not looked at again, so a value that contains "${" stays as it is.
[[nodiscard]] Replacement replace_variables(std::string_view text, const Variables& variables);

}  // namespace migue::host::config
