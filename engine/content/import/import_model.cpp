#include "engine/content/import/import_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/content/builders/wheel.hpp"
#include "engine/content/import/material_import.hpp"
#include "engine/content/import/mesh_placer.hpp"
#include "engine/content/import/name_pattern.hpp"
#include "engine/content/import/part_motion.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"

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

/// Name of a bending part's mesh at a sample of the clip; the first is the part's mesh.
std::string sampleName(const catalog::AssetInfo& asset, const std::string& part, size_t sample) {
  return sample == 0 ? meshName(asset, part) : fmt::format("{}@{}", meshName(asset, part), sample);
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

/// The triangles of one part in its own frame at a sample of the clip, with the vertices they use.
Mesh extract(const catalog::AssetInfo& asset, const TriangleSoup& soup, uint32_t part, size_t sample,
             const std::vector<MaterialId>& materials) {
  Mesh mesh;
  mesh.name = sampleName(asset, asset.parts[part], sample);
  const auto& positions = sample == 0 ? soup.positions : soup.laterSamples[sample - 1].positions;
  const auto& normals = sample == 0 ? soup.normals : soup.laterSamples[sample - 1].normals;
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
        mesh.positions.emplace_back(glm::dvec3(positions[source]) - origin);
        mesh.normals.push_back(normals[source]);
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

/// The clip that the asset asks for; nullptr: it asks for none.
const mesh_file::FileClip* findClip(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file) {
  if (!asset.mesh->animation) return nullptr;
  const std::string& wanted = asset.mesh->animation->match;
  std::string names;
  for (const mesh_file::FileClip& clip : file.clips) {
    if (!matchesPattern(wanted, clip.name)) {
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", clip.name);
      continue;
    }
    constexpr double kLongest_s = 86'400;
    if (clip.duration_s > 0 && clip.duration_s < kLongest_s) return &clip;
    throw Error(ExitCode::kDiagnostics,
                fmt::format("Asset '{}': clip '{}' lasts {} s.", asset.id, clip.name, clip.duration_s),
                "Export the animation again, with at least two keys.");
  }
  throw Error(
      ExitCode::kDiagnostics,
      fmt::format("Asset '{}': {} has no clip '{}' that moves nodes.", asset.id, asset.mesh->file.string(), wanted),
      names.empty() ? "Leave out `animation`." : fmt::format("Its clips: {}.", names));
}

/// What is not done with a file's movements, in words.
void noteStillness(const mesh_file::MeshFile& file, const mesh_file::FileClip* clip, ImportReport& report) {
  for (const mesh_file::FileClip& c : file.clips) report.clips.push_back({c.name, c.duration_s});
  if (clip != nullptr) return;
  const auto hasBones = [](const mesh_file::FileMesh& mesh) { return !mesh.bones.empty(); };
  if (std::any_of(file.meshes.begin(), file.meshes.end(), hasBones))
    report.warnings.push_back("it has a skeleton: it stands as its skeleton rests and does not bend");
  if (!file.clips.empty())
    report.warnings.push_back(
        fmt::format("its {} clip(s) do not play: `animation` names the one that does", file.clips.size()));
}

/// Makes the model move as the samples of its clip do. Wheels roll by the vehicle's motion instead.
void addClip(const catalog::AssetInfo& asset, const mesh_file::FileClip& clip, const TriangleSoup& soup,
             SceneContent& content, ImportReport& report, Model& model) {
  ModelClip& out = model.clip.emplace();
  out.samples = asset.mesh->animation->samples;
  out.period_s = clip.duration_s;
  out.stride_m = asset.mesh->animation->stride_m.value_or(0);
  for (size_t i = 0; i < model.parts.size(); ++i) {
    ModelPart& part = model.parts[i];
    part.parent = -1;  // a clip moves every part against the model
    if (!part.mesh.isValid() || part.joint != Joint::kFixed) continue;
    part.poseOfSample = soup.motionOfPart[i];
    if (findMesh(content, sampleName(asset, part.name, 1)).isValid()) {
      for (size_t k = 0; k < out.samples; ++k)
        part.meshOfSample.push_back(findMesh(content, sampleName(asset, part.name, k)));
      for (size_t k = 0; k < out.samples; ++k)
        content.meshes[part.meshOfSample[k].value].nextShape = part.meshOfSample[(k + 1) % out.samples];
    }
    report.movingParts += part.poseOfSample.empty() ? 0 : 1;
    report.bendingParts += part.meshOfSample.empty() ? 0 : 1;
  }
  const Bounds first = boundsOf(model, content);
  Bounds all = first;
  for (size_t k = 1; k < out.samples; ++k) {
    Bounds here;
    for (const ModelPart& part : model.parts) {
      if (!part.mesh.isValid()) continue;
      const MeshId mesh = part.meshOfSample.empty() ? part.mesh : part.meshOfSample[k];
      const RigidTransform& pose = part.poseOfSample.empty() ? part.parentFromPart : part.poseOfSample[k];
      const Bounds bounds = boundsOf(content.meshes[mesh.value], pose);
      here.include(bounds.min);
      here.include(bounds.max);
    }
    all.include(here.min);
    all.include(here.max);
    report.drift_m = std::max(report.drift_m, glm::length(glm::dvec2(here.centre() - first.centre())));
  }
  out.low = all.min;
  out.high = all.max;
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
  const mesh_file::FileClip* clip = findClip(asset, file);
  noteStillness(file, clip, report);
  TriangleSoup soup = placeMesh(asset, file, clip, report);
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
    const bool bends = clip != nullptr && wheelOf(asset, asset.parts[part]) == nullptr &&
                       soup.motionOfPart[part].empty() && doesPartMove(soup, part);
    for (size_t k = 0; k < (bends ? soup.laterSamples.size() + 1 : 1); ++k) {
      Mesh mesh = extract(asset, soup, part, k, materials);
      if (!mesh.triangles.empty()) content.add(std::move(mesh));
    }
  }
  if (asset.mesh->wheels) addWheelsOfOurs(asset, *asset.mesh->wheels, content);
  Model model = assemble(asset, content);
  for (const ModelPart& part : model.parts) {
    if (!part.mesh.isValid()) report.emptyParts.push_back(part.name);
  }
  if (clip != nullptr) addClip(asset, *clip, soup, content, report, model);
  content.imported.push_back(model);
  return model;
}

Model importModel(const catalog::AssetInfo& asset, SceneContent& content, ImportReport* report) {
  if (report == nullptr) {
    for (const Model& known : content.imported) {
      if (known.asset == asset.id) return known;
    }
  }
  ImportReport unread;
  return importModel(asset, readMeshOf(asset), content, report != nullptr ? *report : unread);
}

}  // namespace nightfog::content
