// The rule that gives five bands to a material of which a file knows a colour only.
//
// Red, green and blue are the file's base colour (linear), a picture multiplies them. What a laser sees follows from
// what the thing is, guessed from the words in the names of its material, picture and node; the figures are those of
// the material table's sources (ECOSTRESS/ASTER spectra where there is one, else the orders of magnitude stated there).
// Y is the luminance of the mean colour (Rec. 709):
//
//   kind         words (excerpt)                    905 nm            1550 nm
//   vegetation   leaf, tree, grass, bush, foliage   0.554             0.253              deciduous leaf
//   wood         bark, trunk, wood, timber          0.60              0.42               pine, stained
//   rubber       tyre, tire, rubber                 0.040             0.035
//   glass        glass, window, windscreen          0.020             0.020              transmits 0.85
//   metal        chrome, steel, alu; metallic > ½   Y·59.6/49.8       Y·81.3/49.8        rough aluminium, scaled
//   skin         skin, face, hand                   0.58              0.10
//   cloth        cloth, shirt, trouser, jacket      0.60              0.45
//   ground       asphalt, concrete, stone, brick    Y·27.8/17.9       Y·36.2/17.9        old asphalt's slope, ≤ 0.6
//   paint        anything else                      0.04 + 0.80·Y     0.04 + 0.52·Y      carbon black 0.04 … white
//                                                                                        paint 0.78, 0.50 at Y = 0.9
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <string_view>

namespace nightfog::content {

enum class SurfaceKind { kPaint, kVegetation, kWood, kRubber, kGlass, kMetal, kSkin, kCloth, kGround };

std::string_view nameOf(SurfaceKind kind);

/// The kind by words; `names` are those of material, picture and node, in this order of weight.
SurfaceKind guessKind(std::initializer_list<std::string_view> names, float metallic);

/// Reflectance in R, G, B, 905 nm and 1550 nm. `baseColour` is what the visible bands become, `meanColour` that times
/// the picture's mean over the surface; both linear, clamped to what reflects.
std::array<float, 5> bandsOf(SurfaceKind kind, const glm::vec3& baseColour, const glm::vec3& meanColour);

/// Perceptual roughness of a Blinn-Phong exponent: GGX alpha = sqrt(2 / (n + 2)) [Walter et al. 2007], whose root it
/// is.
float roughnessOfShininess(float exponent);

}  // namespace nightfog::content
