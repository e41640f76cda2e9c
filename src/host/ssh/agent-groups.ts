import { sh } from './agent-base.ts'

/** The agent's operations on process groups and the files that name them. */
export const agentGroups = sh`
# In the way of a kept agent's limits: a group file is a file that is written.
writable_group() {
  [ -n "$any_root" ] || writable "$1"
}

forget_group() {
  read -r got <"$group_file" && [ "$got" = "$group" ] && rm -f "$group_file"
}

# claim GROUPFILE: nothing can start by it afterwards, or somebody has it already
op_claim() {
  writable_group "$1"
  set -C
  # whatever stands there: set -C alone lets a device pass
  if ! exists "$1" && { printf 'void\n' >"$1"; } 2>/dev/null; then
    set +C
    answer claimed
    return
  fi
  set +C
  exists "$1" || printf 'void\n' >"$1" || fail failed
  answer taken
}

op_read_group() {
  writable_group "$1"
  head -c 1000 "$1" || fail failed
  looked=$(look "$1") || fail failed
  answer "ok $looked"
}

op_take_over() {
  writable_group "$1"
  command exec 5<"$1" || fail failed
  fenced
  printf 'void\n' >"$1.void" && mv -f "$1.void" "$1" || fail failed
  head -c 1000 <&5
  exec 5<&-
  answer ok
}

op_members() {
  set -- "$(TZ=UTC0 ps -A -o pid= -o pgid= -o stat= -o lstart=)" "$1"
  [ -n "$1" ] || fail failed
  printf '%s\n' "$1" | awk -v "group=$2" '$2 == group' || fail failed
  answer ok
}

# signal NAME GROUP
op_signal() {
  case $2 in
    '' | *[!0-9]* | 0* | 1) fail usage ;;
  esac
  if kill -s "$1" -- "-$2" 2>/dev/null; then answer ok; else answer nobody; fi
}
`
