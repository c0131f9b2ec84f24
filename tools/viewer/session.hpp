// What is being authored and how it is looked at: the file, the episode it makes, time, camera and selection. Panels
// show a session and tell it what to do; it knows no window.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/record/preview.hpp"
#include "tools/lang/library.hpp"
#include "tools/viewer/actor_drag.hpp"
#include "tools/viewer/edited_file.hpp"
#include "tools/viewer/eye.hpp"
#include "tools/viewer/judge.hpp"
#include "tools/viewer/rehearsal.hpp"
#include "tools/viewer/run_shelf.hpp"
#include "tools/viewer/studio.hpp"

namespace nightfog::viewer {

/// Somebody or something that can be selected.
struct Thing {
  enum class Kind {
    kNone,
    kActor,
    kInjector,
    kEvent,
    kSensor,
    kWeather,
    kWorld,
    kPoint,
    kExpectation,
    kScenery,
    kCrowd
  };
  Kind kind = Kind::kNone;
  std::string id;
  bool operator==(const Thing&) const = default;
};

/// Path of its words in a text; empty: it has none of its own.
std::string sourcePath(const config::Document& document, const Thing& thing);

/// What is at a pixel of the picture.
struct Picked {
  Thing thing;
  ObjectId object;
  std::string semantic, asset;
  double range_m = 0;
  glm::dvec3 world{0};
  std::string why;  ///< why it is there, in words
};

struct Overlays {
  bool boxes = true, names = true, lanes = true, paths = true, frustums = true, points = false;
};

/// Where a session works besides the file's folder, and with what.
struct Workplace {
  std::filesystem::path scratch;  ///< a folder of this session's own, made when needed
  std::filesystem::path out = "out";
  std::string device = "auto";
  unsigned threads = 0;
};

enum class RenderWish { kFrame, kRun, kSweep };

class Session {
 public:
  /// Throws IoError for a file that cannot be read. `library` and `studio` outlive this.
  Session(const std::filesystem::path& file, std::optional<uint64_t> seed, uint32_t run, Studio& studio,
          const lang::InstalledLibrary& library, Workplace workplace);

  /// Once a frame: lets time go on, has changed texts rehearsed, looks at the disk, keeps copies.
  void update(double now_s, double elapsed_s);

  EditedFile& file() { return file_; }
  const lang::InstalledLibrary& library() const { return library_; }
  Studio& studio() const { return studio_; }
  const Rehearsed& rehearsed() const { return rehearsed_; }
  const std::shared_ptr<const PlayedEpisode>& episode() const { return rehearsed_.episode; }
  bool isRehearsing() const;
  /// Everything that was asked for is there: text checked, episode played.
  bool isReady() const;
  size_t errorCount() const;

  // -- time
  double time_s = 0;
  bool isPlaying = false;
  double playSpeed = 1;
  double duration_s() const;
  void scrub(double time_s);
  void stepBy(int steps);
  SnapshotPtr snapshot() const;

  // -- run
  std::optional<uint64_t> seed() const { return seed_; }
  uint32_t run() const { return run_; }
  void chooseRun(std::optional<uint64_t> seed, uint32_t run);

  // -- judging
  Judge& judge() { return judge_; }
  const Judge& judge() const { return judge_; }
  /// Of the present run; nullptr: not judged yet.
  const std::vector<Verdict>* verdicts() const;
  /// nullptr: none of this expectation.
  const Verdict* verdictOf(const std::string& expectation) const;

  // -- rendering
  bool labelsOnly = false;
  /// Begins it in the background, into outFolder(); one at a time.
  void render(RenderWish wish);
  /// The last that was begun; nullptr: none.
  const RenderJob* renderJob() const { return job_.get(); }
  void cancelRender();
  const std::filesystem::path& outFolder() const { return workplace_.out; }
  /// What a shell needs to render this instant again.
  std::string reproduction() const;
  /// Looks for rendered runs of this scenario.
  void lookAtRuns(bool forget = false);
  RunShelf& shelf() { return *shelf_; }
  /// Writes the pictures of the runs as one, beside them.
  void writeSheet();

  // -- looking
  Eye eye;
  std::optional<size_t> viewedSensor;  ///< a camera whose own view is shown instead of the eye's
  std::optional<size_t> viewedLidar;   ///< a LiDAR whose range image is; not both
  /// Shows a sensor's own view; none, or the one that is shown: the eye's.
  void lookThrough(std::optional<size_t> sensor);
  std::optional<size_t> shownLidar;
  bool clearAir = false, daylight = false;
  Overlays overlays;
  record::ColourBy pointColours = record::ColourBy::kIntensity;
  std::string followed;  ///< actor
  std::optional<RigidTransform> followedPose() const;
  Pinhole pinhole() const;
  /// Looks at what is selected.
  void frameSelected();
  /// Looks at all that is to be seen.
  void frameAll();

  // -- selection and edits
  Thing selected;
  void select(Thing thing);
  std::optional<RigidTransform> poseOf(const std::string& actor) const;
  Picked pick(const Picture& picture, double u, double v) const;
  std::string whyThere(ObjectId object) const;
  /// Makes an edit; what it throws becomes a message. False: it was refused.
  bool edit(const std::string& name, const std::function<std::string(const std::string&)>& change,
            uint64_t gesture = 0);
  bool drag(const std::string& actor, double along_m, double across_m, uint64_t gesture);
  uint64_t newGesture() { return ++gesture_; }
  void save();

  struct Message {
    std::string text;
    bool isBad = false;
    double until_s = 0;
  };
  const Message& message() const { return message_; }
  void say(std::string text, bool isBad = false);

 private:
  void rehearseIfChanged();
  RenderOrder orderFor(RenderWish wish) const;

  EditedFile file_;
  Workplace workplace_;
  Judge judge_;
  Studio& studio_;
  const lang::InstalledLibrary& library_;
  std::optional<uint64_t> seed_;
  uint32_t run_ = 0;
  Rehearsed rehearsed_;
  uint64_t wantedSerial_ = 0;
  uint64_t rehearsedRevision_ = ~uint64_t{0};
  bool isFramed_ = false;
  double now_s_ = 0, lastDisk_s_ = 0, lastAutosave_s_ = 0;
  uint64_t gesture_ = 0;
  Message message_;
  std::unique_ptr<RenderJob> job_;
  bool wasRendering_ = false;
  std::unique_ptr<RunShelf> shelf_;
  std::unique_ptr<Rehearsal> rehearsal_;  // last: its thread ends first
};

}  // namespace nightfog::viewer
