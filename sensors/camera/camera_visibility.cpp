#include "sensors/camera/camera_visibility.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace nightfog::camera {

namespace {

constexpr double kMargin_m = 0.35;  // limbs, mirrors and doors that reach out of the box
constexpr double kMarginShare = 0.15;
constexpr float kMargin_px = 4;

void include(record::PixelBox& box, uint32_t x, uint32_t y) {
  if (box.isEmpty()) {
    box = {static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + 1), static_cast<float>(y + 1)};
    return;
  }
  box.left = std::min(box.left, static_cast<float>(x));
  box.top = std::min(box.top, static_cast<float>(y));
  box.right = std::max(box.right, static_cast<float>(x + 1));
  box.bottom = std::max(box.bottom, static_cast<float>(y + 1));
}

/// Around points of a box of half size `half`, three along each edge, as the camera at `at` sees it; in pixel edges.
/// None: a point lies behind the camera.
std::optional<record::PixelBox> projectBox(const CameraVisibility::Frame& frame, const content::SnapshotObject& object,
                                           const glm::dvec3& half, SimTime at, int perEdge) {
  const RigidTransform opticalFromObject =
      frame.track.worldFromSensor(at).inverse() * frame.snapshot.objectPose(object, at);
  record::PixelBox box{1e9f, 1e9f, -1e9f, -1e9f};
  for (int i = 0; i < perEdge; ++i) {
    for (int j = 0; j < perEdge; ++j) {
      for (int k = 0; k < perEdge; ++k) {
        const glm::dvec3 unit(2.0 * i / (perEdge - 1) - 1, 2.0 * j / (perEdge - 1) - 1, 2.0 * k / (perEdge - 1) - 1);
        const glm::dvec3 point = opticalFromObject * (object.boxCentre + unit * half);
        if (point.z < 0.05) return std::nullopt;
        // Beyond the lens's one-to-one disk the edge of the disk stands in: the box can only be cut off there.
        glm::vec3 inside(point);
        const float radius2 = static_cast<float>((point.x * point.x + point.y * point.y) / (point.z * point.z));
        if (radius2 > frame.lens.maxRadius2) {
          const float shrink = 0.999f * std::sqrt(frame.lens.maxRadius2 / radius2);
          inside.x *= shrink;
          inside.y *= shrink;
        }
        glm::vec2 pixel(0);
        if (!shared::projectPoint(frame.lens, inside, pixel)) return std::nullopt;
        box.left = std::min(box.left, pixel.x + 0.5f);
        box.top = std::min(box.top, pixel.y + 0.5f);
        box.right = std::max(box.right, pixel.x + 0.5f);
        box.bottom = std::max(box.bottom, pixel.y + 0.5f);
      }
    }
  }
  return box;
}

/// Planar depth of the far side of a ball around the object, over the exposure.
double farSide(const CameraVisibility::Frame& frame, const content::SnapshotObject& object, double radius) {
  double far = -1e9;
  for (const SimTime at : {frame.start, frame.reference, frame.end}) {
    const glm::dvec3 centre =
        (frame.track.worldFromSensor(at).inverse() * frame.snapshot.objectPose(object, at)) * object.boxCentre;
    far = std::max(far, centre.z + radius);
  }
  return far;
}

}  // namespace

CameraVisibility::Object* CameraVisibility::find(uint32_t id) {
  const auto at = std::lower_bound(objects_.begin(), objects_.end(), id,
                                   [](const Object& o, uint32_t value) { return o.id.value < value; });
  return at != objects_.end() && at->id.value == id ? &*at : nullptr;
}

void CameraVisibility::plan(const Frame& frame) {
  objects_.clear();
  aims_.clear();
  const auto width = static_cast<float>(frame.width);
  const auto height = static_cast<float>(frame.height);
  for (const content::SnapshotObject& snapshotObject : frame.snapshot.objects) {
    if (snapshotObject.id == frame.track.carrier().id) continue;
    Object object;
    object.id = snapshotObject.id;
    object.result.object = snapshotObject.id;
    const glm::dvec3 half = snapshotObject.boxSize * 0.5;
    if (const auto box = projectBox(frame, snapshotObject, half, frame.reference, 2)) {
      object.result.projectedBox = *box;
      const record::PixelBox inside{std::clamp(box->left, 0.0f, width), std::clamp(box->top, 0.0f, height),
                                    std::clamp(box->right, 0.0f, width), std::clamp(box->bottom, 0.0f, height)};
      if (box->area() > 0) object.result.truncation = 1 - inside.area() / box->area();
    }
    objects_.push_back(std::move(object));
  }
  Object* last = nullptr;  // runs of one object are the rule
  for (uint32_t y = 0; y < frame.height; ++y) {
    for (uint32_t x = 0; x < frame.width; ++x) {
      const uint32_t id = frame.instance[size_t{y} * frame.width + x];
      if (id == 0) continue;
      if (last == nullptr || last->id.value != id) last = find(id);
      if (last == nullptr) continue;
      ++last->result.visiblePixels;
      include(last->result.modalBox, x, y);
    }
  }
  for (Object& object : objects_) {
    object.result.totalPixels = object.result.visiblePixels;
    object.result.amodalBox = object.result.modalBox;
  }
  for (const content::SnapshotObject& object : frame.snapshot.objects) {
    if (object.id != frame.track.carrier().id) planAims(frame, object);
  }
}

void CameraVisibility::planAims(const Frame& frame, const content::SnapshotObject& object) {
  const auto width = static_cast<float>(frame.width);
  const auto height = static_cast<float>(frame.height);
  const glm::dvec3 wide = object.boxSize * (0.5 * (1 + kMarginShare)) + kMargin_m;
  const auto far = static_cast<float>(farSide(frame, object, glm::length(wide)));
  if (far <= 0) return;
  record::PixelBox reach{1e9f, 1e9f, -1e9f, -1e9f};
  for (const SimTime at : {frame.start, frame.reference, frame.end}) {
    // Behind the camera in part: anywhere.
    const record::PixelBox box = projectBox(frame, object, wide, at, 3).value_or(record::PixelBox{0, 0, width, height});
    reach = {std::min(reach.left, box.left), std::min(reach.top, box.top), std::max(reach.right, box.right),
             std::max(reach.bottom, box.bottom)};
  }
  const auto left = static_cast<uint32_t>(std::clamp(std::floor(reach.left - kMargin_px), 0.0f, width));
  const auto top = static_cast<uint32_t>(std::clamp(std::floor(reach.top - kMargin_px), 0.0f, height));
  const auto right = static_cast<uint32_t>(std::clamp(std::ceil(reach.right + kMargin_px), 0.0f, width));
  const auto bottom = static_cast<uint32_t>(std::clamp(std::ceil(reach.bottom + kMargin_px), 0.0f, height));
  for (uint32_t y = top; y < bottom; ++y) {
    for (uint32_t x = left; x < right; ++x) {
      const uint32_t pixel = y * frame.width + x;
      // Where the ray meets nothing at all, or meets its first surface beyond the object, it cannot meet the object.
      const float depth = frame.depth_m[pixel];
      if (depth > 0 && depth <= far && frame.instance[pixel] != object.id.value)
        aims_.push_back({object.id.value, pixel});
    }
  }
}

void CameraVisibility::take(const Frame& frame, std::span<const shared::CameraAim> aims,
                            std::span<const shared::Hit> hits) {
  Object* object = nullptr;
  for (size_t i = 0; i < aims.size(); ++i) {
    if (hits[i].instance == shared::kNoHit) continue;
    if (object == nullptr || object->id.value != aims[i].object) object = find(aims[i].object);
    const uint32_t pixel = aims[i].pixel;
    ++object->result.totalPixels;
    ++object->result.occludedPixels;
    include(object->result.amodalBox, pixel % frame.width, pixel / frame.width);
    const uint32_t shown = frame.instance[pixel];
    auto& by = object->hiddenBy;
    const auto at = std::lower_bound(by.begin(), by.end(), std::pair{shown, 0u});
    if (at != by.end() && at->first == shown) {
      ++at->second;
    } else {
      by.insert(at, {shown, 1u});
    }
  }
}

std::vector<record::CameraObjectVisibility> CameraVisibility::finish(const Frame&) {
  std::vector<record::CameraObjectVisibility> all;
  all.reserve(objects_.size());
  for (Object& object : objects_) {
    record::CameraObjectVisibility& result = object.result;
    if (result.totalPixels == 0) result.truncation = 1;
    uint32_t most = 0;
    for (const auto& [by, pixels] : object.hiddenBy) {
      if (pixels > most) {
        most = pixels;
        result.occluder = ObjectId{by};
      }
    }
    all.push_back(result);
  }
  return all;
}

}  // namespace nightfog::camera
