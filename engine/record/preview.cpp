#include "engine/record/preview.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/core/error.hpp"
#include "engine/record/episode_reader.hpp"
#include "engine/record/legend.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/sheet.hpp"

namespace nightfog::record {
namespace {

std::map<uint16_t, size_t> countsOf(const LidarFrame& frame) {
  std::map<uint16_t, size_t> counts;
  for (const LidarPoint& p : frame.sweep.points) ++counts[p.semantic];
  return counts;
}

}  // namespace

std::optional<ColourBy> colourByName(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, ColourBy>, 7> kNames{{{"intensity", ColourBy::kIntensity},
                                                                         {"range", ColourBy::kRange},
                                                                         {"height", ColourBy::kHeight},
                                                                         {"class", ColourBy::kClass},
                                                                         {"instance", ColourBy::kInstance},
                                                                         {"cause", ColourBy::kCause},
                                                                         {"ring", ColourBy::kRing}}};
  for (const auto& [known, value] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

namespace {

std::vector<LegendEntry> outcomeLegend(const LidarSweep& sweep) {
  std::map<uint8_t, size_t> counts;
  for (const uint8_t outcome : sweep.beamOutcomes) ++counts[outcome];
  return causeLegend(counts, sweep.beamOutcomes.size());
}

}  // namespace

Image previewSheet(const EpisodeInfo& episode, const SensorInfo& sensor, const LidarFrame& frame) {
  const std::array strips{ColourBy::kRange, ColourBy::kClass, ColourBy::kCause};
  std::vector<Image> images;
  int height = 100 + kSheetCaption + kSheetHalf;
  for (const ColourBy colour : strips) {
    images.push_back(rangeView(frame, sensor.lidar, {colour, kSheetContent, 0}));
    height += kSheetCaption + static_cast<int>(images.back().height());
  }
  Image sheet(kSheetWidth, static_cast<uint32_t>(height + kSheetMargin), kPaper);
  const LidarSweep& sweep = frame.sweep;
  drawSheetHead(
      sheet, episode,
      fmt::format("{} ({})  |  frame {} at {:.3f} s  |  {} points of {} beams", sensor.id, sensor.lidar.profileTitle,
                  sweep.frame, sweep.reference.seconds(), sweep.points.size(), sweep.beamOutcomes.size()));

  constexpr int kLeft = kSheetMargin;
  constexpr int kRight = kSheetMargin + kSheetHalf + kSheetMargin;
  int y = 100 + kSheetCaption;
  sheet.text({kLeft, static_cast<float>(y) - 10}, "Intensity", 12, kInk);
  drawScale(sheet, kLeft + kSheetHalf, y - 10, "0", fmt::format("{} and more", kBrightIntensity), false);
  sheet.paste(topView(frame, {ColourBy::kIntensity, kSheetHalf, 0, false, false}), kLeft, y);
  sheet.text({kRight, static_cast<float>(y) - 10}, "Class, boxes with hits / possible hits", 12, kInk);
  sheet.paste(topView(frame, {ColourBy::kClass, kSheetHalf, 0, true, true}), kRight, y);
  y += kSheetHalf;

  for (size_t i = 0; i < strips.size(); ++i) {
    y += kSheetCaption;
    const auto baseline = static_cast<float>(y) - 10;
    if (strips[i] == ColourBy::kRange) {
      sheet.text({kLeft, baseline}, "Range", 12, kInk);
      const double maxRange_m = sensor.lidar.maxRange_m > 0 ? sensor.lidar.maxRange_m : 100;
      drawScale(sheet, kSheetWidth - kSheetMargin, y - 10, "0 m", fmt::format("{:.0f} m", maxRange_m), true);
    } else if (strips[i] == ColourBy::kClass) {
      sheet.text({kLeft, baseline}, "Class", 12, kInk);
      drawLegend(sheet, kSheetWidth - kSheetMargin, y - 10, kSheetContent - 100, classLegend(countsOf(frame)));
    } else {
      sheet.text({kLeft, baseline}, "Cause of every beam", 12, kInk);
      drawLegend(sheet, kSheetWidth - kSheetMargin, y - 10, kSheetContent - 260, outcomeLegend(frame.sweep));
    }
    sheet.paste(images[i], kLeft, y);
    y += static_cast<int>(images[i].height());
  }
  return sheet;
}

namespace {

/// With the first LiDAR of the same carrier, at the sweep whose middle is nearest.
Image cameraSheetOf(EpisodeReader& reader, const SensorInfo& camera, const CameraFrame& frame) {
  const auto& sensors = reader.episode().sensors;
  const auto lidar = std::find_if(sensors.begin(), sensors.end(), [&](const SensorInfo& s) {
    return !s.camera && s.actor == camera.actor && reader.frameCount(s.id) > 0;
  });
  if (lidar == sensors.end()) return cameraSheet(reader.episode(), camera, frame);
  const double turn_s = lidar->lidar.rotationRate_hz > 0 ? 1 / lidar->lidar.rotationRate_hz : 0;
  const std::vector<uint32_t>& numbers = reader.frameNumbers(lidar->id);
  const auto distance_s = [&](uint32_t number) {
    return std::abs((number + 0.5) * turn_s - frame.image.reference.seconds());
  };
  size_t best = 0;
  for (size_t i = 1; i < numbers.size(); ++i) {
    if (distance_s(numbers[i]) < distance_s(numbers[best])) best = i;
  }
  const LidarFrame sweep = reader.lidarFrame(lidar->id, best);
  const PoseTrack track(reader.egoStates());
  const bool isEgos = !lidar->actor.empty() && lidar->actor == sensors.front().actor;
  return cameraSheet(reader.episode(), camera, frame, {&*lidar, &sweep, isEgos ? &track : nullptr});
}

using View = PreviewRequest::View;

/// nullopt: not a view of cameras.
std::optional<Image> drawn(EpisodeReader& reader, const SensorInfo& sensor, const CameraFrame& frame, View view) {
  switch (view) {
    case View::kSheet:
      return cameraSheetOf(reader, sensor, frame);
    case View::kThumbnail:
      return cameraView(frame, frame.image.encoded.empty() ? CameraPlane::kSemantic : CameraPlane::kImage);
    case View::kImage:
      return cameraView(frame, CameraPlane::kImage);
    case View::kDepth:
      return cameraView(frame, CameraPlane::kDepth);
    case View::kSemantic:
      return cameraView(frame, CameraPlane::kSemantic);
    case View::kInstance:
      return cameraView(frame, CameraPlane::kInstance);
    case View::kNormal:
      return cameraView(frame, CameraPlane::kNormal);
    case View::kFlow:
      return cameraView(frame, CameraPlane::kFlow);
    case View::kTop:
    case View::kBehind:
    case View::kRange:
      break;
  }
  return std::nullopt;
}

/// nullopt: not a view of LiDARs.
std::optional<Image> drawn(EpisodeReader& reader, const SensorInfo& sensor, const LidarFrame& frame,
                           const PreviewRequest& request) {
  const auto width = [&](uint32_t usual) { return request.width_px > 0 ? request.width_px : usual; };
  const ColourBy colour = request.colour;
  if (request.view == View::kSheet) return previewSheet(reader.episode(), sensor, frame);
  if (request.view == View::kTop) return topView(frame, {colour, width(1200), request.reach_m, true, true});
  if (request.view == View::kThumbnail) return topView(frame, {colour, 480, 0, true, false});
  if (request.view == View::kRange) return rangeView(frame, sensor.lidar, {colour, width(1600), 0});
  if (request.view != View::kBehind) return std::nullopt;
  BehindViewOptions behind{colour, width(1280), 40, colour == ColourBy::kClass || colour == ColourBy::kInstance};
  if (request.reach_m > 0) behind.reach_m = request.reach_m;
  return behindView(frame, behind);
}

/// The one asked for; of thumbnails the first camera, else the first of all.
const SensorInfo* chosenSensor(EpisodeReader& reader, const PreviewRequest& request) {
  const auto& sensors = reader.episode().sensors;
  if (!request.sensor.empty()) return reader.findSensor(request.sensor);
  const auto camera = std::find_if(sensors.begin(), sensors.end(), [](const SensorInfo& s) { return !!s.camera; });
  return request.view == View::kThumbnail && camera != sensors.end() ? &*camera : &sensors.front();
}

}  // namespace

PreviewPicture previewPicture(const std::filesystem::path& record, const PreviewRequest& request) {
  EpisodeReader reader(record);
  const auto usage = [&](const std::string& what, const std::string& help) {
    return Error(ExitCode::kUsage, fmt::format("{}: {}", record.string(), what), help);
  };
  const auto& sensors = reader.episode().sensors;
  if (sensors.empty()) throw usage("the record has no sensor", "nothing to draw");
  const SensorInfo* sensor = chosenSensor(reader, request);
  if (sensor == nullptr) {
    std::string known;
    for (const SensorInfo& s : sensors) known += (known.empty() ? "" : ", ") + s.id;
    throw usage(fmt::format("no sensor '{}'", request.sensor), "sensors of this record: " + known);
  }
  const size_t count = reader.frameCount(sensor->id);
  if (count == 0) throw usage(fmt::format("sensor '{}' has no frame", sensor->id), "render at least one frame");
  size_t index = (count - 1) / 2;
  if (request.frame) {
    const std::vector<uint32_t>& numbers = reader.frameNumbers(sensor->id);
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), *request.frame);
    if (found == numbers.end() || *found != *request.frame) {
      throw usage(fmt::format("sensor '{}' has no frame {}", sensor->id, *request.frame),
                  fmt::format("its frames are {} to {}", numbers.front(), numbers.back()));
    }
    index = static_cast<size_t>(found - numbers.begin());
  }
  if (sensor->camera) {
    const CameraFrame frame = reader.cameraFrame(sensor->id, index);
    auto image = drawn(reader, *sensor, frame, request.view);
    if (!image)
      throw usage(fmt::format("'{}' is a camera", sensor->id), "views from above and range images are of LiDARs");
    return {std::move(*image), sensor->id, frame.image.frame, frame.image.reference};
  }
  const LidarFrame frame = reader.lidarFrame(sensor->id, index);
  auto image = drawn(reader, *sensor, frame, request);
  if (!image) throw usage(fmt::format("'{}' is a LiDAR", sensor->id), "images and planes are of cameras");
  return {std::move(*image), sensor->id, frame.sweep.frame, frame.sweep.reference};
}

std::string previewPng(const std::filesystem::path& record, const PreviewRequest& request) {
  return encodePng(previewPicture(record, request).image);
}

}  // namespace nightfog::record
