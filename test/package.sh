#!/usr/bin/env bash
# What a user gets: packs the package, installs it into an empty folder, runs it. Run by `npm run test:package`.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

cd "$root"
npm pack --silent --pack-destination "$work" >/dev/null
cd "$work"
tarball=$(echo "$work"/wandb-audit-forwarder-*.tgz)

# As root would install it for everyone, where nothing but the package is at hand: no registry, nothing in npm's cache.
alone=(--no-fund --no-audit --engine-strict=false --registry http://127.0.0.1:9 --fetch-retries 0 --cache "$work/cache")
npm install --global --prefix "$work/everyone" "${alone[@]}" "$tarball" >"$work/said" 2>&1 ||
  fail "needs more than itself: $(cat "$work/said")"
! grep -i 'script' "$work/said" || fail "wants to run something at its installation"
installed=$work/everyone/lib/node_modules/wandb-audit-forwarder
"$work/everyone/bin/wandb-audit-forwarder" --version >/dev/null || fail "does not run where it is installed for everyone"

# Its dependencies are, byte for byte, what npm fetches by the lock file and compares with the hashes there.
mkdir "$work/locked"
cp -r "$root"/{package.json,package-lock.json,.npmrc,node} "$work/locked"
(cd "$work/locked" && npm ci --silent --omit=dev --ignore-scripts --prefer-offline)
[ "$(find "$work/locked/node_modules" -name package.json | wc -l)" -gt 20 ] || fail "nothing to compare with"
diff -r --no-dereference --exclude=.package-lock.json "$work/locked/node_modules" "$installed/node_modules" ||
  fail "what is installed is not what the lock file says"

# What of them was put into the program is of just these packages: built of them, it is the same byte for byte.
cp -r "$root"/{bin,src,tsconfig.json} "$work/locked"
ln -s "$root/node_modules/rolldown" "$work/locked/node_modules/rolldown"
(cd "$work/locked" && node bin/build.ts)
diff -r "$work/locked/dist" "$installed/dist" || fail "the program was not built of what the lock file says"

npm init -y >/dev/null
npm install --silent "${alone[@]}" "$tarball"
program=./node_modules/.bin/wandb-audit-forwarder

"$program" --version | grep -Eq '^[0-9]+\.[0-9]+\.[0-9]+' || fail "--version"
"$program" --help | grep -q check || fail "--help names no commands"
"$program" schema | node -e 'JSON.parse(require("fs").readFileSync(0, "utf8"))' || fail "schema is not JSON"
line='{"timestamp":"2026-08-01T13:12:14Z","action":"project:read","actor_user_id":1042,"response_code":200}'
echo "$line" | "$program" map --format cef | grep -q '^CEF:0|' || fail "map"
"$program" simulate --attack list | grep '^team-deletion ' >/dev/null || fail "the detections are not in the package"
! "$program" check --offline -c missing.yaml >/dev/null 2>&1 || fail "a missing configuration is an error"

# The Node that stood on the PATH before npm put its own in front, when it is too old, must be told in one line.
old=$(PATH=$(echo "$PATH" | tr ':' '\n' | grep -v node_modules | paste -sd:) command -v node || true)
if [ -n "$old" ] && [ "$("$old" -p 'process.versions.node.split(".")[0]')" -lt 24 ]; then
  said=$("$old" node_modules/wandb-audit-forwarder/bin/wandb-audit-forwarder.js --help 2>&1) && fail "an old Node must not start it"
  [ "$(echo "$said" | wc -l)" = 1 ] || fail "an old Node must be told in one line, not: $said"
fi
echo "package: installs and runs in an empty folder without a registry, with exactly the dependencies of the lock file"
