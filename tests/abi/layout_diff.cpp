// layout_diff OLDER NEWER: exit 1 with the reasons when NEWER does more than extend OLDER.
#include <fstream>
#include <iostream>
#include <iterator>

#include "layout_growth.hpp"

namespace {

bool read(const char* path, std::string& text) {
    std::ifstream in(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(in), {});
    return in && !text.empty();
}

}  // namespace

int main(int count, char** arguments) {
    std::string older, newer;
    if (count != 3 || !read(arguments[1], older) || !read(arguments[2], newer)) {
        std::cerr << "usage: layout_diff OLDER NEWER, two layout texts\n";
        return 2;
    }
    const auto faults = migue::abi::growth_faults(older, newer);
    for (const std::string& fault : faults) std::cerr << fault << '\n';
    return faults.empty() ? 0 : 1;
}
