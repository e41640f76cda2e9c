#!/bin/sh
# apt-install.sh PACKAGE...: install, and leave no service running. As root.
#
# Debian starts a service as soon as its package is installed, and again at each boot. policy-rc.d is Debian's way to say no: while we
# install, it refuses every start. This is one shell script so that the file goes back in its place even when the Node above was killed.
set -u
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

policy=/usr/sbin/policy-rc.d
saved=$policy.before-jailops
mark='# jailops set-up: no service starts while it installs'
services=

put_back() {
  if [ -e "$policy" ] && grep -q "$mark" "$policy"; then rm -f "$policy"; fi
  # -h too: a dangling link was there before, so it comes back
  if [ -e "$saved" ] || [ -h "$saved" ]; then mv -f "$saved" "$policy"; fi
}

forbid_services() {
  put_back # what an earlier run left that was killed
  if [ -e "$policy" ] || [ -h "$policy" ]; then mv "$policy" "$saved"; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy.new" && chmod 755 "$policy.new" && mv "$policy.new" "$policy"
}

# Only what was not there before: a service that somebody runs stays as it is.
note_new_services() {
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || services="$services $package"
  done
}

no_start_at_boot() {
  for service in $services; do
    # a package's script need not have its name: openssh-server's is ssh
    for script in $(dpkg -L "$service" 2>/dev/null | sed -n 's,^/etc/init.d/,,p'); do update-rc.d "$script" disable || true; done
  done
}

# A signal ends apt-get, and the EXIT trap still runs.
run() {
  "$@" &
  child=$!
  wait "$child"
}
stop() {
  trap '' HUP INT TERM
  kill -TERM "$child" 2>/dev/null
  wait "$child" 2>/dev/null
  exit "$1"
}
child=
trap put_back EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

note_new_services "$@"
forbid_services || exit 1
run apt-get -o DPkg::Lock::Timeout=300 update || echo 'apt-get update failed; trying with what is known'
run dpkg --configure -a # a no-op, but for what an interrupted installation left
run apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" </dev/null
result=$?
no_start_at_boot
exit "$result"
