# Compile settings shared by every target of ours, as properties of one interface target.
add_library(migue_build_options INTERFACE)
target_compile_features(migue_build_options INTERFACE cxx_std_20)
target_compile_options(migue_build_options INTERFACE
  -Wall -Wextra -Wpedantic
  $<$<COMPILE_LANGUAGE:CXX>:-Wshadow -Wconversion -Wno-sign-conversion>
  $<$<BOOL:${MIGUE_WERROR}>:-Werror>)

if(MIGUE_SANITIZE)
  target_compile_options(migue_build_options INTERFACE -fsanitize=${MIGUE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(migue_build_options INTERFACE -fsanitize=${MIGUE_SANITIZE})
  if(MIGUE_SANITIZE MATCHES "undefined")
    target_compile_options(migue_build_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(migue_build_options INTERFACE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong)
  target_link_options(migue_build_options INTERFACE LINKER:-z,relro LINKER:-z,now)
endif()

# Every target counts its branches for the fuzzer; only the fuzz targets get its main().
if(MIGUE_FUZZ)
  target_compile_options(migue_build_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# mold and lld link the host in a fraction of the time of the default linker.
find_program(MIGUE_LINKER NAMES mold)
if(MIGUE_LINKER AND NOT MIGUE_SANITIZE)
  target_link_options(migue_build_options INTERFACE -fuse-ld=mold)
endif()
