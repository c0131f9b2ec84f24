#include "engine/record/episode_reader.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <climits>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/record/convert.hpp"
#include "engine/record/topics.hpp"

namespace nightfog::record {

struct EpisodeReader::Impl {
  McapReader mcap;
  EpisodeInfo episode;
  Provenance provenance;
  std::map<std::string, uint16_t> channelOfTopic;
  struct FrameRefs {
    std::optional<McapMessageRef> points, sweep, objects, motion;
    std::optional<McapMessageRef> cameraFrame, image;
    std::vector<McapMessageRef> planes;
  };
  std::map<std::string, std::map<uint32_t, FrameRefs>> frames;  // sensor -> frame number
  std::map<std::string, std::vector<uint32_t>> frameNumbers;    // sensor -> ascending

  explicit Impl(const std::filesystem::path& path) : mcap(path) {
    for (const auto& [id, channel] : mcap.channels()) channelOfTopic[channel.topic] = id;
    if (const auto found = mcap.metadata().find(kProvenanceName); found != mcap.metadata().end()) {
      provenance = found->second;
    }
    const auto episodeChannel = channelOfTopic.find(std::string(kEpisodeTopic));
    const McapMessageRef* episodeRef = nullptr;
    for (const McapMessageRef& ref : mcap.messages()) {
      if (episodeChannel != channelOfTopic.end() && ref.channel == episodeChannel->second) episodeRef = &ref;
    }
    if (episodeRef == nullptr) {
      throw IoError(
          fmt::format("{}: no message on {}: this is not a record of nightfog", path.string(), kEpisodeTopic));
    }
    decode<v1::Episode>(*episodeRef, [&](const v1::Episode& message) { episode = fromMessage(message); });
    for (const SensorInfo& sensor : episode.sensors) indexFrames(sensor.id, sensor.camera.has_value());
  }

  std::optional<uint16_t> channel(const std::string& topic) const {
    const auto found = channelOfTopic.find(topic);
    return found == channelOfTopic.end() ? std::nullopt : std::optional(found->second);
  }

  void indexFrames(const std::string& sensor, bool isCamera) {
    const auto cameraFrame = channel(cameraFrameTopic(sensor));
    const auto image = channel(imageTopic(sensor));
    std::vector<std::optional<uint16_t>> planes;
    for (const std::string_view plane : kTruthPlanes) planes.push_back(channel(planeTopic(sensor, plane)));
    const auto points = channel(pointsTopic(sensor));
    const auto sweep = channel(sweepTopic(sensor));
    const auto objects = channel(objectsTopic(sensor));
    const auto motion = channel(motionTopic(sensor));
    auto& ofSensor = frames[sensor];
    for (const McapMessageRef& ref : mcap.messages()) {
      if (ref.channel == points) ofSensor[ref.sequence].points = ref;
      if (ref.channel == sweep) ofSensor[ref.sequence].sweep = ref;
      if (ref.channel == objects) ofSensor[ref.sequence].objects = ref;
      if (ref.channel == motion) ofSensor[ref.sequence].motion = ref;
      if (!isCamera) continue;
      if (ref.channel == cameraFrame) ofSensor[ref.sequence].cameraFrame = ref;
      if (ref.channel == image) ofSensor[ref.sequence].image = ref;
      if (std::find(planes.begin(), planes.end(), std::optional<uint16_t>(ref.channel)) != planes.end())
        ofSensor[ref.sequence].planes.push_back(ref);
    }
    auto& numbers = frameNumbers[sensor];
    numbers.clear();
    for (const auto& [number, refs] : ofSensor) {
      const bool isWhole =
          refs.objects && refs.motion && (isCamera ? refs.cameraFrame.has_value() : refs.points && refs.sweep);
      if (!isWhole) {
        throw IoError(fmt::format("{}: frame {} of sensor {} is not complete", mcap.path().string(), number, sensor));
      }
      numbers.push_back(number);
    }
  }

  /// Parses a message and hands it on; what is wrong with it is said with its place.
  template <class Message, class Use>
  void decode(const McapMessageRef& ref, Use&& use) {
    const McapChannel& from = mcap.channels().at(ref.channel);
    const auto fail = [&](const std::string& what) {
      throw IoError(fmt::format("{}: message {} of {} (chunk {}, byte {}): {}", mcap.path().string(), ref.sequence,
                                from.topic, ref.chunk, ref.offset, what));
    };
    if (mcap.schemas().at(from.schema).name != Message::descriptor()->full_name())
      fail("has another type than expected");
    const std::string_view bytes = mcap.message(ref);
    Message message;
    const google::protobuf::LogSilencer quiet;  // what is wrong is thrown, not printed
    if (bytes.size() > INT_MAX || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      fail("is not valid Protobuf");
    }
    try {
      use(message);
    } catch (const std::invalid_argument& error) {
      fail(error.what());
    }
  }

  LidarFrame lidarFrame(const FrameRefs& refs) {
    LidarFrame frame;
    decode<v1::LidarSweep>(*refs.sweep, [&](const v1::LidarSweep& message) {
      frame.sweep = fromMessage(message);
      for (size_t i = 1; i < frame.sweep.visibility.size(); ++i) {
        if (frame.sweep.visibility[i].object <= frame.sweep.visibility[i - 1].object) {
          throw std::invalid_argument("object ids do not ascend");
        }
      }
    });
    decode<foxglove::PointCloud>(*refs.points, [&](const foxglove::PointCloud& message) {
      frame.sweep.points = pointsOf(message);
      for (const LidarPoint& point : frame.sweep.points) {
        if (point.ring >= frame.sweep.ringCount || point.column >= frame.sweep.columnCount) {
          throw std::invalid_argument(fmt::format("a point of ring {} and column {}", point.ring, point.column));
        }
      }
    });
    decode<v1::ObjectTruths>(*refs.objects, [&](const v1::ObjectTruths& message) {
      frame.objects = fromMessage(message);
      for (size_t i = 1; i < frame.objects.size(); ++i) {
        if (frame.objects[i].id <= frame.objects[i - 1].id) throw std::invalid_argument("object ids do not ascend");
      }
    });
    decode<v1::ObjectMotions>(*refs.motion,
                              [&](const v1::ObjectMotions& message) { frame.motion = fromMessage(message); });
    return frame;
  }

  CameraFrame cameraFrame(const FrameRefs& refs) {
    CameraFrame frame;
    decode<v1::CameraFrame>(*refs.cameraFrame,
                            [&](const v1::CameraFrame& message) { frame.image = fromMessage(message); });
    if (refs.image) {
      decode<foxglove::CompressedImage>(*refs.image, [&](const foxglove::CompressedImage& message) {
        frame.image.encoding = message.format();
        frame.image.encoded.assign(message.data().begin(), message.data().end());
      });
    }
    for (const McapMessageRef& plane : refs.planes)
      decode<v1::TruthPlane>(plane, [&](const v1::TruthPlane& message) { takePlane(message, frame.image); });
    decode<v1::ObjectTruths>(*refs.objects,
                             [&](const v1::ObjectTruths& message) { frame.objects = fromMessage(message); });
    decode<v1::ObjectMotions>(*refs.motion,
                              [&](const v1::ObjectMotions& message) { frame.motion = fromMessage(message); });
    return frame;
  }

  FrameLabels labels(const FrameRefs& refs) {
    FrameLabels labels;
    if (refs.cameraFrame) {
      decode<v1::CameraFrame>(*refs.cameraFrame, [&](const v1::CameraFrame& message) {
        const CameraImage image = fromMessage(message);
        labels.frame = image.frame;
        labels.reference = image.reference;
        labels.camera = image.visibility;
      });
    } else {
      decode<v1::LidarSweep>(*refs.sweep, [&](const v1::LidarSweep& message) {
        const LidarSweep sweep = fromMessage(message);
        labels.frame = sweep.frame;
        labels.reference = sweep.reference;
        labels.lidar = sweep.visibility;
      });
    }
    decode<v1::ObjectTruths>(*refs.objects,
                             [&](const v1::ObjectTruths& message) { labels.objects = fromMessage(message); });
    return labels;
  }

  template <class Message, class Item>
  std::vector<Item> readAll(std::string_view topic) {
    std::vector<Item> out;
    const auto wanted = channel(std::string(topic));
    for (const McapMessageRef& ref : mcap.messages()) {
      if (ref.channel != wanted) continue;
      decode<Message>(ref, [&](const Message& message) { out.push_back(fromMessage(message)); });
    }
    return out;
  }
};

EpisodeReader::EpisodeReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>(path)) {}
EpisodeReader::~EpisodeReader() = default;

const EpisodeInfo& EpisodeReader::episode() const {
  return impl_->episode;
}
const Provenance& EpisodeReader::provenance() const {
  return impl_->provenance;
}
McapReader& EpisodeReader::mcap() {
  return impl_->mcap;
}

const SensorInfo* EpisodeReader::findSensor(const std::string& id) const {
  for (const SensorInfo& sensor : impl_->episode.sensors) {
    if (sensor.id == id) return &sensor;
  }
  return nullptr;
}

const std::vector<uint32_t>& EpisodeReader::frameNumbers(const std::string& sensor) const {
  static const std::vector<uint32_t> none;
  const auto found = impl_->frameNumbers.find(sensor);
  return found == impl_->frameNumbers.end() ? none : found->second;
}

size_t EpisodeReader::frameCount(const std::string& sensor) const {
  return frameNumbers(sensor).size();
}

LidarFrame EpisodeReader::lidarFrame(const std::string& sensor, size_t index) {
  NF_ASSERT(index < frameCount(sensor), "sensor '{}' has {} frames, not {}", sensor, frameCount(sensor), index + 1);
  return impl_->lidarFrame(impl_->frames.at(sensor).at(impl_->frameNumbers.at(sensor)[index]));
}

CameraFrame EpisodeReader::cameraFrame(const std::string& sensor, size_t index) {
  NF_ASSERT(index < frameCount(sensor), "sensor '{}' has {} frames, not {}", sensor, frameCount(sensor), index + 1);
  return impl_->cameraFrame(impl_->frames.at(sensor).at(impl_->frameNumbers.at(sensor)[index]));
}

FrameLabels EpisodeReader::labels(const std::string& sensor, size_t index) {
  NF_ASSERT(index < frameCount(sensor), "sensor '{}' has {} frames, not {}", sensor, frameCount(sensor), index + 1);
  return impl_->labels(impl_->frames.at(sensor).at(impl_->frameNumbers.at(sensor)[index]));
}

std::vector<EgoState> EpisodeReader::egoStates() {
  return impl_->readAll<v1::EgoPose, EgoState>(kEgoPoseTopic);
}

std::vector<CollisionEvent> EpisodeReader::collisions() {
  return impl_->readAll<v1::Collision, CollisionEvent>(kCollisionsTopic);
}

}  // namespace nightfog::record
