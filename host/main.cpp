#include <malloc.h>

#include "host/cli/cli.hpp"

int main(int argc, char** argv) {
    // glibc would make up to eight arenas a core, each keeping what its threads freed.
    mallopt(M_ARENA_MAX, 2);
    return migue::host::cli::run(argc, argv);
}
