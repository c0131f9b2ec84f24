#include "engine/content/import/mesh_placer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/content/import/name_pattern.hpp"
#include "engine/content/import/part_motion.hpp"
#include "engine/mesh_file/pose.hpp"

namespace nightfog::content {
namespace {

constexpr double kFarthest = 1e7;  // units of the file; what lies beyond is not meant

constexpr size_t kMostPoses = 4'000'000;  // half a gigabyte

bool isUsable(const glm::dvec3& p) {
  return std::abs(p.x) < kFarthest && std::abs(p.y) < kFarthest && std::abs(p.z) < kFarthest;  // false for NaN
}

class MeshPlacer {
 public:
  MeshPlacer(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file, const mesh_file::FileClip* clip,
             ImportReport& report)
      : asset_(asset), mesh_(*asset.mesh), file_(file), report_(report) {
    const glm::dvec3 forward = direction(mesh_.forward);
    const glm::dvec3 up = direction(mesh_.up);
    oursFromFile_ = glm::transpose(glm::dmat3(forward, glm::cross(up, forward), up));
    const size_t samples = clip == nullptr ? 1 : mesh_.animation->samples;
    if (file.nodes.size() > kMostPoses / samples) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': {} nodes at {} samples are too many.", asset.id, file.nodes.size(), samples),
                  fmt::format("Nodes times samples may be {}.", kMostPoses));
    }
    for (size_t k = 0; k < samples; ++k) {
      const double time_s =
          clip == nullptr ? 0 : clip->duration_s * static_cast<double>(k) / static_cast<double>(samples);
      poses_.push_back(mesh_file::fileFromNodes(file, clip, time_s));
    }
    soup_.laterSamples.resize(samples - 1);
  }

  TriangleSoup place() {
    walkNodes();
    if (soup_.triangles.empty()) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': nothing of {} is left in.", asset_.id, mesh_.file.string()),
                  "Its triangles have no area or no finite corners, or `leave_out` names them all.");
    }
    scaleAndShift();
    dropWithoutArea();
    for (size_t i = 0; i < mesh_.leaveOut.size(); ++i) noteUnused(leaveOutUsed_, i, mesh_.leaveOut[i]);
    for (size_t i = 0; i < mesh_.parts.size(); ++i) noteUnused(partsUsed_, i, mesh_.parts[i].match);
    return std::move(soup_);
  }

 private:
  void noteUnused(const std::vector<bool>& used, size_t i, const std::string& pattern) {
    if (!used[i]) report_.unusedPatterns.push_back(pattern);
  }

  /// Part and place of a node follow from its parent's unless its own name says otherwise.
  void walkNodes() {
    constexpr uint32_t kLeftOut = 0xffffffffu;
    std::vector<uint32_t> partOfNode(file_.nodes.size(), 0);
    for (size_t i = 0; i < file_.nodes.size(); ++i) {
      const mesh_file::FileNode& node = file_.nodes[i];
      if (i != 0) partOfNode[i] = partOfNode[node.parent];
      report_.nodes.push_back(node.name);
      if (partOfNode[i] == kLeftOut) continue;
      if (isLeftOut(node.name)) {
        partOfNode[i] = kLeftOut;
        continue;
      }
      partOfNode[i] = partOf(node.name, partOfNode[i]);
      for (const uint32_t mesh : node.meshes) add(file_.meshes[mesh], i, partOfNode[i]);
    }
  }

  bool isLeftOut(const std::string& name) {
    for (size_t i = 0; i < mesh_.leaveOut.size(); ++i) {
      if (!matchesPattern(mesh_.leaveOut[i], name)) continue;
      leaveOutUsed_[i] = true;
      return true;
    }
    return false;
  }

  uint32_t partOf(const std::string& name, uint32_t inherited) {
    for (size_t i = 0; i < mesh_.parts.size(); ++i) {
      if (!matchesPattern(mesh_.parts[i].match, name)) continue;
      partsUsed_[i] = true;
      const auto found = std::find(asset_.parts.begin(), asset_.parts.end(), mesh_.parts[i].part);
      NF_ASSERT(found != asset_.parts.end(), "part '{}' of asset '{}'", mesh_.parts[i].part, asset_.id);
      return static_cast<uint32_t>(found - asset_.parts.begin());
    }
    return inherited;
  }

  void add(const mesh_file::FileMesh& mesh, size_t node, uint32_t part) {
    const auto first = static_cast<uint32_t>(soup_.positions.size());
    const size_t samples = poses_.size();
    if (soup_.positions.size() + mesh.positions.size() > 0xfffffff0u / samples ||
        soup_.triangles.size() + mesh.triangles.size() > 20'000'000 / samples) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': with all its instances and samples the mesh has more than 20 million "
                              "triangles.",
                              asset_.id));
    }
    bool isMirrored = false;
    const CornerSample corners = cornersAt(mesh, node, 0, isMirrored);
    std::vector<bool> usable(mesh.positions.size());
    for (size_t i = 0; i < mesh.positions.size(); ++i) {
      usable[i] = isUsable(glm::dvec3(corners.positions[i]));
      soup_.positions.push_back(usable[i] ? corners.positions[i] : glm::vec3(0));
      const glm::vec2 uv = mesh.uvs.empty() ? glm::vec2(0) : mesh.uvs[i];
      soup_.uvs.push_back(std::abs(uv.x) < 1e6f && std::abs(uv.y) < 1e6f ? uv : glm::vec2(0));
    }
    soup_.normals.insert(soup_.normals.end(), corners.normals.begin(), corners.normals.end());
    for (size_t k = 1; k < samples; ++k) addSample(mesh, node, k, first);
    if (samples > 1) motions_[part].addCorners(first, soup_.positions.size(), mesh.bones.empty(), node);
    const bool isTurned = isMirrored != (mesh_.faces == catalog::FaceSides::kFlipped);
    for (const glm::uvec3& t : mesh.triangles) {
      if (!usable[t.x] || !usable[t.y] || !usable[t.z]) {
        ++report_.notNumbers;
        continue;
      }
      soup_.triangles.push_back(glm::uvec3(first) + (isTurned ? glm::uvec3(t.x, t.z, t.y) : t));
      soup_.materialOfTriangle.push_back(mesh.material);
      soup_.partOfTriangle.push_back(part);
    }
  }

  /// A mesh's corners along our axes, in units of the file, at one of the clip's samples.
  CornerSample cornersAt(const mesh_file::FileMesh& mesh, size_t node, size_t sample, bool& isMirrored) const {
    mesh_file::SkinnedCorners skinned;
    if (!mesh.bones.empty()) skinned = mesh_file::skin(mesh, poses_[sample]);
    const auto& positions = mesh.bones.empty() ? mesh.positions : skinned.positions;
    const auto& normals = mesh.bones.empty() ? mesh.normals : skinned.normals;
    const glm::dmat4 fileFromMesh = mesh.bones.empty() ? poses_[sample][node] : glm::dmat4(1.0);
    const glm::dmat3 linear = oursFromFile_ * glm::dmat3(fileFromMesh);
    const glm::dvec3 shift = oursFromFile_ * glm::dvec3(fileFromMesh[3]);
    const double determinant = glm::determinant(linear);
    // Normals go by the inverse transpose; what flattens everything leaves none, and they are made anew.
    const glm::dmat3 normalMatrix =
        std::abs(determinant) > 1e-30 ? glm::transpose(glm::inverse(linear)) : glm::dmat3(0.0);
    isMirrored = determinant < 0;
    CornerSample out;
    out.positions.reserve(positions.size());
    out.normals.reserve(positions.size());
    for (size_t i = 0; i < positions.size(); ++i) {
      out.positions.emplace_back(linear * glm::dvec3(positions[i]) + shift);
      out.normals.emplace_back(normalMatrix * glm::dvec3(normals[i]));
    }
    return out;
  }

  /// A corner that is no number at this sample stays where the first has it.
  void addSample(const mesh_file::FileMesh& mesh, size_t node, size_t k, uint32_t first) {
    bool isMirrored = false;
    const CornerSample corners = cornersAt(mesh, node, k, isMirrored);
    CornerSample& sample = soup_.laterSamples[k - 1];
    for (size_t i = 0; i < corners.positions.size(); ++i) {
      const bool isUsed = isUsable(glm::dvec3(corners.positions[i]));
      sample.positions.push_back(isUsed ? corners.positions[i] : soup_.positions[first + i]);
      sample.normals.push_back(corners.normals[i]);
    }
  }

  Bounds bounds() const {
    Bounds all;
    for (const glm::uvec3& t : soup_.triangles) {
      for (glm::length_t k = 0; k < 3; ++k) all.include(glm::dvec3(soup_.positions[t[k]]));
    }
    return all;
  }

  void scaleAndShift() {
    const Bounds inFile = bounds();
    report_.fileSize = inFile.size();
    if (mesh_.trueLength_m && !(inFile.size().x > 0)) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': the mesh has no length along its forward axis.", asset_.id),
                  "Give it a `scale` instead of a `true_length`, or mend its axes.");
    }
    report_.scale = mesh_.scale ? *mesh_.scale : *mesh_.trueLength_m / inFile.size().x;
    const double s = report_.scale;
    const glm::dvec3 boxBottom = asset_.boxCentre - glm::dvec3(0, 0, 0.5 * asset_.boxSize.z);
    const glm::dvec3 shift = mesh_.offset ? *mesh_.offset
                                          : glm::dvec3(asset_.boxCentre.x - s * inFile.centre().x,
                                                       asset_.boxCentre.y - s * inFile.centre().y,
                                                       boxBottom.z + mesh_.groundOffset_m - s * inFile.min.z);
    const auto place = [&](std::vector<glm::vec3>& positions) {
      for (glm::vec3& p : positions) p = glm::vec3(s * glm::dvec3(p) + shift);
    };
    place(soup_.positions);
    for (CornerSample& sample : soup_.laterSamples) place(sample.positions);
    report_.bounds = bounds();
    soup_.motionOfPart.resize(asset_.parts.size());
    if (soup_.laterSamples.empty()) return;
    const Placing assetFromFile{oursFromFile_, s, shift};
    for (size_t part = 0; part < motions_.size(); ++part)
      soup_.motionOfPart[part] = motions_[part].resolve(soup_, poses_, assetFromFile);
  }

  /// Measured as MeshBuilder does, on what is stored.
  void dropWithoutArea() {
    std::vector<bool> isKept(soup_.triangles.size());
    for (size_t t = 0; t < soup_.triangles.size(); ++t) {
      const glm::uvec3& v = soup_.triangles[t];
      const glm::vec3 ab = soup_.positions[v.y] - soup_.positions[v.x];
      const glm::vec3 ac = soup_.positions[v.z] - soup_.positions[v.x];
      const glm::vec3 bc = ac - ab;
      const float longest = std::max({glm::dot(ab, ab), glm::dot(ac, ac), glm::dot(bc, bc)});
      isKept[t] = glm::length(glm::cross(ab, ac)) > 1e-5f * longest && longest >= 1e-12f;
    }
    report_.degenerate = soup_.keepOnly(isKept);
  }

  const catalog::AssetInfo& asset_;
  const catalog::MeshSource& mesh_;
  const mesh_file::MeshFile& file_;
  ImportReport& report_;
  glm::dmat3 oursFromFile_{1.0};
  std::vector<std::vector<glm::dmat4>> poses_;  ///< fileFromNode by sample
  std::vector<PartMotion> motions_ = std::vector<PartMotion>(asset_.parts.size());
  TriangleSoup soup_;
  std::vector<bool> leaveOutUsed_ = std::vector<bool>(mesh_.leaveOut.size());
  std::vector<bool> partsUsed_ = std::vector<bool>(mesh_.parts.size());
};

}  // namespace

TriangleSoup placeMesh(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file,
                       const mesh_file::FileClip* clip, ImportReport& report) {
  return MeshPlacer(asset, file, clip, report).place();
}

}  // namespace nightfog::content
