#include "host/cli/cli.hpp"

int main(int argc, char** argv) {
    return migue::host::cli::run(argc, argv);
}
