#include "host/plugin_host/image.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <mutex>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace migue::host {

namespace dll = boost::dll;

namespace {

/// One loader at a time. The dynamic loader has a lock of its own, so nothing waits longer for this
/// one; but it alone is no order that the thread sanitizer can see, and an image may be mapped where
/// one that another thread closed has just been.
std::mutex& loader() {
    static std::mutex& lock = *new std::mutex;  // images kept for good outlive every static
    return lock;
}

class Library {
public:
    explicit Library(const std::filesystem::path& path) {
        const std::lock_guard lock(loader());
        // The form that takes an error_code reports everything as "Bad file descriptor" (G6).
        library_.load(boost::filesystem::path(path.string()),
                      dll::load_mode::rtld_now | dll::load_mode::rtld_local);
    }
    ~Library() { unload(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    void unload() {
        const std::lock_guard lock(loader());
        library_.unload();  // says nothing about what dlclose() did
    }

    [[nodiscard]] const void* find(const char* symbol) const {
        return library_.has(symbol) ? &library_.get<const char>(symbol) : static_cast<const char*>(nullptr);
    }

private:
    dll::shared_library library_;
};

class NativeImage final : public Image {
public:
    NativeImage(std::filesystem::path path, std::unique_ptr<Library> library)
        : path_(std::move(path)), library_(std::move(library)) {}

    Result<Descriptor> describe() override {
        auto entry = read_entry(library_->find(kEntry));
        if (!entry) return std::move(entry).error();
        entry_ = *entry;
        try {
            return read_descriptor(entry_.describe());
        } catch (...) {
            return Error{Error::Code::kInvalid, "describe() threw an exception over the border (O4)"};
        }
    }

    migue_status create(const migue_host* host, migue_str config_json, migue_diag* diag,
                        migue_plugin** out) override {
        return entry_.create(host, config_json, diag, out);
    }

    bool close() override {
        library_->unload();
        void* still_there = ::dlopen(path_.c_str(), RTLD_NOLOAD | RTLD_LAZY);
        if (still_there == nullptr) return true;
        ::dlclose(still_there);
        return false;
    }

    bool end_by_force(const std::string&) override { return false; }
    void watch(OnLoss) override {}

    [[nodiscard]] const Library* library() const noexcept { return library_.get(); }

private:
    static constexpr const char* kEntry = "migue_entry_v1";
    const std::filesystem::path path_;
    const std::unique_ptr<Library> library_;
    migue_entry entry_{};
};

}  // namespace

Result<std::unique_ptr<Image>> load_image(const std::filesystem::path& path) {
    try {
        return std::unique_ptr<Image>(new NativeImage(path, std::make_unique<Library>(path)));
    } catch (const boost::system::system_error& failure) {
        return Error{Error::Code::kInvalid, std::string("the loader refuses it: ") + failure.what()};
    }
}

void Image::leave_loaded(std::unique_ptr<Image> image) {
    if (image == nullptr || image->end_by_force("it did not end what it began")) return;
    if (const auto* native = dynamic_cast<const NativeImage*>(image.get())) keep_for_good(native->library());
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
