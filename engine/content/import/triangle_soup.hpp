// An imported model on its way: all its triangles in the asset's frame, before they become parts.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

#include "engine/core/transform.hpp"

namespace nightfog::content {

/// Corners at an instant of a clip.
struct CornerSample {
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;
};

struct TriangleSoup {
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;
  std::vector<glm::vec2> uvs;
  std::vector<glm::uvec3> triangles;
  std::vector<uint32_t> materialOfTriangle;  ///< of the file
  std::vector<uint32_t> partOfTriangle;
  /// The same corners at the clip's later samples; positions and normals above are the first. Empty: nothing moves.
  std::vector<CornerSample> laterSamples;
  /// By part, where the clip moves it as a whole: assetFromRest at each sample, the first included. Else empty.
  std::vector<std::vector<RigidTransform>> motionOfPart;

  /// Keeps the triangles that `isKept` says. Returns how many went.
  size_t keepOnly(const std::vector<bool>& isKept);
};

/// How its surface hangs together. Edges are those of corners at the same place.
struct SurfaceTopology {
  size_t edges = 0;
  size_t openEdges = 0;      ///< of one triangle
  size_t crowdedEdges = 0;   ///< of three or more
  size_t contraryEdges = 0;  ///< of two triangles that face opposite sides
  uint32_t pieces = 0;       ///< connected and facing the same side throughout
  std::vector<uint32_t> pieceOfTriangle;
  std::vector<uint32_t> placeOfVertex;  ///< the same for vertices that coincide
};

SurfaceTopology examine(const TriangleSoup& soup);

/// What is seen of each piece from around: 16 views from the side and obliquely from above, and one from the top, 256
/// pixels wide.
struct OutsideView {
  std::vector<uint32_t> front;  ///< pixels by piece
  std::vector<uint32_t> back;
  std::vector<uint32_t> frontOfTriangle;    ///< pixels by triangle
  std::vector<uint32_t> backOfTriangle;     ///< the same, from behind
  std::vector<uint32_t> coveredOfTriangle;  ///< from behind, had not a face that looks the other way lain on it
  /// Of all pixels, those that show the back of a face.
  double backShare() const;
};

/// Triangles of materials with `isTwoSided` cover but are not counted.
OutsideView lookFromOutside(const TriangleSoup& soup, const SurfaceTopology& topology,
                            const std::vector<bool>& isTwoSided);

/// Drops the inner of two skins in the same place: artists draw the inside of a sheet as second faces, which a ray
/// cannot tell from the first. Of two triangles with the same corners the one that is seen from outside stays; a
/// triangle that only others with other corners cover goes when it is covered more than it is seen. Copies that face
/// the same side go if they are of one material (else the upper is a decal). Returns how many went.
size_t dropDoubles(TriangleSoup& soup, const SurfaceTopology& topology, const OutsideView& view);

/// Turns pieces that are seen more from behind than from the front. Returns how many.
size_t turnOutward(TriangleSoup& soup, const SurfaceTopology& topology, const OutsideView& view);

/// Normals of unit length on the side that faces look to: those that are missing, not numbers or on the wrong side
/// become the face's (or are turned when they plainly point the other way).
void mendNormals(TriangleSoup& soup);

}  // namespace nightfog::content
