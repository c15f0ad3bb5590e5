# Run by migue_embed(): writes ${OUT}.embedded.{hpp,cpp} with the bytes of FILES.
string(REPLACE "::" "_" guard "${NAMESPACE}")
file(WRITE ${OUT}.embedded.hpp
"#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <utility>
namespace ${NAMESPACE} {
/// Files compiled into this binary, by path; they live as long as the image.
std::span<const std::pair<std::string_view, std::string_view>> embedded_files() noexcept;
std::optional<std::string_view> embedded(std::string_view path) noexcept;
}  // namespace ${NAMESPACE}
")
set(arrays "")
set(table "")
set(n 0)
foreach(path IN LISTS FILES)
  file(READ ${BASE}/${path} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char file_${n}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${path}\", {reinterpret_cast<const char*>(file_${n}), ${size}}},\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${OUT}.embedded.cpp
"#include \"${NAMESPACE}.embedded.hpp\"
namespace ${NAMESPACE} {
namespace {
${arrays}const std::pair<std::string_view, std::string_view> kFiles[] = {
${table}};
}  // namespace
std::span<const std::pair<std::string_view, std::string_view>> embedded_files() noexcept { return kFiles; }
std::optional<std::string_view> embedded(std::string_view path) noexcept {
    for (const auto& [name, content] : kFiles)
        if (name == path) return content;
    return std::nullopt;
}
}  // namespace ${NAMESPACE}
")
