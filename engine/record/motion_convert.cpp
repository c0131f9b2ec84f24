// FrameMotion as a message and back.
#include <fmt/format.h>

#include <cmath>

#include "engine/record/convert.hpp"

namespace nightfog::record {
namespace {

constexpr int kNumbersOfPose = 7;

template <class Field>
void addPoses(const std::vector<RigidTransform>& poses, Field* field) {
  field->Reserve(kNumbersOfPose * static_cast<int>(poses.size()));
  for (const RigidTransform& pose : poses) {
    const glm::dvec3& t = pose.translation;
    const glm::dquat& q = pose.rotation;
    for (const double value : {t.x, t.y, t.z, q.w, q.x, q.y, q.z}) {
      field->Add(static_cast<typename Field::value_type>(value));
    }
  }
}

template <class Field>
std::vector<RigidTransform> posesOf(const Field& field, uint32_t keyCount) {
  const auto count = static_cast<uint32_t>(field.size() / kNumbersOfPose);
  if (field.size() % kNumbersOfPose != 0 || (count != 1 && count != keyCount)) {
    throw std::invalid_argument(fmt::format("{} numbers for the poses at {} keys", field.size(), keyCount));
  }
  std::vector<RigidTransform> poses;
  poses.reserve(count);
  for (uint32_t k = 0; k < count; ++k) {
    const auto number = [&](int i) { return static_cast<double>(field[kNumbersOfPose * static_cast<int>(k) + i]); };
    const glm::dquat q(number(3), number(4), number(5), number(6));
    if (!(std::abs(glm::length(q) - 1) < 1e-3)) throw std::invalid_argument("the rotation of a pose is none");
    poses.push_back({q, {number(0), number(1), number(2)}});
  }
  return poses;
}

}  // namespace

v1::ObjectMotions toMessage(const LidarSweep& sweep, const FrameMotion& motion) {
  v1::ObjectMotions out;
  out.set_sensor(sweep.sensor);
  out.set_frame(sweep.frame);
  out.set_first_key_ns(motion.firstKey.ns);
  out.set_key_step_ns(motion.keyStep.ns);
  out.set_key_count(motion.keyCount);
  for (const ObjectMotion& object : motion.objects) {
    v1::ObjectMotion* o = out.add_objects();
    o->set_id(object.id.value);
    addPoses(object.worldFromObject, o->mutable_world_from_object());
    for (const PartMotion& part : object.parts) {
      v1::PartMotion* p = o->add_parts();
      p->set_name(part.name);
      addPoses(part.objectFromPart, p->mutable_object_from_part());
    }
  }
  return out;
}

FrameMotion fromMessage(const v1::ObjectMotions& in) {
  FrameMotion out;
  out.firstKey.ns = in.first_key_ns();
  out.keyStep.ns = in.key_step_ns();
  out.keyCount = in.key_count();
  if (out.keyCount == 0 || (out.keyCount > 1 && out.keyStep.ns <= 0)) {
    throw std::invalid_argument(fmt::format("{} keys of {} ns", out.keyCount, out.keyStep.ns));
  }
  for (const v1::ObjectMotion& o : in.objects()) {
    ObjectMotion object;
    object.id = ObjectId{o.id()};
    if (!out.objects.empty() && object.id <= out.objects.back().id) {
      throw std::invalid_argument("object ids do not ascend");
    }
    object.worldFromObject = posesOf(o.world_from_object(), out.keyCount);
    for (const v1::PartMotion& p : o.parts()) {
      object.parts.push_back({p.name(), posesOf(p.object_from_part(), out.keyCount)});
    }
    out.objects.push_back(std::move(object));
  }
  return out;
}

}  // namespace nightfog::record
