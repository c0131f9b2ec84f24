// A camera's frame as messages, and back.
#include <fmt/format.h>

#include <cstring>

#include "engine/record/convert.hpp"
#include "engine/record/plane_codec.hpp"
#include "engine/record/topics.hpp"

namespace nightfog::record {
namespace {

void set(v1::PixelBox* out, const PixelBox& box) {
  out->set_left(box.left);
  out->set_top(box.top);
  out->set_right(box.right);
  out->set_bottom(box.bottom);
}

PixelBox pixelBox(const v1::PixelBox& in) {
  return {in.left(), in.top(), in.right(), in.bottom()};
}

template <class T>
std::vector<T> typed(const std::vector<std::byte>& bytes) {
  std::vector<T> out(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

struct KnownPlane {
  v1::TruthPlane::Kind kind;
  PlaneLayout layout;
};
constexpr KnownPlane kPlanes[] = {{v1::TruthPlane::DEPTH, {4, 1, true}}, {v1::TruthPlane::SEMANTIC, {2, 1}},
                                  {v1::TruthPlane::INSTANCE, {4, 1}},    {v1::TruthPlane::NORMAL, {2, 2}},
                                  {v1::TruthPlane::FLOW, {4, 2, true}},  {v1::TruthPlane::FLOW_STATE, {1, 1}},
                                  {v1::TruthPlane::DIRT, {1, 1}}};

const PlaneLayout& layoutOf(v1::TruthPlane::Kind kind) {
  for (const KnownPlane& plane : kPlanes) {
    if (plane.kind == kind) return plane.layout;
  }
  throw std::invalid_argument(fmt::format("plane of unknown kind {}", static_cast<int>(kind)));
}

template <class T>
void addPlane(std::vector<std::pair<std::string, v1::TruthPlane>>& planes, const CameraImage& image, const char* name,
              v1::TruthPlane::Kind kind, const std::vector<T>& pixels) {
  if (pixels.empty()) return;
  const PlaneLayout& layout = layoutOf(kind);
  v1::TruthPlane plane;
  plane.set_sensor(image.sensor);
  plane.set_frame(image.frame);
  plane.set_reference_ns(image.reference.ns);
  plane.set_width(image.width);
  plane.set_height(image.height);
  plane.set_kind(kind);
  plane.set_bytes_per_pixel(layout.wordBytes * layout.wordsPerPixel);
  plane.set_encoding(kPlaneEncoding);
  EncodedPlane encoded = encodePlane(std::as_bytes(std::span(pixels)), image.width, layout);
  plane.set_fixed_point_bits(encoded.fixedPointBits);
  plane.set_data(std::move(encoded.data));
  planes.emplace_back(name, std::move(plane));
}

}  // namespace

v1::CameraFrame cameraMessage(const CameraImage& image) {
  v1::CameraFrame out;
  out.set_sensor(image.sensor);
  out.set_frame(image.frame);
  out.set_start_ns(image.start.ns);
  out.set_end_ns(image.end.ns);
  out.set_reference_ns(image.reference.ns);
  out.set_width(image.width);
  out.set_height(image.height);
  out.set_exposure_time_s(image.exposureTime_s);
  out.set_iso(image.iso);
  for (const CameraObjectVisibility& v : image.visibility) {
    v1::CameraObjectVisibility* o = out.add_visibility();
    o->set_object(v.object.value);
    o->set_visible_pixels(v.visiblePixels);
    o->set_total_pixels(v.totalPixels);
    if (!v.modalBox.isEmpty()) set(o->mutable_modal_box(), v.modalBox);
    if (!v.amodalBox.isEmpty()) set(o->mutable_amodal_box(), v.amodalBox);
    if (!v.projectedBox.isEmpty()) set(o->mutable_projected_box(), v.projectedBox);
    o->set_truncation(v.truncation);
    o->set_occluder(v.occluder.value);
    o->set_occluded_pixels(v.occludedPixels);
  }
  return out;
}

CameraImage cameraImage(const v1::CameraFrame& in) {
  CameraImage out;
  out.sensor = in.sensor();
  out.frame = in.frame();
  out.start.ns = in.start_ns();
  out.end.ns = in.end_ns();
  out.reference.ns = in.reference_ns();
  out.width = in.width();
  out.height = in.height();
  out.exposureTime_s = in.exposure_time_s();
  out.iso = in.iso();
  for (const v1::CameraObjectVisibility& v : in.visibility()) {
    CameraObjectVisibility o;
    o.object = ObjectId{v.object()};
    o.visiblePixels = v.visible_pixels();
    o.totalPixels = v.total_pixels();
    o.modalBox = pixelBox(v.modal_box());
    o.amodalBox = pixelBox(v.amodal_box());
    o.projectedBox = pixelBox(v.projected_box());
    o.truncation = v.truncation();
    o.occluder = ObjectId{v.occluder()};
    o.occludedPixels = v.occluded_pixels();
    if (!out.visibility.empty() && o.object <= out.visibility.back().object)
      throw std::invalid_argument("object ids do not ascend");
    out.visibility.push_back(o);
  }
  return out;
}

std::vector<std::pair<std::string, v1::TruthPlane>> truthPlanes(const CameraImage& image) {
  std::vector<std::pair<std::string, v1::TruthPlane>> planes;
  addPlane(planes, image, "depth", v1::TruthPlane::DEPTH, image.depth_m);
  addPlane(planes, image, "semantic", v1::TruthPlane::SEMANTIC, image.semantic);
  addPlane(planes, image, "instance", v1::TruthPlane::INSTANCE, image.instance);
  addPlane(planes, image, "normal", v1::TruthPlane::NORMAL, image.normals);
  addPlane(planes, image, "flow", v1::TruthPlane::FLOW, image.flow_px);
  addPlane(planes, image, "flow_state", v1::TruthPlane::FLOW_STATE, image.flowState);
  addPlane(planes, image, "dirt", v1::TruthPlane::DIRT, image.dirt);
  return planes;
}

void takePlane(const v1::TruthPlane& plane, CameraImage& image) {
  const PlaneLayout& layout = layoutOf(plane.kind());
  if (plane.width() != image.width || plane.height() != image.height || plane.encoding() != kPlaneEncoding ||
      plane.bytes_per_pixel() != layout.wordBytes * layout.wordsPerPixel) {
    throw std::invalid_argument(
        fmt::format("a plane of {} x {} pixels, {} bytes each, encoded as '{}', in a frame of {} x {}", plane.width(),
                    plane.height(), plane.bytes_per_pixel(), plane.encoding(), image.width, image.height));
  }
  const std::vector<std::byte> bytes =
      decodePlane(plane.data(), plane.width(), plane.height(), layout, plane.fixed_point_bits());
  switch (plane.kind()) {
    case v1::TruthPlane::DEPTH:
      image.depth_m = typed<float>(bytes);
      break;
    case v1::TruthPlane::DIRT:
      image.dirt = typed<uint8_t>(bytes);
      break;
    case v1::TruthPlane::SEMANTIC:
      image.semantic = typed<uint16_t>(bytes);
      break;
    case v1::TruthPlane::INSTANCE:
      image.instance = typed<uint32_t>(bytes);
      break;
    case v1::TruthPlane::NORMAL:
      image.normals = typed<uint32_t>(bytes);
      break;
    case v1::TruthPlane::FLOW:
      image.flow_px = typed<glm::vec2>(bytes);
      break;
    default:
      image.flowState = typed<FlowState>(bytes);
      for (const FlowState state : image.flowState) {
        if (state > FlowState::kOutside)
          throw std::invalid_argument(fmt::format("flow state {}", static_cast<int>(state)));
      }
  }
}

}  // namespace nightfog::record
