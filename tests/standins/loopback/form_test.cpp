#include "tests/standins/loopback/form.hpp"

#include <gtest/gtest.h>

namespace migue::standins {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b1";

TEST(Form, GivesFieldsAndFiles) {
    const auto form =
        read_form(kType,
                  "--b1\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nw\r\n"
                  "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.ogg\"\r\n"
                  "Content-Type: audio/ogg\r\n\r\nOgg\r\nS\r\n--b1--\r\n");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->at("model").value, "w");
    EXPECT_EQ(form->at("file").value, "Ogg\r\nS");
    EXPECT_EQ(form->at("file").file_name, "v.ogg");
    EXPECT_EQ(form->at("file").type, "audio/ogg");
}

TEST(Form, RefusesWhatIsNone) {
    EXPECT_FALSE(read_form("application/json", "--b1--"));
    EXPECT_FALSE(read_form(kType, "no boundary"));
    EXPECT_FALSE(read_form(kType, "--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut"));
    const std::string twice = "--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    EXPECT_FALSE(read_form(kType, twice + twice + "--b1--"));
}

}  // namespace
}  // namespace migue::standins
