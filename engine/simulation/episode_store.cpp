#include "engine/simulation/episode_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/version.hpp"

namespace nightfog::simulation {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDoneFile = "done.json";
constexpr const char* kManifest = "manifest-sha256.txt";
constexpr size_t kMaxDoneBytes = size_t{64} << 20;  // an export has thousands of files

/// Holds a lock on a folder for as long as it lives, so that two shards do not overwrite each other's manifest.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) throw IoError(fmt::format("cannot open {}: {}", folder.string(), std::strerror(errno)));
    ::flock(fd_, LOCK_EX);
  }
  ~FolderLock() { ::close(fd_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_ = -1;
};

bool isPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

/// Relative, and going down only: "record.mcap", "kitti/training/calib/000000.txt".
bool isPathBelow(const std::string& path) {
  size_t from = 0;
  for (size_t slash = 0; slash != std::string::npos; from = slash + 1) {
    slash = path.find('/', from);
    if (!isPlainName(path.substr(from, slash == std::string::npos ? slash : slash - from))) return false;
  }
  return true;
}

struct DoneFile {
  std::string name;
  uint64_t bytes = 0;
  std::string sha256;
};

struct Done {
  std::string engineVersion;
  std::string digest;
  EpisodeSummary summary;
  std::vector<DoneFile> files;
};

/// nullopt for anything that is not a whole done.json of ours.
std::optional<Done> readDone(const fs::path& folder) {
  try {
    const auto json = nlohmann::json::parse(readFile(folder / kDoneFile, kMaxDoneBytes));
    Done done;
    done.engineVersion = json.at("engine_version").get<std::string>();
    done.digest = json.at("digest").get<std::string>();
    for (const auto& [name, file] : json.at("files").items()) {
      if (!isPathBelow(name)) return std::nullopt;
      done.files.push_back({name, file.at("bytes").get<uint64_t>(), file.at("sha256").get<std::string>()});
      done.summary.bytes += done.files.back().bytes;
    }
    done.summary.frames = json.at("frames").get<uint32_t>();
    const auto& made = json.at("made_with");
    done.summary.device = made.at("device").get<std::string>();
    done.summary.driver = made.at("driver").get<std::string>();
    done.summary.tracer = made.at("tracer").get<std::string>();
    return done;
  } catch (const IoError&) {
    return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool filesMatch(const fs::path& folder, const Done& done, bool rehash) {
  return std::all_of(done.files.begin(), done.files.end(), [&](const DoneFile& file) {
    std::error_code error;
    if (fs::file_size(folder / file.name, error) != file.bytes || error) return false;
    return !rehash || sha256HexOfFile(folder / file.name) == file.sha256;
  });
}

/// nullopt where the folder does not hold this episode, whole.
std::optional<Done> readComplete(const fs::path& folder, const std::string& digest, bool rehash) {
  auto done = readDone(folder);
  if (!done || done->engineVersion != engineVersion() || done->digest != digest) return std::nullopt;
  if (!filesMatch(folder, *done, rehash)) return std::nullopt;
  return done;
}

using ManifestLines = std::vector<std::pair<std::string, std::string>>;  // path below the root, SHA-256

void addLines(ManifestLines& lines, const fs::path& folder, const std::string& prefix, const Done& done) {
  for (const auto& file : done.files) lines.emplace_back(prefix + file.name, file.sha256);
  lines.emplace_back(prefix + kDoneFile, sha256HexOfFile(folder / kDoneFile));
}

std::string manifestText(ManifestLines lines) {
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& [path, digest] : lines) text += digest + "  " + path + "\n";
  return text;
}

}  // namespace

EpisodeStore::EpisodeStore(fs::path out) : out_(std::move(out)) {
  std::error_code error;
  fs::create_directories(out_, error);
  if (error) {
    throw IoError(fmt::format("cannot create the output folder {}: {}", out_.string(), error.message()),
                  "choose a folder you may write with -o");
  }
}

fs::path EpisodeStore::folder(const EpisodeIdentity& episode) const {
  NF_ASSERT(isPlainName(episode.scenarioId) && isPlainName(episode.runId), "episode '{}' run '{}'", episode.scenarioId,
            episode.runId);
  std::string name = episode.runId;
  if (episode.frames) name += fmt::format(".frames-{}-{}", episode.frames->first, episode.frames->last);
  return out_ / episode.scenarioId / name;
}

bool EpisodeStore::isComplete(const EpisodeIdentity& episode, bool rehash) const {
  return readComplete(folder(episode), episode.digest, rehash).has_value();
}

std::optional<EpisodeSummary> EpisodeStore::summary(const EpisodeIdentity& episode) const {
  const auto done = readComplete(folder(episode), episode.digest, false);
  return done ? std::optional(done->summary) : std::nullopt;
}

fs::path EpisodeStore::begin(const EpisodeIdentity& episode) const {
  const fs::path path = folder(episode);
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw IoError(fmt::format("cannot create {}: {}", path.string(), error.message()),
                  "choose a folder you may write with -o");
  }
  const FolderLock lock(path);
  removeStaleParts(path);
  // What it promised is about to be replaced, unless another worker has kept the promise meanwhile.
  if (!isComplete(episode, true)) fs::remove(path / kDoneFile, error);
  return path;
}

void EpisodeStore::sweep(const EpisodeIdentity& episode) const {
  removeStaleParts(folder(episode));
}

void EpisodeStore::finish(const EpisodeIdentity& episode, std::vector<std::string> files, uint32_t frameCount,
                          const record::Provenance& provenance) const {
  const fs::path path = folder(episode);
  std::sort(files.begin(), files.end());
  nlohmann::ordered_json json;
  json["format"] = "nightfog.done/1";
  json["scenario"] = episode.scenarioId;
  json["run"] = episode.runId;
  json["engine_version"] = engineVersion();
  json["digest"] = episode.digest;
  json["frames"] = frameCount;
  json["made_with"] = provenance;
  json["files"] = nlohmann::ordered_json::object();
  for (const auto& name : files) {
    json["files"][name] = {{"bytes", fs::file_size(path / name)}, {"sha256", sha256HexOfFile(path / name)}};
  }
  writeFileAtomically(path / kDoneFile, json.dump(2) + "\n");
}

void EpisodeStore::writeManifest() const {
  const FolderLock lock(out_);
  ManifestLines lines;
  for (const auto& scenario : fs::directory_iterator(out_)) {
    if (!scenario.is_directory()) continue;
    for (const auto& run : fs::directory_iterator(scenario)) {
      if (!run.is_directory()) continue;
      const auto done = readDone(run.path());
      if (!done || !filesMatch(run.path(), *done, false)) continue;
      addLines(lines, run.path(), scenario.path().filename().string() + "/" + run.path().filename().string() + "/",
               *done);
    }
  }
  writeFileAtomically(out_ / kManifest, manifestText(std::move(lines)));
}

std::string EpisodeStore::writeManifest(const std::vector<EpisodeIdentity>& episodes, ManifestLines files) const {
  const FolderLock lock(out_);
  for (const EpisodeIdentity& episode : episodes) {
    const fs::path path = folder(episode);
    const auto done = readComplete(path, episode.digest, false);
    if (!done) throw IoError(fmt::format("{} is not whole", path.string()), "render again; it resumes");
    addLines(files, path, fs::relative(path, out_).generic_string() + "/", *done);
  }
  const std::string text = manifestText(std::move(files));
  writeFileAtomically(out_ / kManifest, text);
  return sha256Hex(text);
}

}  // namespace nightfog::simulation
