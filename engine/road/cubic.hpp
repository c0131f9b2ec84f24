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

/// A cubic measured from another place: the same curve.
inline Cubic startingAt(const Cubic& k, double start) {
  const double h = start - k.start;
  return {start, k.value(start), k.slope(start), k.c + 3 * k.d * h, k.d};
}

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
  /// This less another one, exactly: a piece wherever one of the two begins.
  Profile minus(const Profile& other) const {
    if (isEmpty() && other.isEmpty()) return {};
    std::vector<double> starts;
    for (const Profile* profile : {this, &other}) {
      for (const Cubic& piece : profile->pieces_) starts.push_back(piece.start);
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    std::vector<Cubic> pieces;
    for (const double start : starts) {
      const Cubic a = isEmpty() ? Cubic{start} : startingAt(at(start), start);
      const Cubic b = other.isEmpty() ? Cubic{start} : startingAt(other.at(start), start);
      pieces.push_back({start, a.a - b.a, a.b - b.b, a.c - b.c, a.d - b.d});
    }
    return Profile(std::move(pieces));
  }

 private:
  const Cubic& at(double s) const {
    const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), s,
                                        [](double place, const Cubic& piece) { return place < piece.start; });
    return after == pieces_.begin() ? pieces_.front() : *(after - 1);
  }
  std::vector<Cubic> pieces_;
};

}  // namespace nightfog::road
