#include "exporters/kitti/kitti_exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/record/episode_reader.hpp"
#include "exporters/common/dataset_folder.hpp"
#include "exporters/common/frame_pairs.hpp"
#include "exporters/common/pinhole_view.hpp"
#include "exporters/common/sensor_choice.hpp"
#include "exporters/kitti/kitti_labels.hpp"

namespace nightfog::exporters::kitti {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint32_t kMostFrames = 1'000'000;  // six digits

std::string matrixLine(const char* name, std::initializer_list<double> values) {
  std::string line = std::string(name) + ":";
  for (const double v : values) line += fmt::format(" {:.12e}", v);
  return line + "\n";
}

std::string transformLine(const char* name, const RigidTransform& aFromB) {
  const glm::dmat3 r = glm::mat3_cast(aFromB.rotation);
  const glm::dvec3 t = aFromB.translation;
  return matrixLine(name, {r[0].x, r[1].x, r[2].x, t.x, r[0].y, r[1].y, r[2].y, t.y, r[0].z, r[1].z, r[2].z, t.z});
}

/// x_image ~ P2 * R0_rect * Tr_velo_to_cam * x_velodyne. There is one camera: cameras 0 to 3 coincide.
std::string calibration(const CameraAndLidar& sensors, const PinholeView& view) {
  const PinholeFrame& k = view.intrinsics();
  const glm::dmat3& r = view.viewFromOptical();
  std::string text;
  for (const char* name : {"P0", "P1", "P2", "P3"})
    text += matrixLine(name, {k.fx, 0, k.cx, 0, 0, k.fy, k.cy, 0, 0, 0, 1, 0});
  text += matrixLine("R0_rect", {r[0].x, r[1].x, r[2].x, r[0].y, r[1].y, r[2].y, r[0].z, r[1].z, r[2].z});
  const RigidTransform opticalFromVehicle = (sensors.camera->vehicleFromSensor * record::sensorFromOptical()).inverse();
  text += transformLine("Tr_velo_to_cam", opticalFromVehicle * sensors.lidar->vehicleFromSensor);
  text += transformLine("Tr_imu_to_velo", sensors.lidar->vehicleFromSensor.inverse());
  return text;
}

/// x, y, z, reflectance of the primary returns, at the image's instant; and how many lie on each object.
struct Velodyne {
  std::string bytes;
  std::map<uint32_t, uint32_t> pointsOn;
};
Velodyne velodyne(const Turn& turn, const record::SensorInfo& lidar, const record::PoseTrack* track, SimTime at,
                  bool carryMoving) {
  Velodyne out;
  for (const Turn::Part& part : turn.parts) {
    const record::LidarSweep& sweep = part.frame->sweep;
    const EgoMotion motion(*part.frame, lidar.vehicleFromSensor, track, at, carryMoving);
    for (const record::LidarPoint& point : sweep.points) {
      const SimTime then = sweep.start + SimTime::fromNs(point.timeOffset_ns);
      if (point.returnIndex != 0 || then < part.from || then >= part.to) continue;
      const glm::dvec3 p = motion.move(point);
      const float values[4] = {static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z),
                               point.intensity};
      static_assert(sizeof(values) == 16);
      out.bytes.append(reinterpret_cast<const char*>(values), sizeof(values));
      if (point.instance != 0) ++out.pointsOn[point.instance];
    }
  }
  return out;
}

class KittiExporter final : public Exporter {
 public:
  KittiExporter(DatasetFolder& folder, const ExportOptions& options) : folder_(folder), options_(options) {
    for (const char* name : {"velodyne", "image_2", "label_2", "calib"})
      folder_.makeFolder(std::string("training/") + name);
    number_ = options.firstFrame;
  }

  void add(const std::filesystem::path& path) override {
    record::EpisodeReader reader(path);
    const CameraAndLidar sensors = chooseCameraAndLidar(reader.episode(), options_, "KITTI");
    const PinholeView view(*sensors.camera, options_.rectify);
    const record::PoseTrack track(reader.egoStates());
    const std::string calib = calibration(sensors, view);
    TurnFinder turns(reader, *sensors.camera, *sensors.lidar);

    std::vector<SimTime> starts;
    for (const uint32_t frame : reader.frameNumbers(sensors.camera->id))
      starts.push_back(SimTime::fromSeconds(frame / sensors.camera->camera->frameRate_hz));
    Json frames = Json::array();
    Json leftOut = Json::array();
    for (const size_t i : framesAtRate(starts, options_.rate_hz)) {
      const record::CameraFrame frame = reader.cameraFrame(sensors.camera->id, i);
      const auto turn = turns.find(frame.image.reference);
      if (!turn) {
        leftOut.push_back(frame.image.frame);
        continue;
      }
      const std::string id = fmt::format("{:06}", nextNumber());
      writeFrame(id, frame, *turn, sensors, view, track, calib);
      Json parts = Json::array();
      for (const Turn::Part& part : turn->parts)
        parts.push_back({{"frame", part.frame->sweep.frame}, {"from_ns", part.from.ns}, {"to_ns", part.to.ns}});
      frames.push_back({{"id", id},
                        {"camera_frame", frame.image.frame},
                        {"time_ns", frame.image.reference.ns},
                        {"lidar_faces_camera_at_ns", turn->facing.ns},
                        {"lidar", std::move(parts)}});
      imageSet_ += id + "\n";
    }
    describe(reader, sensors, std::move(frames), std::move(leftOut));
  }

  void finish() override {
    // How the frames are divided is the user's affair; tools want the files.
    folder_.write("ImageSets/train.txt", imageSet_);
    folder_.write("ImageSets/trainval.txt", imageSet_);
    folder_.write("ImageSets/val.txt", std::string_view());
    folder_.write("ImageSets/test.txt", std::string_view());
    Json out;
    out["format"] = "nightfog.kitti/1";
    out["synthetic"] = true;
    out["digital_source_type"] = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia";
    out["options"] = {{"sensors", options_.sensors},
                      {"rate_hz", options_.rate_hz ? Json(*options_.rate_hz) : Json()},
                      {"rectify", options_.rectify},
                      {"carry_moving", options_.carryMoving},
                      {"first_frame", options_.firstFrame}};
    out["rules"] = {
        {"fully_visible_from", kFullyVisible},
        {"partly_visible_from", kPartlyVisible},
        {"least_height_px", kLeastHeight_px},
        {"enough_lidar_points", kEnoughPoints},
        {"points", options_.carryMoving ? "at the image's time; ego motion and the objects' own taken out"
                                        : "at the image's time; ego motion taken out, the objects' own not"},
        {"boxes", "at the image's time"}};
    out["records"] = std::move(records_);
    folder_.write("provenance.json", out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }

 private:
  uint32_t nextNumber() {
    if (number_ >= kMostFrames)
      throw Error(ExitCode::kUsage, "more than a million frames: KITTI's names have six digits",
                  "export fewer records, or at a lower rate");
    return number_++;
  }

  void writeFrame(const std::string& id, const record::CameraFrame& frame, const Turn& turn,
                  const CameraAndLidar& sensors, const PinholeView& view, const record::PoseTrack& track,
                  const std::string& calib) {
    const record::CameraImage& image = frame.image;
    const PinholeFrame pinhole = view.view(frame);
    const RigidTransform cameraFromWorld = RigidTransform{glm::quat_cast(view.viewFromOptical()), glm::dvec3(0)} *
                                           (image.worldFromSensor * record::sensorFromOptical()).inverse();
    const Velodyne points = velodyne(turn, *sensors.lidar, sensors.lidar->actor.empty() ? nullptr : &track,
                                     image.reference, options_.carryMoving);
    std::string labels;
    for (const record::CameraObjectVisibility& v : pinhole.visibility) {
      const auto object = std::find_if(frame.objects.begin(), frame.objects.end(),
                                       [&](const record::ObjectTruth& o) { return o.id == v.object; });
      if (object == frame.objects.end()) continue;
      const auto on = points.pointsOn.find(v.object.value);
      labels += labelLine(*object, v, truncation(cameraFromWorld * object->worldFromBox, object->size, pinhole),
                          on != points.pointsOn.end() ? on->second : 0, cameraFromWorld);
    }
    folder_.write("training/velodyne/" + id + ".bin", points.bytes);
    folder_.write("training/image_2/" + id + ".png", pinhole.png);
    folder_.write("training/label_2/" + id + ".txt", labels);
    folder_.write("training/calib/" + id + ".txt", calib);
  }

  void describe(record::EpisodeReader& reader, const CameraAndLidar& sensors, Json frames, Json leftOut) {
    const record::EpisodeInfo& episode = reader.episode();
    Json assets = Json::array();
    for (const record::AssetCredit& asset : episode.assets)
      assets.push_back(
          {{"id", asset.id}, {"title", asset.title}, {"licence", asset.licence}, {"origin", asset.origin}});
    records_.push_back({{"scenario", episode.scenarioId},
                        {"title", episode.title},
                        {"seed", episode.seed},
                        {"run", episode.run},
                        {"digest", episode.digest},
                        {"engine_version", episode.engineVersion},
                        {"camera", sensors.camera->id},
                        {"lidar", sensors.lidar->id},
                        {"fog_visibility_m", episode.fogVisibility_m ? Json(*episode.fogVisibility_m) : Json()},
                        {"time_of_day_s", episode.timeOfDay_s},
                        {"provenance", reader.provenance()},
                        {"assets", std::move(assets)},
                        {"frames", std::move(frames)},
                        {"camera_frames_without_a_sweep", std::move(leftOut)}});
  }

  DatasetFolder& folder_;
  ExportOptions options_;
  uint32_t number_ = 0;
  std::string imageSet_;
  Json records_ = Json::array();
};

}  // namespace

std::unique_ptr<Exporter> makeKittiExporter(DatasetFolder& folder, const ExportOptions& options) {
  return std::make_unique<KittiExporter>(folder, options);
}

}  // namespace nightfog::exporters::kitti
