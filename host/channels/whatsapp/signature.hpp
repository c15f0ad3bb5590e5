#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace migue::host::whatsapp {

/// Checks X-Hub-Signature-256: HMAC-SHA256 of the raw body under the app secret.
///
/// Accepts exactly "sha256=" and 64 lower-case hexadecimal digits; the older sha1 form
/// never. Without a secret nothing is accepted. Thread-safe: each check borrows a keyed
/// context, so that the key is scheduled once for each thread and not for each message.
class SignatureCheck {
public:
    explicit SignatureCheck(std::string_view app_secret);
    SignatureCheck(const SignatureCheck&) = delete;
    SignatureCheck& operator=(const SignatureCheck&) = delete;
    ~SignatureCheck();

    [[nodiscard]] bool accepts(std::string_view header, std::string_view body) const;
    /// The header for a body: what tests and stand-ins sign with. "" without a secret.
    [[nodiscard]] std::string sign(std::string_view body) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace migue::host::whatsapp
