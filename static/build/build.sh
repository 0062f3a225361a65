#!/usr/bin/env bash
# Bundles js/vendor/age.js anew from the pinned packages. It must come out as it
# is recorded: --update records a new one, after package.json has changed.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund
out=../js/vendor
new=$(mktemp)
node_modules/.bin/esbuild entry.js --bundle --format=esm --minify --target=es2022 --legal-comments=none --outfile="$new" --allow-overwrite
sum=$(sha256sum <"$new" | cut -d' ' -f1)
if [ "${1:-}" = --update ]; then
  echo "$sum  age.js" >"$out/age.js.sha256"
elif ! grep -q "^$sum " "$out/age.js.sha256"; then
  echo "age.js does not come out as recorded" >&2
  exit 1
fi
cp "$new" "$out/age.js"
{
  echo "age.js is bundled from these packages:"
  for p in age-encryption @noble/ciphers @noble/curves @noble/hashes @noble/post-quantum @scure/base; do
    printf '\n=== %s %s\n\n' "$p" "$(node -p "require('./node_modules/$p/package.json').version")"
    cat "node_modules/$p/LICENSE"
  done
} >"$out/LICENSE"
