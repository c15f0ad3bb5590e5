#include <dlfcn.h>

#include "migue/cpp/bench_image.hpp"

namespace migue::bench {

PluginImage::PluginImage(const std::string& file)
    : image_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL), &::dlclose), entry_(nullptr) {
    if (image_ == nullptr) throw Fault(::dlerror());
    entry_ = static_cast<const migue_entry*>(::dlsym(image_.get(), "migue_entry_v1"));
    if (entry_ == nullptr) throw Fault(file + " exports no migue_entry_v1");
}

}  // namespace migue::bench
