// The contact sheet of a camera: its image with boxes, its planes, and a LiDAR's points in it and from above.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/record/camera_overlay.hpp"
#include "engine/record/legend.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/sheet.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/record/thumbnails.hpp"

namespace nightfog::record {
namespace {

constexpr int kHeader = 100;

struct Panel {
  std::string title;
  Image image;
  std::vector<LegendEntry> legend = {};
  bool hasDepthScale = false;
};

void drawWheel(Image& picture, float full_px) {
  const float radius = std::min(static_cast<float>(picture.height()) / 8, 44.0f);
  const glm::vec2 centre(static_cast<float>(picture.width()) - radius - 14,
                         static_cast<float>(picture.height()) - radius - 22);
  picture.shade(static_cast<int>(centre.x - radius) - 8, static_cast<int>(centre.y - radius) - 8,
                static_cast<int>(2 * radius) + 16, static_cast<int>(2 * radius) + 26, kPanel, 0.7f);
  for (int y = -static_cast<int>(radius); y <= static_cast<int>(radius); ++y) {
    for (int x = -static_cast<int>(radius); x <= static_cast<int>(radius); ++x) {
      const glm::vec2 at(static_cast<float>(x), static_cast<float>(y));
      if (glm::length(at) <= radius)
        picture.set(static_cast<int>(centre.x) + x, static_cast<int>(centre.y) + y, flowColour(at / radius));
    }
  }
  const std::string text = fmt::format("{:.0f} px", full_px);
  picture.text({centre.x - Image::textWidth(text, 8) / 2, centre.y + radius + 13}, text, 8, kInk);
}

/// The frame's labels as a table, nearest first; as many as fit.
Image labelTable(const CameraFrame& frame, const LidarFrame& lidar, uint32_t width, uint32_t height) {
  Image out(width, height, kPanel);
  constexpr float kText = 8, kRow = 21;
  constexpr float kColumns[] = {14, 190, 330, 400, 480, 560, 650};
  const auto row = [&](float y, Colour colour, std::initializer_list<std::string> cells) {
    size_t i = 0;
    for (const std::string& cell : cells) out.text({kColumns[i++], y}, cell, kText, colour);
  };
  row(26, kFaintInk, {"name", "class", "ahead m", "left m", "visible", "outside", "points"});
  const RigidTransform vehicleFromWorld = frame.image.worldFromVehicle.inverse();
  struct Row {
    const ObjectTruth* object;
    glm::dvec3 at;
  };
  std::vector<Row> rows;
  for (const ObjectTruth& o : frame.objects) rows.push_back({&o, vehicleFromWorld * o.worldFromBox.translation});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return glm::length(a.at) < glm::length(b.at); });
  float y = 26;
  for (const Row& r : rows) {
    const auto seen = std::find_if(frame.image.visibility.begin(), frame.image.visibility.end(),
                                   [&](const CameraObjectVisibility& v) { return v.object == r.object->id; });
    if (seen == frame.image.visibility.end()) continue;  // the carrier
    y += kRow;
    if (y > static_cast<float>(height) - 8) break;
    const auto hits = std::find_if(lidar.sweep.visibility.begin(), lidar.sweep.visibility.end(),
                                   [&](const LidarObjectVisibility& v) { return v.object == r.object->id; });
    const ClassInfo& info = classInfo(r.object->semantic);
    const bool isInImage = seen->totalPixels > 0;
    row(y, isInImage ? mix(info.colour_rgb, 0xffffff, 0.25f) : kFaintInk,
        {r.object->name.substr(0, 20), std::string(info.name).substr(0, 16), fmt::format("{:.1f}", r.at.x),
         fmt::format("{:.1f}", r.at.y),
         isInImage ? fmt::format("{:.0f} %", 100.0 * seen->visiblePixels / seen->totalPixels) : "-",
         isInImage ? fmt::format("{:.0f} %", 100.0 * seen->truncation) : "all",
         hits != lidar.sweep.visibility.end() ? fmt::format("{}/{}", hits->hits, hits->possibleHits) : "-"});
  }
  return out;
}

std::vector<Panel> panels(const SensorInfo& sensor, const CameraFrame& frame, const SweepBeside& beside) {
  const CameraImage& camera = frame.image;
  const Image image = cameraView(frame, CameraPlane::kImage);
  std::vector<Panel> out;
  out.push_back({"3D boxes, 2D boxes (dashed: with what is hidden), class, share that is visible",
                 reduced(image, kSheetContent, Reduce::kMean)});
  drawCameraBoxes(out.back().image, frame, *sensor.camera);
  if (!camera.depth_m.empty())
    out.push_back({"Depth", reduced(cameraView(frame, CameraPlane::kDepth), kSheetHalf, Reduce::kMean), {}, true});
  if (!camera.semantic.empty()) {
    std::map<uint16_t, size_t> counts;
    for (const uint16_t id : camera.semantic) ++counts[id];
    out.push_back(
        {"Class", reduced(cameraView(frame, CameraPlane::kSemantic), kSheetHalf, Reduce::kPick), classLegend(counts)});
  }
  if (!camera.instance.empty())
    out.push_back({"Instance", reduced(cameraView(frame, CameraPlane::kInstance), kSheetHalf, Reduce::kPick)});
  if (!camera.normals.empty())
    out.push_back({"Normal; red x, green y, blue z of the world",
                   reduced(cameraView(frame, CameraPlane::kNormal), kSheetHalf, Reduce::kMean)});
  if (!camera.flow_px.empty()) {
    out.push_back({"Flow to the next frame; dark: hidden there, or outside",
                   reduced(cameraView(frame, CameraPlane::kFlow), kSheetHalf, Reduce::kMean)});
    drawWheel(out.back().image, flowScale_px(camera));
  }
  if (beside.lidar != nullptr && beside.frame != nullptr) {
    out.push_back({fmt::format("Points of {}, carried to the image's time", beside.lidar->id),
                   reduced(image, kSheetHalf, Reduce::kMean)});
    out.back().image.shade(0, 0, static_cast<int>(out.back().image.width()),
                           static_cast<int>(out.back().image.height()), kPanel, 0.55f);
    drawCameraPoints(out.back().image, frame, *sensor.camera, *beside.frame, *beside.lidar, beside.track);
    constexpr auto side = static_cast<uint32_t>(kSheetHalf);
    Image top = topView(*beside.frame, {ColourBy::kClass, side, 0, true, true});
    out.push_back({fmt::format("Points of {} from above, by class", beside.lidar->id), std::move(top)});
    out.push_back(
        {"Objects: pixels visible, share outside, points of possible", labelTable(frame, *beside.frame, side, side)});
  }
  return out;
}

}  // namespace

Image cameraSheet(const EpisodeInfo& episode, const SensorInfo& sensor, const CameraFrame& frame,
                  const SweepBeside& beside) {
  const CameraImage& camera = frame.image;
  const std::vector<Panel> all = panels(sensor, frame, beside);
  // The first over the whole width, the others in two columns; a pair's row is as high as the higher one.
  struct Place {
    int x, y;
  };
  std::vector<Place> places{{kSheetMargin, kHeader + kSheetCaption}};
  int y = kHeader + kSheetCaption + static_cast<int>(all[0].image.height());
  for (size_t i = 1; i < all.size(); i += 2) {
    const bool isPair = i + 1 < all.size();
    places.push_back({kSheetMargin, y + kSheetCaption});
    if (isPair) places.push_back({kSheetMargin + kSheetHalf + kSheetMargin, y + kSheetCaption});
    y += kSheetCaption + static_cast<int>(std::max(all[i].image.height(), isPair ? all[i + 1].image.height() : 0));
  }
  Image sheet(kSheetWidth, static_cast<uint32_t>(y + kSheetMargin), kPaper);
  drawSheetHead(sheet, episode,
                fmt::format("{} (camera {} x {})  |  frame {} at {:.3f} s  |  exposed {:.2f} ms at ISO {:.0f}",
                            sensor.id, camera.width, camera.height, camera.frame, camera.reference.seconds(),
                            camera.exposureTime_s * 1e3, camera.iso));
  for (size_t i = 0; i < all.size(); ++i) {
    const Place& at = places[i];
    const int width = i == 0 ? kSheetContent : kSheetHalf;
    const float used = sheet.text({static_cast<float>(at.x), static_cast<float>(at.y) - 10}, all[i].title, 12, kInk);
    if (all[i].hasDepthScale) drawScale(sheet, at.x + width, at.y - 10, "0 m", "250 m", true);
    if (!all[i].legend.empty())
      drawLegend(sheet, at.x + width, at.y - 10, width - static_cast<int>(used) - 30, all[i].legend);
    sheet.paste(all[i].image, at.x, at.y);
  }
  return sheet;
}

}  // namespace nightfog::record
