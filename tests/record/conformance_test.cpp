// A reader that is not ours finds in a record what went into it. Skipped, visibly, where there is no node.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/hash.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/record/image.hpp"
#include "engine/record/taxonomy.hpp"
#include "tests/record/street.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;

namespace {

constexpr int kSkipped = 77;

/// Standard output of a shell command; fails the test when the command does.
std::string outputOf(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  char block[65536];
  for (size_t got = 0; (got = std::fread(block, 1, sizeof(block), pipe)) > 0;) out.append(block, got);
  const int status = ::pclose(pipe);
  INFO("if the JavaScript modules are missing, run: tools/setup test");
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return out;
}

glm::dvec3 vectorOf(const nlohmann::json& v) {
  return {v["x"], v["y"], v["z"]};
}

}  // namespace

TEST_CASE("An independent MCAP reader finds every channel, every message and every number") {
  if (std::system("node --version > /dev/null 2>&1") != 0) {
    std::puts("skipped: there is no node on this machine; install nodejs to read records with @mcap/core");
    std::exit(kSkipped);
  }
  const nightfog::test::TemporaryFolder folder("conformance");
  const record::test::StreetOptions options{32, 512, 0.02};
  const EpisodeInfo episode = record::test::streetEpisode(options);
  EpisodeWriter writer(folder.path / "record.mcap", episode, {{"tracer", "closed forms"}});
  std::vector<LidarFrame> frames;
  for (uint32_t i = 0; i < 6; ++i) {
    frames.push_back(record::test::streetFrame(options, i));
    writer.write(record::test::streetEgo(i));
    writer.write(frames.back());
  }
  writer.write(CollisionEvent{SimTime::fromMs(200), ObjectId{1}, ObjectId{4}, {0, 0, 0}, 12});
  writer.close();
  const auto summary =
      nlohmann::json::parse(outputOf("node '" NIGHTFOG_SOURCE_DIR "/tests/record/node/read_with_mcap_core.mjs' '" +
                                     (folder.path / "record.mcap").string() + "'"));

  const std::map<std::string, std::pair<std::string, int>> wantedChannels{
      {"/episode", {"nightfog.record.v1.Episode", 1}},
      {"/ego/pose", {"nightfog.record.v1.EgoPose", 6}},
      {"/events/collisions", {"nightfog.record.v1.Collision", 1}},
      {"/tf", {"foxglove.FrameTransforms", 6}},
      {"/lidar/top/points", {"foxglove.PointCloud", 6}},
      {"/lidar/top/sweep", {"nightfog.record.v1.LidarSweep", 6}},
      {"/truth/top/objects", {"nightfog.record.v1.ObjectTruths", 6}},
      {"/truth/top/motion", {"nightfog.record.v1.ObjectMotions", 6}},
      {"/scene/top", {"foxglove.SceneUpdate", 6}}};
  CHECK(summary["channels"].size() == wantedChannels.size());
  for (const auto& [topic, wanted] : wantedChannels) {
    CAPTURE(topic);
    REQUIRE(summary["channels"].contains(topic));
    CHECK(summary["channels"][topic]["schema"] == wanted.first);
    CHECK(summary["channels"][topic]["messages"] == wanted.second);
  }
  CHECK(summary["metadata"]["nightfog.provenance"]["synthetic"] == "true");
  CHECK(summary["metadata"]["nightfog.provenance"]["tracer"] == "closed forms");
  CHECK(summary["attachments"]["resolved.scn.yaml"] == episode.resolvedYaml);
  CHECK(summary["episode"]["parameters"]["child.speed_mps"] == 1.6);
  CHECK(summary["episode"]["sensors"][0]["lidar"]["elevation_rad"][31] ==
        episode.sensors[0].lidar.beams[31].elevation_rad);
  CHECK(summary["episode"]["taxonomy"].size() == taxonomy().size());

  for (size_t i = 0; i < frames.size(); ++i) {
    CAPTURE(i);
    const LidarSweep& sweep = frames[i].sweep;
    const auto& cloud = summary["clouds"][i];
    CHECK(cloud["points"] == sweep.points.size());
    CHECK(cloud["sha256"] ==
          sha256Hex({reinterpret_cast<const char*>(sweep.points.data()), sizeof(LidarPoint) * sweep.points.size()}));
    // Each member's sum, as the other reader decodes it by the field table. Both add doubles in the same order.
    std::map<std::string, double> sums;
    std::map<std::string, int> causes;
    for (const LidarPoint& p : sweep.points) {
      for (const auto& [name, value] :
           std::initializer_list<std::pair<const char*, double>>{{"x", p.x},
                                                                 {"y", p.y},
                                                                 {"z", p.z},
                                                                 {"range", p.range_m},
                                                                 {"intensity", p.intensity},
                                                                 {"azimuth", p.azimuth_rad},
                                                                 {"time_offset_ns", p.timeOffset_ns},
                                                                 {"true_range", p.trueRange_m},
                                                                 {"incidence_cosine", p.incidenceCosine},
                                                                 {"vx", p.vx},
                                                                 {"vy", p.vy},
                                                                 {"vz", p.vz},
                                                                 {"instance", p.instance},
                                                                 {"semantic", p.semantic},
                                                                 {"material", p.material},
                                                                 {"ring", p.ring},
                                                                 {"column", p.column},
                                                                 {"return_index", p.returnIndex},
                                                                 {"cause", p.cause},
                                                                 {"part", p.part},
                                                                 {"fill", p.fill},
                                                                 {"seen_via", p.seenVia},
                                                                 {"reflectance", p.reflectance},
                                                                 {"elongation", p.elongation_m}}) {
        sums[name] += value;
      }
      ++causes[std::to_string(p.cause)];
    }
    CHECK(cloud["fields"].size() == sums.size());
    for (const auto& [name, sum] : sums) {
      CAPTURE(name);
      CHECK(cloud["sums"][name].get<double>() == sum);
    }
    CHECK(cloud["causes"] == nlohmann::json(causes));
    CHECK(cloud["worst_range_error"] < 1e-4);  // float rounding at 120 m

    const auto& got = summary["sweeps"][i];
    CHECK(got["frame"] == sweep.frame);
    CHECK(got["reference_ns"] == sweep.reference.ns);
    CHECK(got["beams"] == sweep.beamOutcomes.size());
    int beams = 0;
    for (const auto& [value, count] : got["outcomes"].items()) beams += count.get<int>();
    CHECK(beams == 32 * 512);
    CHECK(got["visibility"].size() == sweep.visibility.size());

    const auto& objects = summary["objects"][i]["objects"];
    const auto& scene = summary["scenes"][i]["entities"];
    REQUIRE(objects.size() == frames[i].objects.size());
    REQUIRE(scene.size() == frames[i].objects.size());
    for (size_t o = 0; o < objects.size(); ++o) {
      const ObjectTruth& wanted = frames[i].objects[o];
      CHECK(objects[o]["name"] == wanted.name);
      CHECK(vectorOf(objects[o]["world_from_box"]["translation"]) == wanted.worldFromBox.translation);
      CHECK(vectorOf(scene[o]["cubes"][0]["pose"]["position"]) == wanted.worldFromBox.translation);
      CHECK(vectorOf(scene[o]["cubes"][0]["size"]) == wanted.size);
      CHECK(scene[o]["cubes"][0]["pose"]["orientation"]["w"] == wanted.worldFromBox.rotation.w);
    }
    // The other reader's own way of carrying a point of the child's leg from the sweep's first 3 ms to 87 ms.
    const FrameMotion& motion = frames[i].motion;
    const ObjectMotion& child = *motion.find(ObjectId{3});
    const glm::dvec3 world(13.3, -5.5, 0.25);
    const glm::dvec3 carried = motion.partPose(child, 1, sweep.start + SimTime::fromMs(87)) *
                               (motion.partPose(child, 1, sweep.start + SimTime::fromMs(3)).inverse() * world);
    CHECK(summary["motions"][i]["objects"] == motion.objects.size());
    CHECK(summary["motions"][i]["parts"] == nlohmann::json{"body", "thigh.left"});
    // A part's quaternion is of unit length to 6e-8, being in floats; both turn an arm of half a metre by it, twice.
    CHECK(glm::distance(vectorOf(summary["motions"][i]["carried"]), carried) < 1e-7);
    const auto& tf = summary["transforms"][i]["transforms"];
    REQUIRE(tf.size() == 2);
    CHECK(tf[0]["parent_frame_id"] == "world");
    CHECK(tf[0]["child_frame_id"] == tf[1]["parent_frame_id"]);
    CHECK(tf[1]["child_frame_id"] == cloud["frame_id"]);
    CHECK(glm::distance(vectorOf(tf[0]["translation"]) + vectorOf(tf[1]["translation"]),
                        sweep.worldFromSensor.translation) < 1e-12);
  }
}

TEST_CASE(
    "Another reader sees a camera as Foxglove wants it: image, calibration, optical frame; and every truth plane") {
  const nightfog::test::TemporaryFolder folder("camera");
  EpisodeInfo episode = record::test::streetEpisode({});
  SensorInfo sensor;
  sensor.id = "front";
  sensor.actor = "ego";
  sensor.camera = CameraCalibration{5, 4, 3.5, 3.25, 2.0, 1.5, -0.1, 0.02, 0.001, -0.002, 0.003, 10, 0.02, 1.8};
  episode.sensors = {sensor};

  CameraFrame frame;
  CameraImage& image = frame.image;
  image.sensor = "front";
  image.width = 5;
  image.height = 4;
  image.reference = SimTime::fromNs(1'500'000'007);
  image.worldFromVehicle = RigidTransform::fromTranslation({10, 0, 0});
  image.worldFromSensor = RigidTransform::fromTranslation({11, 0, 1.5});
  image.encoding = "png";
  const std::vector<uint8_t> rgb(5 * 4 * 3, 77);
  const std::string png = encodePng(5, 4, rgb, 1);
  image.encoded.assign(png.begin(), png.end());
  for (uint32_t i = 0; i < 20; ++i) {
    image.depth_m.push_back(i == 3 ? 0 : 1.1f * static_cast<float>(i));
    image.semantic.push_back(static_cast<uint16_t>(60000 + i % 3));
    image.instance.push_back(i % 4 == 0 ? 4'000'000'000u : i);
    image.normals.push_back(i * 70'003);
    image.flow_px.emplace_back(static_cast<float>(i) / 8 - 1, -3.5f * static_cast<float>(i % 5));
    image.flowState.push_back(static_cast<FlowState>(i % 4));
  }
  EpisodeWriter writer(folder.path / "record.mcap", episode, {});
  writer.write(frame);
  writer.close();

  const auto summary =
      nlohmann::json::parse(outputOf("node '" NIGHTFOG_SOURCE_DIR "/tests/record/node/read_with_mcap_core.mjs' '" +
                                     (folder.path / "record.mcap").string() + "'"));
  CHECK(summary["channels"]["/camera/front/image"]["schema"] == "foxglove.CompressedImage");
  CHECK(summary["channels"]["/camera/front/calibration"]["schema"] == "foxglove.CameraCalibration");
  REQUIRE(summary["images"].size() == 1);
  const auto& seen = summary["images"][0];
  CHECK(seen["format"] == "png");
  CHECK(seen["frame_id"] == "front_optical");
  CHECK(seen["timestamp"]["seconds"] == 1);
  CHECK(seen["timestamp"]["nanos"] == 500'000'007);
  CHECK(seen["sha256"] == sha256Hex(png));
  REQUIRE(summary["calibrations"].size() == 1);
  const auto& c = summary["calibrations"][0];
  CHECK(c["width"] == 5);
  CHECK(c["height"] == 4);
  CHECK(c["distortion_model"] == "plumb_bob");
  CHECK(c["frame_id"] == seen["frame_id"]);
  CHECK(c["timestamp"] == seen["timestamp"]);
  CHECK(c["D"] == nlohmann::json{-0.1, 0.02, 0.001, -0.002, 0.003});
  CHECK(c["K"] == nlohmann::json{3.5, 0.0, 2.0, 0.0, 3.25, 1.5, 0.0, 0.0, 1.0});
  CHECK(c["R"] == nlohmann::json{1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0});
  CHECK(c["P"] == nlohmann::json{3.5, 0.0, 2.0, 0.0, 0.0, 3.25, 1.5, 0.0, 0.0, 0.0, 1.0, 0.0});

  // world -> ego -> front -> front_optical, whose z is the sensor's x and whose x is the sensor's -y.
  const auto& tf = summary["transforms"][0]["transforms"];
  REQUIRE(tf.size() == 3);
  CHECK(tf[2]["parent_frame_id"] == "front");
  CHECK(tf[2]["child_frame_id"] == "front_optical");
  const auto& q = tf[2]["rotation"];
  const glm::dquat rotation(q["w"].get<double>(), q["x"].get<double>(), q["y"].get<double>(), q["z"].get<double>());
  CHECK(glm::distance(rotation * glm::dvec3(0, 0, 1), glm::dvec3(1, 0, 0)) < 1e-12);
  CHECK(glm::distance(rotation * glm::dvec3(1, 0, 0), glm::dvec3(0, -1, 0)) < 1e-12);

  const auto& planes = summary["planes"];
  for (size_t i = 0; i < 20; ++i) {
    CAPTURE(i);
    CHECK(planes["DEPTH"][0][i].get<float>() == image.depth_m[i]);
    CHECK(planes["SEMANTIC"][0][i] == image.semantic[i]);
    CHECK(planes["INSTANCE"][0][i] == image.instance[i]);
    CHECK(planes["NORMAL"][0][i] == (image.normals[i] & 0xffff));
    CHECK(planes["NORMAL"][1][i] == image.normals[i] >> 16);
    CHECK(planes["FLOW"][0][i].get<float>() == image.flow_px[i].x);
    CHECK(planes["FLOW"][1][i].get<float>() == image.flow_px[i].y);
    CHECK(planes["FLOW_STATE"][0][i] == static_cast<int>(image.flowState[i]));
  }
}
