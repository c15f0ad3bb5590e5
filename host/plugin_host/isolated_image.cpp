#include "host/plugin_host/isolated_image.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <vector>

#include "host/plugin_host/isolated_plugin.hpp"

namespace migue::host {

namespace {

using wire::Kind;
using wire::Reader;
using wire::Writer;

constexpr std::chrono::seconds kLoadLimit{10};  // the process itself starts, and reads the file
constexpr std::chrono::seconds kPatience{1};
constexpr std::uint32_t kMaxEntries = 257;

Error broken(RunnerProcess& process, const std::string& what) {
    process.end_as_broken(what);
    return {Error::Code::kInvalid, "the plugin's process " + what};
}

/// What describe() said, put together again so that it is checked like any other. What the
/// other side had as NULL is NULL here.
class ReceivedDescriptor {
public:
    /// nullptr: there was none. False: it cannot be read.
    [[nodiscard]] bool read(Reader& in) {
        has_any_ = in.u32() != 0;
        if (!has_any_) return in.is_whole();
        raw_.struct_size = std::min<std::uint32_t>(in.u32(), sizeof raw_);
        raw_.flags = in.u32();
        raw_.id = text(in);
        raw_.version = text(in);
        raw_.config_schema = text(in);
        if (in.u32() != 0) {
            const std::uint32_t count = in.count(kMaxEntries);
            for (std::uint32_t i = 0; i < count; ++i) services_.push_back(text(in));
            services_.push_back(nullptr);
            raw_.required_services = services_.data();
        }
        raw_.intent_count = in.u64();
        if (in.u32() != 0) read_intents(in);
        raw_.max_concurrency = in.u32();
        raw_.state_write = in.u32();
        raw_.state_read_min = in.u32();
        raw_.state_read_max = in.u32();
        return in.is_whole();
    }
    [[nodiscard]] const migue_descriptor* raw() const noexcept { return has_any_ ? &raw_ : nullptr; }

private:
    const char* text(Reader& in) {
        if (in.u32() == 0) return nullptr;
        return texts_.emplace_back(in.text()).c_str();
    }
    void read_intents(Reader& in) {
        const std::uint32_t count = in.count(kMaxEntries);
        for (std::uint32_t i = 0; i < count && in.is_sound(); ++i) {
            migue_intent& intent = intents_.emplace_back();
            intent.struct_size = std::min<std::uint32_t>(in.u32(), sizeof intent);
            intent.flags = in.u32();
            intent.name = text(in);
            intent.summary = text(in);
            pointers_.push_back(intent.struct_size == 0 ? nullptr : &intent);
        }
        pointers_.resize(std::max<std::size_t>(pointers_.size(), 1));
        raw_.intents = pointers_.data();
        // One that says more than it has was cut off above the limit that is told.
        if (raw_.intent_count > pointers_.size() && raw_.intent_count < kMaxEntries) raw_.intents = nullptr;
    }

    bool has_any_ = false;
    migue_descriptor raw_{};
    std::deque<std::string> texts_;
    std::vector<const char*> services_;
    std::deque<migue_intent> intents_;
    std::vector<const migue_intent*> pointers_;
};

class IsolatedImage final : public Image {
public:
    IsolatedImage(std::shared_ptr<RunnerProcess> process, CallLimits limits)
        : process_(std::move(process)), limits_(limits) {}
    ~IsolatedImage() override { process_->close(std::chrono::milliseconds(0)); }

    Result<Descriptor> describe() override {
        const auto opened = call(Kind::kOpen, Writer().u32(wire::kVersion), kLoadLimit);
        if (!opened) return opened.error();
        Reader in(*opened);
        const bool has_entry = in.u32() != 0;
        const std::string_view told = in.text(has_entry ? sizeof(migue_entry) : 4096);
        if (!in.is_whole() || (has_entry && told.size() != sizeof(migue_entry)))
            return broken(*process_, "gave an entry that cannot be read");
        if (!has_entry) return Error{Error::Code::kInvalid, "the loader refuses it: " + std::string(told)};
        migue_entry entry{};
        std::memcpy(&entry, told.data(), sizeof entry);
        // Its functions are addresses over there: looked at, never called.
        if (auto good = read_entry(&entry); !good) return std::move(good).error();
        const auto described = call(Kind::kDescribe, Writer(), limits_.control);
        if (!described) return described.error();
        Reader description(*described);
        if (description.i32() == wire::kThrew)
            return Error{Error::Code::kInvalid, "describe() threw an exception over the border (O4)"};
        ReceivedDescriptor received;
        if (!received.read(description)) return broken(*process_, "gave a descriptor that cannot be read");
        return read_descriptor(received.raw());
    }

    migue_status create(const migue_host* host, migue_str config_json, migue_diag* diag,
                        migue_plugin** out) override {
        plugins_.push_back(std::make_shared<IsolatedPlugin>(
            process_, static_cast<std::uint32_t>(plugins_.size() + 1), host, limits_));
        return plugins_.back()->create(config_json, diag, out);
    }

    bool close() override {
        process_->close(kPatience);
        return true;
    }
    bool end_by_force(const std::string& why) override {
        process_->end(why);
        return true;
    }
    void watch(OnLoss on_loss) override { process_->on_end(std::move(on_loss)); }
    void come_forward() override { process_->come_forward(); }

private:
    [[nodiscard]] Result<std::string> call(Kind kind, const Writer& body, std::chrono::milliseconds limit) {
        // Nothing of the plugin's runs that could ask for anything.
        return process_->call(kind, body, std::chrono::steady_clock::now() + limit,
                              [](const wire::Frame&, Writer&) { return RunnerProcess::Served::kBroken; });
    }

    const std::shared_ptr<RunnerProcess> process_;
    const CallLimits limits_;
    std::vector<std::shared_ptr<IsolatedPlugin>> plugins_;
};

}  // namespace

Result<std::unique_ptr<Image>> start_isolated(const RunnerProcess::Options& options, CallLimits limits) {
    auto process = RunnerProcess::start(options);
    if (!process) return std::move(process).error();
    return std::unique_ptr<Image>(new IsolatedImage(std::move(process).value(), limits));
}

}  // namespace migue::host
