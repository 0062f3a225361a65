#!/usr/bin/env bash
# Bundles js/vendor/age.js anew from the pinned packages. It must come out as it
# is recorded: --update records a new one, after package.json has changed.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund
node build.mjs "$@"
