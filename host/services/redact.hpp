#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace migue::host {

/// Takes out of a log line what must not be there: secrets of the configuration, mail
/// addresses, telephone numbers in international form. A net under the rule that plugins
/// write none of it, not a permission to. Thread-safe.
class Redactor {
public:
    /// Secrets of fewer than 6 characters are too short to tell from other text.
    explicit Redactor(std::vector<std::string> secrets = {});

    [[nodiscard]] std::string clean(std::string_view text) const;

private:
    std::vector<std::string> secrets_;  // the longest first
};

}  // namespace migue::host
