#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/standins/google/discovery.hpp"
#include "tests/standins/google/google.hpp"

namespace migue::standins {

/// Google's error body.
[[nodiscard]] GoogleResponse api_error(int status, const std::string& reason, const std::string& message);

/// The events of every account's primary calendar. Not thread-safe.
class Calendars {
public:
    struct Caller {
        const GoogleAccount& account;
        std::string_view if_match;
        std::int64_t now_ms;
    };

    explicit Calendars(const GoogleOptions& options) : options_(options) {}

    [[nodiscard]] GoogleResponse serve(const ApiCall& call, const Caller& caller, const Fields& query,
                                       const nlohmann::json& body);

    std::string put(const GoogleAccount& account, nlohmann::json event, std::int64_t now_ms);
    void remove(const GoogleAccount& account, const std::string& id, std::int64_t now_ms);
    [[nodiscard]] nlohmann::json events(const GoogleAccount& account) const;
    [[nodiscard]] std::vector<std::int64_t> starts(const GoogleAccount& account) const;
    [[nodiscard]] const std::vector<std::string>& mails() const { return mails_; }

private:
    struct Stored {
        nlohmann::json event;
        bool meet_pending = false;
    };
    using Calendar = std::map<std::string, Stored>;

    GoogleResponse insert(const Caller& caller, const Fields& query, nlohmann::json event);
    GoogleResponse patch(const Caller& caller, const Fields& query, const std::string& id,
                         const nlohmann::json& change);
    GoogleResponse remove_event(const Caller& caller, const Fields& query, const std::string& id);
    GoogleResponse get(const Caller& caller, const std::string& id);
    GoogleResponse list(const Caller& caller, const Fields& query);
    GoogleResponse instances(const Caller& caller, const Fields& query, const std::string& id);
    GoogleResponse free_busy(const Caller& caller, const nlohmann::json& body);
    GoogleResponse calendar_list(const Caller& caller);

    /// Single events, and the occurrences of series, as JSON; by start. Deleted ones left out.
    [[nodiscard]] std::vector<nlohmann::json> expanded(const Calendar& calendar, std::int64_t from,
                                                       std::int64_t to) const;
    [[nodiscard]] std::optional<Stored> find(Calendar& calendar, const std::string& id) const;
    void touch(nlohmann::json& event, std::int64_t now_ms);
    void make_meet(const Caller& caller, Stored& stored);
    void mail(const std::string& what, const nlohmann::json& event, const Fields& query);

    const GoogleOptions& options_;
    std::map<std::string, Calendar> calendars_;  ///< by sub
    std::vector<std::string> mails_;
    std::uint64_t version_ = 0;
};

}  // namespace migue::standins
