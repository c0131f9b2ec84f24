#include "engine/content/import/band_rule.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <span>
#include <string>

namespace nightfog::content {
namespace {

struct KindWords {
  SurfaceKind kind;
  std::span<const std::string_view> words;
};

constexpr std::string_view kGlassWords[] = {"glass", "window", "windscreen", "windshield", "glas", "vitre"};
constexpr std::string_view kRubberWords[] = {"tyre", "tire", "rubber", "gummi", "pneu"};
constexpr std::string_view kLeafWords[] = {"leaf",    "leaves", "tree",  "grass", "bush",
                                           "foliage", "plant",  "hedge", "forest"};
constexpr std::string_view kWoodWords[] = {"bark", "trunk", "wood", "timber", "plank"};
constexpr std::string_view kMetalWords[] = {"chrome", "metal", "steel", "alu", "iron", "alloy"};
constexpr std::string_view kSkinWords[] = {"skin", "face", "hand"};
constexpr std::string_view kClothWords[] = {"cloth", "shirt", "trouser", "jacket", "pants", "jeans", "dress", "fabric"};
constexpr std::string_view kGroundWords[] = {"asphalt", "concrete", "stone", "brick", "wall", "cement", "road", "rock"};

// Glass before metal: a "metal window frame" is rare, a "window_metallic" is not.
constexpr KindWords kKinds[] = {{SurfaceKind::kGlass, kGlassWords},     {SurfaceKind::kRubber, kRubberWords},
                                {SurfaceKind::kVegetation, kLeafWords}, {SurfaceKind::kWood, kWoodWords},
                                {SurfaceKind::kMetal, kMetalWords},     {SurfaceKind::kSkin, kSkinWords},
                                {SurfaceKind::kCloth, kClothWords},     {SurfaceKind::kGround, kGroundWords}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// A word begins where a letter follows none or where the case changes ("frontGlass"): "satellite" holds no "tell".
bool hasWord(const std::string& original, const std::string& lowered, std::string_view word) {
  for (size_t at = lowered.find(word); at != std::string::npos; at = lowered.find(word, at + 1)) {
    const bool isAtStart = at == 0 || std::isalpha(static_cast<unsigned char>(original[at - 1])) == 0;
    const bool isCaseChange = at > 0 && std::islower(static_cast<unsigned char>(original[at - 1])) != 0 &&
                              std::isupper(static_cast<unsigned char>(original[at])) != 0;
    if (isAtStart || isCaseChange) return true;
  }
  return false;
}

float luminance(const glm::vec3& c) {
  return 0.2126f * c.r + 0.7152f * c.g + 0.0722f * c.b;
}

}  // namespace

std::string_view nameOf(SurfaceKind kind) {
  constexpr std::string_view kNames[] = {"paint", "vegetation", "wood",  "rubber", "glass",
                                         "metal", "skin",       "cloth", "ground"};
  return kNames[static_cast<size_t>(kind)];
}

SurfaceKind guessKind(std::initializer_list<std::string_view> names, float metallic) {
  for (const std::string_view name : names) {
    const std::string original(name);
    const std::string lowered = lower(name);
    for (const KindWords& kind : kKinds) {
      for (const std::string_view word : kind.words) {
        if (hasWord(original, lowered, word)) return kind.kind;
      }
    }
  }
  return metallic > 0.5f ? SurfaceKind::kMetal : SurfaceKind::kPaint;
}

std::array<float, 5> bandsOf(SurfaceKind kind, const glm::vec3& baseColour, const glm::vec3& meanColour) {
  const glm::vec3 visible = glm::clamp(baseColour, 0.0f, 1.0f);
  const float y = std::clamp(luminance(glm::clamp(meanColour, 0.0f, 1.0f)), 0.0f, 1.0f);
  float nir = 0;
  float swir = 0;
  switch (kind) {
    case SurfaceKind::kPaint:
      nir = 0.04f + 0.80f * y;
      swir = 0.04f + 0.52f * y;
      break;
    case SurfaceKind::kVegetation:
      nir = 0.554f;
      swir = 0.253f;
      break;
    case SurfaceKind::kWood:
      nir = 0.60f;
      swir = 0.42f;
      break;
    case SurfaceKind::kRubber:
      nir = 0.040f;
      swir = 0.035f;
      break;
    case SurfaceKind::kGlass:
      nir = 0.020f;
      swir = 0.020f;
      break;
    case SurfaceKind::kMetal:
      nir = y * 0.596f / 0.498f;
      swir = y * 0.813f / 0.498f;
      break;
    case SurfaceKind::kSkin:
      nir = 0.58f;
      swir = 0.10f;
      break;
    case SurfaceKind::kCloth:
      nir = 0.60f;
      swir = 0.45f;
      break;
    case SurfaceKind::kGround:
      nir = std::min(0.6f, y * 27.8f / 17.9f);
      swir = std::min(0.6f, y * 36.2f / 17.9f);
      break;
  }
  return {visible.r, visible.g, visible.b, std::min(nir, 0.95f), std::min(swir, 0.95f)};
}

float roughnessOfShininess(float exponent) {
  return std::pow(2.0f / (std::max(exponent, 0.0f) + 2.0f), 0.25f);
}

}  // namespace nightfog::content
