// The bar above: the file, undo and redo, where one looks from, which run.
#include <fmt/format.h>

#include "tools/viewer/panels.hpp"

namespace nightfog::viewer {
namespace {

void gap(const Ui& ui, float pixels = 14) {
  ImGui::SameLine(0, ui.px(pixels));
}

void fileButtons(Ui& ui, Session& session) {
  EditedFile& file = session.file();
  ui.text(ui.colours.ink, file.path().filename().string(), ui.fonts.bold);
  if (file.isDirty()) {
    ImGui::SameLine(0, ui.px(4));
    ui.text(ui.colours.warn, "●");
    ui.tooltip("Not saved yet");
  }
  gap(ui);
  if (ui.button("save", "Save", "Write the file (ctrl+s)")) session.save();
  ImGui::SameLine(0, ui.px(4));
  ImGui::BeginDisabled(!file.canUndo());
  if (ui.button("undo", "Undo", file.canUndo() ? file.undoName().c_str() : "")) file.undo();
  ImGui::EndDisabled();
  ImGui::SameLine(0, ui.px(4));
  ImGui::BeginDisabled(!file.canRedo());
  if (ui.button("redo", "Redo", file.canRedo() ? file.redoName().c_str() : "")) file.redo();
  ImGui::EndDisabled();
}

void eyeButtons(Ui& ui, Session& session) {
  struct Choice {
    EyeMode mode;
    const char *id, *label, *tip;
  };
  constexpr Choice kChoices[] = {
      {EyeMode::kOrbit, "eye.orbit", "Orbit",
       "Around a place: drag with the right button, shift pans, the wheel zooms (1)"},
      {EyeMode::kFollow, "eye.follow", "Follow", "With the selected actor (2)"},
      {EyeMode::kTop, "eye.top", "Top", "From above (3)"},
      {EyeMode::kFree, "eye.free", "Free", "Fly: W A S D, Q and E, right button looks around (4)"}};
  for (const Choice& choice : kChoices) {
    const bool isOn = !session.viewedSensor && !session.viewedLidar && session.eye.mode() == choice.mode;
    if (ui.button(choice.id, choice.label, choice.tip, isOn)) {
      session.lookThrough(std::nullopt);
      session.eye.setMode(choice.mode, session.followedPose());
    }
    ImGui::SameLine(0, ui.px(4));
  }
  if (session.episode() == nullptr) return;
  const auto& sensors = session.episode()->scenario().sensors;
  for (size_t i = 0; i < sensors.size(); ++i) {
    const std::string& id = sensors[i].id;
    const bool isCamera = std::holds_alternative<scenario::CameraSpec>(sensors[i].spec);
    if (ui.button(
            "sensor." + id, id.c_str(),
            isCamera ? "What this camera sees, with its faults and the weather" : "What this LiDAR sees, every beam",
            session.viewedSensor == i || session.viewedLidar == i))
      session.lookThrough(i);
    ImGui::SameLine(0, ui.px(4));
  }
}

void showButtons(Ui& ui, Session& session, WindowState& state) {
  if (ui.button("show", "Show", "What is drawn over the picture")) ImGui::OpenPopup("show.menu");
  if (ImGui::BeginPopup("show.menu")) {
    Overlays& o = session.overlays;
    const auto item = [&](const char* id, const char* label, bool& value) {
      ImGui::Checkbox(label, &value);
      ui.mark(id);
    };
    item("show.boxes", "Boxes", o.boxes);
    item("show.names", "Names", o.names);
    item("show.lanes", "Lanes", o.lanes);
    item("show.paths", "Paths", o.paths);
    item("show.frustums", "Sensors", o.frustums);
    item("show.points", "LiDAR points", o.points);
    ImGui::Separator();
    const auto plane = [&](const char* id, const char* label, TruthPlane which) {
      if (ImGui::RadioButton(label, state.plane == which)) state.plane = which;
      ui.mark(id);
    };
    plane("show.image", "Image", TruthPlane::kNone);
    plane("show.classes", "Classes", TruthPlane::kClass);
    plane("show.objects", "Objects", TruthPlane::kInstance);
    plane("show.depth", "Depth", TruthPlane::kDepth);
    plane("show.normals", "Normals", TruthPlane::kNormals);
    plane("show.flow", "Flow", TruthPlane::kFlow);
    ImGui::EndPopup();
  }
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("clear_air", "Clear air", "Look through the weather", session.clearAir))
    session.clearAir = !session.clearAir;
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("daylight", "Daylight", "Under a high sun, whatever the time of day", session.daylight))
    session.daylight = !session.daylight;
}

void runButtons(Ui& ui, Session& session) {
  const auto count = session.rehearsed().isSweep ? static_cast<int>(session.rehearsed().runCount) : 1'000'000;
  int run = static_cast<int>(session.run());
  ui.text(ui.colours.faint, "run");
  ImGui::SameLine(0, ui.px(4));
  ImGui::SetNextItemWidth(ui.px(84));
  if (ImGui::InputInt("##run", &run, 1, 1))
    session.chooseRun(session.seed(), static_cast<uint32_t>(std::clamp(run, 0, count - 1)));
  ui.mark("run");
  ui.tooltip(session.rehearsed().isSweep ? fmt::format("of {} runs of the sweep", count)
                                         : "Another draw of everything that is drawn");
}

}  // namespace

void toolbarPanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect) {
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.px(12), ui.px(8)));
  beginPanel("toolbar", {rect.left, rect.top}, {rect.right - rect.left, rect.bottom - rect.top}, false);
  ImGui::PopStyleVar();
  ImGui::AlignTextToFramePadding();
  fileButtons(ui, session);
  gap(ui);
  eyeButtons(ui, session);
  gap(ui, 10);
  showButtons(ui, session, state);
  gap(ui);
  runButtons(ui, session);
  ImGui::SameLine(rect.right - rect.left - ui.px(76));
  if (ui.button("palette", "\u2318", "Everything that can be done (ctrl+p)")) state.isPaletteOpen = true;
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("theme", ui.isDark ? "\u263c" : "\u263e", "Light or dark")) {
    ui.isDark = !ui.isDark;
    ui.colours = applyTheme(ui.isDark, ui.scale);
  }
  ImGui::GetWindowDrawList()->AddLine({rect.left, rect.bottom - 1}, {rect.right, rect.bottom - 1}, ui.colours.line);
  ImGui::End();
}

}  // namespace nightfog::viewer
