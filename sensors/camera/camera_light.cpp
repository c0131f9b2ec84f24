#include "sensors/camera/camera_light.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/sensing/fog_banks.hpp"
#include "engine/shared/fog_image.h"

namespace nightfog::camera {

namespace {

constexpr size_t kMostLamps = 2048;
constexpr uint32_t kMostGlowingLamps = 48;
constexpr float kLeastIlluminance_lx = 1e-4f;  // that puts a lamp into a cell's list
constexpr double kMeanLampIlluminance_lx = 6;  // of a lit street, for white balance

shared::LampData lampData(const content::Lamp& lamp, const RigidTransform& worldFromLamp, ObjectId object,
                          const glm::dvec3& origin) {
  shared::LampData data{};
  data.position = glm::vec3(worldFromLamp.translation - origin);
  data.intensity_cd = lamp.intensity_cd;
  data.axis = glm::vec3(worldFromLamp.rotate({1, 0, 0}));
  data.left = glm::vec3(worldFromLamp.rotate({0, 1, 0}));
  data.pattern = static_cast<uint32_t>(lamp.pattern);
  data.radius_m = std::max(lamp.radius_m, 0.01f);
  data.colour = lamp.colour;
  data.object = object.value;
  return data;
}

/// Places lamps for the middle of the exposure: within it they move by less than the penumbra they cast.
std::vector<shared::LampData> collectLamps(const content::SceneSnapshot& snapshot,
                                           const std::vector<content::Lamp>& standing, SimTime at,
                                           const glm::dvec3& origin) {
  std::vector<shared::LampData> lamps;
  if (snapshot.environment.sceneryLampsOn) {
    for (const content::Lamp& lamp : standing) lamps.push_back(lampData(lamp, lamp.partFromLamp, ObjectId{}, origin));
  }
  const double position = snapshot.keyStep.ns > 0 ? static_cast<double>((at - snapshot.firstKey).ns) /
                                                        static_cast<double>(snapshot.keyStep.ns)
                                                  : 0;
  for (const content::SnapshotLamp& lamp : snapshot.lamps) {
    const double within = std::clamp(position, 0.0, static_cast<double>(lamp.keyCount - 1));
    const auto first = static_cast<uint32_t>(within);
    const uint32_t next = std::min(first + 1, lamp.keyCount - 1);
    const RigidTransform pose =
        interpolate(snapshot.poses[lamp.firstKey + first], snapshot.poses[lamp.firstKey + next], within - first);
    lamps.push_back(lampData(lamp.lamp, pose, lamp.object, origin));
  }
  return lamps;
}

/// Greatest illuminance that a lamp may bring into a cell, judged at its centre and corners on the ground and at 2 m.
float cellIlluminance(const shared::LampData& lamp, const glm::vec2& low) {
  constexpr float kHalf = 0.5f * shared::kLampCell_m;
  const glm::vec2 centre = low + kHalf;
  const glm::vec2 toCell = centre - glm::vec2(lamp.position);
  const float far = std::max(glm::length(toCell) - 1.42f * kHalf, 0.0f);
  if (lamp.intensity_cd < 0.003f * far * far) return 0;  // below 3 mlx wherever it points
  float most = 0;
  for (int i = 0; i < 10; ++i) {
    const glm::vec2 corner(static_cast<float>(i % 5 == 4 ? 0 : (i % 5 & 1) * 2 - 1),
                           static_cast<float>(i % 5 == 4 ? 0 : (i % 5 >> 1) * 2 - 1));
    glm::vec3 to(0);
    float distance = 0;
    const glm::vec3 e = shared::lampIlluminance(lamp,
                                                {centre.x + corner.x * kHalf, centre.y + corner.y * kHalf,
                                                 i < 5 ? lamp.position.z - 5 : lamp.position.z - 0.3f},
                                                to, distance);
    most = std::max(most, shared::luminanceOf(e));
    const glm::vec3 low_e = shared::lampIlluminance(
        lamp, {centre.x + corner.x * kHalf, centre.y + corner.y * kHalf, i < 5 ? -1.5f : 0.0f}, to, distance);
    most = std::max(most, shared::luminanceOf(low_e));
  }
  return most;
}

/// No less than cellIlluminance(), and cheap: as if the lamp shone its brightest towards the cell's nearest edge. A
/// pattern is at most 1.006, and rounding takes less than the rest of the margin.
float illuminanceBound(const shared::LampData& lamp, const glm::vec2& low) {
  const glm::vec2 at(lamp.position);
  const glm::vec2 apart = glm::max(glm::max(low - at, at - (low + shared::kLampCell_m)), glm::vec2(0));
  return 1.02f * lamp.intensity_cd * shared::luminanceOf(lamp.colour) /
         std::max(glm::dot(apart, apart), lamp.radius_m * lamp.radius_m);
}

/// The lamps that bring most into a cell, brightest first; of equals the earlier.
shared::LampCell makeCell(const std::vector<shared::LampData>& lamps, const glm::vec2& low,
                          std::vector<std::pair<float, uint32_t>>& bounds,
                          std::vector<std::pair<float, uint32_t>>& ranked) {
  bounds.clear();
  ranked.clear();
  for (uint32_t i = 0; i < lamps.size(); ++i) {
    const float bound = illuminanceBound(lamps[i], low);
    if (bound > kLeastIlluminance_lx) bounds.emplace_back(bound, i);
  }
  // Lamps that cannot be among the brightest are never looked at closely.
  std::make_heap(bounds.begin(), bounds.end());
  for (auto end = bounds.end(); end != bounds.begin(); --end) {
    const auto [bound, i] = bounds.front();
    if (ranked.size() == shared::kLampsPerCell && bound < -ranked.back().first) break;
    std::pop_heap(bounds.begin(), end);
    const float e = cellIlluminance(lamps[i], low);
    if (e <= kLeastIlluminance_lx) continue;
    const std::pair<float, uint32_t> entry(-e, i);
    ranked.insert(std::upper_bound(ranked.begin(), ranked.end(), entry), entry);
    if (ranked.size() > shared::kLampsPerCell) ranked.pop_back();
  }
  shared::LampCell cell{};
  cell.count = static_cast<uint32_t>(ranked.size());
  for (uint32_t i = 0; i < cell.count; ++i) cell.lamps[i] = ranked[i].second;
  return cell;
}

std::vector<shared::LampCell> makeCells(const std::vector<shared::LampData>& lamps) {
  std::vector<shared::LampCell> cells(size_t{shared::kLampGridSize} * shared::kLampGridSize);
  if (lamps.empty()) return cells;
  std::vector<std::pair<float, uint32_t>> bounds, ranked;
  for (uint32_t y = 0; y < shared::kLampGridSize; ++y) {
    for (uint32_t x = 0; x < shared::kLampGridSize; ++x) {
      const glm::vec2 low((static_cast<float>(x) - shared::kLampGridSize / 2) * shared::kLampCell_m,
                          (static_cast<float>(y) - shared::kLampGridSize / 2) * shared::kLampCell_m);
      cells[size_t{y} * shared::kLampGridSize + x] = makeCell(lamps, low, bounds, ranked);
    }
  }
  return cells;
}

void know(KnownCells& known, const std::vector<shared::LampData>& lamps) {
  const bool isSame = known.lamps.size() == lamps.size() &&
                      std::memcmp(known.lamps.data(), lamps.data(), lamps.size() * sizeof(shared::LampData)) == 0;
  if (isSame && !known.cells.empty()) return;
  known.lamps = lamps;
  known.cells = makeCells(lamps);
}

/// The cells of lamps that have been put in another order: order[i] was the i-th one's place.
std::vector<shared::LampCell> inOrder(std::vector<shared::LampCell> cells, const std::vector<uint32_t>& order) {
  std::vector<uint32_t> placeOf(order.size());
  for (uint32_t i = 0; i < order.size(); ++i) placeOf[order[i]] = i;
  for (shared::LampCell& cell : cells) {
    for (uint32_t i = 0; i < cell.count; ++i) cell.lamps[i] = placeOf[cell.lamps[i]];
  }
  return cells;
}

}  // namespace

FrameLight makeFrameLight(const content::SceneSnapshot& snapshot, const std::vector<content::Lamp>& standing,
                          const Sky& sky, SimTime at, const glm::dvec3& origin, const glm::dvec3& eye,
                          KnownCells* known) {
  FrameLight light;
  shared::CameraLight& c = light.constants;
  const auto extinction = static_cast<float>(snapshot.media.extinction_1pm);
  const auto sunSine = static_cast<float>(sky.beamDirection.z);
  c.sunDirection = glm::vec3(sky.beamDirection);
  c.sunAzimuth = sky.sunAzimuth;
  const auto height = static_cast<float>(snapshot.media.fogHeight_m.value_or(0));
  c.fog = shared::fogLayer(extinction, static_cast<float>(snapshot.media.groundLevel_m - origin.z), height);
  c.roadWetness = static_cast<float>(snapshot.media.roadWetness);
  c.cloudCover = static_cast<float>(std::clamp(snapshot.environment.cloudCover, 0.0, 1.0));
  c.cloudDrift = glm::vec2(3.7f, 1.9f);
  c.sunIrradiance = sky.sunIrradiance;
  c.sunAbove = sky.sunIrradiance;
  c.skyIrradiance = sky.skyIrradiance;
  const std::vector<shared::FogBank> banks = sensing::fogBanksInFrame(snapshot.media, origin);
  c.bankCount = static_cast<uint32_t>(std::min<size_t>(banks.size(), shared::kMostFogBanks));
  std::copy_n(banks.begin(), c.bankCount, c.banks);
  c.bankTime_s = static_cast<float>((at - snapshot.firstKey).seconds());
  // In air that is clear but for banks, they have the airlight that the densest would have as a layer; what little they
  // take from the sun's beam and the sky the street has from around them.
  float airExtinction = extinction;
  float layer_m = height > 0 ? height : shared::kFogLayer_m;
  if (extinction <= 0) {
    for (const content::FogBank& bank : snapshot.media.banks) {
      if (bank.extinction_1pm <= static_cast<double>(airExtinction)) continue;
      airExtinction = static_cast<float>(bank.extinction_1pm);
      layer_m = static_cast<float>(bank.radius_m.z);
    }
  }
  if (airExtinction > 0) {
    // The layer turns beam into diffuse light, and sends some of all of it back up.
    const float sunUp = std::max(sunSine, 0.0f);
    const float beam = shared::fogBeamTransmittance(airExtinction, layer_m, sunUp);
    const glm::vec3 above = sky.sunIrradiance * sunUp + sky.skyIrradiance;
    const glm::vec3 total = above * shared::fogTotalTransmittance(airExtinction, layer_m, shared::kFogGroundAlbedo);
    if (extinction > 0) {
      c.sunIrradiance = sky.sunIrradiance * beam;
      c.skyIrradiance = glm::max(total - c.sunIrradiance * sunUp, glm::vec3(0));
    }
    // Airlight: thin fog shows the sky's mean and the sun scattered sideways once; thick fog the field beneath it.
    const float sideways = shared::henyeyGreenstein(0.3f, shared::kFogAnisotropy);
    const glm::vec3 thin = sky.skyIrradiance * (1 / shared::kPiFloat) + sky.sunIrradiance * sideways;
    const glm::vec3 thick = total * (1 / shared::kPiFloat);
    const float level = shared::fogFieldShare(shared::kFogGroundAlbedo, 0);
    c.airlight = glm::mix(thick * level, thin, beam);
    c.airlightRise = thick * ((shared::fogFieldShare(shared::kFogGroundAlbedo, 1) - level) * (1 - beam));
  }

  light.lamps = collectLamps(snapshot, standing, at, origin);
  if (known != nullptr) know(*known, light.lamps);
  const glm::vec3 eyeInFrame(eye - origin);
  const auto glows = [&](const shared::LampData& lamp) {
    const float d = glm::length(lamp.position - eyeInFrame);
    return lamp.intensity_cd * std::exp(-extinction * d) / (d * d + 25);
  };
  std::vector<uint32_t> order(light.lamps.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<float> glow;
  for (const shared::LampData& lamp : light.lamps) glow.push_back(glows(lamp));
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return glow[a] > glow[b]; });
  std::vector<shared::LampData> sorted;
  for (const uint32_t i : order) sorted.push_back(light.lamps[i]);
  light.lamps = std::move(sorted);
  if (light.lamps.size() > kMostLamps) light.lamps.resize(kMostLamps);
  c.lampCount = static_cast<uint32_t>(light.lamps.size());
  const float daylight = shared::luminanceOf(c.skyIrradiance + c.sunIrradiance * std::max(sunSine, 0.0f));
  // By day lamps add nothing visible to the airlight.
  if (extinction > 0 && daylight < 2000) c.glowLampCount = std::min(c.lampCount, kMostGlowingLamps);
  light.cells =
      known != nullptr && light.lamps.size() == order.size() ? inOrder(known->cells, order) : makeCells(light.lamps);

  glm::vec3 falls = c.skyIrradiance + c.sunIrradiance * std::max(sunSine, 0.0f);
  if (!light.lamps.empty()) {
    glm::vec3 sum(0);
    float weight = 0;
    for (const shared::LampData& lamp : light.lamps) {
      if (lamp.pattern == shared::kLampTail) continue;
      sum += lamp.colour * lamp.intensity_cd;
      weight += lamp.intensity_cd;
    }
    if (weight > 0) falls += sum * static_cast<float>(kMeanLampIlluminance_lx / weight);
  }
  light.colour = falls * (1 / std::max(shared::luminanceOf(falls), 1e-9f));
  return light;
}

}  // namespace nightfog::camera
