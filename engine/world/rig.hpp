// A model brought to life: which part turns by how much, and where that puts every part.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/mesh.hpp"
#include "engine/world/gait.hpp"
#include "engine/world/ground.hpp"
#include "engine/world/motion.hpp"
#include "engine/world/pedalling.hpp"

namespace nightfog::world {

/// Poses the parts of one actor's model. Wheels roll and steer by its motion; a person with legs ("thigh.left",
/// "shin.left", optionally "foot.left"; "upper_arm.left", "forearm.left"; the same for ".right") walks by it; one
/// whose model has a "crank" with "pedal.left" and "pedal.right" pedals. Hinges of
/// other names stay at rest.
class Rig {
 public:
  /// `motion` may be nullptr (physics moves the body; wheels and limbs stay at rest). Both outlive the rig. Throws
  /// Error for a model whose parents do not come before their children.
  Rig(content::Model model, const Motion* motion, const Ground* ground);

  /// Parts that have a mesh, in the model's order.
  const std::vector<size_t>& drawnParts() const { return drawn_; }
  const std::string& partName(size_t part) const { return model_.parts[part].name; }
  /// The mesh of a part, and if it bends how many shapes there are from this one on, one a sample of its model's clip.
  MeshId mesh(size_t part) const { return model_.parts[part].mesh; }
  uint32_t shapeCount(size_t part) const;
  /// How many samples of its model's clip the actor has gone through.
  double samplesPlayed(double travelled_m, double time_s) const;
  /// The model moves also where it stands.
  bool movesByTime() const { return model_.clip && model_.clip->stride_m == 0; }
  const std::vector<content::ModelLamp>& lamps() const { return model_.lamps; }
  bool walks() const { return gait_.has_value(); }
  const std::optional<Gait>& gait() const { return gait_; }

  /// The object's box over the whole episode: the asset's, but long enough for a walker's stride, or all that the
  /// model's clip fills.
  void boxOf(const catalog::AssetInfo& asset, glm::dvec3& size, glm::dvec3& centre) const;
  /// Puts the feet on the ground: beside a road, someone who walks is at the ground's height wherever the path's points
  /// lie.
  void settle(MotionState& state) const;
  /// Appends worldFromPart of every drawn part.
  void appendPoses(const MotionState& state, double time_s, std::vector<RigidTransform>& poses) const;

  /// From now on it goes by another motion, from its beginning. Outlives the rig.
  void follow(const Motion& motion);
  /// A hinged part (a door) swings to an angle. Throws Error naming the parts that can where there is no such hinge.
  void swing(const std::string& part, double now_s, double angle_rad, double duration_s);

 private:
  enum class Limb { kNone, kThigh, kShin, kFoot, kUpperArm, kForearm, kCrank, kPedal };
  struct PartRole {
    Limb limb = Limb::kNone;
    Side side = kLeft;
    glm::dvec3 placeInActor{0};  ///< at rest
    double axisSign = 1;         ///< -1 where the part's y axis points to the actor's right
  };

  /// A hinge that somebody moves: from one angle to another.
  struct Swing {
    size_t part = 0;
    double start_s = 0, duration_s = 0;
    double from_rad = 0, to_rad = 0;
    double angle_rad(double time_s) const;
  };

  void findLegs();
  GaitPose gaitPose(double travelled_m) const;
  glm::dquat jointRotation(size_t part, const MotionState& state, double time_s, const GaitPose& gaitPose) const;
  /// Where in its model's clip the actor is, in samples from 0 to their number.
  double clipPosition(double travelled_m, double time_s) const;
  RigidTransform parentFromPart(size_t part, double clipPosition) const;

  content::Model model_;
  const Motion* motion_;
  const Ground* ground_;
  std::vector<PartRole> roles_;
  std::vector<size_t> drawn_;
  std::optional<Gait> gait_;
  std::vector<Swing> swings_;
  std::optional<Pedalling> pedalling_;
};

}  // namespace nightfog::world
