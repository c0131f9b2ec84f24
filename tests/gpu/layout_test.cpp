// Host and device read the same bytes: every struct of engine/shared, as the SPIR-V compiler laid it out, against C++.
// The kernel and the table are made from the headers by layout.cmake; SPIRV-Cross is the independent reader.
#include <doctest/doctest.h>
#include <spirv_cross_c.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/test_gpu/layout.spv.h"
#include "layout_table_headers.inc"

namespace {

struct MemberLayout {
  std::string name;
  size_t offset = 0;
  size_t size = 0;
  size_t elementSize = 0;  ///< of an array's element; else size
  bool isStruct =
      false;  ///< itself a struct: its size may leave out the padding at its end, which the next offset shows
};

struct StructLayout {
  std::string name;
  size_t size = 0;
  std::vector<MemberLayout> members = {};
};

std::vector<StructLayout> cppLayouts() {
  using namespace nightfog::shared;
  return {
#include "layout_table.inc"
  };
}

class SpirvLayouts {
 public:
  SpirvLayouts() {
    REQUIRE(spvc_context_create(&context_) == SPVC_SUCCESS);
    spvc_parsed_ir ir = nullptr;
    REQUIRE(spvc_context_parse_spirv(context_, kLayout_spv, std::size(kLayout_spv), &ir) == SPVC_SUCCESS);
    REQUIRE(spvc_context_create_compiler(context_, SPVC_BACKEND_NONE, ir, SPVC_CAPTURE_MODE_TAKE_OWNERSHIP,
                                         &compiler_) == SPVC_SUCCESS);
    spvc_resources resources = nullptr;
    REQUIRE(spvc_compiler_create_shader_resources(compiler_, &resources) == SPVC_SUCCESS);
    const spvc_reflected_resource* blocks = nullptr;
    size_t blockCount = 0;
    REQUIRE(spvc_resources_get_resource_list_for_type(resources, SPVC_RESOURCE_TYPE_PUSH_CONSTANT, &blocks,
                                                      &blockCount) == SPVC_SUCCESS);
    REQUIRE(blockCount == 1);
    // Push holds one reference a struct; a reference's only member is a runtime array of it.
    const spvc_type push = spvc_compiler_get_type_handle(compiler_, blocks[0].base_type_id);
    for (unsigned i = 0; i < spvc_type_get_num_member_types(push); ++i) {
      const spvc_type reference = spvc_compiler_get_type_handle(compiler_, spvc_type_get_member_type(push, i));
      const spvc_type array = spvc_compiler_get_type_handle(compiler_, spvc_type_get_member_type(reference, 0));
      unsigned stride = 0;
      REQUIRE(spvc_compiler_type_struct_member_array_stride(compiler_, reference, 0, &stride) == SPVC_SUCCESS);
      read(spvc_type_get_base_type_id(array), stride);
    }
  }
  ~SpirvLayouts() { spvc_context_destroy(context_); }

  std::vector<StructLayout> structs;
  std::set<std::string> nested;  ///< structs met as members

 private:
  void read(spvc_type_id id, unsigned stride) {
    const spvc_type type = spvc_compiler_get_type_handle(compiler_, id);
    StructLayout layout{.name = spvc_compiler_get_name(compiler_, id), .size = stride};
    for (unsigned i = 0; i < spvc_type_get_num_member_types(type); ++i) {
      const spvc_type member = spvc_compiler_get_type_handle(compiler_, spvc_type_get_member_type(type, i));
      unsigned offset = 0;
      REQUIRE(spvc_compiler_type_struct_member_offset(compiler_, type, i, &offset) == SPVC_SUCCESS);
      size_t size = 0;
      REQUIRE(spvc_compiler_get_declared_struct_member_size(compiler_, type, i, &size) == SPVC_SUCCESS);
      size_t elementSize = size;
      if (spvc_type_get_num_array_dimensions(member) > 0) {
        unsigned elementStride = 0;
        REQUIRE(spvc_compiler_type_struct_member_array_stride(compiler_, type, i, &elementStride) == SPVC_SUCCESS);
        elementSize = elementStride;
      }
      const bool isStruct = spvc_type_get_basetype(member) == SPVC_BASETYPE_STRUCT;
      if (isStruct) nested.insert(spvc_compiler_get_name(compiler_, spvc_type_get_base_type_id(member)));
      layout.members.push_back({spvc_compiler_get_member_name(compiler_, id, i), offset, size, elementSize, isStruct});
    }
    structs.push_back(std::move(layout));
  }

  spvc_context context_ = nullptr;
  spvc_compiler compiler_ = nullptr;
};

TEST_CASE("Every struct of the shared headers has the same bytes on host and device") {
  const std::vector<StructLayout> expected = cppLayouts();
  const SpirvLayouts spirv;
  REQUIRE(spirv.structs.size() == expected.size());
  std::set<std::string> names;
  for (size_t i = 0; i < expected.size(); ++i) {
    const StructLayout& cpp = expected[i];
    const StructLayout& device = spirv.structs[i];
    CAPTURE(cpp.name);
    names.insert(cpp.name);
    CHECK(device.name == cpp.name);
    CHECK(device.size == cpp.size);
    REQUIRE(device.members.size() == cpp.members.size());
    for (size_t k = 0; k < cpp.members.size(); ++k) {
      CAPTURE(cpp.members[k].name);
      CHECK(device.members[k].name == cpp.members[k].name);
      CHECK(device.members[k].offset == cpp.members[k].offset);
      if (device.members[k].isStruct && cpp.members[k].elementSize == cpp.members[k].size) continue;
      CHECK(device.members[k].elementSize == cpp.members[k].elementSize);
      CHECK(device.members[k].size == cpp.members[k].size);
    }
  }
  for (const std::string& name : spirv.nested) {
    CAPTURE(name);
    CHECK(names.count(name) == 1);
  }
}

TEST_CASE("The layouts that tracers exchange are the documented ones") {
  // By hand from geometry.h: 4-byte words, 8-byte addresses, no padding.
  const std::vector<std::pair<std::string, size_t>> documented = {
      {"Ray", 12 * 4},          {"Hit", 5 * 4},         {"PoseKey", 8 * 4},
      {"Instance", 8 * 4},      {"MeshRange", 5 * 4},   {"Surface", 3 * 4},
      {"MaterialData", 15 * 4}, {"TextureData", 3 * 4}, {"SceneTable", 12 * 8 + 2 * 4},
  };
  const std::vector<StructLayout> layouts = cppLayouts();
  for (const auto& [name, size] : documented) {
    CAPTURE(name);
    const auto found =
        std::find_if(layouts.begin(), layouts.end(), [&](const StructLayout& l) { return l.name == name; });
    REQUIRE(found != layouts.end());
    CHECK(found->size == size);
  }
}

}  // namespace
