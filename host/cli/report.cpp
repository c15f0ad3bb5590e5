#include "host/cli/report.hpp"

#include <cstdio>

namespace migue::host::cli {

int could_not_run(const Error& error) {
    const std::string line = "migue: " + error.what + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    return kCouldNotRun;
}

}  // namespace migue::host::cli
