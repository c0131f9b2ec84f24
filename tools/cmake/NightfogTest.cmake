# nightfog_test(MODULE SOURCES a_test.cpp ... DEPS core ... [PRIVATE fmt::fmt ...] [TIMEOUT s] [RELEASE_ONLY])
#
# An executable test_MODULE, run by ctest under that name with the source folder as NIGHTFOG_SOURCE_DIR. RELEASE_ONLY keeps
# heavy statistics out of the sanitizer builds.
function(nightfog_test module)
  cmake_parse_arguments(ARG "RELEASE_ONLY" "TIMEOUT" "SOURCES;DEPS;PRIVATE" ${ARGN})
  if(ARG_RELEASE_ONLY AND (NIGHTFOG_SANITIZE_ADDRESS OR NIGHTFOG_SANITIZE_THREAD))
    return()
  endif()
  set(target test_${module})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE nightfog_test_main ${ARG_PRIVATE})
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(${target} PRIVATE nightfog_${dep})
  endforeach()
  target_compile_definitions(${target} PRIVATE NIGHTFOG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NIGHTFOG_SANITIZE_ADDRESS OR NIGHTFOG_SANITIZE_THREAD)
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")
  endif()
  add_test(NAME ${target} COMMAND ${target} --no-version --no-path-filenames)
  # Leaks in the Vulkan loader and the CPU driver are not ours to mend; everything else AddressSanitizer finds fails the test.
  set_tests_properties(${target} PROPERTIES TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/lsan.supp;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()
