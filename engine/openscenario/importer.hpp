// One import: what is known so far, and the parts that translate. Private to this module.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/openscenario/import.hpp"
#include "engine/openscenario/source.hpp"
#include "engine/road/network.hpp"

namespace nightfog::openscenario {

/// A place as far as it is known before the run.
struct Spot {
  std::optional<road::LaneRef> lane;  ///< with s and offset
  double s = 0;
  double offset_m = 0;  ///< left of the lane's centre in its driving direction
  double turn_rad = 0;  ///< from the lane's driving direction
  RigidTransform pose;  ///< world, whatever the form
  double roll_rad = 0;
};

/// A place relative to where an actor is by then.
struct RelativeSpot {
  std::string of;
  double forward_m = 0, left_m = 0, up_m = 0, heading_rad = 0, roll_rad = 0;
};

struct Entity {
  std::string name;  ///< there
  std::string id;    ///< here
  std::string asset;
  std::string assetNote;
  std::string type;                                 ///< "vehicle", "pedestrian", "miscellaneous"
  double front_m = 0, rear_m = 0, halfWidth_m = 0;  ///< of its box, from its origin
  std::optional<Spot> start;
  double speed_mps = 0;
  double fastestUp_mps2 = 1e9, fastestDown_mps2 = 1e9;  ///< that it is capable of
  Element element;
  std::optional<double> hitch_m, coupler_m;  ///< ahead of its origin, where a trailer is hung on, or it hangs
  std::string tows;                          ///< names there
  std::string towedBy;                       ///< ids here
};

/// An event of ours in the making.
struct Happening {
  std::string id;
  std::string comment;
  std::string when;
  double delay_s = 0;
  bool repeats = false;
  std::vector<std::string> stops;
  std::string until;
  std::vector<std::pair<std::string, std::vector<std::string>>> commands;  ///< actor, "set_speed: {…}"
};

/// What a storyboard's element is made of here.
struct Part {
  std::string kind;  ///< "act", "maneuverGroup", "maneuver", "event", "action", "story"
  std::string name;
  std::string path;              ///< "story::act::…"
  std::vector<std::string> ids;  ///< of events
  std::string start;             ///< condition that is true once it has started
};

class Importer {
 public:
  Importer(const std::filesystem::path& file, const catalog::Catalog& catalog);
  Import run();

 private:
  // entities.cpp
  void takeMap();
  void takeEntities();
  void takeEntity(const Element& object);
  void chooseAsset(Entity& entity, const Element& definition);
  void takeTrailer(const Entity& leader, const Element& definition, int before);
  void coupleTrailers();
  RigidTransform startOf(const Entity& entity) const;
  Entity* entity(const Element& at, const std::string& name);
  std::string identifier(const std::string& name, const char* fallback);

  // positions.cpp
  std::optional<Spot> place(const Element& position);
  std::optional<RelativeSpot> relative(const Element& position);
  std::optional<Spot> onLane(const Element& position, const std::string& road, int lane, double s, double offset);
  std::optional<Spot> onRoad(uint32_t road, double s, double t, const Element& orientation);
  std::optional<Spot> inWorld(const glm::dvec3& at, double heading, bool hasHeight);
  std::optional<Spot> onRoute(const Element& position);
  void orient(Spot& spot, const Element& orientation, double baseHeading);
  std::string placeText(const Spot& spot);
  std::string pointText(const Spot& spot);
  std::string pointName(const Spot& spot);
  std::string laneName(const road::LaneRef& lane);
  /// +1, or -1 where the offsets of OpenSCENARIO (left along the road) are to the right of who drives.
  double offsetSign(const road::LaneRef& lane) const;

  // actions.cpp
  void takeInit(const Element& init);
  /// Commands of an action, as YAML; false: refused.
  bool privateAction(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool longitudinal(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool speedAction(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool distanceAction(const Element& action, std::vector<std::string>& out);
  bool lateral(const Element& action, const Entity& actor, std::vector<std::string>& out);
  bool lateralDistance(const Element& action, const Entity& actor, std::vector<std::string>& out);
  bool synchronize(const Element& action, std::vector<std::string>& out);
  bool teleport(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool controller(const Element& action, Entity& actor);
  bool appearance(const Element& action, std::vector<std::string>& out);
  bool initialAction(const Element& action, Entity& actor, std::vector<std::string>& out);

  // global_actions.cpp
  /// `event`: that it is an action of; nullptr: of Init.
  bool globalAction(const Element& action, const std::string& eventId, Happening* event);
  bool environment(const Element& action, const Happening* event);
  bool entityAction(const Element& action, Happening* event);
  bool swarm(const Element& action);

  // trajectories.cpp
  bool routing(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool trajectory(const Element& action, Entity& actor, std::vector<std::string>& out);
  bool polyline(const Element& shape, double scale, double offset, bool isTimed, std::string& text, Entity& actor);
  bool bends(const Element& shape, double scale, double offset, bool isTimed, std::string& text, const Entity& actor);
  bool assignRoute(const Element& action, std::vector<std::string>& out);
  bool nurbs(const Element& shape, std::string& text);
  std::string startOfBends(const Element& position);

  // conditions.cpp
  struct Condition {
    std::string text;
    double delay_s = 0;
    bool isRising = false;
  };
  /// The whole trigger as one condition; helpers for its delays go to the events. nullopt: empty.
  std::optional<Condition> trigger(const Element& trigger, const std::string& owner);
  std::optional<Condition> condition(const Element& condition);
  /// `isEdge`: it has to become true; that it is so at the start does not count.
  std::string byValue(const Element& condition, bool isEdge);
  std::string byEntity(const Element& condition, const std::string& actor);
  std::string clearance(const Element& condition, const Entity& own);
  std::string elementState(const Element& condition);
  std::string distanceText(const std::string& actor, const std::string& other, const Element& condition, bool isSigned);

  // storyboard.cpp
  void takeStoryboard();
  void declareParts(const Element& storyboard);
  void takeStory(const Element& story);
  void takeAct(const Element& act, const std::string& path);
  void takeGroup(const Element& group, const std::string& path, const std::string& gate, const std::string& until);
  void takeManeuver(const Element& maneuver, const std::vector<Entity*>& actors, const std::string& path,
                    const std::string& gate, const std::string& until);
  void splitConflicts(Happening made);
  void findClosedLoops();
  void takeEnd(const Element& storyboard);

  // write.cpp
  std::string write();
  std::string writeActors();

  const catalog::Catalog& catalog_;
  std::filesystem::path file_;
  Import made_;
  Source source_;
  std::string title_;
  bool defaultsToRelative_ = false;  ///< headings without a type: 1.3 and later
  road::RoadNetwork map_;
  std::string mapName_;
  std::vector<Entity> entities_;
  std::vector<Happening> events_;
  std::vector<Part> parts_;
  std::map<std::string, std::vector<std::string>> eventIds_;  ///< by path: of the events of the storyboard
  std::map<std::string, std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> settings_;
  ///< by parameter, variable or signal: its first value, then events that set it, and to what
  std::vector<std::pair<std::string, std::string>> lanes_;   ///< name, "road/number"
  std::vector<std::pair<std::string, std::string>> points_;  ///< name, text
  std::map<double, std::string> weather_;                    ///< keyframes by their time
  std::optional<double> density_pkm_;                        ///< of traffic
  std::optional<double> timeOfDay_s_;
  std::set<std::string> taken_;
  std::vector<std::string> notes_;
  double duration_s_ = 60;
  bool isInEvents_ = false;        ///< no longer in Init
  std::set<std::string> steered_;  ///< ids of those who do not choose their lanes themselves
};

/// "3.5 m/s", "2 s": never in scientific notation that the language does not read.
std::string metres(double value);
std::string seconds(double value);
std::string speed(double value);
std::string radians(double value);
std::string numberText(double value);

}  // namespace nightfog::openscenario
