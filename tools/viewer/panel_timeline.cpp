// Below: time, and what happens in it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

struct Lane {
  std::string name;
  uint32_t colour = 0;
  struct Span {
    double from_s = 0, to_s = 0;
    std::string tip;
    bool isInstant = false;
  };
  std::vector<Span> spans;
  std::string note;  ///< of what has not happened
};

/// How far from firing a trigger that never fired has been.
std::string nearMiss(const events::TraceEntry& entry) {
  if (!entry.firings.empty() || entry.nearest.empty()) return {};
  const auto& nearest = *std::min_element(entry.nearest.begin(), entry.nearest.end(), [](const auto& a, const auto& b) {
    return std::abs(a.missing) > std::abs(b.missing);
  });
  return fmt::format("not yet: {} lacked {:.2f} {} at {:.2f} s", nearest.comparison, nearest.missing, nearest.unit,
                     nearest.at.seconds());
}

std::vector<Lane> lanesOf(const Ui& ui, const Session& session) {
  std::vector<Lane> lanes;
  const PlayedEpisode& episode = *session.episode();
  const double end_s = session.duration_s();
  Lane weather{"weather", ui.colours.weather, {}, {}};
  for (const scenario::WeatherKeyframe& key : episode.scenario().weather.keyframes()) {
    weather.spans.push_back(
        {key.at.seconds(), (key.at + key.ramp).seconds(),
         fmt::format("weather from {:.2f} s on, over {:.2f} s", key.at.seconds(), key.ramp.seconds()),
         key.ramp.ns == 0});
  }
  if (!weather.spans.empty()) lanes.push_back(std::move(weather));
  for (const events::TraceEntry& entry : episode.trace()) {
    const bool isEvent = entry.type.empty();
    Lane lane{entry.id, isEvent ? ui.colours.event : ui.colours.injector, {}, nearMiss(entry)};
    for (const SimTime& fired : entry.firings) {
      const double to_s = entry.end ? entry.end->seconds() : isEvent ? fired.seconds() : end_s;
      lane.spans.push_back({fired.seconds(), to_s,
                            fmt::format("{} at {:.2f} s\n{}", entry.id, fired.seconds(), entry.condition), isEvent});
    }
    if (entry.isSwitchedOff) lane.note = "severity 0";
    lanes.push_back(std::move(lane));
  }
  Lane collisions{"collisions", ui.colours.bad, {}, {}};
  const std::vector<std::string> cast = episode.cast();
  const auto nameOf = [&](ObjectId id) {
    return id.value == 0 || id.value > cast.size() ? std::string("the ground") : cast[id.value - 1];
  };
  for (const world::Collision& hit : episode.collisions()) {
    collisions.spans.push_back({hit.at.seconds(), hit.at.seconds(),
                                fmt::format("{} meets {} at {:.2f} s", nameOf(hit.a), nameOf(hit.b), hit.at.seconds()),
                                true});
  }
  if (!collisions.spans.empty()) lanes.push_back(std::move(collisions));
  return lanes;
}

void transport(Ui& ui, Session& session) {
  if (ui.button("time.start", "\u21e4", "To the start (home)")) session.scrub(0);
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("time.back", "\u25c2", "A step back (left)")) session.stepBy(-1);
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("time.play", session.isPlaying ? "Pause" : "Play", "Play and pause (space)", session.isPlaying,
                ui.px(58))) {
    if (!session.isPlaying && session.time_s >= session.duration_s() - 1e-9) session.scrub(0);
    session.isPlaying = !session.isPlaying;
  }
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("time.forth", "\u25b8", "A step on (right)")) session.stepBy(1);
  ImGui::SameLine(0, ui.px(12));
  ImGui::AlignTextToFramePadding();
  ui.text(ui.colours.ink, fmt::format("{:6.2f} s", session.time_s), ui.fonts.mono);
  ImGui::SameLine(0, ui.px(6));
  ui.text(ui.colours.faint, fmt::format("of {:.2f} s", session.duration_s()));
  for (const double speed : {0.25, 0.5, 1.0}) {
    ImGui::SameLine(0, speed == 0.25 ? ui.px(16) : ui.px(4));
    if (ui.button(fmt::format("speed.{}", speed), fmt::format("{}\u00d7", speed).c_str(), "How fast it plays",
                  session.playSpeed == speed))
      session.playSpeed = speed;
  }
}

}  // namespace

void timelinePanel(Ui& ui, Session& session, WindowState&, const ScreenRect& rect) {
  beginPanel("timeline", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::GetWindowDrawList()->AddLine({rect.left, rect.top}, {rect.right, rect.top}, ui.colours.line);
  transport(ui, session);
  if (session.episode() == nullptr) {
    ImGui::End();
    return;
  }
  const float names = ui.px(110), ruler = ui.px(20), row = ui.px(19);
  ImGui::BeginChild("lanes", {0, 0}, false, ImGuiWindowFlags_AlwaysVerticalScrollbar);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x - names - ui.px(8);
  const std::vector<Lane> lanes = lanesOf(ui, session);
  const float height = ruler + row * static_cast<float>(std::max<size_t>(lanes.size(), 2));
  const float left = at.x + names;
  const double end_s = session.duration_s();
  const auto xOf = [&](double time_s) { return left + width * static_cast<float>(time_s / end_s); };
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const double played_s =
      session.episode()->playedSteps() == 0 ? 0 : session.episode()->timeOf(session.episode()->playedSteps() - 1);
  draw.AddRectFilled({left, at.y + ruler - 3}, {left + width, at.y + ruler}, ui.colours.raised);
  draw.AddRectFilled({left, at.y + ruler - 3}, {xOf(played_s), at.y + ruler}, ui.colours.accent & 0x80ffffff);
  const double tick_s = end_s > 40 ? 10 : end_s > 15 ? 5 : end_s > 2.5 ? 1 : 0.5;
  for (double t = 0; t <= end_s + 1e-9; t += tick_s) {
    draw.AddLine({xOf(t), at.y + ruler - 6}, {xOf(t), at.y + height}, ui.colours.line);
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {xOf(t) + 3, at.y}, ui.colours.faint,
                 fmt::format("{:g}", t).c_str());
  }
  float y = at.y + ruler;
  for (const Lane& lane : lanes) {
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {at.x + ui.px(2), y + ui.px(3)}, ui.colours.faint,
                 lane.name.c_str());
    if (!lane.note.empty())
      draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {left + ui.px(6), y + ui.px(3)}, ui.colours.faint,
                   lane.note.c_str());
    for (const Lane::Span& span : lane.spans) {
      const float from = xOf(span.from_s), to = std::max(xOf(std::min(span.to_s, end_s)), from + 2);
      const float middle = y + 0.5F * row;
      if (span.isInstant) {
        const float r = ui.px(5);
        draw.AddQuadFilled({from, middle - r}, {from + r, middle}, {from, middle + r}, {from - r, middle}, lane.colour);
      } else {
        draw.AddRectFilled({from, y + ui.px(4)}, {to, y + row - ui.px(3)}, (lane.colour & 0x00ffffff) | 0x90000000, 3);
        draw.AddRectFilled({from, y + ui.px(4)}, {from + ui.px(3), y + row - ui.px(3)}, lane.colour);
      }
      const ImVec2 mouse = ImGui::GetIO().MousePos;
      if (mouse.x > from - 6 && mouse.x < std::max(to, from + 6) && mouse.y > y && mouse.y < y + row &&
          ImGui::IsWindowHovered())
        ImGui::SetTooltip("%s", span.tip.c_str());
    }
    y += row;
  }
  const float now = xOf(session.time_s);
  draw.AddLine({now, at.y + 2}, {now, at.y + height}, ui.colours.accent, 2);
  draw.AddTriangleFilled({now - ui.px(6), at.y + 2}, {now + ui.px(6), at.y + 2}, {now, at.y + ui.px(11)},
                         ui.colours.accent);
  ImGui::SetCursorScreenPos({left - 4, at.y});
  ImGui::InvisibleButton("scrub", {width + 8, height});
  ui.mark("timeline");
  if (ImGui::IsItemActive()) {
    session.isPlaying = false;
    session.scrub((ImGui::GetIO().MousePos.x - left) / width * end_s);
  }
  ImGui::EndChild();
  ImGui::End();
}

void statusPanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(4)));
  beginPanel("status", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::PopStyleVar();
  ImGui::GetWindowDrawList()->AddLine({rect.left, rect.top}, {rect.right, rect.top}, ui.colours.line);
  const size_t errors = session.errorCount();
  const size_t others = session.rehearsed().findings.size() - std::min(errors, session.rehearsed().findings.size());
  if (errors > 0)
    ui.text(ui.colours.bad, fmt::format("{} {}", errors, errors == 1 ? "error" : "errors"), ui.fonts.small);
  else
    ui.text(ui.colours.good, others > 0 ? fmt::format("sound, {} notes", others) : "sound", ui.fonts.small);
  if (ImGui::IsItemClicked()) state.tab = SideTab::kText;
  ImGui::SameLine(ui.px(120));
  const Session::Message& message = session.message();
  if (message.until_s > Window::now_s())
    ui.text(message.isBad ? ui.colours.bad : ui.colours.ink, message.text, ui.fonts.small);
  else if (!session.rehearsed().error.empty())
    ui.text(ui.colours.bad, session.rehearsed().error, ui.fonts.small);
  else
    ui.text(ui.colours.faint,
            session.isRehearsing() ? "playing the world …" : "right button turns, shift pans, wheel zooms, space plays",
            ui.fonts.small);
  const std::string picture =
      state.picture ? fmt::format("{} \u00d7 {}   {:.0f} ms   {:.0f} pictures/s   {}", state.picture->width,
                                  state.picture->height, 1000 * state.picture->seconds, state.pictureRate_hz,
                                  session.studio().deviceName())
                    : session.studio().deviceName();
  const float width = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, picture.c_str()).x;
  ImGui::SameLine(rect.right - rect.left - width - ui.px(14));
  ui.text(ui.colours.faint, picture, ui.fonts.small);
  ImGui::End();
}

}  // namespace nightfog::viewer
