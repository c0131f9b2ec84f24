// The parts of the window, one function and one file each. Each draws a session into its rectangle and tells the
// session what the user did.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/viewer/frame_meter.hpp"
#include "tools/viewer/point_cloud.hpp"
#include "tools/viewer/session.hpp"
#include "tools/viewer/settings.hpp"
#include "tools/viewer/truth_planes.hpp"
#include "tools/viewer/ui.hpp"
#include "tools/viewer/window.hpp"

namespace nightfog::viewer {

class Catalogue;
class Proofreader;

/// Where the parts lie in a window of this size.
struct Layout {
  ScreenRect toolbar, outline, scene, side, timeline, status;
};
Layout layoutFor(float width, float height, float scale);

enum class SideTab { kInspector, kText, kLidar, kRuns };

/// What the window remembers of itself, beside the session.
struct WindowState {
  SideTab tab = SideTab::kInspector;
  std::optional<Picture> picture;
  TruthPlane plane = TruthPlane::kNone, shownPlane = TruthPlane::kNone;  ///< over the picture; of the texture
  std::unique_ptr<ScreenTexture> texture;
  double pictureRate_hz = 0;  ///< of coarse pictures, smoothed
  FrameMeter* meter = nullptr;
  /// The sweep's range image, as large as it was last shown.
  struct Unrolled {
    std::unique_ptr<ScreenTexture> texture;
    RangeImage image;
    std::shared_ptr<const Sweep> sweep;
    record::ColourBy by = record::ColourBy::kIntensity;
  };
  Unrolled unrolled, unrolledWhole;  ///< beside the scene; in its place
  /// The points over the scene, and what they were painted for.
  struct Cloud {
    std::unique_ptr<ScreenTexture> texture;
    std::shared_ptr<const Sweep> sweep;
    record::ColourBy by = record::ColourBy::kIntensity;
    Pinhole camera;
    std::chrono::steady_clock::time_point drawn;
    int level = -1;
  };
  Cloud cloud;
  /// The LiDAR's beam that was picked.
  struct PickedBeam {
    std::shared_ptr<const Sweep> sweep;
    uint32_t beam = 0;
  };
  std::optional<PickedBeam> beam, hoveredBeam;
  std::map<std::string, std::unique_ptr<ScreenTexture>> cardTextures = {};  ///< by folder
  bool isLeastFirst = false;
  std::string runOrder;  ///< statistic that runs are sorted by; empty: as in the sweep
  std::optional<Picked> hovered;
  bool isPaletteOpen = false, isCatalogueOpen = false, wantsToQuit = false;
  std::string paletteText, catalogueText;
  const Catalogue* catalogue = nullptr;  ///< of the installation; outlives this
  Proofreader* proofreader = nullptr;    ///< likewise
  std::string editedText;                ///< what the text field shows
  uint64_t editedRevision = ~uint64_t{0};
  uint64_t typing = 0;          ///< gesture; 0: not typing
  std::string typedPath;        ///< of the form's field that is being typed into; empty: none
  int gotoLine = 0;             ///< that the text panel scrolls to next; 0: none
  size_t weatherChannel = 0;    ///< that the timeline shows
  uint64_t weatherGesture = 0;  ///< of the knot that is being pulled
  struct Drag {
    std::string actor;
    std::string before;  ///< text
    glm::dvec3 grabbed{0};
    glm::dvec3 pivot{0};  ///< where the actor stood then: who turns may step aside by it
    PlaceTerms terms;
    double along_m = 0, across_m = 0;
    bool isTurn = false;  ///< about the pivot, from `grabbed`
    double angle_rad = 0;
    uint64_t gesture = 0;
  };
  std::optional<Drag> drag;
  struct SensorDrag {
    std::string sensor;
    std::string before;  ///< text
    RigidTransform mount, worldFromCarrier;
    glm::dvec3 grabbed{0};  ///< in the world
    glm::dvec3 by_m{0};     ///< in the carrier's frame
    bool isTurn = false, isUpright = false;
    double angle_rad = 0;
    uint64_t gesture = 0;
  };
  std::optional<SensorDrag> sensorDrag;
  /// Where a script's mouse is to a part of a pixel: ImGui knows whole ones alone.
  std::optional<glm::dvec2> exactMouse;
  std::optional<std::filesystem::path> toOpen;  ///< once this frame is drawn
  std::string openFailure;                      ///< why the last could not be
  bool isOpening = false;                       ///< the dialog is there
  std::filesystem::path openFolder;             ///< that it shows
  std::string openText;
  Settings settings;               ///< what is remembered; the window takes its looks from them
  std::optional<size_t> tourStop;  ///< none: no tour is being made

  /// What belongs to the file that was open.
  void forgetFile();
  /// The text as a tree, read once for every change; nullptr: it is none. Lasts until the text changes.
  const config::Document* documentOf(const EditedFile& file);

 private:
  std::shared_ptr<const config::Document> document_;
  uint64_t documentRevision_ = ~uint64_t{0};
};

void toolbarPanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
void outlinePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
void scenePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
void timelinePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
float weatherLaneHeight(const Ui& ui);
/// One channel of the weather over time, in a child of the timeline.
void weatherLane(Ui& ui, Session& session, WindowState& state, const ScreenRect& names, const ScreenRect& rect);
/// False: no keyframe is selected.
bool removeSelectedKnot(Session& session, const WindowState& state);
void sidePanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
void statusPanel(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
void inspectorTab(Ui& ui, Session& session, WindowState& state);
void textTab(Ui& ui, Session& session, WindowState& state);
void runsTab(Ui& ui, Session& session, WindowState& state);
void lidarTab(Ui& ui, Session& session, WindowState& state);
/// A LiDAR's own view in the scene's place: its range image.
void lidarView(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect);
/// What is known of a beam, and why what it met is there.
void beamRows(Ui& ui, const Session& session, const WindowState::PickedBeam& picked, bool isShort);
/// Boxes, lanes, paths, handles over the picture.
void drawOverlays(Ui& ui, Session& session, WindowState& state, const ScreenRect& rect, const Pinhole& camera);
/// What the colours of a truth plane mean, in the picture's corner.
void planeLegend(const Ui& ui, const WindowState& state, const ScreenRect& rect);
/// Green, red (amber for a warning), grey.
uint32_t verdictColour(const Ui& ui, const Verdict* verdict);
/// Where an actor's handle is on the screen.
std::optional<glm::dvec2> handleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                   const std::string& actor);
/// Where the handle is that turns the selected actor.
std::optional<glm::dvec2> turnHandleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                       const std::string& actor);
/// nullptr: none of this run.
const scenario::SensorMount* sensorNamed(const Session& session, const std::string& id);
/// Pose of a sensor's carrier now; of one that stands in the world the world's own.
std::optional<RigidTransform> carrierOf(const Session& session, const scenario::SensorMount& mount);
/// Where a sensor sits on its carrier, pulled or not.
RigidTransform heldMount(const WindowState& state, const Session& session, const scenario::SensorMount& mount);
/// Where a sensor's handle is on the screen, or the knob that turns it.
std::optional<glm::dvec2> sensorHandleOf(const Session& session, const WindowState& state, const ScreenRect& rect,
                                         const std::string& sensor, bool isKnob);
/// Takes hold of the selected sensor; false: it does not lie there.
bool beginSensorDrag(Session& session, WindowState& state, const ScreenRect& rect, const glm::dvec2& mouse,
                     double reach_px);
void goOnWithSensor(Session& session, WindowState& state, const ScreenRect& rect, const glm::dvec2& mouse);
/// Where the picture lies in the scene's rectangle: a sensor's view keeps its shape.
ScreenRect pictureRect(const WindowState& state, const Session& session, const ScreenRect& scene);
/// The camera that the picture now shown was drawn with.
Pinhole shownCamera(const Session& session, const WindowState& state);

/// Everything that can be done, by name; the palette and the shortcuts draw from it.
struct Action {
  std::string name, shortcut;
  std::function<void()> run;
};
std::vector<Action> actions(Session& session, WindowState& state, Ui& ui);
/// Of these, what needs no file.
std::vector<Action> windowActions(WindowState& state);
void commandPalette(Ui& ui, Session& session, WindowState& state);
/// All that can be added, with what it is; a list to search.
void cataloguePopup(Ui& ui, Session& session, WindowState& state);
/// Does what the pressed keys stand for.
void shortcuts(const std::vector<Action>& actions);
/// While no file is open.
void welcomePanel(Ui& ui, WindowState& state, const ScreenRect& rect);
/// Choosing a file, beginning in the folder `near`.
void openDialog(Ui& ui, WindowState& state, const std::filesystem::path& near);
/// The parts of the window, one after the other.
void tour(Ui& ui, WindowState& state, const Layout& layout);

}  // namespace nightfog::viewer
