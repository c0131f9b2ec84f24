// A smooth curve through a few points that does not overshoot: body lines, silhouettes, profiles.
#pragma once

#include <initializer_list>
#include <vector>

namespace nightfog::content {

struct CurvePoint {
  double x = 0;
  double y = 0;
};

/// Monotone cubic interpolation (Fritsch and Carlson 1980, SIAM J. Numer. Anal. 17, 238): between two points it never
/// leaves their range. Points ascend in x; beyond the ends the value is held.
class Curve {
 public:
  Curve() = default;
  Curve(std::initializer_list<CurvePoint> points) : Curve(std::vector<CurvePoint>(points)) {}
  explicit Curve(std::vector<CurvePoint> points);
  double operator()(double x) const;

 private:
  std::vector<CurvePoint> points_;
  std::vector<double> slopes_;
};

double mix(double a, double b, double fraction);
/// 0 below `low`, 1 above `high`, 3 f² - 2 f³ between.
double smoothStep(double low, double high, double x);

}  // namespace nightfog::content
