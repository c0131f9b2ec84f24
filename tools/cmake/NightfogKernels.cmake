# nightfog_kernels(MODULE [NAMES] path/a.comp ...)
#
# Compiles each compute shader to SPIR-V, validates it, and writes `kernels/MODULE/a.spv.h` holding `const uint32_t kA_spv[]`
# (file name in camel case), to be included as "kernels/MODULE/a.spv.h" by the sources of the target nightfog_MODULE or, in tests,
# of the target MODULE itself. A change in any included header rebuilds the kernel. NAMES keeps the names of variables and members
# in the SPIR-V, for reflection and debuggers. To be called in the folder that makes the target, as often as it likes.
find_program(GLSLANG_VALIDATOR glslangValidator REQUIRED)
find_program(SPIRV_VAL spirv-val REQUIRED)

function(nightfog_kernels module)
  cmake_parse_arguments(ARG "NAMES" "" "" ${ARGN})
  set(compile ${GLSLANG_VALIDATOR} --quiet -V --target-env vulkan1.3 -I${CMAKE_SOURCE_DIR})
  if(NOT ARG_NAMES)
    list(APPEND compile -g0)
  endif()
  set(out_root ${CMAKE_BINARY_DIR}/generated)
  set(out_dir ${out_root}/kernels/${module})
  file(MAKE_DIRECTORY ${out_dir})
  set(headers)
  foreach(source IN LISTS ARG_UNPARSED_ARGUMENTS)
    get_filename_component(stem ${source} NAME_WE)
    string(REPLACE "_" ";" words ${stem})
    set(camel "k")
    foreach(word IN LISTS words)
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND camel ${first}${rest})
    endforeach()
    set(header ${out_dir}/${stem}.spv.h)
    set(binary ${out_dir}/${stem}.spv)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    # The binary comes first among the outputs: Ninja compares the first with the target that the depfile names.
    add_custom_command(
      OUTPUT ${binary} ${header}
      COMMAND ${compile} --depfile ${binary}.d -o ${binary} ${source}
      COMMAND ${SPIRV_VAL} --target-env vulkan1.3 --scalar-block-layout ${binary}
      COMMAND ${compile} --vn ${camel}_spv -o ${header} ${source}
      DEPENDS ${source}
      DEPFILE ${binary}.d
      COMMENT "Kernel ${module}/${stem}"
      VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  set(target nightfog_${module})
  if(NOT TARGET ${target})
    set(target ${module})
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "nightfog_kernels(${module}): there is neither a target nightfog_${module} nor ${module}")
  endif()
  target_sources(${target} PRIVATE ${headers})
  target_include_directories(${target} PRIVATE ${out_root})
endfunction()
