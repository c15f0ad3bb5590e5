# migue_add_plugin(<id> SOURCES <file>... [LIBRARIES <target>...])
#
# <id>.so in <build>/plugins, exporting the entry and nothing else, with every flag that
# lets it be unloaded again (PLUGIN_ABI H1, H11, H12). `plugin.exports` names the one global
# symbol; all else is local. Works from the source tree and from an installed package.
set(MIGUE_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/plugin.exports)

function(migue_add_plugin id)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  if(NOT id MATCHES "^[A-Za-z][A-Za-z0-9_]*$")
    message(FATAL_ERROR "migue_add_plugin(${id}): expected the plugin's id, [a-z][a-z0-9_]{0,31}, as in describe()")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "migue_add_plugin(${id}): '${arg_UNPARSED_ARGUMENTS}' belongs to nothing, expected "
      "migue_add_plugin(<id> SOURCES <file>... [LIBRARIES <target>...])")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "migue_add_plugin(${id}): no SOURCES, expected "
      "migue_add_plugin(<id> SOURCES <file>... [LIBRARIES <target>...])")
  endif()
  add_library(migue_plugin_${id} MODULE ${arg_SOURCES})
  # All plugins of a project, and nothing else of it.
  if(NOT TARGET migue_plugins)
    add_custom_target(migue_plugins)
  endif()
  add_dependencies(migue_plugins migue_plugin_${id})
  target_link_libraries(migue_plugin_${id} PRIVATE migue::plugin_api ${arg_LIBRARIES})
  set_target_properties(migue_plugin_${id} PROPERTIES
    OUTPUT_NAME ${id} PREFIX "" NO_SONAME ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${MIGUE_PLUGIN_EXPORTS}")
  target_compile_options(migue_plugin_${id} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(migue_plugin_${id} PRIVATE
    "LINKER:--version-script=${MIGUE_PLUGIN_EXPORTS}" LINKER:-z,now LINKER:--as-needed)
  # Clang's sanitizer runtimes leave symbols to the executable, so -z defs cannot hold there.
  if(NOT (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND MIGUE_SANITIZE))
    target_link_options(migue_plugin_${id} PRIVATE LINKER:-z,defs)
  endif()
endfunction()
