// Runs: rendering this frame, this run or the sweep in the background, and what has been rendered, as pictures to sort.
#include <fmt/format.h>

#include <algorithm>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

void orders(Ui& ui, Session& session) {
  const bool isSweep = session.rehearsed().isSweep;
  ImGui::AlignTextToFramePadding();
  ui.text(ui.colours.faint, "Render");
  ImGui::SameLine(0, ui.px(8));
  const auto order = [&](const char* id, const char* label, RenderWish wish, const char* tip) {
    if (ui.button(id, label, tip)) session.render(wish);
    ImGui::SameLine(0, ui.px(4));
  };
  order("render.frame", "Frame", RenderWish::kFrame, "This instant of this run, by every sensor, at full quality");
  order("render.run", "Run", RenderWish::kRun, "The whole of this run");
  if (isSweep) order("render.sweep", "Sweep", RenderWish::kSweep, "Every run of the sweep");
  ImGui::NewLine();
  ImGui::Checkbox("labels only", &session.labelsOnly);
  ui.mark("render.labels");
  ui.tooltip("Cameras write ground truth without images, in a third of the time or less");
  ImGui::SameLine(0, ui.px(12));
  if (ui.button("render.copy", "Copy command", "The command that renders this instant again, onto the clipboard")) {
    ImGui::SetClipboardText(session.reproduction().c_str());
    session.say("Copied: " + session.reproduction());
  }
}

void progress(Ui& ui, Session& session) {
  const RenderJob* job = session.renderJob();
  if (job == nullptr) return;
  const RenderJob::State state = job->state();
  if (!state.isRunning) {
    const bool isBad = state.exitCode != 0 && state.exitCode != 3;
    ImGui::PushTextWrapPos(0);
    ui.text(isBad ? ui.colours.bad : ui.colours.faint,
            state.isCancelled ? "Called off."
            : isBad           ? state.complaint
            : state.exitCode == 3
                ? fmt::format("Written to {}; some expectations do not hold.", job->order().out.string())
                : fmt::format("Written to {}.", job->order().out.string()),
            ui.fonts.small);
    ImGui::PopTextWrapPos();
    return;
  }
  ImGui::ProgressBar(static_cast<float>(state.fraction), {ImGui::GetContentRegionAvail().x - ui.px(70), ui.px(22)},
                     fmt::format("{:.0f} %", 100 * state.fraction).c_str());
  ui.mark("render.progress");
  ImGui::SameLine(0, ui.px(6));
  if (ui.button("render.cancel", "Cancel", "Calls it off; what is whole stays", false, ui.px(64)))
    session.cancelRender();
  ui.text(ui.colours.faint, state.episode.empty() ? "starting …" : state.episode, ui.fonts.small);
}

std::string statisticText(const RunCard& card, const std::string& statistic) {
  const auto found = card.statistics.find(statistic);
  if (found == card.statistics.end()) return "–";
  const bool isPart = statistic.find("visible part") != std::string::npos;
  return isPart ? fmt::format("{:.1f} %", 100 * found->second) : fmt::format("{:.4g}", found->second);
}

ScreenTexture& textureOf(WindowState& state, const RunCard& card) {
  auto& slot = state.cardTextures[card.folder.string()];
  if (slot == nullptr) {
    slot = std::make_unique<ScreenTexture>();
    slot->set(card.thumbnail->width(), card.thumbnail->height(), card.thumbnail->bytes());
  }
  return *slot;
}

void card(Ui& ui, Session& session, WindowState& state, const RunCard& card, float width) {
  ImGui::BeginGroup();
  const float height =
      width * static_cast<float>(card.thumbnail->height()) / static_cast<float>(card.thumbnail->width());
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::PushID(card.run.c_str());
  const bool isPressed = ImGui::InvisibleButton("picture", {width, height});
  ImGui::PopID();
  ui.mark("card." + card.run.substr(0, card.run.find('-')) + (card.index ? fmt::format(".{}", *card.index) : ""));
  ui.tooltip(fmt::format("{}\n{}\n{} hold, {} do not{}", card.run, card.variant, card.held, card.unmet,
                         card.index ? "\nClick: this run, with the same camera at the same time"
                                    : "\nOf another text: it cannot be gone to"));
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddImageRounded(textureOf(state, card).id(), at, {at.x + width, at.y + height}, {0, 0}, {1, 1}, 0xffffffff, 4);
  const bool isShown = card.index && *card.index == session.run() && session.episode() != nullptr &&
                       session.episode()->scenario().runId() == card.run;
  if (isShown || ImGui::IsItemHovered())
    draw.AddRect(at, {at.x + width, at.y + height}, isShown ? ui.colours.accent : ui.colours.faint, 4, 0, 2);
  if (card.held + card.unmet > 0)
    draw.AddCircleFilled({at.x + width - ui.px(9), at.y + ui.px(9)}, ui.px(5),
                         card.unmet > 0 ? ui.colours.bad : ui.colours.good);
  ImGui::PushClipRect(at, {at.x + width, at.y + height + ui.px(60)}, true);
  const std::string name = card.index ? fmt::format("run {}", *card.index) : card.run;
  ui.text(card.index ? ui.colours.ink : ui.colours.faint,
          state.runOrder.empty() ? name : fmt::format("{}   {}", name, statisticText(card, state.runOrder)),
          ui.fonts.small);
  ui.text(ui.colours.faint,
          !card.variant.empty() ? card.variant
          : card.index          ? card.run
                                : "of another text",
          ui.fonts.small);
  ImGui::PopClipRect();
  ImGui::EndGroup();
  if (isPressed && card.index) session.chooseRun(session.seed(), *card.index);
}

}  // namespace

void runsTab(Ui& ui, Session& session, WindowState& state) {
  if (session.episode() == nullptr) return;
  orders(ui, session);
  progress(ui, session);
  std::vector<std::shared_ptr<const RunCard>> cards = session.shelf().cards();
  ui.heading(fmt::format("RENDERED RUNS{}", session.shelf().isLooking() ? " …" : ""));
  if (cards.empty()) {
    ImGui::PushTextWrapPos(0);
    ui.text(ui.colours.faint, fmt::format("None of this scenario is in {} yet.", session.outFolder().string()));
    ImGui::PopTextWrapPos();
    return;
  }
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - ui.px(132));
  if (ImGui::BeginCombo("##order", state.runOrder.empty() ? "as in the sweep" : state.runOrder.c_str())) {
    if (ImGui::Selectable("as in the sweep", state.runOrder.empty())) state.runOrder.clear();
    for (const std::string& name : session.shelf().statistics()) {
      if (ImGui::Selectable(name.c_str(), state.runOrder == name)) state.runOrder = name;
      std::string id = "order." + name;
      std::replace(id.begin(), id.end(), ' ', '_');
      ui.mark(id);
    }
    ImGui::EndCombo();
  }
  ui.mark("runs.order");
  ui.tooltip("What the runs are sorted by");
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("runs.way", state.isLeastFirst ? "\u2191" : "\u2193", "The most first, or the least"))
    state.isLeastFirst = !state.isLeastFirst;
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("runs.sheet", "Sheet", "Writes a contact sheet of these pictures beside the runs"))
    session.writeSheet();
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("runs.again", "\u21bb", "Looks again, at this instant")) {
    state.cardTextures.clear();
    session.lookAtRuns(true);
  }
  if (!state.runOrder.empty()) {
    // Runs that know nothing of it come last, either way.
    const auto value = [&](const auto& card) {
      const auto found = card->statistics.find(state.runOrder);
      if (found == card->statistics.end()) return -1e300;
      return state.isLeastFirst ? -found->second : found->second;
    };
    std::stable_sort(cards.begin(), cards.end(), [&](const auto& a, const auto& b) { return value(a) > value(b); });
  }
  ImGui::BeginChild("runs.list");
  const float gap = ui.px(8), width = 0.5F * (ImGui::GetContentRegionAvail().x - gap - ui.px(4));
  for (size_t i = 0; i < cards.size(); ++i) {
    if (i % 2 == 1) ImGui::SameLine(0, gap);
    card(ui, session, state, *cards[i], width);
  }
  ImGui::EndChild();
}

}  // namespace nightfog::viewer
