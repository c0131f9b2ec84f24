// The messages that Foxglove and Rerun draw. Their quaternions are x, y, z, w; all else is ISO 8855, as ours.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include <fmt/format.h>

#include "engine/record/camera_lens.hpp"
#include "engine/record/convert.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/record/topics.hpp"

namespace nightfog::record {
namespace {

using Field = foxglove::PackedElementField;

struct PointMember {
  const char* name;
  uint32_t offset;
  Field::NumericType type;
};

// LidarPoint as it lies in memory and in the file; readers without our header decode it by this table.
constexpr std::array kPointMembers = {
    PointMember{"x", offsetof(LidarPoint, x), Field::FLOAT32},
    PointMember{"y", offsetof(LidarPoint, y), Field::FLOAT32},
    PointMember{"z", offsetof(LidarPoint, z), Field::FLOAT32},
    PointMember{"range", offsetof(LidarPoint, range_m), Field::FLOAT32},
    PointMember{"intensity", offsetof(LidarPoint, intensity), Field::FLOAT32},
    PointMember{"azimuth", offsetof(LidarPoint, azimuth_rad), Field::FLOAT32},
    PointMember{"time_offset_ns", offsetof(LidarPoint, timeOffset_ns), Field::INT32},
    PointMember{"true_range", offsetof(LidarPoint, trueRange_m), Field::FLOAT32},
    PointMember{"incidence_cosine", offsetof(LidarPoint, incidenceCosine), Field::FLOAT32},
    PointMember{"vx", offsetof(LidarPoint, vx), Field::FLOAT32},
    PointMember{"vy", offsetof(LidarPoint, vy), Field::FLOAT32},
    PointMember{"vz", offsetof(LidarPoint, vz), Field::FLOAT32},
    PointMember{"instance", offsetof(LidarPoint, instance), Field::UINT32},
    PointMember{"semantic", offsetof(LidarPoint, semantic), Field::UINT16},
    PointMember{"material", offsetof(LidarPoint, material), Field::UINT16},
    PointMember{"ring", offsetof(LidarPoint, ring), Field::UINT16},
    PointMember{"column", offsetof(LidarPoint, column), Field::UINT16},
    PointMember{"return_index", offsetof(LidarPoint, returnIndex), Field::UINT8},
    PointMember{"cause", offsetof(LidarPoint, cause), Field::UINT8},
    PointMember{"part", offsetof(LidarPoint, part), Field::UINT16},
    PointMember{"fill", offsetof(LidarPoint, fill), Field::FLOAT32},
    PointMember{"seen_via", offsetof(LidarPoint, seenVia), Field::UINT32},
    PointMember{"reflectance", offsetof(LidarPoint, reflectance), Field::FLOAT32},
    PointMember{"elongation", offsetof(LidarPoint, elongation_m), Field::FLOAT32},
};

void set(google::protobuf::Timestamp* out, SimTime t) {
  int64_t seconds = t.ns / 1'000'000'000;
  int64_t nanos = t.ns % 1'000'000'000;
  if (nanos < 0) {
    nanos += 1'000'000'000;
    --seconds;
  }
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>(nanos));
}
void set(foxglove::Vector3* out, const glm::dvec3& v) {
  out->set_x(v.x);
  out->set_y(v.y);
  out->set_z(v.z);
}
void set(foxglove::Quaternion* out, const glm::dquat& q) {
  out->set_x(q.x);
  out->set_y(q.y);
  out->set_z(q.z);
  out->set_w(q.w);
}
void set(foxglove::Pose* out, const RigidTransform& pose) {
  set(out->mutable_position(), pose.translation);
  set(out->mutable_orientation(), pose.rotation);
}

void addTransform(foxglove::FrameTransforms& out, SimTime at, const std::string& parent, const std::string& child,
                  const RigidTransform& parentFromChild) {
  foxglove::FrameTransform* t = out.add_transforms();
  set(t->mutable_timestamp(), at);
  t->set_parent_frame_id(parent);
  t->set_child_frame_id(child);
  set(t->mutable_translation(), parentFromChild.translation);
  set(t->mutable_rotation(), parentFromChild.rotation);
}

void addMetadata(foxglove::SceneEntity& entity, const char* key, const std::string& value) {
  foxglove::KeyValuePair* pair = entity.add_metadata();
  pair->set_key(key);
  pair->set_value(value);
}

/// Of records from before LidarPoint::fill, and from before LidarPoint::reflectance.
struct OlderLayout {
  size_t members, stride;
};
constexpr std::array kOlderLayouts = {OlderLayout{20, 64}, OlderLayout{22, 72}};

}  // namespace

foxglove::PointCloud pointCloudHead(const LidarSweep& sweep) {
  foxglove::PointCloud out;
  set(out.mutable_timestamp(), sweep.reference);
  out.set_frame_id(sweep.sensor);
  set(out.mutable_pose(), RigidTransform::identity());
  out.set_point_stride(sizeof(LidarPoint));
  for (const PointMember& member : kPointMembers) {
    Field* field = out.add_fields();
    field->set_name(member.name);
    field->set_offset(member.offset);
    field->set_type(member.type);
  }
  return out;
}

std::vector<LidarPoint> pointsOf(const foxglove::PointCloud& cloud) {
  // Older records have the first members alone.
  const auto fieldCount = static_cast<size_t>(cloud.fields_size());
  const size_t stride = cloud.point_stride();
  const bool isOlder = std::any_of(kOlderLayouts.begin(), kOlderLayouts.end(), [&](const OlderLayout& layout) {
    return fieldCount == layout.members && stride == layout.stride;
  });
  if (!isOlder && (stride != sizeof(LidarPoint) || fieldCount != kPointMembers.size()))
    throw std::invalid_argument("the point cloud has another layout than nightfog's");
  for (size_t i = 0; i < fieldCount; ++i) {
    const Field& field = cloud.fields(static_cast<int>(i));
    const PointMember& member = kPointMembers[i];
    if (field.name() != member.name || field.offset() != member.offset || field.type() != member.type) {
      throw std::invalid_argument(fmt::format("field {} of the point cloud is '{}' at {}, not '{}' at {}", i,
                                              field.name(), field.offset(), member.name, member.offset));
    }
  }
  const std::string& data = cloud.data();
  if (data.size() % stride != 0)
    throw std::invalid_argument(fmt::format("{} bytes are not a whole number of points", data.size()));
  std::vector<LidarPoint> points(data.size() / stride);
  for (size_t i = 0; i < points.size() && isOlder; ++i)
    std::memcpy(static_cast<void*>(&points[i]), data.data() + i * stride, stride);
  if (!isOlder && !points.empty()) std::memcpy(points.data(), data.data(), data.size());
  return points;
}

foxglove::FrameTransforms frameTransforms(const LidarSweep& sweep, const std::string& vehicleFrame) {
  foxglove::FrameTransforms out;
  if (vehicleFrame.empty()) {  // nobody carries the sensor
    addTransform(out, sweep.reference, kWorldFrame, sweep.sensor, sweep.worldFromSensor);
    return out;
  }
  addTransform(out, sweep.reference, kWorldFrame, vehicleFrame, sweep.worldFromVehicle);
  addTransform(out, sweep.reference, vehicleFrame, sweep.sensor,
               sweep.worldFromVehicle.inverse() * sweep.worldFromSensor);
  return out;
}

foxglove::CompressedImage compressedImageHead(const CameraImage& image) {
  foxglove::CompressedImage out;
  set(out.mutable_timestamp(), image.reference);
  out.set_format(image.encoding);
  out.set_frame_id(opticalFrame(image.sensor));
  return out;
}

foxglove::CameraCalibration cameraCalibration(const std::string& sensor, const CameraCalibration& c, SimTime at) {
  foxglove::CameraCalibration out;
  set(out.mutable_timestamp(), at);
  out.set_width(c.width);
  out.set_height(c.height);
  out.set_distortion_model("plumb_bob");
  for (const double d : {c.k1, c.k2, c.p1, c.p2, c.k3}) out.add_d(d);
  for (const double k : {c.fx, 0.0, c.cx, 0.0, c.fy, c.cy, 0.0, 0.0, 1.0}) out.add_k(k);
  for (const double r : {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0}) out.add_r(r);
  for (const double p : {c.fx, 0.0, c.cx, 0.0, 0.0, c.fy, c.cy, 0.0, 0.0, 0.0, 1.0, 0.0}) out.add_p(p);
  out.set_frame_id(opticalFrame(sensor));
  return out;
}

void addOpticalFrame(foxglove::FrameTransforms& transforms, const CameraImage& image) {
  // Optical x is -y of the sensor, optical y its -z, optical z its x.
  addTransform(transforms, image.reference, image.sensor, opticalFrame(image.sensor), sensorFromOptical());
}

foxglove::SceneUpdate sceneUpdate(const LidarSweep& sweep, const std::vector<ObjectTruth>& objects) {
  foxglove::SceneUpdate out;
  // Stateless: any frame shows the same, whichever came before it.
  foxglove::SceneEntityDeletion* deletion = out.add_deletions();
  set(deletion->mutable_timestamp(), sweep.reference);
  deletion->set_type(foxglove::SceneEntityDeletion::ALL);
  auto visibility = sweep.visibility.begin();
  for (const ObjectTruth& object : objects) {
    const ClassInfo& info = classInfo(object.semantic);
    foxglove::SceneEntity* entity = out.add_entities();
    set(entity->mutable_timestamp(), sweep.reference);
    entity->set_frame_id(kWorldFrame);
    entity->set_id(std::to_string(object.id.value));
    foxglove::CubePrimitive* cube = entity->add_cubes();
    set(cube->mutable_pose(), object.worldFromBox);
    set(cube->mutable_size(), object.size);
    foxglove::Color* colour = cube->mutable_color();
    colour->set_r(static_cast<double>(info.colour_rgb >> 16 & 0xff) / 255);
    colour->set_g(static_cast<double>(info.colour_rgb >> 8 & 0xff) / 255);
    colour->set_b(static_cast<double>(info.colour_rgb & 0xff) / 255);
    colour->set_a(object.semantic == classes::kEgo ? 0.1 : 0.35);  // the sensor looks out of the ego's box
    addMetadata(*entity, "name", object.name);
    addMetadata(*entity, "class", std::string(info.name));
    addMetadata(*entity, "asset", object.asset);
    while (visibility != sweep.visibility.end() && visibility->object < object.id) ++visibility;
    if (visibility != sweep.visibility.end() && visibility->object == object.id) {
      addMetadata(*entity, "hits", std::to_string(visibility->hits));
      addMetadata(*entity, "possible_hits", std::to_string(visibility->possibleHits));
      addMetadata(*entity, "occluder", std::to_string(visibility->occluder.value));
    }
  }
  return out;
}

}  // namespace nightfog::record
