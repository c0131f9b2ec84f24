// Strong identifiers: an index into a mesh table cannot be passed where an object is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace nightfog {

/// A 32-bit index with a type. `Id<struct MeshTag> mesh{3}; mesh.value`. The default is `invalid()`.
template <class Tag>
struct Id {
  static constexpr uint32_t kInvalid = 0xffffffffu;
  uint32_t value = kInvalid;

  constexpr Id() = default;
  constexpr explicit Id(uint32_t v) : value(v) {}
  static constexpr Id invalid() { return Id{}; }
  constexpr bool isValid() const { return value != kInvalid; }
  constexpr auto operator<=>(const Id&) const = default;
};

using MeshId = Id<struct MeshTag>;
using MaterialId = Id<struct MaterialTag>;
using TextureId = Id<struct TextureTag>;

/// An object that labels speak of: an actor, a named prop. Stable over an episode; 0 is "no object" (road, houses,
/// sky).
struct ObjectId {
  uint32_t value = 0;
  constexpr bool isObject() const { return value != 0; }
  constexpr auto operator<=>(const ObjectId&) const = default;
};

}  // namespace nightfog

template <class Tag>
struct std::hash<nightfog::Id<Tag>> {
  size_t operator()(nightfog::Id<Tag> id) const noexcept { return id.value; }
};
