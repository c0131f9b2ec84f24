// Routes and trajectories.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

constexpr size_t kMostPieces = 10'000;

}  // namespace

bool Importer::routing(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element what = action.first();
  if (what.name() == "FollowTrajectoryAction") return trajectory(what, actor, out);
  if (what.name() == "AssignRouteAction" || what.name() == "AcquirePositionAction") {
    what.approximated("at junctions it takes the straightest way, whatever the route");
    return true;
  }
  what.refused("no such routing action is known here");
  return false;
}

bool Importer::trajectory(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element holder = action.child("TrajectoryRef") ? action.child("TrajectoryRef") : action;
  const Element curve = source_.childOrReference(holder, "Trajectory");
  if (!curve) return false;
  const Element timing = action.path({"TimeReference", "Timing"});
  const double scale = timing ? timing.number("scale", 1) : 1, offset = timing ? timing.number("offset") : 0;
  if (timing && timing.text("domainAbsoluteRelative", "relative") == "absolute")
    timing.approximated("its times count from when it begins, not from the start of the run");
  if (curve.truth("closed")) curve.approximated("it ends where it began, and does not go round again");
  if (action.number("initialDistanceOffset") != 0) action.approximated("it begins at the trajectory's start");
  std::string text;
  bool ok = false;
  const Element shape = curve.child("Shape").first();
  if (shape.name() == "Polyline")
    ok = polyline(shape, scale, offset, static_cast<bool>(timing), text, actor);
  else if (shape.name() == "Clothoid" || shape.name() == "ClothoidSpline")
    ok = bends(shape, scale, offset, static_cast<bool>(timing), text);
  else if (shape.name() == "Nurbs")
    ok = nurbs(shape, text);
  else
    shape.refused("no such shape is known here");
  if (!ok) return false;
  out.push_back(fmt::format("follow_trajectory: {{{}}}", text));
  action.supported();
  return true;
}

bool Importer::polyline(const Element& shape, double scale, double offset, bool isTimed, std::string& text,
                        Entity& actor) {
  const auto vertices = shape.children("Vertex");
  if (vertices.size() < 2 || vertices.size() > kMostPieces) {
    shape.refused(fmt::format("from 2 to {} vertices", kMostPieces));
    return false;
  }
  bool leans = false;
  double last = -1;
  for (const Element& vertex : vertices) {
    const auto spot = place(vertex.child("Position"));
    if (!spot) return false;
    leans = leans || spot->roll_rad != 0;
    if (!actor.start) actor.start = *spot;
    text += text.empty() ? "vertices: [{" : ", {";
    if (isTimed && vertex.has("time")) {
      const double at = std::max(vertex.number("time") * scale + offset, 0.0);
      if (at <= last) {
        vertex.approximated("it lies no later than the one before, and is left out");
        text.resize(text.size() - (text.size() > 12 ? 3 : 12));
        continue;
      }
      last = at;
      text += fmt::format("at: {}, ", seconds(at));
    }
    text += fmt::format("point: {}}}", pointText(*spot));
  }
  text += "]";
  if (leans)
    shape.approximated("who goes along it does not lean");
  else
    shape.supported();
  return true;
}

std::string Importer::startOfBends(const Element& position) {
  if (!position) return {};
  if (const auto by = relative(position)) {
    std::string text;
    if (by->forward_m != 0) text += fmt::format(", forward: {}", metres(by->forward_m));
    if (by->left_m != 0) text += fmt::format(", left: {}", metres(by->left_m));
    if (by->heading_rad != 0) text += fmt::format(", heading: {}", radians(by->heading_rad));
    return text;
  }
  const auto spot = place(position);
  if (!spot) return {};
  return fmt::format(", start: {}, heading: {}", pointText(*spot), radians(spot->pose.yaw_rad()));
}

bool Importer::bends(const Element& shape, double scale, double offset, bool isTimed, std::string& text) {
  std::string list, rest;
  const auto add = [&](const Element& piece, double length, double from, double to, const char* time) {
    list += fmt::format("{}{{length: {}, from: {} 1/m, to: {} 1/m", list.empty() ? "" : ", ", metres(length),
                        numberText(from), numberText(to));
    if (isTimed && piece.has(time))
      list += fmt::format(", at: {}", seconds(std::max(piece.number(time) * scale + offset, 0.0)));
    if (piece.number("hOffset") != 0) list += fmt::format(", turn: {}", radians(piece.number("hOffset")));
    list += "}";
  };
  if (shape.name() == "Clothoid") {
    const double length = shape.number("length"), from = shape.number("curvature");
    const double rate = shape.number(shape.has("curvaturePrime") ? "curvaturePrime" : "curvatureDot");
    if (!(length > 0)) {
      shape.refused("it has no length");
      return false;
    }
    add(shape, length, from, from + rate * length, "startTime");
    if (isTimed && shape.has("stopTime"))
      rest += fmt::format(", end: {}", seconds(shape.number("stopTime") * scale + offset));
    rest += startOfBends(shape.child("Position"));
    shape.supported();
  } else {
    const auto segments = shape.children("ClothoidSplineSegment");
    if (segments.empty() || segments.size() > 1000) {
      shape.refused("from 1 to 1000 segments");
      return false;
    }
    for (size_t i = 0; i < segments.size(); ++i) {
      const Element& segment = segments[i];
      if (!(segment.number("length") > 0)) {
        segment.refused("it has no length");
        return false;
      }
      add(segment, segment.number("length"), segment.number("curvatureStart"), segment.number("curvatureEnd"),
          "timeStart");
      if (i == 0)
        rest += startOfBends(segment.child("PositionStart"));
      else if (segment.child("PositionStart"))
        segment.approximated("it begins where the one before ends, not at a place of its own");
    }
    if (isTimed && shape.has("timeEnd"))
      rest += fmt::format(", end: {}", seconds(shape.number("timeEnd") * scale + offset));
    shape.supported();
  }
  text = fmt::format("bends: [{}]{}", list, rest);
  return true;
}

/// Sampled along its parameter by de Boor's algorithm in homogeneous coordinates.
bool Importer::nurbs(const Element& shape, std::string& text) {
  const auto order = static_cast<size_t>(std::clamp(shape.number("order", 4), 0.0, 20.0));
  std::vector<glm::dvec4> points;
  std::vector<double> knots;
  for (const Element& point : shape.children("ControlPoint")) {
    const auto spot = place(point.child("Position"));
    if (!spot) return false;
    const double weight = point.number("weight", 1);
    if (!(weight > 0)) {
      point.refused("a weight that is not above 0");
      return false;
    }
    points.emplace_back(spot->pose.translation * weight, weight);
  }
  for (const Element& knot : shape.children("Knot")) knots.push_back(knot.number("value"));
  if (order < 2 || points.size() < order || points.size() > 1000 || knots.size() != points.size() + order ||
      !std::is_sorted(knots.begin(), knots.end()) || !(knots[points.size()] > knots[order - 1])) {
    shape.refused("its order, control points and knots do not fit together");
    return false;
  }
  const size_t degree = order - 1;
  const size_t samples = std::min<size_t>(40 * points.size(), 2000);
  text = "vertices: [";
  for (size_t i = 0; i <= samples; ++i) {
    const double low = knots[degree], high = knots[points.size()];
    const double u = low + (high - low) * static_cast<double>(i) / static_cast<double>(samples);
    size_t span = degree;
    while (span + 1 < points.size() && u >= knots[span + 1]) ++span;
    std::vector<glm::dvec4> d(points.begin() + static_cast<ptrdiff_t>(span - degree),
                              points.begin() + static_cast<ptrdiff_t>(span + 1));
    for (size_t r = 1; r <= degree; ++r) {
      for (size_t j = degree; j >= r; --j) {
        const double a = knots[j + span - degree], b = knots[j + 1 + span - r];
        const double share = b > a ? (u - a) / (b - a) : 0;
        d[j] = d[j - 1] * (1 - share) + d[j] * share;
      }
    }
    const glm::dvec3 at = glm::dvec3(d[degree]) / d[degree].w;
    text += fmt::format("{}{{point: [{}, {}, {}]}}", i == 0 ? "" : ", ", metres(at.x), metres(at.y), metres(at.z));
  }
  text += "]";
  shape.approximated("it is gone along chords of its curve");
  return true;
}

}  // namespace nightfog::openscenario
