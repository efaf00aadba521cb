#!/bin/sh
# Fetches the fonts of data/fonts again from the packages they come from and checks them against SHA256SUMS.
# Needs apt-get, dpkg-deb, npm and tar; installs nothing (the TeX package is only unpacked).
set -eu
target=$(cd "$(dirname "$0")/../data/fonts" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download texlive-lang-chinese
dpkg-deb -x texlive-lang-chinese_*.deb tex
for name in FandolFang-Regular FandolKai-Regular FandolHei-Regular FandolSong-Bold; do
  cp "tex/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/$name.otf" "$target/"
done
gunzip -c tex/usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz > "$target/LICENCE-Fandol.txt"

npm pack --silent @expo-google-fonts/noto-serif-sc@0.4.3
tar xzf expo-google-fonts-noto-serif-sc-*.tgz
cp package/400Regular/NotoSerifSC_400Regular.ttf "$target/NotoSerifSC-Regular.ttf"
cp package/LICENSE_FONT "$target/LICENCE-NotoSerifSC.txt"

cd "$target" && sha256sum -c SHA256SUMS
