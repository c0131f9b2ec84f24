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
  std::string note;       ///< of what has not happened
  double noteFrom_s = 0;  ///< where it stands
  Thing thing;            ///< that a click selects
};

const char* wordOf(const Verdict* verdict) {
  if (verdict == nullptr) return "not judged yet";
  switch (verdict->outcome) {
    case Verdict::Outcome::kPassed:
      return "holds";
    case Verdict::Outcome::kFailed:
      return "does not hold";
    case Verdict::Outcome::kSkipped:
      return "skipped in this run";
    default:
      return "cannot be told";
  }
}

/// When frames count for an expectation; nullopt: what it waits for has not happened.
std::optional<std::pair<double, double>> spanOf(const scenario::Expectation& expectation, const PlayedEpisode& episode,
                                                double end_s) {
  if (const auto* at = std::get_if<scenario::AtInstant>(&expectation.when))
    return std::pair(at->at.seconds(), at->at.seconds());
  const auto& span = std::get<scenario::DuringSpan>(expectation.when);
  const std::vector<events::TraceEntry> trace = episode.trace();
  const auto instant = [&](const scenario::TimePoint& point) -> std::optional<double> {
    if (point.of.empty()) return point.offset.seconds();
    for (const events::TraceEntry& entry : trace) {
      if (entry.id != point.of) continue;
      if (point.edge == scenario::TimePoint::Edge::kEnd)
        return entry.end ? std::optional(entry.end->seconds() + point.offset.seconds()) : std::nullopt;
      if (!entry.firings.empty()) return entry.firings.front().seconds() + point.offset.seconds();
    }
    return std::nullopt;
  };
  const auto from = instant(span.from);
  if (!from) return std::nullopt;
  double to = end_s;
  if (span.length) to = *from + span.length->seconds();
  if (span.to) {
    const auto until = instant(*span.to);
    if (!until) return std::nullopt;
    to = *until;
  }
  return std::pair(*from, std::min(to, end_s));
}

/// Three decimals of a number say enough here.
std::string shortened(const std::string& text) {
  std::string out;
  size_t decimals = 0;
  bool isFraction = false;
  for (const char c : text) {
    const bool isDigit = c >= '0' && c <= '9';
    isFraction = c == '.' || (isFraction && isDigit);
    decimals = isFraction && isDigit ? decimals + 1 : 0;
    if (decimals <= 3) out += c;
  }
  return out;
}

/// How far from firing it is now.
std::string distanceText(const TriggerDistance& distance) {
  if (distance.comparison.empty() || distance.missing <= 0) return {};
  return fmt::format("{} lacks {:.2f}{}{}", shortened(distance.comparison), distance.missing,
                     distance.unit.empty() ? "" : " ", distance.unit);
}

/// How far from firing a trigger that never fired has been.
std::string nearMiss(const events::TraceEntry& entry) {
  if (!entry.firings.empty() || entry.nearest.empty()) return {};
  const auto& nearest = *std::min_element(entry.nearest.begin(), entry.nearest.end(), [](const auto& a, const auto& b) {
    return std::abs(a.missing) > std::abs(b.missing);
  });
  return fmt::format("not yet: {} lacked {:.2f} {} at {:.2f} s", shortened(nearest.comparison), nearest.missing,
                     nearest.unit, nearest.at.seconds());
}

std::vector<Lane> lanesOf(const Ui& ui, const Session& session) {
  std::vector<Lane> lanes;
  const PlayedEpisode& episode = *session.episode();
  const double end_s = session.duration_s();
  const std::vector<TriggerDistance> now = episode.triggersAt(session.time_s);
  size_t index = 0;
  for (const events::TraceEntry& entry : episode.trace()) {
    const bool isEvent = entry.type.empty();
    Lane lane{entry.id, isEvent ? ui.colours.event : ui.colours.injector, {}, {}, 0, {}};
    lane.thing = {isEvent ? Thing::Kind::kEvent : Thing::Kind::kInjector, entry.id};
    const bool isStillToCome = entry.firings.empty() || entry.firings.front().seconds() > session.time_s + 1e-9;
    if (isStillToCome && index < now.size()) lane.note = distanceText(now[index]);
    if (entry.firings.empty() && (lane.note.empty() || session.time_s >= end_s)) lane.note = nearMiss(entry);
    ++index;
    for (const SimTime& fired : entry.firings) {
      const double to_s = entry.end ? entry.end->seconds() : isEvent ? fired.seconds() : end_s;
      lane.spans.push_back({fired.seconds(), to_s,
                            fmt::format("{} at {:.2f} s\n{}", entry.id, fired.seconds(), entry.condition), isEvent});
    }
    if (entry.isSwitchedOff) lane.note = "severity 0";
    lanes.push_back(std::move(lane));
  }
  Lane collisions{"collisions", ui.colours.bad, {}, {}, 0, {}};
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
  for (const scenario::Expectation& expectation : episode.scenario().expectations) {
    const Verdict* verdict = session.verdictOf(expectation.id);
    Lane lane{expectation.id, verdictColour(ui, verdict), {}, {}, 0, {}};
    lane.thing = {Thing::Kind::kExpectation, expectation.id};
    const std::string value = verdict == nullptr ? "" : verdictText(*verdict);
    const std::string tip = fmt::format("{} {}\n{}{}{}", expectation.id, wordOf(verdict), expectation.check.text,
                                        value.empty() ? "" : "\n", value);
    if (const auto span = spanOf(expectation, episode, end_s))
      lane.spans.push_back({span->first, span->second, tip, span->first == span->second});
    else
      lane.note = "waits for what has not happened";
    if (verdict != nullptr && verdict->at_s && !lane.spans.empty() && !lane.spans.front().isInstant)
      lane.spans.push_back({*verdict->at_s, *verdict->at_s, tip, true});
    if (verdict != nullptr) {
      lane.note = value;
      lane.noteFrom_s = lane.spans.empty() ? 0 : lane.spans.back().to_s;
    }
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

/// How far judging is, and whether it goes on by itself.
void judging(Ui& ui, Session& session, float right) {
  if (session.episode() == nullptr || session.episode()->scenario().expectations.empty()) return;
  const auto progress = session.judge().progress();
  const std::vector<Verdict>* verdicts = session.verdicts();
  std::string words = session.judge().failure();
  uint32_t colour = ui.colours.bad;
  if (verdicts != nullptr) {
    const auto held = std::count_if(verdicts->begin(), verdicts->end(), [](const Verdict& v) {
      return v.outcome == Verdict::Outcome::kPassed || v.outcome == Verdict::Outcome::kSkipped;
    });
    words = fmt::format("{} of {} hold", held, verdicts->size());
    colour = static_cast<size_t>(held) == verdicts->size() ? ui.colours.good : ui.colours.bad;
  } else if (progress) {
    words = fmt::format("judging, {:.0f} %", 100 * *progress);
    colour = ui.colours.faint;
  } else if (words.empty()) {
    words = session.judge().isOn ? "to be judged" : "not judged";
    colour = ui.colours.faint;
  }
  const float width = ImGui::CalcTextSize(words.c_str()).x;
  ImGui::SameLine(right - width - ui.px(96));
  ui.text(colour, words);
  ui.mark("judged");
  ImGui::SameLine(right - ui.px(84));
  if (ui.button("judge", "Judge", "Judges what is expected as `render --labels-only` would, whenever nothing is edited",
                session.judge().isOn))
    session.judge().isOn = !session.judge().isOn;
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

uint32_t verdictColour(const Ui& ui, const Verdict* verdict) {
  if (verdict == nullptr) return ui.colours.faint;
  switch (verdict->outcome) {
    case Verdict::Outcome::kPassed:
      return ui.colours.good;
    case Verdict::Outcome::kSkipped:
      return ui.colours.faint;
    default:
      return verdict->isWarning ? ui.colours.warn : ui.colours.bad;
  }
}

void timelinePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  beginPanel("timeline", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::GetWindowDrawList()->AddLine({rect.left, rect.top}, {rect.right, rect.top}, ui.colours.line);
  transport(ui, session);
  judging(ui, session, rect.right - rect.left);
  if (session.episode() == nullptr) {
    ImGui::End();
    return;
  }
  const float names = ui.px(110), ruler = ui.px(20), row = ui.px(19);
  ImGui::BeginChild("lanes", {0, 0}, false, ImGuiWindowFlags_AlwaysVerticalScrollbar);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x - names - ui.px(18);
  const std::vector<Lane> lanes = lanesOf(ui, session);
  const float weatherHeight = weatherLaneHeight(ui);
  const float height = ruler + weatherHeight + row * static_cast<float>(lanes.size());
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
  weatherLane(ui, session, state, {at.x, y, left - ui.px(4), y + weatherHeight},
              {left, y, left + width, y + weatherHeight});
  y += weatherHeight;
  for (const Lane& lane : lanes) {
    const bool isSelected = lane.thing.kind != Thing::Kind::kNone && session.selected == lane.thing;
    if (isSelected)
      draw.AddRectFilled({at.x, y + 1}, {left + width, y + row - 1}, (ui.colours.accent & 0x00ffffff) | 0x28000000, 3);
    draw.PushClipRect({at.x, y}, {left - ui.px(4), y + row}, true);
    draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, {at.x + ui.px(2), y + ui.px(3)},
                 isSelected ? ui.colours.ink : ui.colours.faint, lane.name.c_str());
    draw.PopClipRect();
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
    if (!lane.note.empty()) {
      // Beside what it is said of, or before that where it would not fit.
      const float size = ui.fonts.small->CalcTextSizeA(ui.fonts.small->FontSize, 1e4F, 0, lane.note.c_str()).x;
      const float x = std::clamp(xOf(lane.noteFrom_s) + ui.px(10), left + ui.px(6),
                                 std::max(left + ui.px(6), left + width - size - ui.px(6)));
      const ImVec2 from{x, y + ui.px(3)};
      draw.AddRectFilled({from.x - 4, y + 3}, {from.x + size + 4, y + row - 3},
                         (ui.colours.panel & 0x00ffffff) | 0xb0000000, 3);
      draw.AddText(ui.fonts.small, ui.fonts.small->FontSize, from, ui.colours.ink, lane.note.c_str());
    }
    ImGui::SetCursorScreenPos({at.x, y});
    ImGui::PushID(lane.name.c_str());
    if (ImGui::InvisibleButton("lane", {names - ui.px(4), row}) && lane.thing.kind != Thing::Kind::kNone)
      session.select(lane.thing);
    ImGui::PopID();
    ui.mark("lane." + lane.name);
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
