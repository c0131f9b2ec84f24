#include "engine/content/import/import_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/content/builders/wheel.hpp"
#include "engine/content/import/material_import.hpp"
#include "engine/content/import/mesh_placer.hpp"
#include "engine/content/materials.hpp"

namespace nightfog::content {
namespace {

std::string meshName(const catalog::AssetInfo& asset, const std::string& part) {
  return fmt::format("{}/{}", asset.id, part);
}

MeshId findMesh(const SceneContent& content, const std::string& name) {
  for (size_t i = 0; i < content.meshes.size(); ++i) {
    if (content.meshes[i].name == name) return MeshId(static_cast<uint32_t>(i));
  }
  return {};
}

const catalog::WheelInfo* wheelOf(const catalog::AssetInfo& asset, const std::string& part) {
  for (const catalog::WheelInfo& wheel : asset.wheels) {
    if (wheel.part == part) return &wheel;
  }
  return nullptr;
}

/// The asset's parts at rest, with the meshes that `content` holds of them.
Model assemble(const catalog::AssetInfo& asset, const SceneContent& content) {
  Model model;
  model.asset = asset.id;
  for (const std::string& name : asset.parts) {
    ModelPart part;
    part.name = name;
    part.mesh = findMesh(content, meshName(asset, name));
    part.parent = model.parts.empty() ? -1 : 0;
    if (const catalog::WheelInfo* wheel = wheelOf(asset, name)) {
      part.parentFromPart.translation = wheel->centre;
      part.joint = wheel->isSteered ? Joint::kSteerWheel : Joint::kWheel;
      part.radius_m = static_cast<float>(wheel->radius_m);
    }
    model.parts.push_back(std::move(part));
  }
  return model;
}

/// The triangles of one part in its own frame, with the vertices they use.
Mesh extract(const catalog::AssetInfo& asset, const TriangleSoup& soup, uint32_t part,
             const std::vector<MaterialId>& materials) {
  Mesh mesh;
  mesh.name = meshName(asset, asset.parts[part]);
  const catalog::WheelInfo* wheel = wheelOf(asset, asset.parts[part]);
  const glm::dvec3 origin = wheel != nullptr ? wheel->centre : glm::dvec3(0);
  constexpr uint32_t kUnseen = 0xffffffffu;
  std::vector<uint32_t> vertexInMesh(soup.positions.size(), kUnseen);
  for (size_t i = 0; i < soup.triangles.size(); ++i) {
    if (soup.partOfTriangle[i] != part) continue;
    glm::uvec3 triangle;
    for (glm::length_t k = 0; k < 3; ++k) {
      const uint32_t source = soup.triangles[i][k];
      uint32_t& vertex = vertexInMesh[source];
      if (vertex == kUnseen) {
        vertex = static_cast<uint32_t>(mesh.positions.size());
        mesh.positions.emplace_back(glm::dvec3(soup.positions[source]) - origin);
        mesh.normals.push_back(soup.normals[source]);
        mesh.uvs.push_back(soup.uvs[source]);
      }
      triangle[k] = vertex;
    }
    mesh.triangles.push_back(triangle);
    const MeshSurface wanted{materials[soup.materialOfTriangle[i]], asset.semantic};
    const auto known = std::find_if(mesh.surfaces.begin(), mesh.surfaces.end(),
                                    [&](const MeshSurface& s) { return s.material == wanted.material; });
    mesh.surfaceOfTriangle.push_back(static_cast<uint32_t>(known - mesh.surfaces.begin()));
    if (known == mesh.surfaces.end()) mesh.surfaces.push_back(wanted);
  }
  return mesh;
}

void addWheelsOfOurs(const catalog::AssetInfo& asset, const catalog::WheelFill& fill, SceneContent& content) {
  for (const catalog::WheelInfo& wheel : asset.wheels) {
    if (findMesh(content, meshName(asset, wheel.part)).isValid()) continue;
    const WheelShape shape{wheel.radius_m, fill.width_m, std::min(fill.rimRadius_m, 0.9 * wheel.radius_m), 5};
    const WheelMaterials materials{findMaterial(content, "rubber.tyre"), findMaterial(content, "alloy"),
                                   findMaterial(content, "steel.disc"), findMaterial(content, "plastic.black")};
    content.add(makeWheel(shape, materials, asset.semantic, wheel.centre.y < 0 ? -1 : 1, meshName(asset, wheel.part)));
  }
}

std::vector<bool> twoSidedMaterials(const mesh_file::MeshFile& file, const std::vector<MaterialId>& materials,
                                    const SceneContent& content) {
  std::vector<bool> isTwoSided(file.materials.size());
  for (size_t i = 0; i < isTwoSided.size(); ++i) {
    isTwoSided[i] = file.materials[i].isTwoSided ||
                    (materials[i].isValid() && content.materials[materials[i].value].alphaTexture.isValid());
  }
  return isTwoSided;
}

}  // namespace

mesh_file::MeshFile readMeshOf(const catalog::AssetInfo& asset) {
  NF_ASSERT(asset.mesh.has_value(), "asset '{}' has no mesh", asset.id);
  const catalog::MeshSource& mesh = *asset.mesh;
  const std::filesystem::path path = mesh.root / mesh.file;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (!mesh.package.empty()) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}' is drawn from {}, which is not there.", asset.id, path.string()),
                  fmt::format("Install the Debian package that brings it: apt-get install {}", mesh.package));
    }
    throw Error(ExitCode::kDiagnostics, fmt::format("Asset '{}': there is no file {}.", asset.id, path.string()),
                "The path is relative to the folder of the asset file.");
  }
  try {
    return mesh_file::readMeshFile(path, mesh.root);
  } catch (const mesh_file::MeshFileError& refused) {
    throw mesh_file::MeshFileError(fmt::format("Asset '{}': {}", asset.id, refused.what()), refused.help(),
                                   refused.wasCrash());
  }
}

Model importModel(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file, SceneContent& content,
                  ImportReport& report) {
  report.format = file.format;
  report.warnings = file.warnings;
  TriangleSoup soup = placeMesh(asset, file, report);
  const std::vector<MaterialId> materials = importMaterials(asset, file, soup, content, report);
  const std::vector<bool> isTwoSided = twoSidedMaterials(file, materials, content);
  SurfaceTopology topology = examine(soup);
  OutsideView view = lookFromOutside(soup, topology, isTwoSided);
  report.doubles = dropDoubles(soup, topology, view);
  if (report.doubles > 0) {
    topology = examine(soup);
    view = lookFromOutside(soup, topology, isTwoSided);
  }
  report.triangles = soup.triangles.size();
  report.edges = topology.edges;
  report.openEdges = topology.openEdges;
  report.crowdedEdges = topology.crowdedEdges;
  report.contraryEdges = topology.contraryEdges;
  report.pieces = topology.pieces;
  report.backShareOfFile = report.backShare = view.backShare();
  if (asset.mesh->faces == catalog::FaceSides::kOutward) {
    report.turnedPieces = turnOutward(soup, topology, view);
    if (report.turnedPieces > 0) report.backShare = lookFromOutside(soup, topology, isTwoSided).backShare();
  }
  mendNormals(soup);
  for (uint32_t part = 0; part < asset.parts.size(); ++part) {
    Mesh mesh = extract(asset, soup, part, materials);
    if (!mesh.triangles.empty()) content.add(std::move(mesh));
  }
  if (asset.mesh->wheels) addWheelsOfOurs(asset, *asset.mesh->wheels, content);
  Model model = assemble(asset, content);
  for (const ModelPart& part : model.parts) {
    if (!part.mesh.isValid()) report.emptyParts.push_back(part.name);
  }
  return model;
}

Model importModel(const catalog::AssetInfo& asset, SceneContent& content, ImportReport* report) {
  if (report == nullptr) {
    Model known = assemble(asset, content);
    const auto hasMesh = [](const ModelPart& part) { return part.mesh.isValid(); };
    if (std::any_of(known.parts.begin(), known.parts.end(), hasMesh)) return known;
  }
  ImportReport unread;
  return importModel(asset, readMeshOf(asset), content, report != nullptr ? *report : unread);
}

}  // namespace nightfog::content
