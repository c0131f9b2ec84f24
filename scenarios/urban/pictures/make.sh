#!/usr/bin/env bash
# Renders the pictures of the residential street: frame 4 of the dash camera at 1920 x 1080 with four samples a pixel, in
# each of the five variants or in those named, and stores them as JPEG of 1280 x 720 beside this script. Needs
# ImageMagick's `convert`.
#   scenarios/urban/pictures/make.sh build/release/bin/nightfog [day dusk night fog night_fog]
set -euo pipefail

nightfog=$(realpath "${1:?the nightfog executable}")
shift
pictures=$(dirname "$(realpath "$0")")
street=$pictures/../residential_street
work=$(mktemp -d)
trap 'rm -rf "$work" "$street"/picture.*.scn.yaml "$pictures"/../../rigs/picture.rig.yaml' EXIT

sed 's/quality: 92}/quality: 92, samples: 4}/; s/truth: .*/truth: {depth: false, semantic: false, instance: false, normals: false, flow: false}/' \
  "$pictures/../../rigs/dash_camera.rig.yaml" >"$pictures/../../rigs/picture.rig.yaml"
for variant in "${@:-day dusk night fog night_fog}"; do
  for name in $variant; do
    sed 's/dash_camera.rig.yaml/picture.rig.yaml/; /roof_os1_128, mount/d' "$street/$name.scn.yaml" >"$street/picture.$name.scn.yaml"
    "$nightfog" render "$street/picture.$name.scn.yaml" -o "$work/$name" --frames 4..4 --progress none
    "$nightfog" preview "$(find "$work/$name" -name record.mcap)" --sensor front --view image -o "$work/$name.png"
    convert "$work/$name.png" -resize 1280x720 -quality 88 "$pictures/$name.jpg"
  done
done
