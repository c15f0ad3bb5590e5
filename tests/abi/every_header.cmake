# No header of the border is missing from the list that is tested.
file(GLOB_RECURSE found RELATIVE ${INCLUDE_DIR} ${INCLUDE_DIR}/*.h ${INCLUDE_DIR}/*.hpp)
list(REMOVE_ITEM found ${HEADERS})
if(found)
  message(FATAL_ERROR "not tested alone: ${found}")
endif()
