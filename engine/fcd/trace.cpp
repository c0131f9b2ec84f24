#include "engine/fcd/trace.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/transform.hpp"
#include "engine/fcd/read_source.hpp"
#include "engine/fcd/xml_stream.hpp"

namespace nightfog::fcd {
namespace {

/// Closer steps are thinned: what rounding to a centimetre does to speeds is small over half a second.
constexpr double kStep_s = 0.5;
/// So long before the window movers are read already, to know which way they come; and so long after it.
constexpr double kBefore_s = 10, kAfter_s = 2;
/// Nobody drives further between two steps: who does was teleported.
constexpr double kTeleport_m = 5;
constexpr size_t kMostMovers = 20'000, kMostSamples = 20'000'000, kMostIds = 1'000'000;
constexpr size_t kLongestId = 500;
constexpr double kFurthest_m = 1e7, kLatest_s = 1e9, kFastest_mps = 500;

class Reader {
 public:
  Reader(std::string name, ReadBytes read, const Window& window)
      : xml_(std::move(name), std::move(read)), window_(window) {
    without_.insert(window.without.begin(), window.without.end());
  }

  Trace read() {
    Tag tag;
    bool isTrace = false;
    while (xml_.next(tag)) {
      if (!isTrace) {
        if (tag.name != "fcd-export")
          xml_.fail(fmt::format("<{}> is no trace of SUMO's", tag.name.substr(0, 50)),
                    "write one with `sumo --fcd-output FILE`");
        isTrace = true;
        continue;
      }
      if (tag.name == "timestep") {
        if (!takeTime(tag)) break;
      } else if (tag.name == "vehicle" || tag.name == "person") {
        take(tag);
      }
    }
    finish();
    return std::move(trace_);
  }

 private:
  struct Open {
    size_t mover = 0;
    double last_s = 0;  ///< of the last step it was in
    Sample latest;      ///< of that step, kept or not
    bool isKept = false;
  };

  double number(const Tag& tag, const char* key, double most) const {
    const std::string* text = tag.find(key);
    if (text == nullptr)
      xml_.fail(fmt::format("<{}> without '{}'", tag.name, key), "write the trace with SUMO's default attributes");
    double value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool isNumber = read.ec == std::errc() && read.ptr == text->data() + text->size();
    if (!isNumber || !std::isfinite(value) || std::abs(value) > most)
      xml_.fail(fmt::format("'{}' is no {}", text->substr(0, 50), key),
                "write the trace without --human-readable-time and --fcd-output.geo");
    return value;
  }

  /// False: all that follows is after the window.
  bool takeTime(const Tag& tag) {
    const double time = number(tag, "time", kLatest_s);
    if (!trace_.isEmpty && time <= trace_.last_s) xml_.fail("the steps' times do not ascend");
    if (trace_.isEmpty) trace_.first_s = time;
    if (!trace_.isEmpty) step_s_ = std::max(step_s_, time - trace_.last_s);
    trace_.isEmpty = false;
    trace_.last_s = time;
    now_s_ = time - window_.from_s;
    isIn_ = now_s_ >= -kBefore_s;
    seen_.clear();
    return now_s_ <= window_.for_s + kAfter_s;
  }

  void take(const Tag& tag) {
    if (trace_.isEmpty) xml_.fail(fmt::format("<{}> outside a <timestep>", tag.name));
    if (!isIn_) return;
    const std::string* id = tag.find("id");
    if (id == nullptr || id->empty() || id->size() > kLongestId) xml_.fail(fmt::format("<{}> without an id", tag.name));
    if (without_.count(*id) != 0) {
      found_.insert(*id);
      return;
    }
    // Who rides is seen as the vehicle.
    const bool isPerson = tag.name == "person";
    if (isPerson && tag.find("vehicle") != nullptr && !tag.find("vehicle")->empty()) return;
    Sample sample;
    sample.time_s = now_s_;
    sample.position = {number(tag, "x", kFurthest_m) - window_.netOffset.x,
                       number(tag, "y", kFurthest_m) - window_.netOffset.y,
                       tag.find("z") != nullptr ? number(tag, "z", kFurthest_m) : 0};
    if (window_.region && glm::distance(glm::dvec2(sample.position), window_.region->centre) > window_.region->radius_m)
      return;
    // SUMO's angles: degrees clockwise from north.
    sample.heading_rad = wrapAngle(0.5 * kPi - number(tag, "angle", 1e6) * kPi / 180);
    if (tag.find("speed") != nullptr) sample.speed_mps = std::max(0.0, number(tag, "speed", kFastest_mps));
    if (tag.find("signals") != nullptr) sample.signals = static_cast<int>(number(tag, "signals", 1e6));
    takeLane(tag, sample);
    add((isPerson ? "p" : "v") + *id, *id, tag, isPerson, sample);
  }

  static void takeLane(const Tag& tag, Sample& sample) {
    const std::string* lane = tag.find("lane");
    if (lane == nullptr) return;
    const size_t split = lane->rfind('_');
    if (split == std::string::npos) return;
    const auto read = std::from_chars(lane->data() + split + 1, lane->data() + lane->size(), sample.lane);
    if (read.ec != std::errc() || sample.lane < 0) {
      sample.lane = -1;
      return;
    }
    sample.edge = hash64(std::string_view(*lane).substr(0, split));
  }

  void add(const std::string& key, const std::string& id, const Tag& tag, bool isPerson, const Sample& sample) {
    if (!seen_.insert(key).second) xml_.fail(fmt::format("'{}' is in one step twice", id.substr(0, 50)));
    const auto at = open_.find(key);
    if (at != open_.end()) {
      Open& known = at->second;
      const double passed = sample.time_s - known.last_s;
      const double reach = kTeleport_m + 1.5 * std::max(sample.speed_mps, known.latest.speed_mps) * passed;
      const bool isBreak = passed > 1.5 * step_s_ ||
                           glm::distance(glm::dvec2(sample.position), glm::dvec2(known.latest.position)) > reach;
      if (!isBreak) {
        keep(known, sample);
        return;
      }
      closeOne(known);
    }
    Mover mover;
    mover.id = id;
    mover.part = parts_[key]++;
    if (parts_.size() > kMostIds) tooMany();
    mover.isPerson = isPerson;
    if (const std::string* type = tag.find("type")) {
      if (type->size() > kLongestId) xml_.fail("a type of more than 500 bytes");
      mover.type = *type;
    }
    mover.samples.push_back(sample);
    count();
    open_[key] = {trace_.movers.size(), sample.time_s, sample, true};
    trace_.movers.push_back(std::move(mover));
    // Those that are over before the window are forgotten now and then.
    if (trace_.movers.size() > 2 * kMostMovers) forget();
  }

  void keep(Open& known, const Sample& sample) {
    std::vector<Sample>& samples = trace_.movers[known.mover].samples;
    const Sample& kept = samples.back();
    // A step before the thinned one is needed where lanes change: the change lies between two of them.
    const bool changes = sample.edge == known.latest.edge && sample.lane != known.latest.lane;
    if (changes && !known.isKept && known.latest.time_s > kept.time_s) {
      samples.push_back(known.latest);
      count();
    }
    const bool isDue = changes || sample.time_s - samples.back().time_s > kStep_s - 1e-6;
    if (isDue) {
      samples.push_back(sample);
      count();
    }
    known.last_s = sample.time_s;
    known.latest = sample;
    known.isKept = isDue;
  }

  void closeOne(Open& known) {
    std::vector<Sample>& samples = trace_.movers[known.mover].samples;
    if (!known.isKept && known.latest.time_s > samples.back().time_s) samples.push_back(known.latest);
    known.isKept = true;
  }

  void count() {
    if (++samples_ > kMostSamples)
      xml_.fail("more than 20 million steps of vehicles in the window", "name a region, or a shorter time");
  }

  bool isWanted(const Mover& mover) const {
    return mover.samples.back().time_s >= 0 && mover.samples.front().time_s <= window_.for_s;
  }

  void forget() {
    for (auto& [key, known] : open_) closeOne(known);
    std::vector<Mover> wanted;
    std::vector<size_t> place(trace_.movers.size(), SIZE_MAX);
    std::set<size_t> live;
    for (const auto& [key, known] : open_) {
      if (known.last_s >= now_s_ - 2 * step_s_) live.insert(known.mover);
    }
    for (size_t i = 0; i < trace_.movers.size(); ++i) {
      if (!isWanted(trace_.movers[i]) && live.count(i) == 0) continue;
      place[i] = wanted.size();
      wanted.push_back(std::move(trace_.movers[i]));
    }
    trace_.movers = std::move(wanted);
    for (auto it = open_.begin(); it != open_.end();) {
      if (place[it->second.mover] == SIZE_MAX) {
        it = open_.erase(it);
      } else {
        it->second.mover = place[it->second.mover];
        ++it;
      }
    }
    if (trace_.movers.size() > kMostMovers) tooMany();
  }

  [[noreturn]] void tooMany() const {
    xml_.fail(fmt::format("more than {} vehicles and people in the window", kMostMovers),
              "name a region, or a shorter time");
  }

  void finish() {
    for (auto& [key, known] : open_) closeOne(known);
    std::erase_if(trace_.movers, [&](const Mover& mover) { return !isWanted(mover); });
    if (trace_.movers.size() > kMostMovers) tooMany();
    for (const std::string& id : window_.without) {
      if (found_.count(id) == 0) trace_.notFound.push_back(id);
    }
  }

  XmlStream xml_;
  const Window& window_;
  Trace trace_;
  std::set<std::string> without_, found_;
  std::unordered_map<std::string, Open> open_;  // order never shows: movers are in the file's order
  std::unordered_map<std::string, uint32_t> parts_;
  std::unordered_set<std::string> seen_;  ///< in this step
  double now_s_ = 0;
  double step_s_ = 0;
  bool isIn_ = false;
  size_t samples_ = 0;
};

}  // namespace

ReadBytes readFileBytes(const std::filesystem::path& path) {
  // gzread reads what is not compressed as it is.
  std::shared_ptr<gzFile_s> file(gzopen(path.c_str(), "rb"), [](gzFile_s* open) {
    if (open != nullptr) gzclose(open);
  });
  if (file == nullptr) throw IoError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  gzbuffer(file.get(), 1u << 18);
  return [file, path](char* to, size_t size) {
    const int count = gzread(file.get(), to, static_cast<unsigned>(size));
    int code = Z_OK;
    if (count < 0 || (count == 0 && (gzerror(file.get(), &code), code == Z_BUF_ERROR)))
      throw IoError(fmt::format("cannot read {}: it is damaged or cut off", path.string()));
    return static_cast<size_t>(count);
  };
}

ReadBytes readTextBytes(std::string_view text) {
  return [text, at = size_t{0}](char* to, size_t size) mutable {
    const size_t count = std::min(size, text.size() - at);
    std::memcpy(to, text.data() + at, count);
    at += count;
    return count;
  };
}

Trace readTrace(const std::filesystem::path& path, const Window& window) {
  return Reader(path.filename().string(), readFileBytes(path), window).read();
}

Trace readTraceText(const std::string& name, std::string_view text, const Window& window) {
  return Reader(name, readTextBytes(text), window).read();
}

}  // namespace nightfog::fcd
