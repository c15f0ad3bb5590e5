#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/google_accounts.hpp"
#include "accounts/link_attempts.hpp"
#include "accounts/oauth_client.hpp"
#include "accounts/people.hpp"
#include "accounts/personal_data.hpp"
#include "audit/retention.hpp"
#include "calendar/google/google_calendar.hpp"
#include "calendar/local/local_calendar.hpp"
#include "dialogue/contacts.hpp"
#include "dialogue/dialogue.hpp"
#include "migue/cpp/plugin.hpp"
#include "privacy/export_page.hpp"
#include "settings.hpp"
#include "understanding/model/second_reader.hpp"
#include "understanding/model/voice_notes.hpp"
#include "web/link_pages.hpp"
#include "web/pages.hpp"

namespace scheduling {

/// What goes into an instance besides the services.
struct Parts {
    Settings settings;
    PhraseBook book;
    Answers answers;
};

/// Turns what people write into events of their calendar. See dialogue/dialogue.hpp.
class Plugin final : public migue::Plugin {
public:
    static migue::Description describe();
    static migue::Result<std::unique_ptr<Plugin>> create(const migue::Context& context);

    Plugin(const migue::Services& services, Parts parts);
    /// Begins in the background what the first messages should not wait for.
    void warm_up();

    migue::Task<migue::TurnEnd> handle(migue::Turn& turn) override;
    [[nodiscard]] std::vector<migue::Route> routes() const override;
    migue::Task<migue::RouteReply> route(const migue::RouteRequest& request) override;
    [[nodiscard]] std::vector<migue::Migration> migrations() const override;
    [[nodiscard]] bool understands() const override { return true; }
    [[nodiscard]] migue::Result<std::string> understand(const migue::UnderstandRequest& request) override;

private:
    migue::Task<std::optional<migue::TurnEnd>> answer(migue::Turn& turn);
    /// What the turn needs and what can go on beside it: fresh tokens, the retention's job. Nothing.
    migue::Task<std::optional<migue::TurnEnd>> prepare(migue::Turn& turn);
    [[nodiscard]] migue::Task<migue::RouteReply> read_for_operator(const migue::RouteRequest& request);

    const migue::Services services_;
    const Parts parts_;
    LocalCalendar local_;
    const People people_;
    const Contacts contacts_;
    const OAuthClient oauth_;
    const GoogleAccounts accounts_;
    const LinkAttempts attempts_;
    GoogleCalendar google_;
    const CalendarChoice choice_;
    const Reminders reminders_;
    const ExportLinks export_links_;
    Calendar& calendar_;  ///< one of the two
    const PersonalData data_;
    const Retention retention_;
    const GoogleTools google_tools_;
    model::SecondReader reader_;
    model::VoiceNotes voice_notes_;
    const Tools tools_;
    const WebTools web_;
    const LinkTools links_;
    const AsideTools asides_;
};

}  // namespace scheduling
