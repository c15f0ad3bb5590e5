# The layout of today against the golden text.
execute_process(COMMAND ${LAYOUT} OUTPUT_FILE ${WORK}/layout-1.txt RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${LAYOUT} failed: a struct has padding or a field that layout.c does not name (V4)")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${GOLDEN} ${WORK}/layout-1.txt RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${WORK}/layout-1.txt differs from ${GOLDEN}.\n"
    "A change of the border bumps MIGUE_ABI_MINOR, copies the new text there and adds a line to "
    "docs/abi-changes.md (V9).")
endif()
