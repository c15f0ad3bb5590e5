# migue_embed(<target> NAMESPACE <ns> FILES <file>...)
#
# Compiles data files (phrases, lexicons, migrations, pages) into <target>, so that a
# plugin or the host is one file. Each becomes a `std::string_view` in <ns>, found by its
# path relative to the calling CMakeLists.txt:
#
#     #include "<ns>.embedded.hpp"
#     std::optional<std::string_view> text = <ns>::embedded("phrases/es.json");
#     for (const auto& [path, content] : <ns>::embedded_files()) …
function(migue_embed target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAMESPACE" "FILES")
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded/${arg_NAMESPACE})
  list(TRANSFORM arg_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE inputs)
  add_custom_command(
    OUTPUT ${out}.embedded.cpp ${out}.embedded.hpp
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${arg_NAMESPACE}
            -DBASE=${CMAKE_CURRENT_SOURCE_DIR} "-DFILES=${arg_FILES}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${inputs} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  # A library of its own: a command's output belongs to the folder that asked for it, the
  # target may belong to another.
  add_library(${arg_NAMESPACE}_embedded STATIC ${out}.embedded.cpp ${out}.embedded.hpp)
  target_compile_features(${arg_NAMESPACE}_embedded PUBLIC cxx_std_20)
  target_include_directories(${arg_NAMESPACE}_embedded PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  target_link_libraries(${target} PUBLIC ${arg_NAMESPACE}_embedded)
endfunction()
