#include "engine/world/obstacles.hpp"

#include <algorithm>

#include "engine/record/taxonomy.hpp"
#include "engine/world/shapes.hpp"

namespace nightfog::world {
namespace {

/// Road, marks, kerbs and terrain have classes of their own, up to this one: they are Ground's.
constexpr ClassId kLastOfGround = classes::kParking;

bool isSolid(const content::SceneContent& content, const content::MeshSurface& surface) {
  const size_t material = surface.material.value;
  return kLastOfGround < surface.semantic && material < content.materials.size() &&
         !content.materials[material].alphaTexture.isValid();
}

}  // namespace

Obstacles::Solid& Obstacles::solidOf(MeshId id) {
  const auto [entry, isNew] = solids_.try_emplace(id);
  Solid& solid = entry->second;
  if (!isNew) return solid;
  const content::Mesh& mesh = content_->meshes[id.value];
  solid.mesh = &mesh;
  solid.low = btVector3(BT_LARGE_FLOAT, BT_LARGE_FLOAT, BT_LARGE_FLOAT);
  solid.high = -solid.low;
  for (size_t i = 0; i < mesh.triangles.size(); ++i) {
    if (!isSolid(*content_, mesh.surfaces[mesh.surfaceOfTriangle[i]])) continue;
    solid.triangles.push_back(mesh.triangles[i]);
    for (int k = 0; k < 3; ++k) {
      const btVector3 corner = toBullet(glm::dvec3(mesh.positions[mesh.triangles[i][k]]));
      solid.low.setMin(corner);
      solid.high.setMax(corner);
    }
  }
  return solid;
}

bool Obstacles::add(MeshId mesh, const RigidTransform& worldFromMesh, int userIndex) {
  if (content_ == nullptr || !mesh.isValid() || mesh.value >= content_->meshes.size()) return false;
  Solid& solid = solidOf(mesh);
  if (solid.triangles.empty()) return false;
  Obstacle obstacle;
  obstacle.solid = &solid;
  obstacle.worldFromMesh = toBullet(worldFromMesh);
  obstacle.userIndex = userIndex;
  btTransformAabb(solid.low, solid.high, 0, obstacle.worldFromMesh, obstacle.low, obstacle.high);
  obstacles_.push_back(std::move(obstacle));
  return true;
}

void Obstacles::wake(btDynamicsWorld& world, const btVector3& low, const btVector3& high) {
  for (Obstacle& obstacle : obstacles_) {
    if (obstacle.body || !TestAabbAgainstAabb2(low, high, obstacle.low, obstacle.high)) continue;
    Solid& solid = *obstacle.solid;
    if (!solid.shape) {
      btIndexedMesh part;
      part.m_numTriangles = static_cast<int>(solid.triangles.size());
      part.m_triangleIndexBase = reinterpret_cast<const unsigned char*>(solid.triangles.data());
      part.m_triangleIndexStride = sizeof(glm::uvec3);
      part.m_numVertices = static_cast<int>(solid.mesh->positions.size());
      part.m_vertexBase = reinterpret_cast<const unsigned char*>(solid.mesh->positions.data());
      part.m_vertexStride = sizeof(glm::vec3);
      part.m_vertexType = PHY_FLOAT;
      solid.view = std::make_unique<btTriangleIndexVertexArray>();
      solid.view->addIndexedMesh(part, PHY_INTEGER);
      solid.shape = std::make_unique<btBvhTriangleMeshShape>(solid.view.get(), true);
    }
    btRigidBody::btRigidBodyConstructionInfo info(0, nullptr, solid.shape.get(), btVector3(0, 0, 0));
    info.m_startWorldTransform = obstacle.worldFromMesh;
    // Bullet multiplies the two bodies' coefficients: what meets it keeps its own.
    info.m_friction = 1;
    info.m_restitution = 1;
    obstacle.body = std::make_unique<btRigidBody>(info);
    obstacle.body->setUserIndex(obstacle.userIndex);
    world.addRigidBody(obstacle.body.get());
  }
}

void Obstacles::remove(btDynamicsWorld& world, int userIndex) {
  const auto isGone = [&](const Obstacle& obstacle) {
    if (obstacle.userIndex != userIndex) return false;
    if (obstacle.body) world.removeRigidBody(obstacle.body.get());
    return true;
  };
  obstacles_.erase(std::remove_if(obstacles_.begin(), obstacles_.end(), isGone), obstacles_.end());
}

void Obstacles::clear(btDynamicsWorld& world) {
  for (const Obstacle& obstacle : obstacles_) {
    if (obstacle.body) world.removeRigidBody(obstacle.body.get());
  }
  obstacles_.clear();
}

bool Obstacles::anyWithin(const btVector3& low, const btVector3& high) const {
  return std::any_of(obstacles_.begin(), obstacles_.end(), [&](const Obstacle& obstacle) {
    return TestAabbAgainstAabb2(low, high, obstacle.low, obstacle.high);
  });
}

std::vector<btRigidBody*> Obstacles::within(const btVector3& low, const btVector3& high, int userIndex) const {
  std::vector<btRigidBody*> found;
  for (const Obstacle& obstacle : obstacles_) {
    if (obstacle.body && obstacle.userIndex == userIndex &&
        TestAabbAgainstAabb2(low, high, obstacle.low, obstacle.high))
      found.push_back(obstacle.body.get());
  }
  return found;
}

}  // namespace nightfog::world
