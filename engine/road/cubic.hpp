// Cubic polynomials in s, one after the other: how OpenDRIVE states elevation, lane widths and offsets.
#pragma once

#include <algorithm>
#include <vector>

namespace nightfog::road {

/// a + b ds + c ds^2 + d ds^3 with ds = s - start.
struct Cubic {
  double start = 0;
  double a = 0, b = 0, c = 0, d = 0;

  double value(double s) const {
    const double ds = s - start;
    return a + ds * (b + ds * (c + ds * d));
  }
  double slope(double s) const {
    const double ds = s - start;
    return b + ds * (2 * c + ds * 3 * d);
  }
};

/// Pieces by ascending start, each valid until the next one's; the first also before its start. None: 0 everywhere.
class Profile {
 public:
  Profile() = default;
  explicit Profile(std::vector<Cubic> pieces) : pieces_(std::move(pieces)) {}
  static Profile constant(double value) { return Profile({{0, value, 0, 0, 0}}); }

  bool isEmpty() const { return pieces_.empty(); }
  /// 0 everywhere?
  bool isZero() const {
    return std::all_of(pieces_.begin(), pieces_.end(),
                       [](const Cubic& p) { return p.a == 0 && p.b == 0 && p.c == 0 && p.d == 0; });
  }
  double value(double s) const { return pieces_.empty() ? 0 : at(s).value(s); }
  double slope(double s) const { return pieces_.empty() ? 0 : at(s).slope(s); }
  const std::vector<Cubic>& pieces() const { return pieces_; }

 private:
  const Cubic& at(double s) const {
    const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), s,
                                        [](double place, const Cubic& piece) { return place < piece.start; });
    return after == pieces_.begin() ? pieces_.front() : *(after - 1);
  }
  std::vector<Cubic> pieces_;
};

}  // namespace nightfog::road
