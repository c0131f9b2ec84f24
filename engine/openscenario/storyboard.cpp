// Acts, groups, maneuvers and events as events of ours.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

constexpr size_t kMostEvents = 5000;
constexpr double kUnknownEnd_s = 60;
constexpr double kLongest_s = 3600;

}  // namespace

void Importer::takeInit(const Element& init) {
  const Element actions = init.child("Actions");
  for (const Element& global : actions.children("GlobalAction")) globalAction(global, "", nullptr);
  for (const Element& own : actions.children("UserDefinedAction")) own.approximated("it means nothing here");
  // Places first: others are relative to them, whatever the order.
  const auto all = actions.children("Private");
  std::vector<std::vector<std::string>> commands(all.size());
  for (const bool places : {true, false}) {
    for (size_t i = 0; i < all.size(); ++i) {
      Entity* actor = nullptr;
      const std::string name = all[i].text("entityRef");
      for (Entity& known : entities_) {
        if (known.name == name) actor = &known;
      }
      if (actor == nullptr) {
        if (places) all[i].approximated(fmt::format("'{}' is left out, and what it is told with it", name));
        continue;
      }
      for (const Element& action : all[i].children("PrivateAction")) {
        if ((action.first().name() == "TeleportAction") == places) initialAction(action, *actor, commands[i]);
      }
    }
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (commands[i].empty()) continue;
    Entity* actor = entity(all[i], all[i].text("entityRef"));
    if (actor == nullptr) continue;
    for (const std::string& command : commands[i]) {
      Happening start;
      start.id = identifier("init_" + actor->id, "init");
      start.comment = "from Init";
      start.when = "time >= 0 s";
      start.commands.push_back({actor->id, {command}});
      events_.push_back(std::move(start));
    }
  }
}

/// Ids first: conditions may refer to what comes later.
void Importer::declareParts(const Element& storyboard) {
  for (const Element& story : storyboard.children("Story")) {
    Part whole{"story", story.text("name"), story.text("name"), {}, "time >= 0 s"};
    const size_t storyAt = parts_.size();
    parts_.push_back(whole);
    for (const Element& act : story.children("Act")) {
      const size_t actAt = parts_.size();
      parts_.push_back({"act", act.text("name"), whole.name + "::" + act.text("name"), {}, ""});
      for (const Element& group : act.children("ManeuverGroup")) {
        const size_t groupAt = parts_.size();
        parts_.push_back({"maneuverGroup", group.text("name"), parts_[actAt].path + "::" + group.text("name"), {}, ""});
        std::vector<Element> maneuvers = group.children("Maneuver");
        const size_t declared = made_.report.entries.size();
        for (const Element& reference : group.children("CatalogReference")) {
          if (const Element found = source_.resolve(reference)) maneuvers.push_back(found);
        }
        made_.report.entries.resize(declared);  // said when they are taken
        for (const Element& maneuver : maneuvers) {
          const size_t maneuverAt = parts_.size();
          const std::string path = parts_[groupAt].path + "::" + maneuver.text("name");
          parts_.push_back({"maneuver", maneuver.text("name"), path, {}, ""});
          for (const Element& event : maneuver.children("Event")) {
            if (parts_.size() > kMostEvents) return;
            const std::string id = identifier(event.text("name"), "event");
            const std::string eventPath = path + "::" + event.text("name");
            eventIds_[path].push_back(id);
            for (const size_t at : {storyAt, actAt, groupAt, maneuverAt}) parts_[at].ids.push_back(id);
            parts_.push_back({"event", event.text("name"), eventPath, {id}, ""});
            for (const Element& action : event.children("Action")) {
              parts_.push_back({"action", action.text("name"), eventPath + "::" + action.text("name"), {id}, ""});
              if (const Element global = action.child("GlobalAction")) {
                const Element signal =
                    global.path({"InfrastructureAction", "TrafficSignalAction", "TrafficSignalStateAction"});
                if (signal) settings_["signal " + signal.text("name")].second.emplace_back(id, signal.text("state"));
                for (const char* kind : {"ParameterAction", "VariableAction"}) {
                  const Element set = global.child(kind);
                  if (set && set.child("SetAction"))
                    settings_["parameter " + set.text(set.has("parameterRef") ? "parameterRef" : "variableRef")]
                        .second.emplace_back(id, set.child("SetAction").text("value"));
                }
              }
            }
          }
        }
      }
    }
  }
  made_.report.entries.clear();
}

void Importer::takeStoryboard() {
  const Element storyboard = source_.root().child("Storyboard");
  if (!storyboard) {
    source_.root().refused("there is no storyboard");
    return;
  }
  takeInit(storyboard.child("Init"));
  isInEvents_ = true;
  const std::vector<Entry> said = made_.report.entries;
  declareParts(storyboard);
  made_.report.entries = said;
  for (const Element& story : storyboard.children("Story")) takeStory(story);
  takeEnd(storyboard);
}

void Importer::takeStory(const Element& story) {
  const Element inner = story.within(source_.declare(story, story.scope()));
  inner.supported();
  for (const Element& act : inner.children("Act")) takeAct(act, inner.text("name"));
}

void Importer::takeAct(const Element& act, const std::string& path) {
  const std::string own = path + "::" + act.text("name");
  std::string gate;
  const auto start = trigger(act.child("StartTrigger"), act.text("name"));
  if (start) {
    const bool isTime = start->text == "time > 0 s" || start->text == "time >= 0 s";
    if (isTime && start->delay_s == 0) {
      gate = start->text == "time >= 0 s" ? "" : start->text;
    } else {
      Happening helper;
      helper.id = identifier("act_" + act.text("name"), "act");
      helper.comment = fmt::format("act '{}' begins", act.text("name"));
      helper.when = start->text;
      helper.delay_s = start->delay_s;
      gate = helper.id + ".started";
      events_.push_back(std::move(helper));
    }
  }
  for (Part& part : parts_) {
    if (part.kind == "act" && part.path == own) part.start = gate.empty() ? "time >= 0 s" : gate;
    if ((part.kind == "maneuverGroup" || part.kind == "maneuver") && part.path.starts_with(own + "::"))
      part.start = gate.empty() ? "time >= 0 s" : gate;
  }
  std::string until;
  if (const auto stop = trigger(act.child("StopTrigger"), act.text("name"))) {
    until = stop->text;
    if (stop->delay_s > 0) {
      Happening helper;
      helper.id = identifier("end_of_" + act.text("name"), "end_of_act");
      helper.comment = fmt::format("act '{}' ends", act.text("name"));
      helper.when = stop->text;
      helper.delay_s = stop->delay_s;
      until = helper.id + ".started";
      events_.push_back(std::move(helper));
    }
  }
  act.supported();
  for (const Element& group : act.children("ManeuverGroup")) takeGroup(group, own, gate, until);
}

void Importer::takeGroup(const Element& group, const std::string& path, const std::string& gate,
                         const std::string& until) {
  const Element actors = group.child("Actors");
  std::vector<Entity*> who;
  if (actors.truth("selectTriggeringEntities"))
    actors.refused("its actors are those who trigger it, which are not known before");
  for (const Element& reference : actors.children("EntityRef")) {
    if (Entity* actor = entity(reference, reference.text("entityRef"))) who.push_back(actor);
  }
  if (group.number("maximumExecutionCount", 1) > 1)
    group.approximated("it is carried out once");
  else
    group.supported();
  const std::string own = path + "::" + group.text("name");
  for (const Element& maneuver : group.children("Maneuver"))
    takeManeuver(maneuver.within(source_.declare(maneuver, maneuver.scope())), who, own, gate, until);
  for (const Element& reference : group.children("CatalogReference")) {
    if (const Element found = source_.resolve(reference)) takeManeuver(found, who, own, gate, until);
  }
}

void Importer::takeManeuver(const Element& maneuver, const std::vector<Entity*>& actors, const std::string& path,
                            const std::string& gate, const std::string& until) {
  const std::string own = path + "::" + maneuver.text("name");
  auto& ids = eventIds_[own];
  const auto events = maneuver.children("Event");
  maneuver.supported();
  // Maneuvers of one name in one group share their list; the first ids are this one's.
  const std::vector<std::string> mine(ids.begin(),
                                      ids.begin() + static_cast<ptrdiff_t>(std::min(ids.size(), events.size())));
  ids.erase(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(mine.size()));
  for (size_t i = 0; i < mine.size(); ++i) {
    const Element& event = events[i];
    Happening made;
    made.id = mine[i];
    made.comment = event.text("name") == made.id ? "" : event.text("name");
    made.until = until;
    const auto start = trigger(event.child("StartTrigger"), made.id);
    made.when = start ? start->text : "time >= 0 s";
    if (start) made.delay_s = start->delay_s;
    if (!gate.empty()) made.when = fmt::format("{} and ({})", gate, made.when);
    const std::string priority = event.text("priority", "parallel");
    for (size_t k = 0; k < mine.size(); ++k) {
      if (k == i) continue;
      if (priority == "overwrite" || priority == "override") made.stops.push_back(mine[k]);
      if (priority == "skip") made.when += fmt::format(" and (not {0}.started or {0}.ended)", mine[k]);
    }
    if (event.number("maximumExecutionCount", 1) > 1) {
      made.repeats = true;
      event.approximated("it may happen any number of times");
    } else {
      event.supported();
    }
    for (const Element& action : event.children("Action")) {
      if (const Element global = action.child("GlobalAction")) {
        const auto known = settings_;  // declared already
        globalAction(global, made.id, &made);
        settings_ = known;
        continue;
      }
      const Element one = action.child("PrivateAction");
      if (!one) {
        action.approximated("it means nothing here");
        continue;
      }
      if (actors.empty()) one.approximated("there is nobody to do it");
      for (size_t k = 0; k < actors.size(); ++k) {
        const size_t said = made_.report.entries.size();
        std::vector<std::string> commands;
        privateAction(one, *actors[k], commands);
        if (k > 0) made_.report.entries.resize(said);  // once is enough
        for (std::string& command : commands) made.commands.push_back({actors[k]->id, {std::move(command)}});
      }
    }
    splitConflicts(std::move(made));
  }
}

/// An event of ours tells an actor one thing along its way and one across it; what is told besides follows at once.
void Importer::splitConflicts(Happening made) {
  const auto axisOf = [](const std::string& command) -> std::string {
    const std::string key = command.substr(0, command.find(':'));
    if (key == "set_speed" || key == "keep_gap" || key == "speed_profile" || key == "arrive_with") return "along";
    if (key == "change_lane" || key == "offset_in_lane" || key == "follow_trajectory" || key == "teleport" ||
        key == "follow_route")
      return "across";
    return key;
  };
  std::vector<Happening> parts;
  parts.push_back(made);
  parts[0].commands.clear();
  for (const auto& told : made.commands) {
    const std::string& actor = told.first;
    const std::vector<std::string>& commands = told.second;
    size_t at = 0;
    while (at < parts.size() &&
           std::any_of(parts[at].commands.begin(), parts[at].commands.end(), [&](const auto& other) {
             return other.first == actor && axisOf(other.second.front()) == axisOf(commands.front());
           })) {
      ++at;
    }
    if (at == parts.size()) {
      Happening more;
      more.id = identifier(made.id + "_too", "too");
      more.comment = fmt::format("the rest of '{}'", made.id);
      more.when = made.id + ".started";
      more.stops = made.stops;
      more.until = made.until;
      for (Part& part : parts_) {
        if (std::find(part.ids.begin(), part.ids.end(), made.id) != part.ids.end()) part.ids.push_back(more.id);
      }
      parts.push_back(std::move(more));
    }
    parts[at].commands.emplace_back(actor, commands);
  }
  for (Happening& part : parts) events_.push_back(std::move(part));
}

/// Whom what a controller does leads on: by name in a condition or a command, or by an event that it starts.
void Importer::findClosedLoops() {
  auto& controlled = made_.report.controlled;
  const auto isPulled = [](const Entity& actor, const auto& by) {
    return !actor.towedBy.empty() && std::find(by.begin(), by.end(), actor.towedBy) != by.end();
  };
  for (bool isNew = true; isNew;) {
    isNew = false;
    for (const Entity& actor : entities_) {
      if (!isPulled(actor, controlled) || std::find(controlled.begin(), controlled.end(), actor.id) != controlled.end())
        continue;
      controlled.push_back(actor.id);
      isNew = true;
    }
  }
  // Who heeds only in which lane somebody is does not depend on a controller that leaves lanes alone.
  std::set<std::string> touched(controlled.begin(), controlled.end()), across = steered_;
  const auto names = [](const std::string& text, const std::set<std::string>& known) {
    std::string word;
    for (size_t i = 0; i <= text.size(); ++i) {
      const char c = i < text.size() ? text[i] : ' ';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
        word += c;
        continue;
      }
      if (known.contains(word)) return true;
      word.clear();
    }
    return false;
  };
  for (bool isNew = true; isNew;) {
    isNew = false;
    for (const Happening& event : events_) {
      const bool isTriggered = names(event.when, touched) || names(event.until, touched);
      if (isTriggered) isNew = touched.insert(event.id).second || isNew;
      for (const auto& [actor, commands] : event.commands) {
        const bool isAcross = commands.front().starts_with("change_lane");
        if (!isTriggered && !names(commands.front(), isAcross ? across : touched)) continue;
        isNew = touched.insert(actor).second || isNew;
        isNew = across.insert(actor).second || isNew;
      }
    }
    for (const Entity& actor : entities_) {
      if (isPulled(actor, touched)) isNew = touched.insert(actor.id).second || isNew;
    }
  }
  for (const Entity& actor : entities_) {
    const bool isOwn = std::find(controlled.begin(), controlled.end(), actor.id) != controlled.end();
    if (!isOwn && touched.contains(actor.id)) made_.report.dependent.push_back(actor.id);
  }
  for (const Happening& event : events_) {
    for (const auto& [actor, commands] : event.commands) {
      if (commands.front().starts_with("keep_gap") || commands.front().starts_with("arrive_with"))
        made_.report.closedLoop.emplace_back(actor, event.id);
    }
  }
}

void Importer::takeEnd(const Element& storyboard) {
  const Element stop = storyboard.child("StopTrigger");
  std::optional<double> at;
  bool isAlone = true;
  for (const Element& group : stop.children("ConditionGroup")) {
    const auto conditions = group.children("Condition");
    const Element time =
        conditions.size() == 1 ? conditions[0].path({"ByValueCondition", "SimulationTimeCondition"}) : Element();
    if (!time) {
      isAlone = false;
      continue;
    }
    const double end = time.number("value") + conditions[0].number("delay");
    at = std::min(at.value_or(end), end);
  }
  if (at && *at <= kLongest_s) {
    duration_s_ = std::max(*at, 0.1);
    made_.report.endsByTime = isAlone;
    if (isAlone)
      stop.supported();
    else
      stop.approximated(
          fmt::format("the run ends at {} s, also where the storyboard would have ended before", duration_s_));
  } else {
    duration_s_ = kUnknownEnd_s;
    if (stop)
      stop.approximated(fmt::format("the run ends at {} s, whenever the storyboard would have ended", duration_s_));
  }
}

}  // namespace nightfog::openscenario
