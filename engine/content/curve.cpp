#include "engine/content/curve.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::content {

Curve::Curve(std::vector<CurvePoint> points) : points_(std::move(points)), slopes_(points_.size(), 0.0) {
  const size_t count = points_.size();
  if (count < 2) return;
  std::vector<double> secants(count - 1);
  for (size_t i = 0; i + 1 < count; ++i) {
    secants[i] = (points_[i + 1].y - points_[i].y) / (points_[i + 1].x - points_[i].x);
  }
  slopes_.front() = secants.front();
  slopes_.back() = secants.back();
  for (size_t i = 1; i + 1 < count; ++i) {
    slopes_[i] = secants[i - 1] * secants[i] <= 0 ? 0.0 : 0.5 * (secants[i - 1] + secants[i]);
  }
  for (size_t i = 0; i + 1 < count; ++i) {
    if (secants[i] == 0) {
      slopes_[i] = slopes_[i + 1] = 0;
      continue;
    }
    const double a = slopes_[i] / secants[i];
    const double b = slopes_[i + 1] / secants[i];
    const double length = std::sqrt(a * a + b * b);
    if (length > 3) {
      slopes_[i] = 3 * a / length * secants[i];
      slopes_[i + 1] = 3 * b / length * secants[i];
    }
  }
}

double Curve::operator()(double x) const {
  if (points_.empty()) return 0;
  if (x <= points_.front().x) return points_.front().y;
  if (x >= points_.back().x) return points_.back().y;
  const auto above = std::upper_bound(points_.begin(), points_.end(), x,
                                      [](double value, const CurvePoint& p) { return value < p.x; });
  const auto i = static_cast<size_t>(above - points_.begin()) - 1;
  const double h = points_[i + 1].x - points_[i].x;
  const double f = (x - points_[i].x) / h;
  const double f2 = f * f;
  const double f3 = f2 * f;
  return (2 * f3 - 3 * f2 + 1) * points_[i].y + (f3 - 2 * f2 + f) * h * slopes_[i] +
         (3 * f2 - 2 * f3) * points_[i + 1].y + (f3 - f2) * h * slopes_[i + 1];
}

double mix(double a, double b, double fraction) {
  return a + (b - a) * fraction;
}

double smoothStep(double low, double high, double x) {
  const double f = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return f * f * (3 - 2 * f);
}

}  // namespace nightfog::content
