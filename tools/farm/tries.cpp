#include "tools/farm/tries.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/core/files.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;
constexpr std::string_view kFailed = "failed ";
constexpr std::string_view kCrashed = "crashed ";
/// Of another machine nothing says whether a process lives but its sign of life, given at least every few seconds.
constexpr auto kDeadAfter = std::chrono::minutes(10);
constexpr uint32_t kVanishedFactor = 4;

std::atomic<int> crashNote{-1};
static_assert(std::atomic<int>::is_always_lock_free);
thread_local int crashNoteOfThread = -1;

/// Only what a signal handler may call.
void noteCrash(int signal) {
  const int fd = crashNoteOfThread >= 0 ? crashNoteOfThread : crashNote.load();
  if (fd >= 0) {
    char text[] = "crashed signal 00\n";
    text[15] = static_cast<char>('0' + signal / 10);
    text[16] = static_cast<char>('0' + signal % 10);
    [[maybe_unused]] const ssize_t written = ::write(fd, text, sizeof text - 1);
  }
  ::raise(signal);  // its own way from here: SA_RESETHAND
}

void noteCrashes() {
  struct sigaction action {};
  action.sa_handler = noteCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) ::sigaction(signal, &action, nullptr);
}

/// Whether the process that a try's name tells of may still run.
bool mayLive(const fs::path& file) {
  const std::string name = file.filename().string();  // <host>.<process>.<count>
  const auto dot = name.find('.');
  if (dot == std::string::npos) return false;
  if (name.substr(0, dot) == hostName()) {
    const long process = std::strtol(name.c_str() + dot + 1, nullptr, 10);
    return process > 0 && (::kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH);
  }
  std::error_code error;
  const auto age = fs::file_time_type::clock::now() - fs::last_write_time(file, error);
  return !error && age < kDeadAfter;
}

std::string readNote(const fs::path& file) {
  try {
    return readFile(file, kMostBytes);
  } catch (const IoError&) {
    return {};  // gone meanwhile: its worker has finished
  }
}

}  // namespace

Try::Try(fs::path folder, const std::string& name) : folder_(std::move(folder)), file_(folder_ / name) {
  // Another worker that ends a try of its own takes the folder with it.
  for (int i = 0; i < 10 && fd_ < 0 && (i == 0 || errno == ENOENT); ++i) {
    std::error_code error;
    fs::create_directories(folder_, error);
    fd_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  }
  if (fd_ < 0)
    throw IoError(fmt::format("cannot create {}: {}", file_.string(), std::strerror(errno)),
                  "check that the output folder is writable and its disk not full");
}

Try::~Try() {
  int expected = fd_;
  crashNote.compare_exchange_strong(expected, -1);
  if (crashNoteOfThread == fd_) crashNoteOfThread = -1;
  ::close(fd_);
  if (isNoted_) return;
  ::unlink(file_.c_str());
  ::rmdir(folder_.c_str());  // if it was the last
}

void Try::claimThread() const {
  crashNoteOfThread = fd_;
}

void Try::claimOthers() const {
  crashNote = fd_;
}

void Try::touch() {
  ::futimens(fd_, nullptr);
}

void Try::fail(const std::string& message) {
  const std::string text = std::string(kFailed) + message + "\n";
  isNoted_ = ::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

void Try::succeed() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

Tries::Tries(const fs::path& out, uint32_t most) : farm_(out / ".farm"), most_(most) {
  noteCrashes();
}

fs::path Tries::folder(const std::string& episode) const {
  return farm_ / "tries" / episode.substr(0, 16);
}

fs::path Tries::note(const std::string& episode) const {
  return farm_ / "set-aside" / (episode.substr(0, 16) + ".json");
}

TryCount Tries::count(const std::string& episode) const {
  TryCount count;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder(episode), error)) {
    const std::string text = readNote(entry.path());
    if (text.starts_with(kFailed) || text.starts_with(kCrashed)) {
      ++count.failed;
      count.lastMessage = text.starts_with(kFailed) ? text.substr(kFailed.size()) : text;
      while (!count.lastMessage.empty() && count.lastMessage.back() == '\n') count.lastMessage.pop_back();
    } else if (!mayLive(entry.path())) {
      ++count.vanished;
    }
  }
  return count;
}

bool Tries::isSpent(const std::string& episode, const std::string& scenario, const std::string& run,
                    const std::string& command) const {
  std::error_code error;
  if (fs::exists(note(episode), error)) return true;
  const TryCount tries = count(episode);
  if (tries.failed < most_ && tries.vanished < most_ * kVanishedFactor) return false;
  const std::string reason = tries.failed > 0 ? tries.lastMessage : "killed without a word; memory may be exhausted";
  fs::create_directories(farm_ / "set-aside", error);
  writeFileAtomically(note(episode), Json{{"episode", episode},
                                          {"scenario", scenario},
                                          {"run", run},
                                          {"tries", tries.failed + tries.vanished},
                                          {"reason", reason},
                                          {"command", command}}
                                             .dump(2) +
                                         "\n");
  return true;
}

std::unique_ptr<Try> Tries::begin(const std::string& episode) const {
  static std::atomic<unsigned> serial{0};
  return std::make_unique<Try>(folder(episode), fmt::format("{}.{}.{}", hostName(), ::getpid(), serial++));
}

std::vector<SetAside> Tries::setAside() const {
  std::vector<SetAside> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(farm_ / "set-aside", error)) {
    const Json json = Json::parse(readNote(entry.path()), nullptr, false);
    if (!json.is_object()) continue;
    all.push_back({json.value("episode", ""), json.value("scenario", ""), json.value("run", ""),
                   json.value("tries", 0u), json.value("reason", ""), json.value("command", "")});
  }
  std::sort(all.begin(), all.end(), [](const SetAside& a, const SetAside& b) { return a.episode < b.episode; });
  return all;
}

void Tries::forget(const std::string& episode) const {
  std::error_code error;
  fs::remove(note(episode), error);
  fs::remove_all(folder(episode), error);
}

}  // namespace nightfog::farm
