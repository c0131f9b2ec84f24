// A road from straights and bends, with lanes of constant width.
#include <fmt/format.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/road/road.hpp"

namespace nightfog::road {
namespace {

/// RMS (Richtlinien für die Markierung von Straßen): narrow line 0.12 m, guide line in towns 3 m and 6 m gap.
constexpr double kNarrow_m = 0.12;
constexpr double kDash_m = 3;
constexpr double kGap_m = 6;
constexpr double kEdgeInset_m = 0.2;

ReferenceLine lineOf(const RoadLine& line) {
  if (!std::isfinite(line.start.x + line.start.y + line.heading_rad)) {
    throw Error(ExitCode::kDiagnostics, "The road's start is not a finite place and heading.", "Give numbers.");
  }
  if (line.segments.empty()) return ReferenceLine(PlanPoint{line.start, line.heading_rad, 0});
  std::vector<PlanPiece> pieces;
  PlanPiece next{line.start, line.heading_rad, 0, LineShape{}};
  for (size_t i = 0; i < line.segments.size(); ++i) {
    const Segment& segment = line.segments[i];
    if (!(segment.length_m > 0) || !std::isfinite(segment.length_m) || !std::isfinite(segment.curvature_1pm) ||
        std::abs(segment.length_m * segment.curvature_1pm) > 2 * kPi) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("Road segment {} has length {} m and curvature {} 1/m.", i, segment.length_m,
                              segment.curvature_1pm),
                  "A segment needs a positive length and may turn once round at most.");
    }
    next.length_m = segment.length_m;
    next.shape = segment.curvature_1pm == 0 ? PlanShape(LineShape{}) : PlanShape(ArcShape{segment.curvature_1pm});
    pieces.push_back(next);
    const PlanPoint end = ReferenceLine({next}).at(next.length_m);
    next.start = end.position;
    next.heading_rad = end.heading_rad;
  }
  return ReferenceLine(std::move(pieces));
}

bool isRaised(LaneKind kind) {
  return kind == LaneKind::kSidewalk || kind == LaneKind::kVerge;
}

/// As a street in town is marked: broken between lanes, solid towards parking places and shoulders, an edge line just
/// inside the outermost lane.
RoadMark markOf(const std::vector<LaneSpec>& lanes, size_t i, double side) {
  RoadMark mark;
  if (lanes[i].kind != LaneKind::kDriving) return mark;
  if (i + 1 == lanes.size()) {
    mark.lines.push_back({-side * kEdgeInset_m, kNarrow_m, 0, 0, 0});
  } else if (lanes[i + 1].kind == LaneKind::kDriving) {
    mark.lines.push_back({0, kNarrow_m, kDash_m, kGap_m, 0});
  } else if (lanes[i + 1].kind == LaneKind::kParking || lanes[i + 1].kind == LaneKind::kShoulder) {
    mark.lines.push_back({0, kNarrow_m, 0, 0, 0});
  }
  return mark;
}

std::vector<Lane> lanesOf(const std::vector<LaneSpec>& specs, double side, double kerbHeight_m) {
  std::vector<Lane> lanes;
  bool raised = false;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (!(specs[i].width_m > 0) || !std::isfinite(specs[i].width_m)) {
      throw Error(ExitCode::kDiagnostics, fmt::format("Lane '{}' has width {} m.", specs[i].name, specs[i].width_m),
                  "Give each lane a positive width, e.g. 3.25 m.");
    }
    raised = raised || isRaised(specs[i].kind);
    Lane lane;
    lane.id = static_cast<int>(side) * static_cast<int>(i + 1);
    lane.kind = specs[i].kind;
    lane.name = specs[i].name;
    lane.width = Profile::constant(specs[i].width_m);
    if (raised && kerbHeight_m > 0) lane.heights.push_back({0, kerbHeight_m, kerbHeight_m});
    lane.marks.push_back(markOf(specs, i, side));
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

}  // namespace

Road::Road(const RoadLine& line, const std::vector<LaneSpec>& left, const std::vector<LaneSpec>& right,
           double kerbHeight_m) {
  if (!std::isfinite(kerbHeight_m) || kerbHeight_m < 0) {
    throw Error(ExitCode::kDiagnostics, fmt::format("The kerb is {} m high.", kerbHeight_m),
                "Give it a height of 0 m or more.");
  }
  data_.id = "road";
  data_.line = lineOf(line);
  LaneSection section;
  section.last_s = length_m();
  section.left = lanesOf(left, 1, kerbHeight_m);
  section.right = lanesOf(right, -1, kerbHeight_m);
  const auto drives = [](const std::vector<LaneSpec>& lanes) {
    return !lanes.empty() && lanes.front().kind == LaneKind::kDriving;
  };
  if (drives(left) && drives(right))
    section.centre.marks.push_back({0, MarkColour::kWhite, {{0, kNarrow_m, kDash_m, kGap_m, 0}}});
  data_.sections.push_back(std::move(section));
  data_.types.push_back({0, RoadKind::kTown, 0});
  index();
}

}  // namespace nightfog::road
