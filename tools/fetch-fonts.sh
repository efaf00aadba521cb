#!/bin/sh
# Fetches the fonts of data/fonts again from the packages they come from and checks them against SHA256SUMS.
# Needs apt-get, dpkg-deb, npm, node and tar; installs nothing (the Debian packages are only unpacked).
set -eu
target=$(cd "$(dirname "$0")/../data/fonts" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

apt-get download texlive-lang-chinese fonts-hanazono
for package in *.deb; do dpkg-deb -x "$package" debian; done
for name in FandolFang-Regular FandolKai-Regular FandolHei-Regular FandolSong-Regular FandolSong-Bold; do
  cp "debian/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/$name.otf" "$target/"
done
gunzip -c debian/usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz > "$target/LICENCE-Fandol.txt"

npm pack --silent @expo-google-fonts/noto-serif-sc@0.4.3
tar xzf expo-google-fonts-noto-serif-sc-*.tgz
cp package/400Regular/NotoSerifSC_400Regular.ttf "$target/NotoSerifSC-Regular.ttf"
cp package/LICENSE_FONT "$target/LICENCE-NotoSerifSC.txt"

# 31 MB for characters that few documents hold: kept packed, and unpacked when one of them is met. The sum is that of
# the font itself, because another version of the packer may give other bytes.
hana=debian/usr/share/fonts/truetype/hanazono/HanaMinB.ttf
echo "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c  $hana" | sha256sum -c -
node -e '
  const { brotliCompressSync, constants } = require("node:zlib");
  const { readFileSync, writeFileSync } = require("node:fs");
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  writeFileSync(process.argv[2], brotliCompressSync(readFileSync(process.argv[1]), { params }));
' "$hana" "$target/HanaMinB.ttf.br"
cp debian/usr/share/doc/fonts-hanazono/copyright "$target/LICENCE-Hanazono.txt"

cd "$target" && sha256sum -c SHA256SUMS
