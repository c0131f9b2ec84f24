// Where an asset's geometry comes from when an artist made it: a mesh file, and what turns its axes, size, nodes and
// materials into ours.
#pragma once

#include <filesystem>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::catalog {

/// One of the file's own axes.
enum class FileAxis { kPlusX, kMinusX, kPlusY, kMinusY, kPlusZ, kMinusZ };

glm::dvec3 direction(FileAxis axis);

/// What is done about the sides that faces look to.
enum class FaceSides {
  kAsIs,
  kFlipped,  ///< every face the other way round
  kOutward,  ///< each connected piece that is seen from outside mostly from behind is turned
};

/// A node whose name fits `match` belongs to `part`. Patterns: * any text, ? any letter; letter case does not matter.
struct PartMatch {
  std::string match;
  std::string part;
};

/// A material of the file (or the picture it names) that fits `match` becomes ours.
struct MaterialMatch {
  std::string match;
  std::string material;
};

/// Wheels of ours for wheel parts to which no node belongs.
struct WheelFill {
  double width_m = 0.205;
  double rimRadius_m = 0.2;
};

/// A clip of the file that moves the asset, over and over: a cycle in place.
struct ClipSource {
  std::string match = "*";         ///< on the clips' names; the first that fits
  uint32_t samples = 24;           ///< evenly spaced poses of the cycle
  std::optional<double> stride_m;  ///< distance travelled in a cycle; absent: it plays by time
};

struct MeshSource {
  std::filesystem::path file;  ///< below root, relative to it
  std::filesystem::path root;  ///< nothing outside is read
  std::string package;         ///< Debian package that brings the root; empty: none
  FileAxis forward = FileAxis::kPlusX;
  FileAxis up = FileAxis::kPlusZ;
  std::optional<double> scale;         ///< metres in a unit of the file
  std::optional<double> trueLength_m;  ///< of what is left in, along x; instead of scale
  std::optional<glm::dvec3> offset;  ///< of the file's origin in the asset's frame, m; else centred in the asset's box
  double groundOffset_m = 0;         ///< of the lowest point above the ground; without offset
  FaceSides faces = FaceSides::kAsIs;
  std::vector<std::string> leaveOut;     ///< nodes, with what hangs on them
  std::vector<PartMatch> parts;          ///< the first that fits; the rest is the body
  std::vector<MaterialMatch> materials;  ///< the first that fits; the rest follows the rule of bands
  std::optional<WheelFill> wheels;
  std::optional<ClipSource> animation;  ///< absent: it stands as the file's nodes and skeletons rest
};

}  // namespace nightfog::catalog
