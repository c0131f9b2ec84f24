# cmake -DSOURCE_DIR=… -DCOMPILER=… -DOUTPUT=….cpp -P ProgramDigest.cmake
#
# Hashes the sources that make what is written, each time anything is built; the file changes only when they do.
set(text "compiler ${COMPILER}\n")
foreach(folder engine sensors exporters)
  file(GLOB_RECURSE files RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/${folder}/*.cpp ${SOURCE_DIR}/${folder}/*.hpp ${SOURCE_DIR}/${folder}/*.h
    ${SOURCE_DIR}/${folder}/*.comp ${SOURCE_DIR}/${folder}/*.glsl ${SOURCE_DIR}/${folder}/*.proto)
  list(SORT files)
  foreach(file IN LISTS files)
    file(SHA256 ${SOURCE_DIR}/${file} digest)
    string(APPEND text "${digest} ${file}\n")
  endforeach()
endforeach()
string(SHA256 digest "${text}")
set(code "#include \"tools/farm/program_digest.hpp\"\nnamespace nightfog::farm {\nstd::string programDigest() {\n  return \"${digest}\";\n}\n}  // namespace nightfog::farm\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL code)
  file(WRITE ${OUTPUT} "${code}")
endif()
