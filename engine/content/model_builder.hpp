// Turns a catalogue entry into a model: each procedural builder is one .cpp in builders/ and one line in builtin.cpp.
#pragma once

#include <span>
#include <string_view>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"

namespace nightfog::content {

/// A number that an asset may set for its builder.
struct BuilderParameter {
  std::string_view name;
  std::string_view unit;
  double fallback = 0;
  double low = 0;
  double high = 0;
  std::string_view description;
};

/// A place on the model whose material an asset may choose.
struct BuilderSlot {
  std::string_view name;
  std::string_view fallback;  ///< material name
  std::string_view description;
};

struct Bounds;
struct Builder;

/// What a builder works from and into.
class BuildContext {
 public:
  BuildContext(const Builder& builder, const catalog::AssetInfo& asset, SceneContent& content)
      : builder_(builder), asset_(asset), content_(content) {}
  const catalog::AssetInfo& asset() const { return asset_; }
  SceneContent& content() const { return content_; }
  /// The asset's value, or the table's. Throws Error when it lies outside the table's range.
  double parameter(std::string_view name) const;
  /// Material of a slot: the asset's choice, or the table's.
  MaterialId slot(std::string_view name) const;
  /// A material that is not a slot.
  MaterialId material(std::string_view name) const;

 private:
  const Builder& builder_;
  const catalog::AssetInfo& asset_;
  SceneContent& content_;
};

struct Builder {
  std::string_view name;
  std::string_view description;
  std::span<const BuilderParameter> parameters;
  std::span<const BuilderSlot> slots;
  Model (*build)(const BuildContext&) = nullptr;
};

/// Every builder there is, by name.
std::span<const Builder> builders();

/// Builds an asset's model: its meshes go into `content`, whose materials (loadMaterials) must be there. Deterministic.
/// Throws Error for an unknown builder, parameter, slot or material.
/// @code Model saloon = buildModel(*catalog.find("vehicle.sedan"), content); @endcode
Model buildModel(const catalog::AssetInfo& asset, SceneContent& content);

/// Bounds of a model at rest, in its own frame.
Bounds boundsOf(const Model& model, const SceneContent& content);
/// Poses of the parts at rest: modelFromPart.
std::vector<RigidTransform> restPoses(const Model& model);
/// Triangles of all parts.
size_t triangleCount(const Model& model, const SceneContent& content);

}  // namespace nightfog::content
