# C3: what abidiff says of two images of the border's types. Its verdict is a second opinion (it calls harmless
# and breaking edits alike "changed"), so only what it calls incompatible, and its own failure, count. It is
# silent about images without debug information: that it is there is looked at first.
foreach(image IN ITEMS ${OLDER} ${NEWER})
  execute_process(COMMAND ${READELF} --section-headers --wide ${image} OUTPUT_VARIABLE sections RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT sections MATCHES "\\.debug_info")
    message(FATAL_ERROR "${image} has no debug information: abidiff would find nothing in it")
  endif()
endforeach()
execute_process(COMMAND ${ABIDIFF} ${OLDER} ${NEWER} RESULT_VARIABLE result OUTPUT_VARIABLE report ERROR_VARIABLE report)
message("${report}")
math(EXPR bad "${result} & 11")  # 1: failed, 2: misused, 8: incompatible
if(NOT bad EQUAL 0)
  message(FATAL_ERROR "abidiff says ${result}")
endif()
