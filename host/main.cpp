#include <malloc.h>

#include "host/cli/cli.hpp"
#include "host/plugin_host/background.hpp"

int main(int argc, char** argv) {
    // glibc would make up to eight arenas a core, each keeping what its threads freed, and would
    // keep more at the end of the heap the larger the blocks are that were freed.
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    migue::host::answer_promptly();
    return migue::host::cli::run(argc, argv);
}
