#include "engine/record/episode_writer.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <map>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/convert.hpp"
#include "engine/record/mcap_writer.hpp"
#include "engine/record/schema.hpp"
#include "engine/record/topics.hpp"

namespace nightfog::record {

static_assert(std::endian::native == std::endian::little, "points are written as they lie in memory");

namespace {

/// The points' field is appended to the serialised rest: its number is the highest, so these are the bytes Protobuf
/// would have made.
constexpr char kPointDataTag = foxglove::PointCloud::kDataFieldNumber << 3 | 2;

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
  return out;
}

Provenance completed(Provenance provenance, const EpisodeInfo& episode) {
  provenance["synthetic"] = "true";
  provenance["digital_source_type"] = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia";
  provenance["engine_version"] = episode.engineVersion;
  provenance["scenario_id"] = episode.scenarioId;
  provenance["scenario_digest"] = episode.digest;
  provenance["seed"] = std::to_string(episode.seed);
  provenance["run"] = std::to_string(episode.run);
  return provenance;
}

void checkSensorId(const std::string& id) {
  const bool isGood = !id.empty() && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.');
  });
  if (!isGood) {
    throw Error(ExitCode::kDiagnostics, fmt::format("sensor id '{}' cannot be part of a topic's name", id),
                "use letters, digits, '_', '-' and '.'");
  }
}

/// Text from scenario files must be UTF-8, or no reader would take the message.
void checkText(const std::string& episode) {
  const google::protobuf::LogSilencer quiet;
  if (!v1::Episode().ParseFromString(episode)) {
    throw Error(ExitCode::kDiagnostics, "a text of the episode is not valid UTF-8", "save the scenario file as UTF-8");
  }
}

}  // namespace

struct EpisodeWriter::Impl {
  AtomicFile file;
  McapWriter mcap;
  struct SensorChannels {
    std::string vehicleFrame;
    uint16_t points = 0, sweep = 0, objects = 0, motion = 0, scene = 0;
    std::optional<CameraCalibration> camera = {};
    uint16_t image = 0, calibration = 0, cameraFrame = 0;
    std::map<std::string, uint16_t> planes = {};
  };
  std::map<std::string, SensorChannels> sensors;
  std::map<std::string, uint16_t> schemas;
  uint16_t episodeChannel = 0, egoChannel = 0, collisionChannel = 0, transformChannel = 0;

  Impl(const std::filesystem::path& path, const EpisodeInfo& episode, const Provenance& provenance)
      : file(path), mcap([this](std::span<const std::byte> bytes) { file.write(bytes); }) {
    episodeChannel = channel<v1::Episode>(kEpisodeTopic);
    egoChannel = channel<v1::EgoPose>(kEgoPoseTopic);
    collisionChannel = channel<v1::Collision>(kCollisionsTopic);
    transformChannel = channel<foxglove::FrameTransforms>(kTransformsTopic);
    for (const SensorInfo& sensor : episode.sensors) {
      checkSensorId(sensor.id);
      if (sensors.contains(sensor.id)) {
        throw Error(ExitCode::kDiagnostics, fmt::format("two sensors are called '{}'", sensor.id),
                    "rename one of them");
      }
      if (sensor.camera) {
        SensorChannels& channels = sensors[sensor.id];
        channels.vehicleFrame = sensor.actor;
        channels.camera = sensor.camera;
        channels.image = channel<foxglove::CompressedImage>(imageTopic(sensor.id));
        channels.calibration = channel<foxglove::CameraCalibration>(calibrationTopic(sensor.id));
        channels.cameraFrame = channel<v1::CameraFrame>(cameraFrameTopic(sensor.id));
        for (const std::string_view plane : kTruthPlanes)
          channels.planes[std::string(plane)] = channel<v1::TruthPlane>(planeTopic(sensor.id, plane));
        channels.objects = channel<v1::ObjectTruths>(objectsTopic(sensor.id));
        channels.motion = channel<v1::ObjectMotions>(motionTopic(sensor.id));
        channels.scene = channel<foxglove::SceneUpdate>(sceneTopic(sensor.id));
        continue;
      }
      sensors[sensor.id] = {sensor.actor,
                            channel<foxglove::PointCloud>(pointsTopic(sensor.id)),
                            channel<v1::LidarSweep>(sweepTopic(sensor.id)),
                            channel<v1::ObjectTruths>(objectsTopic(sensor.id)),
                            channel<v1::ObjectMotions>(motionTopic(sensor.id)),
                            channel<foxglove::SceneUpdate>(sceneTopic(sensor.id))};
    }
    mcap.addMetadata(kProvenanceName, completed(provenance, episode));
    mcap.addAttachment(kScenarioAttachment, "application/yaml", episode.resolvedYaml);
    const std::string message = serialise(toMessage(episode));
    checkText(message);
    mcap.write(episodeChannel, 0, 0, {message});
  }

  template <class Message>
  uint16_t channel(std::string_view topic) {
    const google::protobuf::Descriptor& type = *Message::descriptor();
    auto found = schemas.find(type.full_name());
    if (found == schemas.end()) {
      const uint16_t id = mcap.addSchema(type.full_name(), "protobuf", fileDescriptorSet(type));
      found = schemas.emplace(type.full_name(), id).first;
    }
    return mcap.addChannel(found->second, topic, "protobuf", {});
  }

  static uint64_t logTime(SimTime at) {
    NF_ASSERT(at.ns >= 0, "a record starts at 0, not {} ns", at.ns);
    return static_cast<uint64_t>(at.ns);
  }
};

EpisodeWriter::EpisodeWriter(const std::filesystem::path& path, const EpisodeInfo& episode,
                             const Provenance& provenance)
    : impl_(std::make_unique<Impl>(path, episode, provenance)) {}

EpisodeWriter::~EpisodeWriter() = default;

void EpisodeWriter::write(const LidarFrame& frame) {
  Impl& m = *impl_;
  const LidarSweep& sweep = frame.sweep;
  const auto sensor = m.sensors.find(sweep.sensor);
  NF_ASSERT(sensor != m.sensors.end(), "the episode has no sensor '{}'", sweep.sensor);
  NF_ASSERT(sweep.beamOutcomes.size() == uint64_t{sweep.ringCount} * sweep.columnCount, "{} outcomes for {} x {} beams",
            sweep.beamOutcomes.size(), sweep.ringCount, sweep.columnCount);
  const uint64_t time = Impl::logTime(sweep.reference);
  const std::string_view points(reinterpret_cast<const char*>(sweep.points.data()),
                                sweep.points.size() * sizeof(LidarPoint));
  // What readers of Protobuf accept.
  NF_ASSERT(points.size() < (size_t{1} << 31) - 4096, "{} points in one sweep", sweep.points.size());

  m.mcap.write(m.transformChannel, sweep.frame, time, {serialise(frameTransforms(sweep, sensor->second.vehicleFrame))});
  m.mcap.write(sensor->second.sweep, sweep.frame, time, {serialise(toMessage(sweep))});
  m.mcap.write(sensor->second.objects, sweep.frame, time, {serialise(toMessage(sweep, frame.objects))});
  m.mcap.write(sensor->second.motion, sweep.frame, time, {serialise(toMessage(sweep, frame.motion))});
  m.mcap.write(sensor->second.scene, sweep.frame, time, {serialise(sceneUpdate(sweep, frame.objects))});
  std::string head = serialise(pointCloudHead(sweep));
  if (!points.empty()) head += kPointDataTag + varint(points.size());
  m.mcap.write(sensor->second.points, sweep.frame, time, {head, points});
}

void EpisodeWriter::write(const CameraFrame& frame) {
  Impl& m = *impl_;
  const CameraImage& image = frame.image;
  const auto sensor = m.sensors.find(image.sensor);
  NF_ASSERT(sensor != m.sensors.end() && sensor->second.camera, "the episode has no camera '{}'", image.sensor);
  const Impl::SensorChannels& channels = sensor->second;
  const uint64_t time = Impl::logTime(image.reference);
  const LidarSweep stamp = frameStamp(image);
  foxglove::FrameTransforms transforms = frameTransforms(stamp, channels.vehicleFrame);
  addOpticalFrame(transforms, image);
  m.mcap.write(m.transformChannel, image.frame, time, {serialise(transforms)});
  m.mcap.write(channels.calibration, image.frame, time,
               {serialise(cameraCalibration(image.sensor, *channels.camera, image.reference))});
  m.mcap.write(channels.cameraFrame, image.frame, time, {serialise(toMessage(image))});
  m.mcap.write(channels.objects, image.frame, time, {serialise(toMessage(stamp, frame.objects))});
  m.mcap.write(channels.motion, image.frame, time, {serialise(toMessage(stamp, frame.motion))});
  m.mcap.write(channels.scene, image.frame, time, {serialise(sceneUpdate(stamp, frame.objects))});
  if (!image.encoded.empty()) {
    foxglove::CompressedImage message = compressedImageHead(image);
    message.set_data(image.encoded.data(), image.encoded.size());
    m.mcap.write(channels.image, image.frame, time, {serialise(message)});
  }
  for (const auto& [name, plane] : truthPlanes(image))
    m.mcap.write(channels.planes.at(name), image.frame, time, {serialise(plane)});
}

void EpisodeWriter::write(const EgoState& state) {
  impl_->mcap.write(impl_->egoChannel, state.frame, Impl::logTime(state.at), {serialise(toMessage(state))});
}

void EpisodeWriter::write(const CollisionEvent& event) {
  impl_->mcap.write(impl_->collisionChannel, 0, Impl::logTime(event.at), {serialise(toMessage(event))});
}

void EpisodeWriter::close() {
  impl_->mcap.close();
  impl_->file.commit();
}

}  // namespace nightfog::record
