#include "tools/viewer/frame_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

namespace nightfog::viewer {
namespace {

double processorTime_s(clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

nlohmann::ordered_json asJson(const FrameFigures& figures) {
  const auto tenths = [](double value) { return std::round(10 * value) / 10; };
  return {{"name", figures.name},
          {"seconds", tenths(figures.seconds)},
          {"frames", figures.frames},
          {"pictures", figures.pictures},
          {"pictures_per_second", tenths(figures.picturesPerSecond())},
          {"answer_ms", {{"mean", tenths(figures.meanAnswer_ms)}, {"longest", tenths(figures.longestAnswer_ms)}}},
          {"picture_ms", {{"mean", tenths(figures.meanPicture_ms)}, {"longest", tenths(figures.longestPicture_ms)}}},
          {"cpu_s", tenths(figures.cpu_s)},
          {"busiest_frame_cpu_ms", tenths(figures.busiest_ms)}};
}

}  // namespace

FrameMeter::FrameMeter(double opened_s) : opened_s_(opened_s), began_s_(opened_s), polled_s_(opened_s) {
  now_.name = "opening";
}

void FrameMeter::polled(double now_s, double waited_s) {
  before_s_ = now_s - polled_s_ - waited_s;
  polled_s_ = now_s;
  busy_s_ = processorTime_s();
}

void FrameMeter::shown(double now_s) {
  const double work_s = now_s - polled_s_;
  // An input that came just after the last frame had taken its own waited for that one, too.
  const double answer_s = before_s_ + work_s;
  ++now_.frames;
  answers_s_ += answer_s;
  now_.longestAnswer_ms = std::max(now_.longestAnswer_ms, 1e3 * answer_s);
  now_.busiest_ms = std::max(now_.busiest_ms, 1e3 * (processorTime_s() - busy_s_));
  if (!waited_s_) return;
  if (!firstPicture_s_) firstPicture_s_ = now_s - opened_s_;
  if (isNew_) {
    const double picture_s = *waited_s_ + work_s;
    ++now_.pictures;
    pictures_s_ += picture_s;
    now_.longestPicture_ms = std::max(now_.longestPicture_ms, 1e3 * picture_s);
  }
  waited_s_.reset();
}

void FrameMeter::pictureTaken(double waited_s, bool isNew) {
  waited_s_ = waited_s;
  isNew_ = isNew;
}

void FrameMeter::begin(std::string name, double now_s) {
  done_.push_back(figures(now_s));
  now_ = {};
  now_.name = std::move(name);
  began_s_ = now_s;
  beganCpu_s_ = processorTime_s(CLOCK_PROCESS_CPUTIME_ID);
  answers_s_ = pictures_s_ = 0;
}

FrameFigures FrameMeter::figures(double now_s) const {
  FrameFigures out = now_;
  out.seconds = now_s - began_s_;
  out.cpu_s = processorTime_s(CLOCK_PROCESS_CPUTIME_ID) - beganCpu_s_;
  if (out.frames > 0) out.meanAnswer_ms = 1e3 * answers_s_ / static_cast<double>(out.frames);
  if (out.pictures > 0) out.meanPicture_ms = 1e3 * pictures_s_ / static_cast<double>(out.pictures);
  return out;
}

std::string FrameMeter::json(double now_s) const {
  nlohmann::ordered_json out;
  out["first_picture_s"] = firstPicture_s_ ? nlohmann::ordered_json(std::round(1e3 * *firstPicture_s_) / 1e3) : nullptr;
  out["stretches"] = nlohmann::ordered_json::array();
  for (const FrameFigures& figures : done_) out["stretches"].push_back(asJson(figures));
  out["stretches"].push_back(asJson(figures(now_s)));
  return out.dump(2) + "\n";
}

}  // namespace nightfog::viewer
