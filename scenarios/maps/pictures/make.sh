#!/usr/bin/env bash
# Renders the contact sheet of the maps: each of ../views by day and by night, ten seconds in, and stores it as one JPEG
# beside this script. Needs ImageMagick's `convert`.
#   scenarios/maps/pictures/make.sh build/release/bin/nightfog
set -euo pipefail

nightfog=$(realpath "${1:?the nightfog executable}")
pictures=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work" "$pictures"/../views/night.*.scn.yaml' EXIT

rows=()
for view in junction roundabout motorway tunnel town; do
  sed 's/time_of_day: .*/time_of_day: "22:30"/; s/exposure: 8 ms/exposure: 25 ms/; s/readout: 5 ms/readout: 8 ms/; s/height: 540}/height: 540, samples: 4}/' \
    "$pictures/../views/$view.scn.yaml" >"$pictures/../views/night.$view.scn.yaml"
  for variant in "$view" "night.$view"; do
    "$nightfog" render "$pictures/../views/$variant.scn.yaml" -o "$work/$variant" --frames 9..9 --progress none
    "$nightfog" preview "$(find "$work/$variant" -name record.mcap)" --sensor mast --view image -o "$work/$variant.png"
  done
  convert "$work/$view.png" "$work/night.$view.png" +append -resize 1280x "$work/row.$view.png"
  rows+=("$work/row.$view.png")
done
convert "${rows[@]}" -append -quality 86 "$pictures/maps.jpg"
