#include "tools/bench/cycles_peer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/shared/camera_detail.h"
#include "engine/shared/light.h"
#include "engine/shared/pose.h"
#include "engine/shared/sky.h"

extern char** environ;

namespace nightfog::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A folder that goes with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "nightfog-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw IoError(fmt::format("cannot make a folder like {}", name));
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

template <class T>
void writeArray(const fs::path& path, const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  writeFileAtomically(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

/// Every triangle of every instance where it is at the instant.
void writeTriangles(const CyclesJob& job, const fs::path& folder) {
  const trace::SceneBuffers::HostView view = job.scene.host();
  std::vector<glm::vec3> positions;
  std::vector<glm::vec2> uvs;
  std::vector<glm::uvec3> triangles;
  std::vector<uint32_t> materials;
  for (const shared::Instance& instance : view.instances) {
    const shared::MeshRange& mesh = view.meshes[instance.mesh];
    float fraction = 0;
    const uint32_t key =
        instance.firstKey + shared::poseSegment(job.time_s, view.keyStep_s, instance.keyCount, fraction);
    shared::PoseKey pose = view.poseKeys[key];
    if (instance.keyCount > 1) pose = shared::interpolatePose(pose, view.poseKeys[key + 1], fraction);
    const auto first = static_cast<uint32_t>(positions.size());
    for (uint32_t i = 0; i < mesh.vertexCount; ++i) {
      positions.push_back(shared::pointToFrame(pose, view.positions[mesh.firstVertex + i]));
      uvs.push_back(view.uvs[mesh.firstVertex + i]);
    }
    for (uint32_t i = 0; i < mesh.triangleCount; ++i) {
      triangles.push_back(view.triangles[mesh.firstTriangle + i] + first);
      materials.push_back(view.surfaces[view.surfaceOfTriangle[mesh.firstTriangle + i]].material);
    }
  }
  writeArray(folder / "positions.f32", positions);
  writeArray(folder / "uvs.f32", uvs);
  writeArray(folder / "triangles.u32", triangles);
  writeArray(folder / "materials.u32", materials);
}

/// Sky and clouds in all directions, in units of diffuse white: rows from straight down to straight up, azimuth falling
/// from pi to -pi, as Cycles reads a panorama.
void writeSky(const CyclesJob& job, float white, const fs::path& path) {
  constexpr int kWidth = 1024;
  constexpr int kHeight = 512;
  const glm::vec3 sun(job.sky.sunDirection);
  const glm::vec3 ground = glm::vec3(0.10f, 0.12f, 0.07f) *
                           (job.sky.sunIrradiance * std::max(sun.z, 0.0f) + job.sky.skyIrradiance) / shared::kPiFloat;
  std::vector<glm::vec4> pixels;
  pixels.reserve(size_t{kWidth} * kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const float azimuth = shared::kPiFloat - 2 * shared::kPiFloat * (static_cast<float>(x) + 0.5f) / kWidth;
      const float elevation = shared::kPiFloat * ((static_cast<float>(y) + 0.5f) / kHeight - 0.5f);
      const glm::vec3 direction(std::cos(elevation) * std::cos(azimuth), std::cos(elevation) * std::sin(azimuth),
                                std::sin(elevation));
      const glm::vec2 place = shared::skyTablePlace(direction, job.sky.sunAzimuth) + 0.5f;
      const auto column = std::min(static_cast<uint32_t>(place.x), shared::kSkyTableWidth - 1);
      const auto row = std::min(static_cast<uint32_t>(place.y), shared::kSkyTableHeight - 1);
      glm::vec3 sky = job.sky.radiance[size_t{row} * shared::kSkyTableWidth + column];
      if (direction.z > 0.015f) {
        sky = shared::cloudsOver(sky, direction, sun, job.sky.sunIrradiance, job.sky.skyIrradiance,
                                 glm::vec2(3.7f, 1.9f), job.cloudCover);
      } else if (direction.z < 0) {
        sky = glm::mix(sky, ground, std::clamp(-direction.z * 6, 0.0f, 0.85f));
      }
      pixels.emplace_back(sky / white, 1);
    }
  }
  writeArray(path, pixels);
}

Json vectorJson(const glm::dvec3& v) {
  return {v.x, v.y, v.z};
}

void writeDescription(const CyclesJob& job, float white, const fs::path& folder) {
  const trace::SceneBuffers::HostView view = job.scene.host();
  const auto texture = [](uint32_t index) { return index == shared::kNoTexture ? Json() : Json(index); };
  Json json;
  for (const shared::MaterialData& m : view.materials) {
    json["materials"].push_back({{"base", {m.reflectance[0], m.reflectance[1], m.reflectance[2]}},
                                 {"roughness", m.roughness},
                                 {"metallic", m.metallic},
                                 {"transmission", m.transmission},
                                 {"colour_texture", texture(m.colourTexture)},
                                 {"alpha_texture", texture(m.alphaTexture)}});
  }
  json["textures"] = Json::array();
  for (size_t i = 0; i < view.textures.size(); ++i) {
    const shared::TextureData& t = view.textures[i];
    const auto texels = view.texels.subspan(t.firstTexel, size_t{t.width} * t.height);
    writeArray(folder / fmt::format("texture{}.rgba", i), std::vector<uint32_t>(texels.begin(), texels.end()));
    json["textures"].push_back({{"width", t.width}, {"height", t.height}});
  }
  const glm::dmat3 axes = glm::mat3_cast(job.worldFromOptical.rotation);
  json["camera"] = {{"origin", vectorJson(job.worldFromOptical.translation - job.scene.origin())},
                    {"right", vectorJson(axes[0])},
                    {"down", vectorJson(axes[1])},
                    {"ahead", vectorJson(axes[2])},
                    {"fx", job.camera.fx},
                    {"width", job.camera.width},
                    {"height", job.camera.height}};
  json["sun"] = {{"direction", vectorJson(job.sky.sunDirection)},
                 {"irradiance", vectorJson(glm::dvec3(job.sky.sunIrradiance / white))},
                 {"angle_rad", 2 * shared::kSunAngularRadius_rad}};
  json["repeat"] = job.repeat;
  json["threads"] = job.threads;
  json["picture"] = job.picture.string();
  writeFileAtomically(folder / "scene.json", json.dump());
}

/// Runs it to its end, what it says in `log`. False when there is no such program.
bool runProgram(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  std::vector<std::string> copies = command;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return false;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
}

}  // namespace

size_t countTriangles(const trace::SceneBuffers& scene) {
  size_t count = 0;
  const trace::SceneBuffers::HostView view = scene.host();
  for (const shared::Instance& instance : view.instances) count += view.meshes[instance.mesh].triangleCount;
  return count;
}

void requireBlender() {
  const ScratchFolder scratch;
  if (runProgram({"blender", "--version"}, scratch.path() / "blender.log")) return;
  throw Error(ExitCode::kUsage, "the peer 'blender' is not installed",
              "Install it (Debian and Ubuntu: `apt install blender`), or measure without it: `nightfog bench --peer "
              "none`.");
}

CyclesTime renderWithCycles(const CyclesJob& job) {
  const ScratchFolder scratch;
  const glm::vec3 onGround =
      job.sky.sunIrradiance * std::max(static_cast<float>(job.sky.sunDirection.z), 0.0f) + job.sky.skyIrradiance;
  const float white = shared::luminanceOf(onGround) / shared::kPiFloat;
  writeTriangles(job, scratch.path());
  writeSky(job, white, scratch.path() / "sky.f32");
  writeDescription(job, white, scratch.path());
  const fs::path log = scratch.path() / "blender.log";
  runProgram({"blender", "--background", "--factory-startup", "--python-exit-code", "3", "--python",
              job.script.string(), "--", scratch.path().string()},
             log);
  const fs::path result = scratch.path() / "result.json";
  if (!fs::exists(result)) {
    const std::string said = readFile(log);
    throw Error(ExitCode::kTryAgain, "blender ended without a result; it said: " +
                                         said.substr(said.size() - std::min<size_t>(said.size(), 2000)));
  }
  const Json json = Json::parse(readFile(result));
  CyclesTime time;
  time.version = json["version"].get<std::string>();
  time.wall_s = json["wall_s"].get<double>();
  time.cpu_s = json["cpu_s"].get<double>();
  return time;
}

}  // namespace nightfog::bench
