# cmake -DHEADERS=a.h|b.h -DKERNEL=layout.comp -DTABLE=layout_table.inc -P layout.cmake
#
# Reads every struct out of the shared headers, and writes a kernel that stores each through a buffer reference and a C++ table
# of offsets and sizes. A new struct is so in the layout test without anyone's doing.
string(REPLACE "|" ";" headers "${HEADERS}")
set(includes)
set(references)
set(pointers)
set(uses)
set(table)
foreach(header IN LISTS headers)
  string(APPEND includes "#include \"engine/shared/${header}\"\n")
  file(READ ${SHARED}/${header} text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REPLACE ";" "@" text "${text}") # ; would split CMake's lists
  string(REGEX MATCHALL "struct[ \n]" words "${text}")
  string(REGEX MATCHALL "struct +[A-Za-z0-9_]+ *{[^{}]*}@" structs "${text}")
  list(LENGTH words expected)
  list(LENGTH structs found)
  if(NOT found EQUAL expected)
    message(FATAL_ERROR "engine/shared/${header}: ${expected} structs, of which ${found} read 'struct Name { members };'")
  endif()
  foreach(struct IN LISTS structs)
    string(REGEX MATCH "struct +([A-Za-z0-9_]+) *{([^}]*)}" whole "${struct}")
    set(name ${CMAKE_MATCH_1})
    string(REGEX REPLACE "\\[[^]]*\\]" "" body "${CMAKE_MATCH_2}")
    string(REGEX MATCHALL "[A-Za-z0-9_]+ *[,@]" members "${body}")
    string(APPEND references "layout(buffer_reference, scalar) buffer ${name}Ref { ${name} at[]; };\n")
    string(APPEND pointers "  ${name}Ref ref${name};\n")
    string(APPEND uses "  push.ref${name}.at[0] = push.ref${name}.at[1];\n")
    string(APPEND table "    {\"${name}\", sizeof(${name}), {\n")
    foreach(member IN LISTS members)
      string(REGEX REPLACE " *[,@]" "" member "${member}")
      string(APPEND table "      {\"${member}\", offsetof(${name}, ${member}), sizeof(${name}::${member}), "
                          "sizeof(std::remove_all_extents_t<decltype(${name}::${member})>)},\n")
    endforeach()
    string(APPEND table "    }},\n")
  endforeach()
endforeach()

file(WRITE ${KERNEL} "#version 460
#extension GL_GOOGLE_include_directive : require
#include \"engine/shared/kernels.glsl\"
${includes}layout(local_size_x = 1) in;
${references}layout(push_constant, scalar) uniform Push {
${pointers}} push;

void main() {
${uses}}
")
file(WRITE ${TABLE} "${table}")
string(REPLACE ".inc" "_headers.inc" table_headers ${TABLE})
file(WRITE ${table_headers} "${includes}")
