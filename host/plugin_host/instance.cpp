#include "host/plugin_host/instance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/plugin_host/patient_call.hpp"
#include "host/plugin_host/safe_read.hpp"
#include "migue/cpp/text.hpp"

namespace migue::host {

namespace {

constexpr std::size_t kMaxFaults = 100;
constexpr std::size_t kMaxCaches = 16u << 20;

/// What a plugin reports through migue_diag.
class Reports {
public:
    Reports() : raw_{sizeof(migue_diag), 0, this, &Reports::take} {}
    Reports(const Reports&) = delete;
    Reports& operator=(const Reports&) = delete;
    [[nodiscard]] migue_diag* raw() noexcept { return &raw_; }
    [[nodiscard]] std::vector<ConfigFault> take_all() { return std::move(faults_); }
    [[nodiscard]] std::string text() const {
        std::string all;
        for (const ConfigFault& fault : faults_)
            all += fmt::format("{}{}{}{}", all.empty() ? "" : "; ", fault.pointer,
                               fault.pointer.empty() ? "" : ": ", fault.what);
        return all.empty() ? "no reason given" : all;
    }

private:
    static void take(void* ctx, migue_str where, migue_str what) noexcept {
        try {
            auto& faults = static_cast<Reports*>(ctx)->faults_;
            if (faults.size() >= kMaxFaults) return;
            const std::string_view pointer = to_view(where).substr(0, 500);
            const std::string_view text = to_view(what).substr(0, 1000);
            faults.push_back({is_utf8(pointer) ? std::string(pointer) : "",
                              is_utf8(text) ? std::string(text) : "(not UTF-8)"});
        } catch (const std::exception&) {
            return;  // out of memory: a reason less
        }
    }
    migue_diag raw_;
    std::vector<ConfigFault> faults_;
};

}  // namespace

Instance::Instance(Parts parts)
    : parts_(std::move(parts)),
      crash_name_(parts_.entry.id, parts_.generation->number(), parts_.entry.sha256),
      // One thread a turn that may run at once: the plugin's own bounded share (T1, T4).
      workers_(std::min<std::size_t>(parts_.descriptor.max_concurrency, parts_.max_workers)) {}

Instance::~Instance() = default;

Result<void> Instance::create(std::string_view config_json, std::vector<ConfigFault>& faults) {
    background_ = std::make_shared<BackgroundActivity>(shared_from_this());
    background_->pause();
    if (parts_.image != nullptr)
        parts_.image->watch([weak = weak_from_this()](const std::string& why) {
            if (const auto self = weak.lock()) self->lose(why);
        });
    struct Creation {
        const std::string config_json;
        Reports reports;
        migue_plugin* made = nullptr;
        migue_status status = MIGUE_E_INTERNAL;
    };
    const auto creation = std::make_shared<Creation>(std::string(config_json));
    const auto called = call_control("create()", [this, creation] {
        const Activity::Scope scope(*background_);
        creation->status = parts_.code->create(parts_.table->raw(), to_c(creation->config_json),
                                               creation->reports.raw(), &creation->made);
    });
    // Also after a failure: what create() began gets its done() before the image is closed.
    background_->resume();
    if (!called) return called;
    if (const migue_status status = creation->status; status != MIGUE_OK) {
        const std::string why = creation->reports.text();
        faults = creation->reports.take_all();
        return to_error(status < 0 ? status : MIGUE_E_INTERNAL, "create() refuses: " + why);
    }
    auto api = read_plugin(creation->made);
    if (!api) return std::move(api).error();
    api_ = std::move(api).value();
    plugin_ = creation->made;
    return read_extensions();
}

Result<void> Instance::call_control(std::string_view what, std::function<void()> call_plugin) {
    const auto stuck = [&] {
        return Error{Error::Code::kDeadline,
                     fmt::format("{} did not return within {} ms (T4)", what, parts_.control_limit.count())};
    };
    if (is_stuck_) return stuck();  // two control calls never overlap (T1)
    const auto returned = std::make_shared<bool>(false);
    const auto run = [self = shared_from_this(), returned, call_plugin = std::move(call_plugin)] {
        *returned = self->call(call_plugin);
    };
    // A process of its own has limits of its own, and can be ended.
    if (parts_.entry.isolation == LockEntry::Isolation::kProcess)
        run();
    else if (!ends_within(parts_.control_limit, run)) {
        is_stuck_ = true;
        warn("the plugin does not come back; it is not called again from the control thread", what);
        return stuck();
    }
    if (const std::string why = loss(); !why.empty())
        return Error{Error::Code::kUnavailable,
                     fmt::format("{}: the plugin's process is over: {}", what, why)};
    if (*returned) return {};
    return Error{Error::Code::kInternal, std::string(what) + " threw an exception over the border (O4)"};
}

Result<const void*> Instance::extension(const char* id) {
    const auto found = std::make_shared<const void*>(nullptr);
    if (api_.extension == nullptr) return *found;
    const auto called =
        call_control("extension()", [this, found, id] { *found = api_.extension(plugin_, id); });
    if (!called) return called.error();
    return *found;
}

Result<void> Instance::read_extensions() {
    const auto routes_raw = extension(MIGUE_ROUTES_ID);
    if (!routes_raw) return routes_raw.error();
    if (*routes_raw != nullptr) {
        auto routes = RouteList::read(static_cast<const migue_routes_v1*>(*routes_raw));
        if (!routes) return std::move(routes).error();
        routes_ = std::move(routes).value();
        routes_api_ = *safe_struct<migue_routes_v1>(*routes_raw, 32);
    }
    const auto understand_raw = extension(MIGUE_UNDERSTAND_ID);
    if (!understand_raw) return understand_raw.error();
    if (*understand_raw != nullptr) {
        understand_api_ = safe_struct<migue_understand_v1>(*understand_raw, 16);
        if (!understand_api_ || understand_api_->understand == nullptr)
            return Error{Error::Code::kInvalid, "migue.understand/1 cannot be read"};
    }
    const auto migrations_raw = extension(MIGUE_MIGRATIONS_ID);
    if (!migrations_raw) return migrations_raw.error();
    migrations_ = static_cast<const migue_migrations_v1*>(*migrations_raw);
    return {};
}

Result<void> Instance::check_health() {
    if (api_.health == nullptr) return {};
    struct Health {
        Reports reports;
        migue_status status = MIGUE_E_INTERNAL;
    };
    const auto health = std::make_shared<Health>();
    const auto called = call_control(
        "health()", [this, health] { health->status = api_.health(plugin_, health->reports.raw()); });
    if (!called) return called;
    if (health->status == MIGUE_OK) return {};
    return to_error(health->status < 0 ? health->status : MIGUE_E_INTERNAL,
                    "health() fails: " + health->reports.text());
}

Result<void> Instance::migrate() {
    if (migrations_ == nullptr) return {};
    const auto applied = parts_.table->grant().tables->migrate(*migrations_);
    if (!applied) return Error(applied.error()).within("migrations");
    for (const std::string& name : *applied)
        parts_.table->backends().log.info("migration applied",
                                          {{"plugin", parts_.entry.id}, {"migration", name}});
    return {};
}

std::optional<std::string> Instance::export_state() {
    if (plugin_ == nullptr || api_.export_state == nullptr) return std::nullopt;
    struct Caches {
        std::string bytes;
        bool is_too_much = false;
        migue_status status = MIGUE_E_INTERNAL;
        migue_sink sink{};
    };
    const auto caches = std::make_shared<Caches>();
    caches->sink = {sizeof(migue_sink), 0, caches.get(),
                    [](void* ctx, const void* data, std::size_t size) noexcept {
                        auto& into = *static_cast<Caches*>(ctx);
                        if (size > kMaxCaches - into.bytes.size()) into.is_too_much = true;
                        if (into.is_too_much) return migue_status{MIGUE_E_INVALID};
                        try {
                            into.bytes.append(static_cast<const char*>(data), size);
                        } catch (const std::exception&) {
                            into.is_too_much = true;  // out of memory
                        }
                        return migue_status{into.is_too_much ? MIGUE_E_INTERNAL : MIGUE_OK};
                    }};
    const auto called = call_control(
        "export_state()", [this, caches] { caches->status = api_.export_state(plugin_, &caches->sink); });
    if (!called) return std::nullopt;
    if (caches->is_too_much) warn("export_state() is left out", "it gave over 16 MiB");
    if (caches->status != MIGUE_OK || caches->is_too_much) return std::nullopt;
    return std::move(caches->bytes);
}

Result<void> Instance::import_state(std::uint32_t version, std::string_view state) {
    if (api_.import_state == nullptr) return {};
    const auto status = std::make_shared<migue_status>(MIGUE_E_INTERNAL);
    const auto called = call_control("import_state()", [this, status, version, state = std::string(state)] {
        *status = api_.import_state(plugin_, version, to_c(state));
    });
    if (!called) return called;
    if (*status == MIGUE_OK || *status == MIGUE_E_UNSUPPORTED) return {};
    return to_error(*status < 0 ? *status : MIGUE_E_INTERNAL,
                    "import_state() refuses what the active one exported");
}

void Instance::quiesce(std::chrono::nanoseconds limit) {
    parts_.generation->retire();
    if (plugin_ != nullptr && api_.quiesce != nullptr) {
        const auto now = parts_.table->backends().clock.monotonic_ns();
        const std::uint64_t deadline = now + static_cast<std::uint64_t>(limit.count());
        static_cast<void>(call_control("quiesce()", [this, deadline] {
            const Activity::Scope scope(*background_);
            static_cast<void>(api_.quiesce(plugin_, deadline));
        }));
    }
    // Its own timers would hold the generation for as long as they like.
    if (background_ != nullptr) background_->cancel();
}

void Instance::cancel_all() {
    if (background_ != nullptr) background_->cancel();
    for (const auto& activity : activities()) activity->cancel();
}

bool Instance::close() {
    if (!is_stuck_) workers_.stop();  // also ends the threads' own storage in the image, while it is there
    if (plugin_ != nullptr) static_cast<void>(call_control("destroy()", [this] { api_.destroy(plugin_); }));
    if (is_stuck_) {
        abandon();
        return false;
    }
    plugin_ = nullptr;
    parts_.table->close();
    background_.reset();
    {
        // Turns the plugin never ended: their calls were kept for it until here.
        const std::lock_guard lock(mutex_);
        activities_.clear();
    }
    if (parts_.image == nullptr) return true;
    const bool unloaded = parts_.image->close();
    parts_.file.reset();
    // A mapped image may call its host table as late as at the end of the process.
    if (!unloaded) {
        keep_for_good(parts_.table.release());
        keep_for_good(parts_.warm_table.release());
    }
    return unloaded;
}

bool Instance::discard() {
    constexpr std::chrono::seconds kPatience{5};
    quiesce(kPatience);
    const bool is_idle = is_stuck_ || parts_.generation->drain(std::chrono::steady_clock::now() + kPatience);
    const bool is_gone = is_idle && close();
    const bool is_over = is_idle && !is_stuck_;
    if (!is_idle) {
        warn("candidate abandoned", "it did not end what it began");
        abandon();
    }
    if (!is_gone && parts_.on_leftover)
        parts_.on_leftover(is_over ? Leftover::kPinned : Leftover::kAbandoned);
    return is_over;
}

void Instance::abandon() {
    for (const auto& activity : activities()) activity->abandon();
    parts_.table->close();
    parts_.file.reset();  // what is mapped stays mapped without it
    workers_.abandon();
    // Kept for good: code of the image may still be running, and it may come back to us.
    keep_for_good(new std::shared_ptr<Instance>(shared_from_this()));
}

void Instance::adopt(std::shared_ptr<Activity> activity) {
    const std::lock_guard lock(mutex_);
    const Activity* key = activity.get();
    activities_.emplace(key, std::move(activity));
}

void Instance::forget(const Activity& activity) {
    std::shared_ptr<Activity> last;  // goes without the lock
    const std::lock_guard lock(mutex_);
    const auto found = activities_.find(&activity);
    if (found == activities_.end()) return;
    last = std::move(found->second);
    activities_.erase(found);
}

std::vector<std::shared_ptr<Activity>> Instance::activities() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Activity>> all;
    all.reserve(activities_.size());
    for (const auto& [key, activity] : activities_) all.push_back(activity);
    return all;
}

void Instance::post(TaskPool::Task task) {
    // Refused only after close() or abandon(): nothing is left then that would run it.
    static_cast<void>(workers_.post(std::move(task)));
}

void Instance::cancel_operation(std::uint64_t operation) {
    for (const auto& activity : activities())
        if (activity->cancel(operation)) return;
    if (const auto background = background_) background->cancel(operation);
}

void Instance::quarantine() noexcept {
    if (quarantined_.exchange(true)) return;
    parts_.generation->retire();
    warn("plugin quarantined", "it let an exception out over the border (O4)");
}

void Instance::lose(const std::string& why) {
    {
        const std::lock_guard lock(mutex_);
        loss_ = why;
    }
    quarantined_ = true;
    parts_.generation->retire();
    warn("the plugin's process is over", why);
    if (parts_.on_loss) parts_.on_loss();
}

std::string Instance::loss() const {
    const std::lock_guard lock(mutex_);
    return loss_;
}

bool Instance::end_by_force(const std::string& why) {
    return parts_.image != nullptr && parts_.image->end_by_force(why);
}

void Instance::warn(std::string_view message, std::string_view why) const {
    if (parts_.table == nullptr || parts_.table->is_closed()) return;
    const std::string generation = std::to_string(number());
    parts_.table->backends().log.warn(
        message, {{"plugin", parts_.entry.id}, {"generation", generation}, {"why", why}});
}

}  // namespace migue::host
