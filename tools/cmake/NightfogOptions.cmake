# Compile options that every target of ours shares. Third-party headers are system headers and are not held to them.
add_library(nightfog_options INTERFACE)
target_include_directories(nightfog_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(nightfog_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2
  # a*b+c rounds twice everywhere: the same bytes whether or not the host has fused multiply-add
  -ffp-contract=off)

# In a unity build each file is included: what it keeps in an anonymous namespace looks like a header's to GCC.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(nightfog_options INTERFACE -Wno-subobject-linkage)
endif()
# With sanitizers, GCC 12 takes variants and regular expressions for uninitialised.
if((NIGHTFOG_SANITIZE_ADDRESS OR NIGHTFOG_SANITIZE_THREAD) AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(nightfog_options INTERFACE -Wno-maybe-uninitialized)
endif()
if(NIGHTFOG_SANITIZE_ADDRESS)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(NIGHTFOG_SANITIZE_THREAD)
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
