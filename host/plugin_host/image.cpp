#include "host/plugin_host/image.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace migue::host {

namespace dll = boost::dll;

class Image::Library : public dll::shared_library {
    using dll::shared_library::shared_library;
};

Image::Image(std::filesystem::path path, std::unique_ptr<Library> library)
    : path_(std::move(path)), library_(std::move(library)) {}

Image::~Image() = default;

Result<std::unique_ptr<Image>> Image::load(const std::filesystem::path& path) {
    try {
        // The form that takes an error_code reports everything as "Bad file descriptor" (G6).
        auto library = std::make_unique<Library>();
        library->load(boost::filesystem::path(path.string()),
                      dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        return std::unique_ptr<Image>(new Image(path, std::move(library)));
    } catch (const boost::system::system_error& failure) {
        return Error{Error::Code::kInvalid, std::string("the loader refuses it: ") + failure.what()};
    }
}

const void* Image::find(const std::string& name) const {
    return library_->has(name) ? &library_->get<const char>(name) : nullptr;
}

bool Image::close() {
    library_->unload();  // says nothing about what dlclose() did
    void* still_there = ::dlopen(path_.c_str(), RTLD_NOLOAD | RTLD_LAZY);
    if (still_there == nullptr) return true;
    ::dlclose(still_there);
    return false;
}

void Image::leave_loaded(std::unique_ptr<Image> image) {
    if (image == nullptr) return;
    keep_for_good(image->library_.get());
    keep_for_good(image.release());
}

void keep_for_good([[maybe_unused]] const void* object) {
#if defined(__SANITIZE_ADDRESS__)
    __lsan_ignore_object(object);
#endif
}

bool is_runtime_library(std::string_view name) noexcept {
    static constexpr std::string_view kRuntime[] = {
        "libc.so.",       "libm.so.",  "libstdc++.so.", "libgcc_s.so.", "ld-linux",    "libdl.so.",
        "libpthread.so.", "librt.so.", "libasan.so.",   "libubsan.so.", "libtsan.so.", "liblsan.so."};
    return std::any_of(std::begin(kRuntime), std::end(kRuntime),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

Result<void> open_for_good(const std::string& library) {
    // The handle is not kept: nothing will ever close it.
    if (::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) != nullptr) return {};
    const char* why = ::dlerror();
    return Error{Error::Code::kConfig,
                 std::string("open the library ") + (why != nullptr ? why : library.c_str())};
}

}  // namespace migue::host
