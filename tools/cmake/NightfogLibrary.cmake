# nightfog_library(NAME LAYER n SOURCES a.cpp ... [DEPS core ...] [PRIVATE fmt::fmt ...] [PUBLIC ...])
#
# One module of the engine: a static library `nightfog_NAME` in layer n. DEPS are modules of ours; each must lie in a strictly
# lower layer, or configuring fails here. PRIVATE and PUBLIC are third-party targets; PUBLIC only where their types show in our
# headers.
function(nightfog_library name)
  cmake_parse_arguments(ARG "" "LAYER" "SOURCES;DEPS;PRIVATE;PUBLIC" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "nightfog_library(${name}): unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  set(target nightfog_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  set_target_properties(${target} PROPERTIES NIGHTFOG_LAYER ${ARG_LAYER})
  target_link_libraries(${target} ${scope} nightfog_options ${ARG_PUBLIC})
  foreach(dep IN LISTS ARG_DEPS)
    nightfog_check_layer(${name} ${ARG_LAYER} ${dep})
    target_link_libraries(${target} ${scope} nightfog_${dep})
  endforeach()
endfunction()

function(nightfog_check_layer name layer dep)
  if(NOT TARGET nightfog_${dep})
    message(FATAL_ERROR "Module '${name}' depends on '${dep}', which is not a module declared before it.")
  endif()
  get_target_property(dep_layer nightfog_${dep} NIGHTFOG_LAYER)
  if(NOT dep_layer LESS layer)
    message(FATAL_ERROR
      "Layer violation: '${name}' (layer ${layer}) may not depend on '${dep}' (layer ${dep_layer}). "
      "A module links only strictly lower layers; see ARCHITECTURE.md.")
  endif()
endfunction()
