// One camera frame as data: the image, the ground truth of every pixel, and how visible every object was.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {

/// Edges of a box in pixel coordinates, where pixel (i, j) covers [i, i + 1) x [j, j + 1): a box of one pixel has
/// area 1. Empty: right <= left.
struct PixelBox {
  float left = 0, top = 0, right = 0, bottom = 0;
  bool isEmpty() const { return right <= left || bottom <= top; }
  float area() const { return isEmpty() ? 0 : (right - left) * (bottom - top); }
};

/// How much of an object a camera got.
struct CameraObjectVisibility {
  ObjectId object;
  uint32_t visiblePixels = 0;  ///< pixels of the instance plane that are the object's
  uint32_t totalPixels = 0;    ///< pixels that would be, were nothing in the way
  PixelBox modalBox;           ///< around the visible pixels
  PixelBox amodalBox;          ///< around the total pixels: within the image, what hides it ignored
  PixelBox projectedBox;  ///< around the eight corners of the 3D box, not clipped to the image; empty when any lies
                          ///< behind the camera
  float truncation = 0;   ///< share of projectedBox outside the image, 0 … 1; 1 when no pixel of it is inside
  ObjectId occluder;      ///< the object that hides most of its pixels; 0: none, or scenery
  uint32_t occludedPixels = 0;  ///< totalPixels - visiblePixels
};

/// How flow() pixels fare in the next frame.
enum class FlowState : uint8_t { kNone = 0, kVisible = 1, kOccluded = 2, kOutside = 3 };

/// Rows from the top; [row * width + column]. Planes that were not asked for are empty. Each pixel speaks of the first
/// surface met by the ray through its centre, at the middle of its row's exposure: nothing is averaged.
struct CameraImage {
  std::string sensor;  ///< "front"
  uint32_t frame = 0;
  SimTime start;      ///< first row opens
  SimTime end;        ///< last row closes
  SimTime reference;  ///< t_ref, the middle: boxes are stated at this time
  uint32_t width = 0;
  uint32_t height = 0;
  double exposureTime_s = 0;  ///< as chosen for this frame
  double iso = 0;
  RigidTransform worldFromSensor;   ///< at `reference`; x forward, y left, z up
  RigidTransform worldFromVehicle;  ///< carrier at `reference`
  std::string encoding;             ///< "png" or "jpeg"; empty when labels only
  std::vector<uint8_t> encoded;     ///< the file's bytes
  std::vector<uint8_t> rgb;         ///< 8 bit sRGB, 3 bytes a pixel; empty when labels only
  std::vector<float> depth_m;       ///< along the optical axis; 0: nothing met
  std::vector<uint16_t> semantic;   ///< ClassId; 0: nothing met
  std::vector<uint32_t> instance;   ///< ObjectId; 0: none
  std::vector<uint32_t> normals;    ///< world axes, shared::encodeOctahedral(); 0: nothing met
  std::vector<glm::vec2> flow_px;   ///< where the surface point is in the next frame, minus where it is now
  std::vector<FlowState> flowState;
  std::vector<uint8_t> dirt;  ///< share of the light that dirt on the lens keeps off, of 255; empty: a clean lens
  std::vector<CameraObjectVisibility> visibility;  ///< ascending object id, every labelled object but the carrier
};

}  // namespace nightfog::record
