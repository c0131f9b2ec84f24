# nightfog_kernels(MODULE path/a.comp ...)
#
# Compiles each compute shader to SPIR-V, validates it, and writes `kernels/MODULE/a.spv.h` holding `const uint32_t kA_spv[]`
# (file name in camel case), to be included as "kernels/MODULE/a.spv.h" by the module's sources. A change in any
# included header rebuilds the kernel.
find_program(GLSLANG_VALIDATOR glslangValidator REQUIRED)
find_program(SPIRV_VAL spirv-val REQUIRED)

function(nightfog_kernels module)
  set(out_root ${CMAKE_BINARY_DIR}/generated)
  set(out_dir ${out_root}/kernels/${module})
  file(MAKE_DIRECTORY ${out_dir})
  set(headers)
  foreach(source IN LISTS ARGN)
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
    add_custom_command(
      OUTPUT ${header} ${binary}
      COMMAND ${GLSLANG_VALIDATOR} --quiet -V --target-env vulkan1.3 -g0 -I${CMAKE_SOURCE_DIR} --depfile ${binary}.d
              -o ${binary} ${CMAKE_CURRENT_SOURCE_DIR}/${source}
      COMMAND ${SPIRV_VAL} --target-env vulkan1.3 --scalar-block-layout ${binary}
      COMMAND ${GLSLANG_VALIDATOR} --quiet -V --target-env vulkan1.3 -g0 -I${CMAKE_SOURCE_DIR} --vn ${camel}_spv
              -o ${header} ${CMAKE_CURRENT_SOURCE_DIR}/${source}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source}
      DEPFILE ${binary}.d
      COMMENT "Kernel ${module}/${stem}"
      VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  add_custom_target(nightfog_${module}_kernels DEPENDS ${headers})
  if(TARGET nightfog_${module})
    add_dependencies(nightfog_${module} nightfog_${module}_kernels)
    target_include_directories(nightfog_${module} PRIVATE ${out_root})
  endif()
endfunction()
