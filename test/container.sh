#!/usr/bin/env bash
# What the Dockerfile makes, without Docker: its build steps in an empty folder, then the program as user 65532 without
# capabilities on a read-only root, where only the state directory can be written. By hand, as root: bash test/container.sh
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo "skipped: needs root for mounts"; exit 0; }
root=$(cd "$(dirname "$0")/.." && pwd)
node=$(readlink -f "$(PATH="$root/node_modules/.bin:$PATH" command -v node)")
work=$(mktemp -d)
simulator=
trap '[ -z "$simulator" ] || kill "$simulator"; rm -rf "$work"' EXIT
chmod 755 "$work"
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The build stage, instruction by instruction.
export BASE=here UNPINNED=accepted
mkdir "$work/build" "$work/app"
cd "$work/build"
while read -r instruction rest; do
  case $instruction in
  COPY)
    read -ra what <<<"$rest"
    to=${what[-1]}
    for from in "${what[@]:0:${#what[@]}-1}"; do
      # The content of a folder, not the folder itself.
      if [ -d "$root/$from" ]; then mkdir -p "$to" && cp -r "$root/$from/." "$to"; else cp "$root/$from" "$to"; fi
    done
    ;;
  RUN) sh -ec "$rest" >/dev/null ;;
  ARG | WORKDIR) ;;
  *) fail "what is $instruction?" ;;
  esac
done < <(sed -n '/^FROM .* AS build$/,/^FROM/{/^FROM/d;/^#/d;/^$/d;p}' "$root/Dockerfile")
# The second stage.
cp -r package.json node_modules bin dist "$work/app"
cd "$work"
rm -rf "$work/build"
install -d -m 0700 -o 65532 -g 65532 "$work/state"
cp "$node" "$work/node"

"$work/node" "$work/app/bin/wandb-audit-forwarder.js" simulate --days 1 >"$work/simulator" 2>&1 &
simulator=$!
for _ in $(seq 100); do grep -q 'outputs:' "$work/simulator" && break || sleep 0.1; done
sed -n '/^sources:/,/^admin:/p' "$work/simulator" | grep -v '^admin:' >"$work/config.yaml"
printf '%s\n' "state_dir: $work/state" 'admin: { listen: "127.0.0.1:0" }' >>"$work/config.yaml"

cat >"$work/inside.sh" <<'INSIDE'
set -euo pipefail
work=$1
mount --make-rprivate /
findmnt -rno TARGET | sort -r | while read -r target; do
  mount -o remount,bind,ro "$target" 2>/dev/null || true
done
mount --bind "$work/state" "$work/state"
mount -o remount,bind,rw "$work/state"
cd /
confined() { setpriv --reuid 65532 --regid 65532 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"; }
program() { confined env -i NODE_ENV=production REHEARSAL_API_KEY=rehearsal-key-0123456789abcdef REHEARSAL_HEC_TOKEN=00000000-0000-4000-8000-000000000000 "$work/node" "$work/app/bin/wandb-audit-forwarder.js" "$@"; }
if confined touch /tmp/written "$work/app/written" 2>/dev/null; then echo "the root can be written"; exit 1; fi
program run --once --timeout 60s -c "$work/config.yaml" >/dev/null
program run -c "$work/config.yaml" >/dev/null &
daemon=$!
trap 'pkill -P "$daemon" || true' EXIT
for _ in $(seq 50); do program healthcheck -c "$work/config.yaml" >/dev/null 2>&1 && break || sleep 0.2; done
program healthcheck -c "$work/config.yaml"
child=$(pgrep -P "$daemon")
grep -E 'Uid|Cap(Eff|Bnd)|NoNewPrivs' "/proc/$child/status"
kill "$child"
wait "$daemon"
INSIDE
unshare -m bash "$work/inside.sh" "$work" || fail "inside"
echo "modes: $(stat -c '%n %a %u' "$work/state" "$work"/state/* | sed "s#$work/##" | paste -sd, )"
echo "size of the program with its dependencies: $(du -sh "$work/app" | cut -f1)"
echo "container: builds by the Dockerfile's steps, runs read-only as 65532 without capabilities"
