// What the stages of the camera share: the surface behind a hit, the sky, and one sample of all lights. Included at file
// scope in a kernel (camera_kernel.glsl) and in the body of a class in C++ (camera_host.cpp): `push` and the arrays are
// what stands around it.
/// Random bits of an item in this frame and sample.
uvec4 randomBits(uint item, uint purpose) {
  return philox4x32(uvec4(item, push.frameNumber, purpose, push.sampleIndex), uvec2(push.keyLow, push.keyHigh));
}

/// Rows of the picture that are under way. The first is a multiple of four.
uint windowTop() { return push.window & 0xffffu; }
uint windowRows() { return push.window >> 16u; }
uint windowBegin() { return windowTop() * push.width; }

/// Where a list's pixels begin in the words of the lists.
uint listBegin(uint list) { return kListHead + list * (push.width * windowRows()); }

/// Samples of gathered light in a row of them, and of the window its first and how many.
uint gatherWidth() { return (push.width + push.gatherScale - 1u) / push.gatherScale; }
uint gatherBegin() { return windowTop() / push.gatherScale * gatherWidth(); }
uint gatherCount() { return (windowRows() + push.gatherScale - 1u) / push.gatherScale * gatherWidth(); }

/// Pose of the camera (frame from optical axes) at an instant.
PoseKey cameraPose(FrameRef frame, float time_s) {
#ifdef __cplusplus  // pixels of a row look at one instant
  if (cameraTime_s_ == time_s) return cameraPose_;
  cameraTime_s_ = time_s;
  return cameraPose_ = cameraPoseAnew(frame, time_s);
}
PoseKey cameraPoseAnew(FrameRef frame, float time_s) {
#endif
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, frame.value.keyCount, fraction);
  PoseKeys keys = PoseKeys(frame.value.sensorKeys);
  return interpolatePose(keys.at[segment], keys.at[min(segment + 1u, frame.value.keyCount - 1u)], fraction);
}

/// Pose of an instance at an instant. `moves` is a constant where it can be: see kListMoving.
PoseKey instancePose(FrameRef frame, uint firstKey, uint keyCount, float time_s, bool moves) {
  PoseKeys keys = PoseKeys(frame.value.scene.poseKeys);
  if (!moves) return keys.at[firstKey];
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, keyCount, fraction);
  return interpolatePose(keys.at[firstKey + segment], keys.at[firstKey + min(segment + 1u, keyCount - 1u)], fraction);
}

/// The point of a hit's triangle on something that bends, in its body's frame, in the shape that goes with a pose.
vec3 bentPoint(FrameRef frame, Instance instance, Hit hit, PoseKey pose) {
  float bent;
  uint shape = shapeSegment(pose.shape, instance.shapeCount, bent);
  MeshRange mesh = Meshes(frame.value.scene.meshes).at[instance.mesh + shape];
  uvec3 corners = Triangles(frame.value.scene.triangles).at[mesh.firstTriangle + hit.primitive];
  Vec3s positions = Vec3s(frame.value.scene.positions);
  uvec3 here = corners + mesh.firstVertex;
  uvec3 next = corners + mesh.nextVertex;
  float w = 1.0f - hit.u - hit.v;
  return cornerBetween(positions.at[here.x], positions.at[next.x], bent) * w +
         cornerBetween(positions.at[here.y], positions.at[next.y], bent) * hit.u +
         cornerBetween(positions.at[here.z], positions.at[next.z], bent) * hit.v;
}

/// A surface point met by a ray, in the frame.
struct SurfaceHit {
  vec3 position;
  vec3 faceNormal;  ///< towards the ray's origin
  vec3 normal;      ///< smooth, towards the ray's origin
  vec3 local;       ///< the point in its mesh's frame
  uvec3 corners;
  vec2 barycentric;
  uint triangle;
  uint material;
  uint semantic;
  uint object;
  float emission;
  bool stands;      ///< part of the standing scenery
};

/// What is not used of the result is not loaded.
SurfaceHit resolveHit(FrameRef frame, Ray ray, Hit hit, bool moves) {
  SurfaceHit s;
  Instance instance = Instances(frame.value.scene.instances).at[hit.instance];
  PoseKey pose = instancePose(frame, instance.firstKey, instance.keyCount, ray.time_s, moves);
  float bent = 0.0f;
  bool bends = moves && instance.shapeCount > 1u;
  uint shape = 0u;
  if (bends) shape = shapeSegment(pose.shape, instance.shapeCount, bent);
  MeshRange mesh = Meshes(frame.value.scene.meshes).at[instance.mesh + shape];
  s.triangle = mesh.firstTriangle + hit.primitive;
  uvec3 corners = Triangles(frame.value.scene.triangles).at[s.triangle] + mesh.firstVertex;
  Surface surface = Surfaces(frame.value.scene.surfaces).at[Words(frame.value.scene.surfaceOfTriangle).at[s.triangle]];
  Vec3s positions = Vec3s(frame.value.scene.positions);
  vec3 a = positions.at[corners.x];
  vec3 b = positions.at[corners.y];
  vec3 c = positions.at[corners.z];
  float w = 1.0f - hit.u - hit.v;
  s.local = a * w + b * hit.u + c * hit.v;
  Vec3s normals = Vec3s(frame.value.scene.normals);
  vec3 smoothNormal = normals.at[corners.x] * w + normals.at[corners.y] * hit.u + normals.at[corners.z] * hit.v;
  if (bends) {
    uvec3 next = corners + (mesh.nextVertex - mesh.firstVertex);
    a = cornerBetween(a, positions.at[next.x], bent);
    b = cornerBetween(b, positions.at[next.y], bent);
    c = cornerBetween(c, positions.at[next.z], bent);
    vec3 nextNormal = normals.at[next.x] * w + normals.at[next.y] * hit.u + normals.at[next.z] * hit.v;
    smoothNormal = cornerBetween(smoothNormal, nextNormal, bent);
    // Patterns stay on the skin: they are those of the first shape.
    uvec3 first = corners + (Meshes(frame.value.scene.meshes).at[instance.mesh].firstVertex - mesh.firstVertex);
    s.local = positions.at[first.x] * w + positions.at[first.y] * hit.u + positions.at[first.z] * hit.v;
  }
  vec3 face = cross(b - a, c - a);
  s.position = ray.origin + ray.direction * hit.t;
  s.faceNormal = normalize(rotateBy(pose.rotation, face));
  s.normal = rotateBy(pose.rotation, smoothNormal);
  float length2 = dot(s.normal, s.normal);
  s.normal = length2 > 1e-8f ? s.normal * (1.0f / sqrt(length2)) : s.faceNormal;
  if (dot(s.normal, s.faceNormal) < 0.0f) s.normal = -s.normal;
  if (dot(s.faceNormal, ray.direction) > 0.0f) {
    s.faceNormal = -s.faceNormal;
    s.normal = -s.normal;
  }
  if (dot(s.normal, ray.direction) > -0.01f) s.normal = s.faceNormal;  // a smooth normal that looks away
  s.corners = corners;
  s.barycentric = vec2(hit.u, hit.v);
  s.material = surface.material;
  s.semantic = surface.semantic;
  s.object = instance.object != 0u ? instance.object : surface.object;
  s.emission = instance.emission;
  s.stands = hit.instance < push.tileCount;
  return s;
}

/// Colour and gloss of a surface point; detail finer than `footprint_m` is left out.
ShadingMaterial materialAt(FrameRef frame, SurfaceHit s, float footprint_m, NF_OUT(uint) detail) {
  Materials materials = Materials(frame.value.scene.materials);
  ShadingMaterial m;
  m.base = vec3(materials.at[s.material].reflectance[0], materials.at[s.material].reflectance[1], materials.at[s.material].reflectance[2]);
  float roughness = materials.at[s.material].roughness;
  m.alpha = roughness * roughness;
  m.metallic = materials.at[s.material].metallic;
  m.retro = materials.at[s.material].retroreflectance;
  m.film = push.roadWetness > 0.0f && isWettable(s.semantic, s.faceNormal.z) ? push.roadWetness : 0.0f;
  uint texture = materials.at[s.material].colourTexture;
  if (texture != kNoTexture) {
    TextureData data = Textures(frame.value.scene.textures).at[texture];
    Vec2s uvs = Vec2s(frame.value.scene.uvs);
    vec2 uv = interpolateUv(uvs.at[s.corners.x], uvs.at[s.corners.y], uvs.at[s.corners.z], s.barycentric.x, s.barycentric.y);
    uint rgba = Words(frame.value.scene.texels).at[nearestTexel(data, uv)];
    m.base *= vec3(decodeSrgb(float(rgba & 255u) / 255.0f), decodeSrgb(float((rgba >> 8u) & 255u) / 255.0f),
                   decodeSrgb(float((rgba >> 16u) & 255u) / 255.0f));
  }
  detail = materials.at[s.material].detail;
  if (detail != kDetailNone) m.base *= surfaceDetail(detail, s.stands ? s.position + frame.value.detailOrigin : s.local, s.normal, s.triangle, footprint_m);
  return m;
}

vec3 emissionAt(FrameRef frame, SurfaceHit s) {
  if (s.emission <= 0.0f) return vec3(0.0f);
  Materials materials = Materials(frame.value.scene.materials);
  return vec3(materials.at[s.material].emission[0], materials.at[s.material].emission[1], materials.at[s.material].emission[2]) * s.emission;
}

vec3 skyTableAt(FrameRef frame, vec3 direction) {
  vec2 place = skyTablePlace(direction, frame.value.light.sunAzimuth);
  place = clamp(place, vec2(0.0f), vec2(float(kSkyTableWidth - 1u), float(kSkyTableHeight - 1u)) - vec2(1e-3f));
  uint x = uint(place.x);
  uint y = uint(place.y);
  vec2 f = place - vec2(float(x), float(y));
  Vec3s table = Vec3s(frame.value.light.skyTable);
  uint first = y * kSkyTableWidth + x;
  return mix(mix(table.at[first], table.at[first + 1u], f.x), mix(table.at[first + kSkyTableWidth], table.at[first + kSkyTableWidth + 1u], f.x), f.y);
}

/// Share of light that banks of fog let through.
float banksLetThrough(FrameRef frame, vec3 origin, vec3 direction, float length_m, float time_s) {
  if (frame.value.light.bankCount == 0u) return 1.0f;
  float depth = 0.0f;
  for (uint i = 0u; i < frame.value.light.bankCount; ++i)
    depth += fogBankDepth(frame.value.light.banks[i], origin, direction, length_m, time_s);
  return expOf(-depth);
}

/// Share of light that the air lets through along a ray, to what it met at a height.
float airLetsThrough(FrameRef frame, Ray ray, float z, float length_m) {
  return fogTransmittanceBetween(push.fog, ray.origin.z, z, length_m) *
         banksLetThrough(frame, ray.origin, ray.direction, length_m, ray.time_s);
}

/// What fog without end looks like along a climb.
vec3 airlightAlong(FrameRef frame, float sine) {
  return frame.value.light.airlight + frame.value.light.airlightRise * max(sine, 0.0f);
}

/// Radiance from beyond the scene, seen from a height: the sky above the horizon, hazy country below it, all behind the fog.
vec3 skyRadiance(FrameRef frame, float z, vec3 direction, bool detailed) {
  vec3 sky;
  vec3 above = vec3(direction.x, direction.y, max(direction.z, 1e-3f));
  sky = skyTableAt(frame, above);
  if (direction.z > 0.0f) {
    if (detailed && push.cloudCover > 0.0f && direction.z > 0.015f)
      sky = cloudsOver(sky, direction, push.sunDirection, push.sunIrradiance, push.skyIrradiance,
                       frame.value.light.cloudDrift, push.cloudCover);
  } else {
    vec3 horizon = sky;
    vec3 onGround = push.sunIrradiance * max(push.sunDirection.z, 0.0f) + push.skyIrradiance;
    vec3 ground = vec3(0.10f, 0.12f, 0.07f) * onGround * (1.0f / kPiFloat);
    sky = mix(horizon, ground, clamp(-direction.z * 6.0f, 0.0f, 0.85f));
  }
  if (push.fog.extinction_1pm > 0.0f)
    sky = throughFog(sky, airlightAlong(frame, direction.z), fogTransmittanceToSky(push.fog, z, direction.z));
  return sky;
}

/// The sun's own disk, as the eye meets it.
vec3 sunDisk(vec3 direction) {
  float cosine = dot(direction, push.sunDirection);
  float edge = 1.0f - 0.5f * kSunAngularRadius_rad * kSunAngularRadius_rad;
  if (cosine < edge) return vec3(0.0f);
  return push.sunIrradiance * (1.0f / (kPiFloat * kSunAngularRadius_rad * kSunAngularRadius_rad));
}

/// The sun's irradiance at a height, lx on a plane facing it.
vec3 sunIrradianceAt(FrameRef frame, float z) {
  if (!fogHasTop(push.fog)) return push.sunIrradiance;
  return frame.value.light.sunAbove * expOf(-fogDepthAbove(push.fog, z) / max(push.sunDirection.z, kLeastSunSine));
}

/// One light chosen for a point: what it adds to the radiance towards `view` if nothing is in the way, and where it is.
struct LightSample {
  vec3 radiance;
  vec3 direction;
  float distance_m;
};

vec3 reflectedBy(ShadingMaterial m, uint detail, vec3 n, vec3 view, vec3 l, vec3 irradiance) {
  float nDotL = dot(n, l);
  if (detail == kDetailLeaf && nDotL < 0.0f) return m.base * irradiance * (-nDotL * 0.6f / kPiFloat);  // light through the leaf
  if (nDotL <= 0.0f) return vec3(0.0f);
  vec3 f = evaluateBrdf(m, n, view, l);
  if (m.film > 0.0f) {
    float roughness = filmRoughness(m.film);
    f = mix(f, evaluateFilmBrdf(m.base, roughness * roughness, n, view, l), m.film);
  }
  if (m.retro > 0.0f) {
    // rho_eq = pi R_A at an observation angle of 0.2 degrees; half of it at 0.4, with a faint skirt [ASTM D4956 figures at 0.2, 0.5 and 1 degree]
    vec3 apart = l - view;
    float psi2 = dot(apart, apart) * (1.0f / (0.0079f * 0.0079f));
    f += m.base * ((1.0f - m.film) * m.retro / (kPiFloat * max(m.base.x, max(m.base.y, m.base.z)))) * (expOf(-min(psi2, 80.0f)) + 0.05f / (1.0f + psi2));
  }
  return f * irradiance * nDotL;
}

/// Sun and the lamps of the point's cell, one of them chosen in proportion to what it would add: what the sample stands for is then the unshadowed sum of all,
/// times one visibility.
LightSample sampleLight(FrameRef frame, SurfaceHit s, ShadingMaterial m, uint detail, vec3 view, uvec4 bits) {
  LightSample chosen;
  chosen.radiance = vec3(0.0f);
  chosen.direction = vec3(0.0f);
  chosen.distance_m = 0.0f;
  vec3 total = vec3(0.0f);
  float totalWeight = 0.0f;
  float u = unitFloat(bits.z);
  float face_m = 0.0f;  // radius of the chosen lamp's face
  if (push.sunIrradiance.x > 0.0f) {
    vec3 t;
    vec3 b;
    tangentFrame(push.sunDirection, t, b);
    float r = sqrt(unitFloat(bits.x)) * kSunAngularRadius_rad;
    float sine;
    float cosine;
    sinCos(6.28318530717958648f * unitFloat(bits.y), sine, cosine);
    vec3 l = normalize(push.sunDirection + t * (r * cosine) + b * (r * sine));
    total = reflectedBy(m, detail, s.normal, view, l, sunIrradianceAt(frame, s.position.z));
    totalWeight = luminanceOf(total);
    chosen.direction = l;
    chosen.distance_m = kCameraFar_m;
  }
  if (push.lampCount > 0u) {
    vec2 cell = floor(vec2(s.position.x, s.position.y) * (1.0f / kLampCell_m)) + vec2(float(kLampGridSize / 2u));
    if (cell.x >= 0.0f && cell.y >= 0.0f && cell.x < float(kLampGridSize) && cell.y < float(kLampGridSize)) {
      LampCells cells = LampCells(frame.value.light.lampCells);
      uint index = uint(cell.y) * kLampGridSize + uint(cell.x);
      uint count = cells.at[index].count;
      for (uint i = 0u; i < count; ++i) {
        LampData lamp = Lamps(frame.value.light.lamps).at[cells.at[index].lamps[i]];
        vec3 toLamp;
        float distance_m;
        vec3 irradiance = lampIlluminance(lamp, s.position, toLamp, distance_m);
        if (irradiance.y <= 0.0f) continue;
        irradiance *= fogTransmittanceBetween(push.fog, lamp.position.z, s.position.z, distance_m) *
                      banksLetThrough(frame, s.position, toLamp, distance_m, frame.value.light.bankTime_s);
        vec3 added = reflectedBy(m, detail, s.normal, view, toLamp, irradiance);
        float weight = luminanceOf(added);
        if (weight <= 0.0f) continue;
        total += added;
        totalWeight += weight;
        // Reservoir: keep the newcomer with probability weight / total, and stretch u for the next choice.
        float p = weight / totalWeight;
        if (u < p) {
          u = u / p;
          chosen.direction = toLamp;
          chosen.distance_m = distance_m;
          face_m = lamp.radius_m;
        } else {
          u = (u - p) / max(1.0f - p, 1e-6f);
        }
      }
    }
  }
  if (face_m > 0.0f) {  // a point of the lamp's face, so that its shadows have soft edges
    vec3 t;
    vec3 b;
    tangentFrame(chosen.direction, t, b);
    float r = sqrt(unitFloat(bits.x)) * face_m;
    float sine;
    float cosine;
    sinCos(6.28318530717958648f * unitFloat(bits.y), sine, cosine);
    vec3 toFace = chosen.direction * chosen.distance_m + t * (r * cosine) + b * (r * sine);
    float distance_m = length(toFace);
    chosen.direction = toFace * (1.0f / distance_m);
    chosen.distance_m = distance_m - face_m - 0.02f;
  }
  chosen.radiance = totalWeight > 0.0f ? total : vec3(0.0f);
  return chosen;
}

/// The ray that asks whether a light sample arrives; it meets nothing where there is none.
Ray shadowRay(SurfaceHit s, LightSample light, float viewDistance_m, float time_s) {
  Ray ray;
  float side = dot(light.direction, s.faceNormal) >= 0.0f ? 1.0f : -1.0f;
  ray.origin = s.position + s.faceNormal * (side * (0.001f + 2e-5f * viewDistance_m));
  ray.tMin = 0.0f;
  ray.direction = light.direction;
  ray.tMax = light.distance_m;
  ray.time_s = time_s;
  ray.target = kAnyTarget;
  ray.mask = light.distance_m > 0.0f && luminanceOf(light.radiance) > 0.0f ? 0xffffffffu : 0u;
  ray.beam = 0u;
  return ray;
}

