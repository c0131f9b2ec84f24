// Hand-made assets, models and scenarios for the world's tests.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/world/world.hpp"

namespace nightfog::world::test {

/// Collects actors with their models; each model is one mesh unless parts are given.
class Stage {
 public:
  scenario::Scenario scenario;
  catalog::Catalog catalog;
  std::vector<content::Model> models;
  std::set<size_t> absent;  ///< indices of actors that enter later

  Stage() { scenario.step = SimTime::fromMs(10); }

  /// Adds an actor "a1", "a2" … with an asset of its own; returns its object id.
  ObjectId add(catalog::AssetInfo asset, const RigidTransform& pose, scenario::Behavior behavior,
               std::vector<content::ModelPart> parts = {}) {
    const auto number = static_cast<uint32_t>(scenario.actors.size() + 1);
    asset.id = "asset." + std::to_string(number);
    scenario.actors.push_back({"a" + std::to_string(number), asset.id, pose, std::move(behavior)});
    if (parts.empty()) {
      content::ModelPart body;
      body.name = "body";
      body.mesh = MeshId(number);
      parts.push_back(body);
    }
    models.push_back({asset.id, std::move(parts), {}});
    catalog.add(std::move(asset));
    return ObjectId{number};
  }

  World world(Director* director = nullptr) const {
    std::vector<CastMember> cast;
    for (size_t i = 0; i < models.size(); ++i) cast.push_back({scenario.actors[i], models[i], !absent.contains(i)});
    return World(scenario, catalog, std::move(cast), director);
  }
};

inline catalog::AssetInfo boxAsset(const glm::dvec3& size, double mass_kg = 0) {
  catalog::AssetInfo asset;
  asset.semantic = classes::kDebris;
  asset.boxSize = size;
  asset.boxCentre = {0, 0, size.z / 2};
  asset.centreOfMass = asset.boxCentre;
  asset.mass_kg = mass_kg;
  return asset;
}

inline catalog::AssetInfo tyreAsset(double radius, double width, double mass_kg) {
  catalog::AssetInfo asset = boxAsset({2 * radius, width, 2 * radius}, mass_kg);
  asset.semantic = classes::kTyre;
  return asset;
}

inline catalog::AssetInfo personAsset() {
  catalog::AssetInfo asset = boxAsset({0.4, 0.5, 1.75}, 75);
  asset.semantic = classes::kAdult;
  return asset;
}

inline constexpr double kGravity = 9.81;  // m/s²
inline constexpr double kWheelRadius = 0.32;
inline constexpr double kWheelbase = 2.7;
inline constexpr double kHalfTrack = 0.78;

/// A saloon: origin on the ground under the rear axle.
inline catalog::AssetInfo carAsset() {
  catalog::AssetInfo asset = boxAsset({4.6, 1.8, 1.45}, 1500);
  asset.semantic = classes::kCar;
  asset.boxCentre.x = 1.35;
  for (double x : {0.0, kWheelbase}) {
    for (double y : {kHalfTrack, -kHalfTrack}) {
      asset.wheels.push_back({"wheel", {x, y, kWheelRadius}, kWheelRadius, x > 0});
    }
  }
  return asset;
}

/// Body, then wheels: rear left, rear right, front left, front right.
inline std::vector<content::ModelPart> carParts() {
  std::vector<content::ModelPart> parts(1);
  parts[0].name = "body";
  parts[0].mesh = MeshId(100);
  for (double x : {0.0, kWheelbase}) {
    for (double y : {kHalfTrack, -kHalfTrack}) {
      content::ModelPart wheel;
      wheel.name = "wheel";
      wheel.mesh = MeshId(101);
      wheel.parent = 0;
      wheel.parentFromPart = RigidTransform::fromTranslation({x, y, kWheelRadius});
      wheel.joint = x > 0 ? content::Joint::kSteerWheel : content::Joint::kWheel;
      wheel.radius_m = static_cast<float>(kWheelRadius);
      parts.push_back(wheel);
    }
  }
  return parts;
}

/// Pelvis, then for left and right: thigh, shin, foot, upper arm, forearm. Every part has mesh 200 + index.
inline std::vector<content::ModelPart> personParts() {
  std::vector<content::ModelPart> parts;
  const auto add = [&](const std::string& name, int parent, const glm::dvec3& place, content::Joint joint) {
    content::ModelPart part;
    part.name = name;
    part.mesh = MeshId(static_cast<uint32_t>(200 + parts.size()));
    part.parent = parent;
    part.parentFromPart = RigidTransform::fromTranslation(place);
    part.joint = joint;
    parts.push_back(part);
    return static_cast<int>(parts.size()) - 1;
  };
  const int pelvis = add("body", -1, {0, 0, 0.95}, content::Joint::kFixed);
  for (const double side : {1.0, -1.0}) {
    const std::string name = side > 0 ? ".left" : ".right";
    const int thigh = add("thigh" + name, pelvis, {0, 0.1 * side, -0.02}, content::Joint::kHinge);
    const int shin = add("shin" + name, thigh, {0, 0, -0.43}, content::Joint::kHinge);
    add("foot" + name, shin, {0, 0, -0.42}, content::Joint::kHinge);
    const int arm = add("upper_arm" + name, pelvis, {0, 0.2 * side, 0.45}, content::Joint::kHinge);
    add("forearm" + name, arm, {0, 0, -0.28}, content::Joint::kHinge);
  }
  return parts;
}

inline RigidTransform at(double x, double y, double z = 0, double yaw_rad = 0) {
  return RigidTransform::fromYawPitchRoll({x, y, z}, yaw_rad);
}

/// Does something at given steps.
class Script final : public Director {
 public:
  std::map<int64_t, std::function<void(World&)>> at_ms;
  void direct(World& world) override {
    const auto entry = at_ms.find(world.now().ns / 1'000'000);
    if (entry != at_ms.end()) entry->second(world);
  }
};

inline const content::SnapshotObject& object(const content::SceneSnapshot& snapshot, ObjectId id) {
  return *snapshot.findObject(id);
}

/// Pose at a step's time.
inline RigidTransform poseAt(World& world, ObjectId id, double time_s) {
  return world.actorPose(id, SimTime::fromSeconds(time_s));
}

}  // namespace nightfog::world::test
