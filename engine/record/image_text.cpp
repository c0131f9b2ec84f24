// The preview's letters: strokes on a small grid, drawn with round ends at any size.
#include <algorithm>
#include <array>

#include "engine/record/image.hpp"

namespace nightfog::record {
namespace {

struct Glyph {
  char character;
  /// Strokes separated by spaces; a stroke is points "xy", x 0 to 4 to the right, y 0 (top of capitals) to 6 (baseline)
  /// to 8 (descenders).
  const char* strokes;
};

constexpr std::array kGlyphs = {
    Glyph{'A', "062046 1434"},
    Glyph{'B', "06003041423303 3344453606"},
    Glyph{'C', "4130100105163645"},
    Glyph{'D', "06003041453606"},
    Glyph{'E', "40000646 0333"},
    Glyph{'F', "400006 0333"},
    Glyph{'G', "41301001051636454323"},
    Glyph{'H', "0006 4046 0343"},
    Glyph{'I', "0020 1016 0626"},
    Glyph{'J', "4045361605"},
    Glyph{'K', "0006 4003 1346"},
    Glyph{'L', "000646"},
    Glyph{'M', "0600234046"},
    Glyph{'N', "06004640"},
    Glyph{'O', "103041453616050110"},
    Glyph{'P', "06003041423303"},
    Glyph{'Q', "103041453616050110 2546"},
    Glyph{'R', "06003041423303 2346"},
    Glyph{'S', "413010010213334445361605"},
    Glyph{'T', "0040 2026"},
    Glyph{'U', "000516364540"},
    Glyph{'V', "002640"},
    Glyph{'W', "0016233640"},
    Glyph{'X', "0046 4006"},
    Glyph{'Y', "002340 2326"},
    Glyph{'Z', "00400646"},
    Glyph{'a', "4246 4332120305163645"},
    Glyph{'b', "0006 0312324345361605"},
    Glyph{'c', "4332120305163645"},
    Glyph{'d', "4046 4332120305163645"},
    Glyph{'e', "04444332120305163645"},
    Glyph{'f', "30201116 0232"},
    Glyph{'g', "4247381807 4332120305163645"},
    Glyph{'h', "0006 0312324346"},
    Glyph{'i', "0206 00"},
    Glyph{'j', "121708 10"},
    Glyph{'k', "0006 3204 1436"},
    Glyph{'l', "0006"},
    Glyph{'m', "0206 03122326 23324346"},
    Glyph{'n', "0206 0312324346"},
    Glyph{'o', "123243453616050312"},
    Glyph{'p', "0208 0312324345361605"},
    Glyph{'q', "4248 4332120305163645"},
    Glyph{'r', "0206 031232"},
    Glyph{'s', "4212031434453606"},
    Glyph{'t', "10152636 0232"},
    Glyph{'u', "0205163645 4246"},
    Glyph{'v', "022642"},
    Glyph{'w', "0216243642"},
    Glyph{'x', "0246 4206"},
    Glyph{'y', "0226 422618"},
    Glyph{'z', "02420646"},
    Glyph{'0', "102031352616050110"},
    Glyph{'1', "011016"},
    Glyph{'2', "01103041420646"},
    Glyph{'3', "01103041423313 334445361605"},
    Glyph{'4', "36300444"},
    Glyph{'5', "400002324345361605"},
    Glyph{'6', "413010010516364544331304"},
    Glyph{'7', "004016"},
    Glyph{'8', "103041423313020110 1304051636454433"},
    Glyph{'9', "051636454130100102133342"},
    Glyph{'.', "06"},
    Glyph{',', "0607"},
    Glyph{':', "03 06"},
    Glyph{';', "03 0607"},
    Glyph{'-', "0333"},
    Glyph{'_', "0747"},
    Glyph{'+', "0444 2226"},
    Glyph{'=', "0343 0545"},
    Glyph{'/', "0640"},
    Glyph{'|', "0007"},
    Glyph{'(', "10010516"},
    Glyph{')', "00111506"},
    Glyph{'[', "10000616"},
    Glyph{']', "00101606"},
    Glyph{'<', "310435"},
    Glyph{'>', "013405"},
    Glyph{'%', "0640 0010110100 3545463635"},
    Glyph{'!', "0004 06"},
    Glyph{'?', "01103041422324 26"},
    Glyph{'\'', "0001"},
    Glyph{'"', "0001 2021"},
    Glyph{'*', "0244 4204 2125"},
    Glyph{'#', "1016 3036 0242 0444"},
    Glyph{'~', "0413223342"},
};
constexpr const char* kUnknown = "0040460600";
constexpr float kSpaceAdvance = 3;
constexpr float kGap = 2;

const char* strokesOf(char character) {
  const auto* found =
      std::find_if(kGlyphs.begin(), kGlyphs.end(), [&](const Glyph& g) { return g.character == character; });
  return found == kGlyphs.end() ? kUnknown : found->strokes;
}

/// Calls draw(from, to) for every line of a glyph, and returns how far the next one stands.
template <class Draw>
float walk(char character, Draw&& draw) {
  if (character == ' ') return kSpaceAdvance;
  const char* s = strokesOf(character);
  float width = 0;
  bool isStart = true;
  glm::vec2 last(0);
  while (*s != '\0') {
    if (*s == ' ') {
      isStart = true;
      ++s;
      continue;
    }
    const glm::vec2 point(static_cast<float>(s[0] - '0'), static_cast<float>(s[1] - '0'));
    s += 2;
    const bool isDot = isStart && (*s == ' ' || *s == '\0');
    if (!isStart || isDot) draw(isDot ? point : last, point);
    width = std::max(width, point.x);
    last = point;
    isStart = false;
  }
  return width + kGap;
}

/// Letters beyond ASCII show as one box each: their continuation bytes are passed over.
bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

float Image::textWidth(std::string_view text, float height) {
  float x = 0;
  for (const char c : text) {
    if (!isContinuation(c)) x += walk(c, [](glm::vec2, glm::vec2) {});
  }
  return std::max(0.0F, x - kGap) * height / 6;
}

float Image::text(glm::vec2 origin, std::string_view text, float height, Colour colour) {
  const float unit = height / 6;
  const float width = std::max(1.15F, 0.82F * unit);
  float x = 0;
  for (const char c : text) {
    if (isContinuation(c)) continue;
    x += walk(c, [&](glm::vec2 a, glm::vec2 b) {
      const glm::vec2 offset(x, -6);
      line(origin + (a + offset) * unit, origin + (b + offset) * unit, width, colour);
    });
  }
  return std::max(0.0F, x - kGap) * unit;
}

}  // namespace nightfog::record
