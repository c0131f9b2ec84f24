#include "engine/content/builders/person_body.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr int kSegments = 20;

}  // namespace

PersonBody::PersonBody(const BuildContext& context)
    : context_(context),
      height_(context.parameter("height")),
      girth_(context.parameter("girth") * height_ / 1.75),
      youth_(1 - smoothStep(1.1, 1.7, height_)),
      headHeight_(height_ / mix(7.5, 5.9, youth_)) {
  // The head takes more of a child's height; trunk and legs share what is left.
  const double below = height_ - headHeight_;
  const double adultBelow = height_ * (1 - 1 / 7.5);
  scale_ = below / adultBelow * height_;
}

MeshBuilder PersonBody::started(std::string_view slot) const {
  MeshBuilder mesh("", 0.95);
  use(mesh, slot);
  return mesh;
}

void PersonBody::use(MeshBuilder& mesh, std::string_view slot) const {
  mesh.surface(context_.slot(slot), context_.asset().semantic);
}

/// Sections from bottom to top, rounded off at both ends; widths scale with girth.
void PersonBody::addSections(MeshBuilder& mesh, std::initializer_list<Section> sections, double power) const {
  std::vector<EllipseRing> rings;
  const auto ring = [&](const Section& s, double dz, double k) {
    rings.push_back({{s.forward * girth_, 0, s.z + dz}, {k * s.depth * girth_, k * s.width * girth_}});
  };
  const Section& low = *sections.begin();
  const Section& high = *(sections.end() - 1);
  const double roundLow = 0.35 * std::min(low.depth, low.width) * girth_;
  const double roundHigh = 0.35 * std::min(high.depth, high.width) * girth_;
  ring(low, 0, 0);
  ring(low, 0.13 * roundLow, 0.5);
  ring(low, 0.5 * roundLow, 0.866);
  for (const Section& s : sections) {
    if (&s == &low) {
      ring(s, roundLow, 1);
    } else if (&s == &high) {
      ring(s, -roundHigh, 1);
    } else {
      ring(s, 0, 1);
    }
  }
  ring(high, -0.5 * roundHigh, 0.866);
  ring(high, -0.13 * roundHigh, 0.5);
  ring(high, 0, 0);
  addEllipseLoft(mesh, rings, kSegments, power);
}

Mesh PersonBody::body() const {
  MeshBuilder mesh = started("trousers");
  addSections(mesh, {{share(0.435), 0.080, 0.115, 0.0},
                     {share(0.475), 0.105, 0.158, -0.010},
                     {share(0.510), 0.112, 0.168, -0.012},
                     {share(0.56), 0.100, 0.148, 0}});
  use(mesh, "jacket");
  // The hem, or a coat's skirt over the thighs.
  const double hem = context_.parameter("hem");
  const Section low{mix(share(0.468), share(0.385), hem), mix(0.122, 0.150, hem), mix(0.180, 0.205, hem), -0.004};
  addSections(mesh, {low,
                     {share(0.500), 0.126, 0.182, -0.004},
                     {share(0.560), 0.116, 0.165, 0.002},
                     {share(0.610), 0.114, 0.160, 0.006},
                     {share(0.680), 0.124, 0.172, 0.008},
                     {share(0.730), 0.126, 0.182, 0.004},
                     {share(0.765), 0.116, 0.190, -0.002},
                     {share(0.786), 0.102, 0.184, -0.006},
                     {share(0.802), 0.090, 0.160, -0.008},
                     {share(0.816), 0.080, 0.128, -0.008},
                     {share(0.832), 0.072, 0.092, -0.006},
                     {share(0.862), 0.064, 0.070, -0.002}});
  // Shoulders, round over the sleeves' heads.
  for (const double sign : {1.0, -1.0}) {
    addEllipsoid(mesh, {-0.004, sign * shoulderHalf(), shoulder() - 0.058 * girth_},
                 glm::dvec3(0.066, 0.062, 0.062) * girth_, 10, 14);
  }
  use(mesh, "skin");
  addSections(mesh,
              {{share(0.82), 0.052, 0.052, 0.002},
               {share(0.86), 0.051, 0.051, 0.008},
               {neck() + 0.25 * headHeight_, 0.050, 0.050, 0.016}},
              2);
  if (context_.parameter("backpack") > 0.5) {
    use(mesh, "backpack");
    const double z = share(0.685);
    addRoundedBox(mesh, {-0.205 * girth_, 0, z}, glm::dvec3(0.15 * girth_, 0.29 * girth_, 0.25 * scale_), 0.05, 3);
    addRoundedBox(mesh, {-0.285 * girth_, 0, z - 0.05 * scale_},
                  glm::dvec3(0.06 * girth_, 0.22 * girth_, 0.11 * scale_), 0.025, 2);
    for (const double sign : {1.0, -1.0}) {
      const double y = sign * 0.095 * girth_;
      const TubePoint strap[] = {{{-0.14 * girth_, y, share(0.775)}, 0.016 * girth_},
                                 {{-0.02 * girth_, y, share(0.836)}, 0.016 * girth_},
                                 {{0.105 * girth_, y, share(0.775)}, 0.016 * girth_},
                                 {{0.118 * girth_, 1.2 * y, share(0.69)}, 0.016 * girth_},
                                 {{-0.02 * girth_, 1.9 * y, share(0.63)}, 0.014 * girth_},
                                 {{-0.14 * girth_, 1.3 * y, share(0.62)}, 0.014 * girth_}};
      addTube(mesh, strap, 6);
    }
    mesh.surface(context_.material("retro.white"), context_.asset().semantic);
    addRoundedBox(mesh, {-0.317 * girth_, 0, z - 0.03 * scale_}, glm::dvec3(0.006, 0.20 * girth_, 0.022), 0.002, 1);
  }
  return mesh.finish();
}

/// In a frame at the chin's height, on the neck's axis.
Mesh PersonBody::head() const {
  MeshBuilder mesh = started("skin");
  const double h = headHeight_;
  // From chin to crown; half depth, half width, middle forward, in head heights.
  constexpr double kHead[][4] = {{0.00, 0.00, 0.00, 0.16},    {0.015, 0.12, 0.10, 0.15},   {0.07, 0.22, 0.17, 0.10},
                                 {0.16, 0.30, 0.235, 0.06},   {0.28, 0.36, 0.275, 0.03},   {0.42, 0.395, 0.300, 0.01},
                                 {0.56, 0.415, 0.315, 0.0},   {0.70, 0.410, 0.310, -0.01}, {0.82, 0.360, 0.275, -0.015},
                                 {0.91, 0.265, 0.205, -0.02}, {0.97, 0.14, 0.11, -0.02},   {0.985, 0.0, 0.0, -0.02}};
  std::vector<EllipseRing> rings;
  for (const auto& r : kHead) rings.push_back({{r[3] * h, 0, r[0] * h}, {r[1] * h, r[2] * h}});
  addEllipseLoft(mesh, rings, 24, 2.1);
  const TubePoint nose[] = {{{0.395 * h, 0, 0.53 * h}, 0.022 * h},
                            {{0.445 * h, 0, 0.42 * h}, 0.040 * h},
                            {{0.440 * h, 0, 0.36 * h}, 0.052 * h},
                            {{0.37 * h, 0, 0.345 * h}, 0.045 * h}};
  addTube(mesh, nose, 8);
  for (const double sign : {1.0, -1.0})
    addEllipsoid(mesh, {-0.03 * h, sign * 0.315 * h, 0.44 * h}, glm::dvec3(0.065, 0.030, 0.105) * h, 8, 10);
  mesh.surface(context_.material("sign.black"), context_.asset().semantic);
  for (const double sign : {1.0, -1.0})
    addEllipsoid(mesh, {0.368 * h, sign * 0.125 * h, 0.505 * h}, glm::dvec3(0.020, 0.036, 0.018) * h, 6, 8);
  use(mesh, "hair");
  constexpr double kHair[][4] = {{0.22, 0.0, 0.0, -0.20},     {0.26, 0.18, 0.20, -0.20},    {0.40, 0.28, 0.315, -0.15},
                                 {0.56, 0.325, 0.335, -0.11}, {0.68, 0.375, 0.335, -0.075}, {0.76, 0.415, 0.325, -0.02},
                                 {0.86, 0.375, 0.285, -0.02}, {0.94, 0.27, 0.205, -0.02},   {0.99, 0.12, 0.10, -0.02},
                                 {1.0, 0, 0, -0.02}};
  rings.clear();
  for (const auto& r : kHair) rings.push_back({{r[3] * h, 0, r[0] * h}, {r[1] * h, r[2] * h}});
  addEllipseLoft(mesh, rings, 24, 2.1);
  if (context_.parameter("long_hair") > 0.5) {
    addSections(mesh,
                {{-0.22 * h, 0.050, 0.100, -0.060},
                 {0.10 * h, 0.056, 0.098, -0.062},
                 {0.40 * h, 0.062, 0.088, -0.052},
                 {0.72 * h, 0.066, 0.076, -0.030}},
                2.3);
  }
  const double hat = context_.parameter("hat");
  if (hat > 0.5) {
    use(mesh, "hat");
    // A knitted cap down to the ears, or a helmet that stands off and juts over the brow.
    const double off = hat > 1.5 ? 1.13 : 1.05;
    const double low = hat > 1.5 ? 0.68 : 0.60;
    const double forward = hat > 1.5 ? 0.03 : -0.01;
    rings.clear();
    for (const auto& r : {std::array{0.0, 0.86, 0.90}, std::array{0.02, 1.0, 1.0}, std::array{0.20, 1.0, 1.0},
                          std::array{0.50, 0.93, 0.93}, std::array{0.74, 0.76, 0.76}, std::array{0.90, 0.50, 0.50},
                          std::array{0.98, 0.22, 0.22}, std::array{1.0, 0.0, 0.0}}) {
      const double z = mix(low, off, r[0]) * h;
      rings.push_back({{forward * h - 0.015 * h, 0, z}, {0.425 * off * r[1] * h, 0.325 * off * r[2] * h}});
    }
    addEllipseLoft(mesh, rings, 24, 2.1);
  }
  return mesh.finish();
}

Mesh PersonBody::thigh() const {
  const double thigh = thighLength();
  MeshBuilder mesh = started("trousers");
  addSections(mesh, {{-thigh - 0.058, 0.062, 0.060, 0.002},
                     {-thigh, 0.066, 0.063, 0.002},
                     {-0.7 * thigh, 0.073, 0.070, 0.004},
                     {-0.35 * thigh, 0.084, 0.080, 0.004},
                     {-0.05 * thigh, 0.094, 0.086, -0.004},
                     {0.075, 0.080, 0.074, -0.008}});
  return mesh.finish();
}

Mesh PersonBody::shin() const {
  const double shin = shinLength();
  MeshBuilder mesh = started("trousers");
  addSections(mesh, {{-shin - 0.012, 0.060, 0.056, -0.004},
                     {-0.85 * shin, 0.058, 0.055, -0.004},
                     {-0.5 * shin, 0.062, 0.058, -0.012},
                     {-0.25 * shin, 0.066, 0.061, -0.012},
                     {0, 0.064, 0.061, 0.002},
                     {0.055, 0.056, 0.054, 0.004}});
  use(mesh, "skin");
  addSections(mesh, {{-shin - 0.03, 0.036, 0.034, -0.006}, {-0.8 * shin, 0.036, 0.034, -0.006}});
  return mesh.finish();
}

/// Around the ankle joint; the sole lies ankle() below.
Mesh PersonBody::foot() const {
  MeshBuilder mesh = started("shoes");
  const double length = 0.158 * scale_;
  const double low = -ankle();
  // From heel to toe, upright sections: share of the length, height above the sole, half width.
  constexpr double kShoe[][3] = {
      {-0.30, 0.045, 0.018}, {-0.27, 0.075, 0.032}, {-0.15, 0.100, 0.037}, {0.0, 0.105, 0.037},  {0.14, 0.090, 0.038},
      {0.30, 0.070, 0.043},  {0.48, 0.056, 0.046},  {0.60, 0.048, 0.042},  {0.67, 0.040, 0.030}, {0.70, 0.028, 0.012}};
  const auto loft = [&](double from, double to, double wider) {
    std::vector<std::vector<glm::dvec3>> rings;
    for (const auto& s : kShoe) {
      std::vector<glm::dvec3>& ring = rings.emplace_back();
      const double top = to < 0 ? low + s[1] * girth_ : low + to;
      const double half = s[2] * girth_ + wider;
      const double z0 = low + from;
      constexpr double kSection[][2] = {{-0.8, 0}, {0.8, 0},  {1, 0.18},   {1, 0.5},  {0.8, 0.8},
                                        {0.4, 1},  {-0.4, 1}, {-0.8, 0.8}, {-1, 0.5}, {-1, 0.18}};
      for (const auto& p : kSection) ring.push_back({s[0] * length, p[0] * half, mix(z0, top, p[1])});
    }
    addLoft(mesh, rings, true, true);
  };
  loft(0.010, -1, 0);
  mesh.surface(context_.material("sole"), context_.asset().semantic);
  loft(0, 0.022, 0.003);
  return mesh.finish();
}

Mesh PersonBody::upperArm() const {
  const double upperArm = upperArmLength();
  MeshBuilder mesh = started("jacket");
  addSections(mesh, {{-upperArm - 0.045, 0.046, 0.044, 0},
                     {-upperArm, 0.050, 0.048, 0},
                     {-0.5 * upperArm, 0.056, 0.052, 0.002},
                     {-0.15 * upperArm, 0.063, 0.058, 0},
                     {0.0, 0.061, 0.055, 0},
                     {0.024, 0.056, 0.050, 0},
                     {0.044, 0.044, 0.039, 0},
                     {0.056, 0.028, 0.025, 0},
                     {0.061, 0.014, 0.012, 0}});
  return mesh.finish();
}

Mesh PersonBody::forearm() const {
  const double foreArm = forearmLength();
  MeshBuilder mesh = started("jacket");
  addSections(mesh, {{-foreArm + 0.004, 0.041, 0.037, 0},
                     {-0.75 * foreArm, 0.042, 0.039, 0},
                     {-0.35 * foreArm, 0.047, 0.044, 0.002},
                     {0, 0.049, 0.047, 0},
                     {0.044, 0.044, 0.043, 0}});
  return mesh.finish();
}

/// Hanging from the wrist, the palm towards the thigh.
Mesh PersonBody::hand(double sign) const {
  MeshBuilder mesh = started("skin");
  const double k = girth_;
  addSections(mesh,
              {{-0.098 * k, 0.034, 0.013, 0.004},
               {-0.06 * k, 0.042, 0.016, 0.004},
               {-0.02 * k, 0.033, 0.019, 0.002},
               {0.03 * k, 0.028, 0.022, 0}},
              2.4);
  for (int finger = 0; finger < 4; ++finger) {
    const double x = (0.031 - 0.0185 * finger) * k;
    const double length = (finger == 1 ? 0.078 : finger == 2 ? 0.074 : finger == 0 ? 0.068 : 0.056) * k;
    const double curl = -sign * 0.018 * k;
    const TubePoint bones[] = {{{x, 0, -0.080 * k}, 0.0095 * k},
                               {{x, 0.2 * curl, -0.095 * k - 0.45 * length}, 0.0088 * k},
                               {{x, curl, -0.090 * k - length}, 0.0065 * k}};
    addTube(mesh, bones, 7);
  }
  const TubePoint thumb[] = {{{0.022 * k, -sign * 0.004 * k, -0.02 * k}, 0.012 * k},
                             {{0.050 * k, -sign * 0.014 * k, -0.058 * k}, 0.011 * k},
                             {{0.054 * k, -sign * 0.020 * k, -0.092 * k}, 0.007 * k}};
  addTube(mesh, thumb, 7);
  return mesh.finish();
}

}  // namespace nightfog::content
