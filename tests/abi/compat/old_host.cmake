# Runs a plugin on an old host and compares what it said.
execute_process(COMMAND ${HOST} ${PLUGIN} ${TEXTS} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE complained)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "exit ${result}: ${complained}${said}")
endif()
string(REPLACE "|" "\n" wanted "${WANTED}\n")
if(NOT said STREQUAL wanted)
  message(FATAL_ERROR "said:\n${said}wanted:\n${wanted}")
endif()
