#pragma once

namespace migue::host::cli {

/// The program `migue`. Exit code: 0 done, 1 findings, 2 could not run.
int run(int argc, char** argv);

}  // namespace migue::host::cli
