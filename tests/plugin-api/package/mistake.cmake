# Configures a project with one wrong call; prints what CMake says, on one line.
file(WRITE ${WORK}/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)\nproject(mistake LANGUAGES NONE)\ninclude(${MODULE})\n${CALL}\n")
execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK} -B ${WORK}/build RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(result EQUAL 0)
  message(FATAL_ERROR "it was taken")
endif()
string(REGEX REPLACE "[ \n]+" " " said "${said}")
message("${said}")
