// The pieces of a person, on foot or on a bicycle: trunk, head and limbs from stature and girth.
//
// Proportions: adults 7.5 heads tall, small children 5.6 (after Bogin and Varela-Silva 2010, Int. J. Environ. Res.
// Public Health 7, 1047); limb lengths as shares of stature after Drillis and Contini 1966 (as in Winter, Biomechanics
// and Motor Control of Human Movement, 2009, fig. 4.1).
#pragma once

#include <initializer_list>

#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"

namespace nightfog::content {

/// Of every builder that draws people.
inline constexpr BuilderParameter kPersonParameters[] = {
    {"height", "m", 1.75, 0.9, 2.1, "stature, shoes and hair included"},
    {"girth", "1", 1.0, 0.7, 1.5, "width and depth, relative to the usual for the stature"},
    {"backpack", "1", 0, 0, 1, "1: wears one"},
    {"hat", "1", 0, 0, 2, "1: a knitted cap, 2: a cycle helmet"},
    {"long_hair", "1", 0, 0, 1, "1: to the shoulders"},
    {"hem", "1", 0, 0, 1, "1: the jacket reaches to the middle of the thighs"}};
inline constexpr BuilderSlot kPersonSlots[] = {{"jacket", "cloth.navy", "upper body and arms"},
                                               {"trousers", "cloth.denim", "legs"},
                                               {"shoes", "leather.dark", "feet"},
                                               {"skin", "skin", "face and hands"},
                                               {"hair", "hair.dark", "hair"},
                                               {"hat", "cloth.grey", "the cap or helmet, if there is one"},
                                               {"backpack", "cloth.red", "the bag, if there is one"}};

/// Meshes of the limbs hang down (-z) from their joint at the origin and look to +x.
class PersonBody {
 public:
  explicit PersonBody(const BuildContext& context);

  double height() const { return height_; }
  double hip() const { return share(0.500); }
  double knee() const { return share(0.272); }
  double ankle() const { return share(0.046); }
  double neck() const { return height_ - headHeight_; }
  double thighLength() const { return hip() - knee(); }
  double shinLength() const { return knee() - ankle(); }
  double upperArmLength() const { return share(0.176); }
  double forearmLength() const { return share(0.142); }
  double hipHalfWidth() const { return 0.088 * girth_; }
  /// The joint of an upper arm: height above the ground, and from the middle.
  double shoulderJoint() const { return shoulder() - 0.062 * girth_; }
  double shoulderHalfWidth() const { return shoulderHalf() + 0.012 * girth_; }

  Mesh body() const;  ///< standing: the ground is z = 0
  Mesh head() const;  ///< in a frame at the chin's height, on the neck's axis
  Mesh thigh() const;
  Mesh shin() const;
  Mesh foot() const;
  Mesh upperArm() const;
  Mesh forearm() const;
  Mesh hand(double sign) const;  ///< 1: the left one

 private:
  /// A section of a limb or trunk: height, half depth, half width, and how far its middle lies forward.
  struct Section {
    double z = 0;
    double depth = 0;
    double width = 0;
    double forward = 0;
  };
  double share(double of) const { return of * scale_; }
  double shoulder() const { return share(0.805); }
  double shoulderHalf() const { return 0.176 * girth_; }
  MeshBuilder started(std::string_view slot) const;
  void use(MeshBuilder& mesh, std::string_view slot) const;
  void addSections(MeshBuilder& mesh, std::initializer_list<Section> sections, double power = 2.2) const;

  const BuildContext& context_;
  double height_ = 0;
  double girth_ = 1;  ///< widths are for 1.75 m
  double youth_ = 0;  ///< 0 an adult, 1 a small child
  double headHeight_ = 0;
  double scale_ = 0;  ///< what shares of stature are shares of
};

}  // namespace nightfog::content
