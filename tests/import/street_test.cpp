// The street of artist-made meshes (scenarios/lab/artist_meshes.scn.yaml): seen from around and through a camera.
// Without the two Debian packages these tests say so and pass.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/content/import/import_model.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/preview.hpp"
#include "engine/scenario/template.hpp"
#include "engine/simulation/episode.hpp"
#include "fixture.hpp"
#include "sensors/builtin.hpp"

using namespace nightfog;
using namespace nightfog::content;
namespace fs = std::filesystem;

namespace {

const fs::path kSource = NIGHTFOG_SOURCE_DIR;

std::vector<catalog::AssetInfo> packAssets(const catalog::Catalog& catalog) {
  std::vector<catalog::AssetInfo> assets;
  for (const auto& [id, asset] : catalog.all()) {
    if (!asset.mesh || asset.mesh->package.empty()) continue;
    if (fs::exists(asset.mesh->root / asset.mesh->file)) {
      assets.push_back(asset);
    } else {
      MESSAGE("skipped: ", id, " needs the package ", asset.mesh->package);
    }
  }
  return assets;
}

struct Corner {
  glm::dvec3 a, ab, ac, normal;
  bool isSeenThrough = false;  ///< glass, or a sheet with holes, which has two sides
};

/// Every triangle of a model at rest, for rays without any tracer of ours.
std::vector<Corner> trianglesOf(const Model& model, const SceneContent& content) {
  std::vector<Corner> out;
  const std::vector<RigidTransform> poses = restPoses(model);
  for (size_t i = 0; i < model.parts.size(); ++i) {
    if (!model.parts[i].mesh.isValid()) continue;
    const Mesh& mesh = content.meshes[model.parts[i].mesh.value];
    for (size_t t = 0; t < mesh.triangles.size(); ++t) {
      const glm::uvec3& v = mesh.triangles[t];
      const glm::dvec3 a = poses[i] * glm::dvec3(mesh.positions[v.x]);
      const glm::dvec3 ab = poses[i] * glm::dvec3(mesh.positions[v.y]) - a;
      const glm::dvec3 ac = poses[i] * glm::dvec3(mesh.positions[v.z]) - a;
      const Material& material = content.materials[mesh.surfaces[mesh.surfaceOfTriangle[t]].material.value];
      out.push_back({a, ab, ac, glm::cross(ab, ac), material.alphaTexture.isValid() || material.transmission > 0.5f});
    }
  }
  return out;
}

enum class Seen { kNothing, kFront, kBack, kSeenThrough };

/// Möller and Trumbore 1997.
Seen look(const std::vector<Corner>& triangles, const glm::dvec3& origin, const glm::dvec3& direction) {
  double nearest = 1e300;
  Seen seen = Seen::kNothing;
  for (const Corner& t : triangles) {
    const glm::dvec3 p = glm::cross(direction, t.ac);
    const double determinant = glm::dot(t.ab, p);
    if (determinant == 0) continue;
    const glm::dvec3 s = origin - t.a;
    const double u = glm::dot(s, p) / determinant;
    if (u < 0 || u > 1) continue;
    const glm::dvec3 q = glm::cross(s, t.ab);
    const double v = glm::dot(direction, q) / determinant;
    if (v < 0 || u + v > 1) continue;
    const double distance = glm::dot(t.ac, q) / determinant;
    if (distance < 0 || distance >= nearest) continue;
    nearest = distance;
    seen = t.isSeenThrough ? Seen::kSeenThrough : glm::dot(t.normal, direction) > 0 ? Seen::kBack : Seen::kFront;
  }
  return seen;
}

struct Share {
  size_t front = 0;
  size_t back = 0;
  double ofBacks() const {
    return front + back == 0 ? 0 : static_cast<double>(back) / static_cast<double>(front + back);
  }
};

/// From 500 directions spread evenly by the golden angle [Swinbank and Purser 2006], four rays each through the box.
Share lookAround(const std::vector<Corner>& triangles, const Bounds& bounds, double lowestZ) {
  Share share;
  uint32_t state = 1;
  const auto random = [&state] { return ((state = state * 1664525u + 1013904223u) >> 8) / 16777216.0 - 0.5; };
  for (int i = 0; i < 500; ++i) {
    const double z = lowestZ + (1 - lowestZ) * (i + 0.5) / 500;
    const double angle = i * kPi * (3 - std::sqrt(5.0));
    const glm::dvec3 towards(std::sqrt(1 - z * z) * std::cos(angle), std::sqrt(1 - z * z) * std::sin(angle), z);
    for (int k = 0; k < 4; ++k) {
      const glm::dvec3 target = bounds.centre() + bounds.size() * glm::dvec3(random(), random(), random());
      const Seen seen = look(triangles, target + 3 * glm::length(bounds.size()) * towards, -towards);
      share.front += seen == Seen::kFront ? 1 : 0;
      share.back += seen == Seen::kBack ? 1 : 0;
    }
  }
  return share;
}

}  // namespace

TEST_CASE("Closed meshes show no back of a face from anywhere, open ones hardly any from where people look") {
  const catalog::Catalog catalog = catalog::loadCatalog(kSource / "assets");
  for (const catalog::AssetInfo& asset : packAssets(catalog)) {
    SceneContent content = test::contentWithMaterials();
    ImportReport report;
    const Model model = importModel(asset, content, &report);
    const std::vector<Corner> triangles = trianglesOf(model, content);
    const Bounds bounds = boundsOf(model, content);
    const bool isClosed = report.openEdges == 0;
    const Share share = lookAround(triangles, bounds, isClosed ? -1.0 : 0.0);
    INFO(asset.id << ": " << share.back << " backs, " << share.front << " fronts");
    if (isClosed) {
      CHECK(share.back == 0);
    } else {
      CHECK(share.ofBacks() < 0.08);  // where `asset check` begins to warn
    }
  }
}

TEST_CASE("The bison bends as its clip says: its first sample is the file's first pose, and it stays one animal") {
  const catalog::Catalog catalog = catalog::loadCatalog(kSource / "assets");
  const catalog::AssetInfo* asset = catalog.find("animal.assimp.bison");
  REQUIRE(asset != nullptr);
  if (!fs::exists(asset->mesh->root / asset->mesh->file)) return;
  SceneContent content = test::contentWithMaterials();
  const Model model = importModel(*asset, content);
  REQUIRE(model.clip.has_value());
  CHECK(model.clip->period_s == doctest::Approx(3.6));
  const std::vector<MeshId>& samples = model.parts[0].meshOfSample;
  REQUIRE(samples.size() == 36);
  // A corner that a bone forgets tears its edges in most samples; in the armpits a few stretch as far now and then.
  const Mesh& first = content.meshes[samples[0].value];
  size_t torn = 0;
  for (const MeshId sample : samples) {
    const Mesh& mesh = content.meshes[sample.value];
    REQUIRE(mesh.positions.size() == first.positions.size());
    for (const glm::uvec3& t : mesh.triangles) {
      const float now = glm::distance(mesh.positions[t.x], mesh.positions[t.y]);
      const float before = glm::distance(first.positions[t.x], first.positions[t.y]);
      torn += now > 2 * before + 0.05f ? 1 : 0;
    }
  }
  CHECK(torn < samples.size() / 2);
}

TEST_CASE("In the street nothing is black, nothing glows, and at least 25 meshes are seen") {
  const catalog::Catalog catalog = catalog::loadCatalog(kSource / "assets");
  for (const char* folder : {"/usr/share/games/torcs", "/usr/share/assimp/models"}) {
    if (fs::is_directory(folder)) continue;
    MESSAGE("skipped: ", folder, " is not installed");
    return;
  }
  const fs::path file = kSource / "scenarios/lab/artist_meshes.scn.yaml";
  std::ifstream stream(file);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const auto replace = [&text](std::string_view from, std::string_view to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  };
  replace("width: 1920, height: 1080", "width: 960, height: 540");
  replace("fx: 1190", "fx: 595");
  const scenario::Library library{catalog, kSource};
  const scenario::Scenario scenario = sample(scenario::parseScenarioTemplate(text, file, library), std::nullopt, 0);
  gpu::Device device{{.name = "auto", .validation = false, .pipelineCacheFolder = {}}};
  Jobs jobs;
  simulation::ContentCache contents(catalog, kSource / "assets");
  simulation::StageCache stages(device, jobs, trace::TracerKind::kAuto);
  const simulation::EpisodeServices services{device, jobs, catalog, stages, sensors::makeSensor};
  simulation::EpisodeOptions options;
  options.frames = simulation::FrameRange{1, 1};
  const test::Folder folder;
  std::vector<std::string> files;
  simulation::runEpisode(scenario, contents, services, options, folder.path(), files);

  record::EpisodeReader reader(folder.path() / "record.mcap");
  const record::CameraFrame frame = reader.cameraFrame("street", 0);
  const record::Image image = record::decodeImage(frame.image.encoding, frame.image.encoded);
  const auto linear = [](uint32_t code) {  // IEC 61966-2-1
    const double c = code / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  struct Look {
    size_t pixels = 0, black = 0;
    double luminance = 0;
  };
  std::vector<Look> looks(scenario.actors.size() + 1);
  for (size_t i = 0; i < frame.image.instance.size(); ++i) {
    const uint32_t rgb =
        image.pixel(static_cast<uint32_t>(i % frame.image.width), static_cast<uint32_t>(i / frame.image.width));
    const double y = 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    Look& look = looks.at(frame.image.instance[i]);
    ++look.pixels;
    look.luminance += y;
    look.black += y < 0.002 ? 1 : 0;  // code 6
  }
  size_t seen = 0;
  for (size_t object = 1; object < looks.size(); ++object) {
    const Look& look = looks[object];
    const std::string& name = scenario.actors[object - 1].id;
    if (look.pixels < 30) continue;
    ++seen;
    const double mean = look.luminance / static_cast<double>(look.pixels);
    const double black = static_cast<double>(look.black) / static_cast<double>(look.pixels);
    INFO(name << ": " << look.pixels << " pixels, mean " << mean << ", black " << black);
    // Between tyre rubber in shade and white paint in the sun, with what the tone curve leaves of it.
    CHECK(mean > 0.01);
    CHECK(mean < 0.8);
    CHECK(black < 0.2);
  }
  MESSAGE(seen, " meshes of ", scenario.actors.size(), " are seen");
  CHECK(seen >= 25);
}
