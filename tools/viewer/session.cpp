#include "tools/viewer/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/record/thumbnails.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kDiskEvery_s = 0.7, kAutosaveEvery_s = 2, kMessage_s = 6;

}  // namespace

std::string sourcePath(const config::Document& document, const Thing& thing) {
  // Of a list, by the element's id.
  const auto inList = [&](const std::string& section) -> std::string {
    const config::Node* list = document.root().find(section);
    for (size_t i = 0; list != nullptr && i < list->children.size(); ++i) {
      const config::Node* id = list->children[i]->find("id");
      if (id != nullptr && id->text == thing.id) return fmt::format("{}/{}", section, i);
    }
    return {};
  };
  switch (thing.kind) {
    case Thing::Kind::kActor:
      return "actors/" + thing.id;
    case Thing::Kind::kInjector:
      return "injectors/" + thing.id;
    case Thing::Kind::kEvent:
      return inList("events");
    case Thing::Kind::kExpectation:
      return inList("expect");
    case Thing::Kind::kPoint:
      return "points/" + thing.id;
    case Thing::Kind::kParameter:
      return "params/" + thing.id;
    case Thing::Kind::kSensor:
      return "sensors/" + thing.id;
    case Thing::Kind::kWeather:
      return "weather/" + thing.id;
    case Thing::Kind::kWorld:
      return "world";
    default:
      return {};
  }
}

Session::Session(const std::filesystem::path& file, std::optional<uint64_t> seed, uint32_t run, Studio& studio,
                 const lang::InstalledLibrary& library, Workplace workplace)
    : file_(file),
      workplace_(std::move(workplace)),
      judge_(workplace_.scratch / "judged", workplace_.device, workplace_.threads),
      studio_(studio),
      library_(library),
      seed_(seed),
      run_(run),
      imported_(scenario::makeSharedFiles(library.dataFolder())),
      shelf_(std::make_unique<RunShelf>(library)),
      rehearsal_(std::make_unique<Rehearsal>(studio, library)) {
  rehearseIfChanged();
}

void Session::rehearseIfChanged() {
  if (file_.revision() == rehearsedRevision_) return;
  rehearsedRevision_ = file_.revision();
  wantedSerial_ = rehearsal_->rehearse({file_.text(), file_.path(), seed_, run_, imported_});
}

void Session::lookAtImports() {
  // Of a text with errors the files are those of the last one without.
  std::error_code error;
  bool isChanged = false;
  importedAt_.insert(rehearsed_.importedFiles.begin(), rehearsed_.importedFiles.end());
  for (auto& [file, at] : importedAt_) {
    const auto now = std::filesystem::last_write_time(file, error);
    if (error || now == at) continue;  // being replaced, or gone: what was read counts
    at = now;
    isChanged = true;
  }
  if (!isChanged) return;
  imported_ = scenario::makeSharedFiles(library_.dataFolder());
  rehearsedRevision_ = ~uint64_t{0};
  say("A file that this one stands on has changed: read again.");
}

void Session::chooseRun(std::optional<uint64_t> seed, uint32_t run) {
  seed_ = seed;
  run_ = run;
  rehearsedRevision_ = ~uint64_t{0};
  rehearseIfChanged();
}

bool Session::isRehearsing() const {
  return rehearsal_->isBusy();
}

bool Session::isChecked() const {
  return rehearsed_.serial == wantedSerial_ && file_.revision() == rehearsedRevision_;
}

bool Session::isReady() const {
  return isChecked() && !rehearsal_->isBusy();
}

size_t Session::errorCount() const {
  const auto& findings = rehearsed_.findings;
  const auto errors = std::count_if(findings.begin(), findings.end(),
                                    [](const auto& f) { return f.severity == config::Severity::kError; });
  return static_cast<size_t>(errors) + (errors == 0 && !rehearsed_.error.empty() ? 1 : 0);
}

void Session::update(double now_s, double elapsed_s) {
  now_s_ = now_s;
  if (now_s - lastDisk_s_ > kDiskEvery_s) {
    lastDisk_s_ = now_s;
    const EditedFile::Disk disk = file_.lookAtDisk();
    if (disk == EditedFile::Disk::kReloaded) say("The file changed on disk: reloaded.");
    if (disk == EditedFile::Disk::kConflict)
      say("The file changed on disk, and so did your text. Saving keeps yours.", true);
    lookAtImports();
  }
  if (now_s - lastAutosave_s_ > kAutosaveEvery_s) {
    lastAutosave_s_ = now_s;
    file_.autosave();
  }
  rehearseIfChanged();
  rehearsed_ = rehearsal_->state();
  if (episode() != nullptr && !isFramed_ && episode()->step(0) != nullptr) {
    isFramed_ = true;
    frameAll();
  }
  if (episode() != nullptr) {
    const auto& sensors = episode()->scenario().sensors;
    const auto isOneOf = [&](const std::optional<size_t>& i, bool isCamera) {
      return i && *i < sensors.size() && std::holds_alternative<scenario::CameraSpec>(sensors[*i].spec) == isCamera;
    };
    if (!isOneOf(viewedSensor, true)) viewedSensor.reset();
    if (!isOneOf(shownLidar, false)) shownLidar.reset();
    if (!isOneOf(viewedLidar, false)) viewedLidar.reset();
  }
  // What is played is a promise of what is judged: the run in hand, once its text is sound.
  const bool isSettled = rehearsed_.isCurrent && isReady() && episode()->isWhole() && !wasRendering_;
  judge_.update(now_s, isSettled ? episode()->sharedScenario() : nullptr, file_.path());
  const bool isRendering = job_ != nullptr && job_->state().isRunning;
  if (wasRendering_ && !isRendering) {
    const RenderJob::State state = job_->state();
    const bool isBad = state.exitCode != 0 && state.exitCode != 3;
    if (!state.isCancelled)
      say(isBad ? "Rendering failed: " + state.complaint : "Rendered into " + job_->order().out.string() + ".", isBad);
    lookAtRuns();
  }
  wasRendering_ = isRendering;
  if (isPlaying) {
    time_s += elapsed_s * playSpeed;
    if (time_s >= duration_s()) {
      time_s = duration_s();
      isPlaying = false;
    }
    // Not ahead of what has been played.
    if (episode() != nullptr && episode()->playedSteps() > 0)
      time_s = std::min(time_s, episode()->timeOf(episode()->playedSteps() - 1));
  }
}

const std::vector<Verdict>* Session::verdicts() const {
  return episode() == nullptr ? nullptr : judge_.verdicts(episode()->scenario());
}

const Verdict* Session::verdictOf(const std::string& expectation) const {
  const std::vector<Verdict>* all = verdicts();
  if (all == nullptr) return nullptr;
  const auto found = std::find_if(all->begin(), all->end(), [&](const Verdict& v) { return v.id == expectation; });
  return found == all->end() ? nullptr : &*found;
}

RenderOrder Session::orderFor(RenderWish wish) const {
  RenderOrder order;
  order.out = wish == RenderWish::kFrame ? workplace_.out / "frames" : workplace_.out;
  order.labelsOnly = labelsOnly;
  order.device = workplace_.device;
  order.threads = workplace_.threads;
  const auto beside = [&](const char* what) {
    return file_.path().parent_path() / fmt::format(".{}.{}.scn.yaml", file_.path().stem().stem().string(), what);
  };
  const bool isOne = wish != RenderWish::kSweep;
  if (isOne) {
    // A run resolved renders to the same record as itself, and needs no number.
    order.scenario = beside("nightfog-run");
    order.text = episode()->scenario().resolvedYaml;
  } else {
    order.scenario = file_.path();
    order.seed = seed_;
    if (file_.isDirty()) {
      order.scenario = beside("nightfog-unsaved");
      order.text = file_.text();
    }
  }
  if (wish == RenderWish::kFrame && !episode()->exposures().empty()) {
    const auto frame = static_cast<uint32_t>(episode()->frameAt(0, time_s));
    order.frames = {{frame, frame}};
  }
  return order;
}

void Session::render(RenderWish wish) {
  if (episode() == nullptr || !rehearsed_.isCurrent) {
    say("The text has errors: there is nothing to render.", true);
    return;
  }
  if (job_ != nullptr && job_->state().isRunning) {
    say("One render at a time: cancel the one that is going on, or wait for it.", true);
    return;
  }
  try {
    job_ = std::make_unique<RenderJob>(orderFor(wish));
  } catch (const Error& error) {
    say(error.what(), true);
  }
}

void Session::cancelRender() {
  if (job_ != nullptr) job_->cancel();
}

std::string Session::reproduction() const {
  if (episode() == nullptr) return {};
  RenderOrder order = orderFor(RenderWish::kFrame);
  order.out = workplace_.out;
  order.scenario = file_.path();
  if (run_ == 0 && !rehearsed_.isSweep) {
    order.seed = seed_;
    return commandText(order);
  }
  std::string resolve = fmt::format("nightfog resolve {} --run {}", shellWord(file_.path().string()), run_);
  if (seed_) resolve += fmt::format(" --seed {}", *seed_);
  order.scenario = file_.path().parent_path() / fmt::format("run{}.scn.yaml", run_);
  return fmt::format("{} > {} && {}", resolve, shellWord(order.scenario.string()), commandText(order));
}

void Session::lookAtRuns(bool forget) {
  if (episode() == nullptr) return;
  shelf_->look(workplace_.out / episode()->scenario().id, time_s, {file_.text(), file_.path(), seed_, run_}, forget);
}

void Session::writeSheet() {
  std::vector<record::Thumbnail> pictures;
  for (const auto& card : shelf_->cards())
    pictures.push_back({*card->thumbnail, {card->variant.empty() ? card->run : card->variant, card->run}});
  if (pictures.empty()) return;
  const auto columns = static_cast<uint32_t>(std::ceil(std::sqrt(static_cast<double>(pictures.size()))));
  const std::filesystem::path path = workplace_.out / episode()->scenario().id / "sheet.png";
  try {
    writeFileAtomically(path, record::encodePng(record::thumbnailSheet(episode()->scenario().id, pictures, columns)));
    say("Wrote " + path.string() + ".");
  } catch (const Error& error) {
    say(error.what(), true);
  }
}

double Session::duration_s() const {
  return episode() == nullptr ? 1 : episode()->timeOf(episode()->stepCount() - 1);
}

void Session::scrub(double time) {
  time_s = std::clamp(time, 0.0, duration_s());
}

void Session::stepBy(int steps) {
  if (episode() == nullptr) return;
  isPlaying = false;
  const auto now = static_cast<int64_t>(episode()->stepAt(time_s)) + steps;
  time_s = episode()->timeOf(
      static_cast<size_t>(std::clamp<int64_t>(now, 0, static_cast<int64_t>(episode()->stepCount()) - 1)));
}

SnapshotPtr Session::snapshot() const {
  if (episode() == nullptr || episode()->playedSteps() == 0) return nullptr;
  return episode()->step(std::min(episode()->stepAt(time_s), episode()->playedSteps() - 1));
}

std::optional<RigidTransform> Session::poseOf(const std::string& actor) const {
  const SnapshotPtr now = snapshot();
  if (now == nullptr) return std::nullopt;
  for (const content::SnapshotObject& object : now->objects) {
    if (object.name == actor) return now->objectPose(object, now->firstKey);
  }
  return std::nullopt;
}

std::optional<RigidTransform> Session::followedPose() const {
  return followed.empty() ? std::nullopt : poseOf(followed);
}

Pinhole Session::pinhole() const {
  return eye.pinhole(followedPose());
}

void Session::frameAll() {
  const SnapshotPtr now = snapshot();
  if (now == nullptr || now->objects.empty()) return;
  const auto& scenario = episode()->scenario();
  if (followed.empty() && !scenario.actors.empty()) {
    const auto ego = std::find_if(scenario.actors.begin(), scenario.actors.end(),
                                  [](const scenario::Actor& actor) { return actor.id == "ego"; });
    followed = ego == scenario.actors.end() ? scenario.actors.front().id : ego->id;
  }
  const std::optional<RigidTransform> carrier = poseOf(followed);
  if (carrier) {
    eye.lookAt(*carrier * glm::dvec3(6, 0, 1), carrier->yaw_rad(), 17);
  } else {
    const RigidTransform first = now->objectPose(now->objects.front(), now->firstKey);
    eye.lookAt(first.translation, first.yaw_rad(), 17);
  }
}

void Session::lookThrough(std::optional<size_t> sensor) {
  const bool isShown = sensor && (viewedSensor == sensor || viewedLidar == sensor);
  viewedSensor.reset();
  viewedLidar.reset();
  if (isShown || !sensor || episode() == nullptr || *sensor >= episode()->scenario().sensors.size()) return;
  const bool isLidar = std::holds_alternative<scenario::LidarSpec>(episode()->scenario().sensors[*sensor].spec);
  (isLidar ? viewedLidar : viewedSensor) = sensor;
  if (isLidar) shownLidar = sensor;
}

void Session::frameSelected() {
  std::optional<RigidTransform> pose = poseOf(selected.id);
  double distance_m = 14;
  if (selected.kind == Thing::Kind::kSensor && episode() != nullptr) {
    for (const scenario::SensorMount& mount : episode()->scenario().sensors) {
      const auto carrier = mount.actor.empty() ? std::optional<RigidTransform>(RigidTransform{}) : poseOf(mount.actor);
      if (mount.id == selected.id && carrier) pose = *carrier * mount.vehicleFromSensor;
    }
    distance_m = 9;
  }
  if (!pose) return;
  lookThrough(std::nullopt);
  eye.lookAt(pose->translation + glm::dvec3(0, 0, 1), pose->yaw_rad(), distance_m);
}

void Session::select(Thing thing) {
  selected = std::move(thing);
  if (selected.kind == Thing::Kind::kActor) followed = selected.id;
}

std::string Session::whyThere(ObjectId object) const {
  if (episode() == nullptr || object.value == 0) return "scenery of the map and of `world.scenery`";
  const auto& scenario = episode()->scenario();
  const std::vector<std::string> cast = episode()->cast();
  if (object.value > cast.size()) return "an object of the scenery";
  const std::string& id = cast[object.value - 1];
  const auto place = [&](const std::string& path) {
    const auto document = parseSource(file_.text());
    const config::Node* node = document == nullptr ? nullptr : findNode(document->root(), path);
    return node == nullptr ? std::string("of a file that this one extends")
                           : fmt::format("line {}", node->keyPlace().line);
  };
  if (object.value <= scenario.actors.size()) return fmt::format("`actors.{}`, {}", id, place("actors/" + id));
  for (const scenario::Injector& injector : scenario.injectors) {
    if (injector.id == id)
      return fmt::format("brought by the injector `{}` ({}), {}", id, injector.type, place("injectors/" + id));
  }
  return "drawn from `traffic:`";
}

Picked Session::pick(const Picture& picture, double u, double v) const {
  Picked out;
  if (picture.instance.empty() || u < 0 || v < 0 || u >= 1 || v >= 1) return out;
  const auto x = static_cast<uint32_t>(u * picture.width), y = static_cast<uint32_t>(v * picture.height);
  const size_t at = size_t{y} * picture.width + x;
  const glm::dvec3 ray = rayThrough(picture.camera, {picture.width, picture.height}, {x + 0.5, y + 0.5});
  const double ahead = glm::dot(ray, picture.camera.worldFromCamera.rotate({1, 0, 0}));
  out.range_m = picture.depth_m[at] / std::max(ahead, 1e-6);
  if (out.range_m <= 0) {
    out.semantic = "sky";
    out.why = "no surface";
    return out;
  }
  out.world = picture.camera.worldFromCamera.translation + out.range_m * ray;
  out.semantic = std::string(classInfo(ClassId{picture.semantic[at]}).name);
  out.object = ObjectId{picture.instance[at]};
  out.why = whyThere(out.object);
  out.thing.kind = Thing::Kind::kScenery;
  const SnapshotPtr now = snapshot();
  const content::SnapshotObject* object =
      now == nullptr || out.object.value == 0 ? nullptr : now->findObject(out.object);
  if (object == nullptr) return out;
  out.asset = object->asset;
  out.thing.id = object->name;
  const auto& scenario = episode()->scenario();
  const bool isInjected = std::any_of(scenario.injectors.begin(), scenario.injectors.end(),
                                      [&](const scenario::Injector& injector) { return injector.id == object->name; });
  out.thing.kind = out.object.value <= scenario.actors.size() ? Thing::Kind::kActor
                   : isInjected                               ? Thing::Kind::kInjector
                                                              : Thing::Kind::kCrowd;
  return out;
}

bool Session::edit(const std::string& name, const std::function<std::string(const std::string&)>& change,
                   uint64_t gesture) {
  try {
    file_.edit(change(file_.text()), name, gesture);
    return true;
  } catch (const Error& error) {
    say(fmt::format("{}: {}", error.what(), error.help()), true);
    return false;
  }
}

bool Session::drag(const std::string& actor, double along_m, double across_m, uint64_t gesture) {
  if (episode() == nullptr) return false;
  const auto& parameters = episode()->scenario().parameters;
  return edit(
      "move " + actor, [&](const std::string& text) { return moveActor(text, actor, along_m, across_m, parameters); },
      gesture);
}

void Session::save() {
  try {
    const bool isChanged = file_.isDirty();
    file_.save();
    say(isChanged ? fmt::format("Saved {}.", file_.path().filename().string()) : "Nothing to save.");
  } catch (const Error& error) {
    say(error.what(), true);
  }
}

void Session::say(std::string text, bool isBad) {
  message_ = {std::move(text), isBad, now_s_ + kMessage_s};
}

}  // namespace nightfog::viewer
