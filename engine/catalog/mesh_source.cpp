#include <fmt/format.h>

#include <algorithm>

#include "engine/catalog/mesh_source_reader.hpp"
#include "engine/config/suggest.hpp"

namespace nightfog::catalog {

glm::dvec3 direction(FileAxis axis) {
  switch (axis) {
    case FileAxis::kPlusX:
      return {1, 0, 0};
    case FileAxis::kMinusX:
      return {-1, 0, 0};
    case FileAxis::kPlusY:
      return {0, 1, 0};
    case FileAxis::kMinusY:
      return {0, -1, 0};
    case FileAxis::kPlusZ:
      return {0, 0, 1};
    case FileAxis::kMinusZ:
      break;
  }
  return {0, 0, -1};
}

MeshSource MeshSourceReader::read(const config::Located<MeshEntry>& located, const AssetInfo& asset) {
  const MeshEntry& entry = located.value;
  MeshSource mesh;
  findRoot(entry, mesh);
  readFile(entry, mesh);
  mesh.forward = entry.axes.forward;
  mesh.up = entry.axes.up;
  if (glm::dot(direction(mesh.forward), direction(mesh.up)) != 0) {
    diagnostics_.error("E0214", located.node->place(), "forward and up are the same axis")
        .withHelp("they are at right angles, as in {forward: +x, up: +y}");
  }
  mesh.scale = entry.scale;
  mesh.trueLength_m = entry.trueLength_m;
  mesh.offset = entry.offset;
  mesh.groundOffset_m = entry.groundOffset_m;
  mesh.faces = entry.faces;
  mesh.leaveOut = entry.leaveOut;
  mesh.parts = entry.parts;
  mesh.materials = entry.materials;
  mesh.wheels = entry.wheels;
  mesh.animation = entry.animation;
  checkSize(located);
  if (!asset.materials.empty()) {
    diagnostics_.error("E0214", located.node->place(), "the slots of `materials` are a builder's, and this is a mesh")
        .withHelp("materials of a mesh are matched by name: mesh: {materials: [{match: \"*glass*\", material: …}]}");
  }
  return mesh;
}

void MeshSourceReader::findRoot(const MeshEntry& entry, MeshSource& mesh) {
  mesh.root = folder_;
  if (!entry.root) return;
  const std::string& wanted = entry.root->value;
  const auto found =
      std::find_if(family_.roots.begin(), family_.roots.end(), [&](const auto& root) { return root.first == wanted; });
  if (found != family_.roots.end()) {
    mesh.root = found->second.folder.value;
    mesh.package = found->second.package;
    return;
  }
  std::vector<std::string> names;
  for (const auto& [name, root] : family_.roots) names.push_back(name);
  diagnostics_.error("E0210", entry.root->node->place(), fmt::format("there is no root '{}'", wanted))
      .withHelp(config::suggestionHelp(wanted, names));
}

void MeshSourceReader::readFile(const MeshEntry& entry, MeshSource& mesh) {
  mesh.file = std::filesystem::path(entry.file.value).lexically_normal();
  if (mesh.file.is_relative() && !mesh.file.empty() && *mesh.file.begin() != "..") return;
  diagnostics_.error("E0701", entry.file.node->place(), fmt::format("'{}' leaves its root", entry.file.value))
      .withHelp("meshes lie below the pack's folder; a pack that uses another folder names it under `roots`");
}

void MeshSourceReader::checkSize(const config::Located<MeshEntry>& located) {
  const MeshEntry& entry = located.value;
  if (entry.scale.has_value() == entry.trueLength_m.has_value()) {
    diagnostics_
        .error("E0214", located.node->place(),
               entry.scale ? "the mesh has both a scale and a true length" : "the mesh has no size")
        .withHelp("give it either `scale` (metres in a unit of the file) or `true_length`");
  }
  if (entry.offset && entry.groundOffset_m != 0) {
    diagnostics_.error("E0214", located.node->place(), "the mesh has both an offset and a ground offset")
        .withHelp("`offset` says where the file's origin lies, the height included");
  }
}

void checkRoots(const AssetFamily& family, config::Diagnostics& diagnostics) {
  for (const auto& [name, root] : family.roots) {
    if (std::filesystem::path(root.folder.value).is_absolute()) continue;
    diagnostics.error("E0701", root.folder.node->place(), fmt::format("root '{}' is not an absolute path", name))
        .withHelp("a root is the folder a package installs, such as /usr/share/games/torcs");
  }
}

}  // namespace nightfog::catalog
