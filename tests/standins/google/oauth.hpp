#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/standins/google/discovery.hpp"
#include "tests/standins/google/google.hpp"

namespace migue::standins {

inline constexpr std::string_view kScopeBase = "https://www.googleapis.com/auth/";

/// Accounts, grants and tokens. Not thread-safe.
class OAuth {
public:
    struct Bearer {
        std::string sub;
        std::vector<std::string> scopes;
    };

    explicit OAuth(const GoogleOptions& options) : options_(options) {}

    void add(GoogleAccount account) { accounts_.push_back(std::move(account)); }
    [[nodiscard]] const GoogleAccount* find_email(std::string_view email) const;
    [[nodiscard]] const GoogleAccount* find_sub(std::string_view sub) const;
    /// Whose refresh token it is.
    [[nodiscard]] const GoogleAccount* find_token(std::string_view refresh_token) const;

    /// GET of the consent page.
    [[nodiscard]] GoogleResponse page(const Fields& query) const;
    /// POST of its form: 303 to the client.
    [[nodiscard]] GoogleResponse decide(const Fields& form, std::int64_t now_ms);
    [[nodiscard]] GoogleResponse token(const Fields& form, std::int64_t now_ms);
    [[nodiscard]] GoogleResponse revoke(const Fields& form);
    [[nodiscard]] GoogleResponse userinfo(std::string_view authorization, std::int64_t now_ms) const;

    [[nodiscard]] std::optional<Bearer> bearer(std::string_view authorization, std::int64_t now_ms) const;
    void remove_grants(std::string_view sub);
    void expire_access_tokens();
    [[nodiscard]] std::size_t live_refresh_tokens(std::string_view sub) const;

private:
    struct Code {
        std::string sub, redirect_uri, challenge;
        std::vector<std::string> scopes;
        bool offline = false;
        std::int64_t until_ms = 0;
    };
    struct Access {
        std::string sub;
        std::vector<std::string> scopes;
        std::int64_t until_ms = 0;
    };
    struct Refresh {
        std::string sub;
        std::vector<std::string> scopes;
        std::int64_t until_ms = 0;  ///< 0: no end
        std::uint64_t number = 0;
    };

    [[nodiscard]] std::string request_fault(const Fields& query) const;
    [[nodiscard]] GoogleResponse exchange(const Fields& form, std::int64_t now_ms);
    [[nodiscard]] GoogleResponse refresh(const Fields& form, std::int64_t now_ms);
    [[nodiscard]] GoogleResponse grant(const std::string& sub, const std::vector<std::string>& scopes,
                                       const std::string& refresh_token, std::int64_t now_ms);
    [[nodiscard]] std::string new_refresh(const std::string& sub, const std::vector<std::string>& scopes,
                                          std::int64_t now_ms);
    [[nodiscard]] std::string secret(std::string_view prefix);

    const GoogleOptions& options_;
    std::vector<GoogleAccount> accounts_;
    std::map<std::string, Code, std::less<>> codes_;
    std::map<std::string, Access, std::less<>> access_;
    std::map<std::string, Refresh, std::less<>> refresh_;
    std::map<std::string, bool, std::less<>> consented_;  ///< by sub
    std::uint64_t made_ = 0;
};

[[nodiscard]] GoogleResponse json_answer(int status, const nlohmann::json& body);

}  // namespace migue::standins
