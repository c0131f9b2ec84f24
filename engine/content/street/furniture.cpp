#include "engine/content/street/furniture.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

/// A flat plate that faces +x: a convex outline in (y, z) about `centre`, thick backwards.
void addPlate(MeshBuilder& mesh, const glm::dvec3& centre, std::span<const glm::dvec2> outline, double thickness) {
  std::vector<std::vector<glm::dvec3>> rings(2);
  for (const glm::dvec2& p : outline) {
    rings[0].push_back(centre + glm::dvec3(-thickness, p.x, p.y));
    rings[1].push_back(centre + glm::dvec3(0, p.x, p.y));
  }
  addLoft(mesh, rings, true, true);
}

std::vector<glm::dvec2> disc(double radius, int count = 28) {
  std::vector<glm::dvec2> outline;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * kPi * (i + 0.5) / count;
    outline.emplace_back(radius * std::cos(angle), radius * std::sin(angle));
  }
  return outline;
}

std::vector<glm::dvec2> rectangle(double width, double height) {
  return {{-0.5 * width, -0.5 * height},
          {0.5 * width, -0.5 * height},
          {0.5 * width, 0.5 * height},
          {-0.5 * width, 0.5 * height}};
}

std::vector<glm::dvec2> moved(std::vector<glm::dvec2> outline, const glm::dvec2& by) {
  for (glm::dvec2& p : outline) p += by;
  return outline;
}

}  // namespace

MeshId makeStreetLamp(SceneContent& content) {
  MeshBuilder mesh("street_lamp");
  mesh.surface(findMaterial(content, "pole.galvanised"), classes::kStreetLamp);
  const ProfilePoint pole[] = {{0, -0.3}, {0.10, -0.3}, {0.10, 1.1}, {0.075, 1.2}, {0.045, 7.4}, {0, 7.4}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, pole, 14);
  std::vector<TubePoint> arm;
  for (int i = 0; i <= 6; ++i) {
    const double angle = 0.5 * kPi * i / 6;
    arm.push_back({{0.7 * (1 - std::cos(angle)), 0, 7.3 + 0.7 * std::sin(angle)}, 0.038});
  }
  arm.push_back({{1.15, 0, 8.03}, 0.032});
  addTube(mesh, arm, 10);
  addRoundedBox(mesh, {1.40, 0, 8.05}, {0.75, 0.30, 0.13}, 0.05, 3);
  mesh.surface(findMaterial(content, "lamp.street"), classes::kStreetLamp);
  addRoundedBox(mesh, {1.44, 0, 7.985}, {0.58, 0.24, 0.05}, 0.02, 1);
  mesh.surface(findMaterial(content, "pole.dark"), classes::kStreetLamp);
  addBox(mesh, {0.101, 0, 0.7}, {0.008, 0.08, 0.35});
  return content.add(mesh.finish());
}

Lamp streetLampLight(const RigidTransform& worldFromLamp) {
  Lamp lamp;
  // x down, out of the luminaire's opal, just below it
  lamp.partFromLamp = worldFromLamp * RigidTransform::fromYawPitchRoll({1.44, 0, 7.94}, 0, 0.5 * kPi);
  lamp.pattern = LampPattern::kStreet;
  lamp.intensity_cd = 2600;
  lamp.colour = {1.22f, 0.97f, 0.66f};
  lamp.radius_m = 0.18f;
  return lamp;
}

MeshId makeBin(std::string_view colour, SceneContent& content) {
  MeshBuilder mesh("bin");
  mesh.surface(findMaterial(content, colour), classes::kStreetFurniture);
  std::vector<std::vector<glm::dvec3>> rings;
  for (const auto& [z, length, width] :
       {std::array{0.06, 0.38, 0.40}, std::array{0.50, 0.46, 0.45}, std::array{0.96, 0.55, 0.49}}) {
    rings.push_back({{-0.5 * length, -0.5 * width, z},
                     {0.5 * length, -0.5 * width, z},
                     {0.5 * length, 0.5 * width, z},
                     {-0.5 * length, 0.5 * width, z}});
  }
  addLoft(mesh, rings, true, true);
  addRoundedBox(mesh, {0.0, 0, 1.02}, {0.66, 0.56, 0.10}, 0.045, 2);
  addCylinder(mesh, {-0.34, -0.22, 0.98}, Axis::kY, 0.018, 0.44, 8);
  mesh.surface(findMaterial(content, "rubber.tyre"), classes::kStreetFurniture);
  for (const double y : {-0.27, 0.22}) addCylinder(mesh, {-0.20, y, 0.10}, Axis::kY, 0.10, 0.05, 16);
  return content.add(mesh.finish());
}

MeshId makeBollard(SceneContent& content) {
  MeshBuilder mesh("bollard");
  mesh.surface(findMaterial(content, "bollard"), classes::kStreetFurniture);
  const ProfilePoint post[] = {{0, -0.2}, {0.055, -0.2}, {0.055, 0.84}, {0.045, 0.88}, {0.02, 0.90}, {0, 0.90}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, post, 16);
  mesh.surface(findMaterial(content, "retro.white"), classes::kStreetFurniture);
  const ProfilePoint band[] = {{0.055, 0.70}, {0.058, 0.70}, {0.058, 0.80}, {0.055, 0.80}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, band, 16);
  return content.add(mesh.finish());
}

MeshId makeBench(SceneContent& content) {
  MeshBuilder mesh("bench");
  mesh.surface(findMaterial(content, "wood.fence"), classes::kStreetFurniture);
  for (int i = 0; i < 4; ++i) addRoundedBox(mesh, {-0.17 + 0.12 * i, 0, 0.45}, {0.10, 1.7, 0.035}, 0.01, 1);
  const FrameScope back(mesh, RigidTransform::fromYawPitchRoll({-0.26, 0, 0.50}, 0, -0.22));
  for (int i = 0; i < 3; ++i) addRoundedBox(mesh, {0, 0, 0.08 + 0.13 * i}, {0.035, 1.7, 0.10}, 0.01, 1);
  mesh.surface(findMaterial(content, "pole.dark"), classes::kStreetFurniture);
  for (const double y : {-0.65, 0.65}) {
    addBox(mesh, {-0.02, y, 0.15}, {0.04, 0.05, 0.55});
    addBox(mesh, {0.25, y, -0.10}, {0.50, 0.05, 0.05});
  }
  mesh.frame({});
  for (const double y : {-0.65, 0.65}) {
    addBox(mesh, {0.16, y, 0.19}, {0.05, 0.05, 0.48});
    addBox(mesh, {-0.18, y, 0.19}, {0.05, 0.05, 0.48});
  }
  return content.add(mesh.finish());
}

MeshId makeCabinet(SceneContent& content) {
  MeshBuilder mesh("cabinet");
  mesh.surface(findMaterial(content, "render.grey"), classes::kStreetFurniture);
  addRoundedBox(mesh, {0, 0, 0.50}, {0.32, 0.80, 1.10}, 0.015, 1);
  addBox(mesh, {0, 0, 1.07}, {0.38, 0.86, 0.06});
  mesh.surface(findMaterial(content, "plinth"), classes::kStreetFurniture);
  addBox(mesh, {0, 0, 0.0}, {0.36, 0.84, 0.16});
  mesh.surface(findMaterial(content, "seam"), classes::kStreetFurniture);
  addBox(mesh, {0.1605, 0, 0.55}, {0.002, 0.008, 0.85});
  return content.add(mesh.finish());
}

MeshId makeLitterBin(SceneContent& content) {
  MeshBuilder mesh("litter_bin");
  mesh.surface(findMaterial(content, "pole.dark"), classes::kStreetFurniture);
  addCylinder(mesh, {-0.17, 0, -0.2}, Axis::kZ, 0.03, 1.22, 10);
  mesh.surface(findMaterial(content, "bin.green"), classes::kStreetFurniture);
  const ProfilePoint body[] = {{0, 0.42},     {0.15, 0.42}, {0.17, 0.86}, {0.175, 0.88},
                               {0.155, 0.88}, {0.14, 0.60}, {0, 0.60}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, body, 16);
  const ProfilePoint lid[] = {{0, 0.96}, {0.16, 0.95}, {0.17, 0.97}, {0.10, 1.02}, {0, 1.03}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, lid, 16);
  return content.add(mesh.finish());
}

MeshId makePostBox(SceneContent& content) {
  MeshBuilder mesh("post_box");
  mesh.surface(findMaterial(content, "post.yellow"), classes::kStreetFurniture);
  addRoundedBox(mesh, {0, 0, 1.08}, {0.36, 0.52, 0.66}, 0.05, 3);
  mesh.surface(findMaterial(content, "sign.black"), classes::kStreetFurniture);
  addBox(mesh, {0.181, 0, 1.24}, {0.004, 0.30, 0.03});
  mesh.surface(findMaterial(content, "fence.white"), classes::kStreetFurniture);
  addBox(mesh, {0.181, 0, 1.0}, {0.003, 0.20, 0.14});
  mesh.surface(findMaterial(content, "pole.galvanised"), classes::kStreetFurniture);
  for (const double y : {-0.15, 0.15}) addCylinder(mesh, {0, y, -0.2}, Axis::kZ, 0.025, 1.0, 10);
  return content.add(mesh.finish());
}

MeshId makeBicycleStand(SceneContent& content) {
  MeshBuilder mesh("bicycle_stand");
  mesh.surface(findMaterial(content, "pole.galvanised"), classes::kStreetFurniture);
  for (int i = 0; i < 4; ++i) {
    const double y = 0.9 * (i - 1.5);
    std::vector<TubePoint> hoop = {{{-0.35, y, -0.1}, 0.024}};
    for (int k = 0; k <= 8; ++k) {
      const double angle = kPi * (1 - k / 8.0);
      hoop.push_back({{0.23 * std::cos(angle) + (k < 4   ? -0.12
                                                 : k > 4 ? 0.12
                                                         : 0.0),
                       y, 0.60 + 0.22 * std::sin(angle)},
                      0.024});
    }
    hoop.push_back({{0.35, y, -0.1}, 0.024});
    addTube(mesh, hoop, 8);
  }
  return content.add(mesh.finish());
}

MeshId makeAdvertColumn(SceneContent& content) {
  MeshBuilder mesh("advert_column");
  mesh.surface(findMaterial(content, "plinth"), classes::kStreetFurniture);
  const ProfilePoint base[] = {{0, -0.2}, {0.64, -0.2}, {0.64, 0.28}, {0.60, 0.32}, {0, 0.32}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, base, 32);
  mesh.surface(findMaterial(content, "render.grey"), classes::kStreetFurniture);
  addCylinder(mesh, {0, 0, 0.32}, Axis::kZ, 0.58, 2.30, 32);
  mesh.surface(findMaterial(content, "pole.dark"), classes::kStreetFurniture);
  const ProfilePoint roof[] = {{0, 2.62}, {0.70, 2.62}, {0.70, 2.68}, {0.35, 2.85}, {0, 2.90}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, roof, 32);
  // Bills, pasted around it.
  constexpr std::string_view kBills[] = {"poster",         "cloth.blue", "fence.white",
                                         "paint.dark_red", "poster",     "render.ochre"};
  for (int i = 0; i < 6; ++i) {
    mesh.surface(findMaterial(content, kBills[i]), classes::kStreetFurniture);
    const double low = 0.75 + 0.08 * (i % 3);
    addGrid(mesh, 2, 6, [&](int r, int c) {
      const double angle = 2 * kPi * (i + 0.08 + 0.84 * c / 5) / 6;
      return glm::dvec3(0.583 * std::cos(angle), 0.583 * std::sin(angle), low + (r == 0 ? 0.0 : 1.25));
    });
  }
  return content.add(mesh.finish());
}

MeshId makeManhole(SceneContent& content) {
  MeshBuilder mesh("manhole", 0.4);
  mesh.surface(findMaterial(content, "manhole"), classes::kRoad);
  const ProfilePoint cover[] = {{0.385, -0.02}, {0.385, 0.003}, {0.325, 0.003}, {0.318, -0.008}, {0.308, 0.003},
                                {0.20, 0.003},  {0.195, 0.001}, {0.10, 0.001},  {0.095, 0.003},  {0, 0.003}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, cover, 20);
  // Asphalt made good around it.
  mesh.surface(findMaterial(content, "asphalt.patch"), classes::kRoad);
  const ProfilePoint collar[] = {{0.52, -0.02}, {0.515, 0.0015}, {0.38, 0.0015}};
  addLathe(mesh, {0, 0, 0}, Axis::kZ, collar, 16);
  return content.add(mesh.finish());
}

MeshId makeGully(SceneContent& content) {
  MeshBuilder mesh("gully");
  mesh.surface(findMaterial(content, "seam"), classes::kRoad);
  addBox(mesh, {0, 0, -0.019}, {0.49, 0.29, 0.04});
  mesh.surface(findMaterial(content, "manhole"), classes::kRoad);
  for (const double side : {-1.0, 1.0}) {
    addBox(mesh, {0, side * 0.135, -0.007}, {0.50, 0.03, 0.02});
    addBox(mesh, {side * 0.235, 0, -0.007}, {0.03, 0.24, 0.02});
  }
  for (int i = 0; i < 9; ++i) addBox(mesh, {-0.2 + 0.05 * i, 0, -0.007}, {0.022, 0.24, 0.02});
  return content.add(mesh.finish());
}

MeshId makeFence(double length_m, std::string_view colour, SceneContent& content) {
  MeshBuilder mesh("fence");
  mesh.surface(findMaterial(content, colour), classes::kFence);
  for (const double z : {0.28, 0.72}) addBox(mesh, {0.5 * length_m, 0.02, z}, {length_m, 0.03, 0.07});
  const int count = std::max(2, static_cast<int>(length_m / 0.14));
  for (int i = 0; i < count; ++i) {
    const double x = length_m * (i + 0.5) / count;
    const glm::dvec2 picket[] = {{-0.035, 0.03}, {0.035, 0.03}, {0.035, 0.88}, {0, 0.95}, {-0.035, 0.88}};
    // The outline lies in (x, z); the plate looks to -y.
    std::vector<std::vector<glm::dvec3>> rings(2);
    for (const glm::dvec2& p : picket) {
      rings[0].emplace_back(x + p.x, 0.005, p.y);
      rings[1].emplace_back(x + p.x, -0.013, p.y);
    }
    addLoft(mesh, rings, true, true);
  }
  const int posts = std::max(1, static_cast<int>(length_m / 2.0));
  for (int i = 0; i <= posts; ++i) addBox(mesh, {length_m * i / posts, 0.07, 0.4}, {0.08, 0.08, 1.2});
  return content.add(mesh.finish());
}

MeshId makeSign(SignKind kind, SceneContent& content) {
  MeshBuilder mesh("sign", 0.5);
  mesh.surface(findMaterial(content, "pole.galvanised"), classes::kPole);
  const double high = kind == SignKind::kPriority ? 2.9 : 2.85;
  addCylinder(mesh, {-0.05, 0, -0.3}, Axis::kZ, 0.030, high + 0.45, 12);
  const glm::dvec3 centre(0, 0, high - 0.3);
  const MaterialId white = findMaterial(content, "retro.white");
  const MaterialId red = findMaterial(content, "retro.red");
  const MaterialId blue = findMaterial(content, "retro.blue");
  const MaterialId black = findMaterial(content, "sign.black");
  const MaterialId back = findMaterial(content, "sign.back");
  // A layer of sheeting 1.5 mm before the last one.
  double front = 0;
  const auto layer = [&](MaterialId material, const std::vector<glm::dvec2>& outline) {
    front += 0.0015;
    mesh.surface(material, classes::kTrafficSign);
    addPlate(mesh, centre + glm::dvec3(front, 0, 0), outline, 0.0015);
  };
  const std::vector<glm::dvec2> triangleDown = {{0, -0.42}, {0.45, 0.36}, {-0.45, 0.36}};
  std::vector<glm::dvec2> whole = disc(0.30);
  if (kind == SignKind::kParking) whole = rectangle(0.6, 0.6);
  if (kind == SignKind::kGiveWay) whole = triangleDown;
  if (kind == SignKind::kCrossing) whole = rectangle(0.6, 0.6);
  if (kind == SignKind::kStop) whole = disc(0.34, 8);
  if (kind == SignKind::kPriority) whole = {{0, -0.42}, {0.42, 0}, {0, 0.42}, {-0.42, 0}};
  mesh.surface(back, classes::kTrafficSign);
  addPlate(mesh, centre, whole, 0.012);
  switch (kind) {
    case SignKind::kSpeedLimit:
      layer(red, disc(0.30));
      layer(white, disc(0.22));
      // "30" in strokes.
      for (const double z : {-0.09, 0.0, 0.09}) layer(black, moved(rectangle(0.09, 0.022), {-0.075, z}));
      layer(black, moved(rectangle(0.022, 0.20), {-0.042, 0}));
      for (const double y : {0.035, 0.105}) layer(black, moved(rectangle(0.022, 0.20), {y, 0}));
      for (const double z : {-0.09, 0.09}) layer(black, moved(rectangle(0.09, 0.022), {0.07, z}));
      break;
    case SignKind::kNoEntry:
      layer(red, disc(0.30));
      layer(white, rectangle(0.44, 0.11));
      break;
    case SignKind::kParking:
      layer(blue, rectangle(0.6, 0.6));
      layer(white, moved(rectangle(0.06, 0.42), {-0.09, 0}));
      for (const double z : {0.18, 0.0}) layer(white, moved(rectangle(0.20, 0.06), {0.0, z}));
      layer(white, moved(rectangle(0.06, 0.24), {0.11, 0.09}));
      break;
    case SignKind::kGiveWay: {
      layer(red, triangleDown);
      std::vector<glm::dvec2> inner = triangleDown;
      for (glm::dvec2& p : inner) p *= 0.68;
      layer(white, inner);
      break;
    }
    case SignKind::kStop: {
      layer(white, whole);
      layer(red, disc(0.315, 8));
      // S T O P in strokes; one layer for all, they do not overlap.
      front += 0.0015;
      mesh.surface(white, classes::kTrafficSign);
      const auto stroke = [&](double y, double z, double w, double h) {
        addPlate(mesh, centre + glm::dvec3(front, 0, 0), moved(rectangle(w, h), {y, z}), 0.0015);
      };
      for (const double z : {-0.085, 0.0, 0.085}) stroke(-0.205, z, 0.095, 0.026);
      stroke(-0.2395, 0.0425, 0.026, 0.059), stroke(-0.1705, -0.0425, 0.026, 0.059);
      stroke(-0.068, 0.085, 0.115, 0.026), stroke(-0.068, -0.013, 0.028, 0.170);
      for (const double z : {-0.085, 0.085}) stroke(0.068, z, 0.095, 0.026);
      for (const double y : {0.0335, 0.1025}) stroke(y, 0, 0.026, 0.144);
      stroke(0.1665, 0, 0.026, 0.196), stroke(0.214, 0.085, 0.069, 0.026), stroke(0.214, 0.0, 0.069, 0.026);
      stroke(0.2355, 0.0425, 0.026, 0.059);
      break;
    }
    case SignKind::kCrossing: {
      layer(white, whole);
      layer(blue, rectangle(0.575, 0.575));
      layer(white, {{-0.24, -0.23}, {0.24, -0.23}, {0.0, 0.22}});
      front += 0.0015;
      mesh.surface(black, classes::kTrafficSign);
      const auto part = [&](const std::vector<glm::dvec2>& outline) {
        addPlate(mesh, centre + glm::dvec3(front, 0, 0), outline, 0.0015);
      };
      // A walker over a crossing's bars.
      part(moved(disc(0.026, 12), {0.0, 0.085}));
      part({{-0.022, -0.06}, {0.022, -0.06}, {0.018, 0.05}, {-0.018, 0.05}});
      part({{-0.024, -0.062}, {-0.070, -0.155}, {-0.048, -0.160}, {0.0, -0.075}});
      part({{0.004, -0.072}, {0.050, -0.160}, {0.072, -0.152}, {0.024, -0.062}});
      part({{0.020, 0.045}, {0.062, -0.020}, {0.076, -0.010}, {0.030, 0.052}});
      part({{-0.030, 0.050}, {-0.076, -0.012}, {-0.062, -0.022}, {-0.020, 0.036}});
      for (const double y : {-0.155, -0.085, -0.015, 0.055, 0.125})
        part(moved(rectangle(0.035, 0.030), {y + 0.015, -0.195}));
      break;
    }
    case SignKind::kPriority: {
      layer(white, whole);
      std::vector<glm::dvec2> inner = whole;
      for (glm::dvec2& p : inner) p *= 0.70;
      layer(findMaterial(content, "retro.yellow"), inner);
      break;
    }
  }
  return content.add(mesh.finish());
}

}  // namespace nightfog::content
