#include "engine/content/model_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/content/import/import_model.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/core/error.hpp"

namespace nightfog::content {
namespace {

template <class Entry>
std::string namesOf(std::span<const Entry> entries) {
  std::string names;
  for (const Entry& entry : entries) names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
  return names.empty() ? "none" : names;
}

template <class Entry>
const Entry* findByName(std::span<const Entry> entries, std::string_view name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

void refuseUnknownNames(const Builder& builder, const catalog::AssetInfo& asset) {
  for (const auto& [name, value] : asset.parameters) {
    if (findByName(builder.parameters, name) == nullptr) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': builder '{}' has no parameter '{}'.", asset.id, builder.name, name),
                  fmt::format("Its parameters: {}.", namesOf(builder.parameters)));
    }
  }
  for (const auto& [name, material] : asset.materials) {
    if (findByName(builder.slots, name) == nullptr) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Asset '{}': builder '{}' has no material slot '{}'.", asset.id, builder.name, name),
                  fmt::format("Its slots: {}.", namesOf(builder.slots)));
    }
  }
}

bool isMotorVehicle(ClassId id) {
  return id == classes::kCar || id == classes::kVan || id == classes::kTruck || id == classes::kBus;
}

/// Low beams and tail lamps where a vehicle of this box has them: UNECE R48 wants head lamps 0.5 to 1.2 m high and tail
/// lamps 0.35 to 1.5 m, both within 0.4 m of the side.
void addVehicleLamps(const catalog::AssetInfo& asset, Model& model) {
  const double front = asset.boxCentre.x + 0.5 * asset.boxSize.x;
  const double rear = asset.boxCentre.x - 0.5 * asset.boxSize.x;
  const double aside = std::min(0.5 * asset.boxSize.y - 0.42, 0.85);
  const double headHeight = asset.boxSize.z > 2.3 ? 0.85 : 0.66;
  for (const double side : {1.0, -1.0}) {
    Lamp head;
    head.partFromLamp = RigidTransform::fromTranslation({front + 0.03, side * aside, headHeight});
    head.pattern = LampPattern::kLowBeam;
    head.intensity_cd = 24000;
    head.colour = {1.05f, 1.0f, 0.86f};
    head.radius_m = 0.06f;
    model.lamps.push_back({0, head});
    Lamp tail;
    tail.partFromLamp = RigidTransform::fromYawPitchRoll({rear - 0.03, side * aside, headHeight + 0.2}, kPi);
    tail.pattern = LampPattern::kTail;
    tail.intensity_cd = 12;
    tail.colour = {4.2f, 0.14f, 0.08f};
    tail.radius_m = 0.07f;
    model.lamps.push_back({0, tail});
  }
}

}  // namespace

double BuildContext::parameter(std::string_view name) const {
  const BuilderParameter* entry = findByName(builder_.parameters, name);
  NF_ASSERT(entry != nullptr, "builder {} declares no parameter {}", builder_.name, name);
  const auto chosen = asset_.parameters.find(std::string(name));
  const double value = chosen == asset_.parameters.end() ? entry->fallback : chosen->second;
  if (!(value >= entry->low && value <= entry->high)) {
    throw Error(ExitCode::kDiagnostics, fmt::format("Asset '{}': {} is {} {}.", asset_.id, name, value, entry->unit),
                fmt::format("Builder '{}' takes {} to {} {}.", builder_.name, entry->low, entry->high, entry->unit));
  }
  return value;
}

MaterialId BuildContext::slot(std::string_view name) const {
  const BuilderSlot* entry = findByName(builder_.slots, name);
  NF_ASSERT(entry != nullptr, "builder {} declares no slot {}", builder_.name, name);
  const auto chosen = asset_.materials.find(std::string(name));
  return material(chosen == asset_.materials.end() ? entry->fallback : std::string_view(chosen->second));
}

MaterialId BuildContext::material(std::string_view name) const {
  return findMaterial(content_, name);
}

Model buildModel(const catalog::AssetInfo& asset, SceneContent& content) {
  if (asset.mesh) {
    Model model = importModel(asset, content);
    if (isMotorVehicle(asset.semantic)) addVehicleLamps(asset, model);
    return model;
  }
  const Builder* builder = findByName(builders(), asset.builder);
  if (builder == nullptr) {
    throw Error(ExitCode::kDiagnostics, fmt::format("Asset '{}': there is no builder '{}'.", asset.id, asset.builder),
                fmt::format("Builders: {}.", namesOf(builders())));
  }
  refuseUnknownNames(*builder, asset);
  Model model = builder->build(BuildContext(*builder, asset, content));
  model.asset = asset.id;
  if (isMotorVehicle(asset.semantic)) addVehicleLamps(asset, model);
  return model;
}

std::vector<RigidTransform> restPoses(const Model& model) {
  std::vector<RigidTransform> modelFromPart;
  for (const ModelPart& part : model.parts) {
    modelFromPart.push_back(part.parent < 0 ? part.parentFromPart
                                            : modelFromPart[static_cast<size_t>(part.parent)] * part.parentFromPart);
  }
  return modelFromPart;
}

Bounds boundsOf(const Model& model, const SceneContent& content) {
  const std::vector<RigidTransform> poses = restPoses(model);
  Bounds bounds;
  for (size_t i = 0; i < model.parts.size(); ++i) {
    if (!model.parts[i].mesh.isValid()) continue;
    const Bounds part = boundsOf(content.meshes[model.parts[i].mesh.value], poses[i]);
    bounds.include(part.min);
    bounds.include(part.max);
  }
  return bounds;
}

size_t triangleCount(const Model& model, const SceneContent& content) {
  size_t count = 0;
  for (const ModelPart& part : model.parts) {
    if (part.mesh.isValid()) count += content.meshes[part.mesh.value].triangles.size();
  }
  return count;
}

}  // namespace nightfog::content
