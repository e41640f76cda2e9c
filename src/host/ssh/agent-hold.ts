import { sh } from './agent-base.ts'

/** The agent's first operation of a connection: takes the host's lock and holds it as long as the connection lives; and its main loop. */
export const agentHold = sh`
birth_of() {
  LC_ALL=C TZ=UTC0 ps -o lstart= -p "$1" 2>/dev/null
}

# hold OWNER: the lock's line is OWNER PID GROUP EPOCH BIRTH
op_hold() {
  set -- "$1" "$(birth_of $$)"
  # whoever owns it could move the lock, and what is written by name
  if [ -h "$folder" ] || { [ -e "$folder" ] && ! [ -O "$folder" ]; }; then fail unsafe; fi
  mkdir -p "$folder/spool" "$folder/groups" || fail failed
  find "$folder/spool" ! -type d -mtime +1 -exec rm -f '{}' +
  find "$folder/groups" -type f -mtime +60 -exec rm -f '{}' +
  lock=$folder/lock
  mine="$1 $$ $group $epoch $2"
  lock_draft=$lock.$$
  printf '%s\n' "$mine" >"$lock_draft" || fail failed
  flush "$lock_draft"
  turn=0
  until ln "$lock_draft" "$lock" 2>/dev/null; do
    turn=$((turn + 1))
    [ "$turn" -lt 100 ] || fail failed
    claim=
    # it came whole: one that stays empty is nobody's
    read -r claim <"$lock" || [ "$turn" -gt 20 ] || continue
    take_away "$1" $claim
  done
  rm -f "$lock_draft"
  printf '%s\n' "$frame ready"
  (
    nap=
    trap 'kill -s KILL "$nap"; exit 0' TERM
    exec </dev/null
    while
      sleep 10 >/dev/null &
      nap=$!
      wait "$nap" && kill -s 0 $$
    do
      printf 'beat\n' || exit 0
    done
  ) 2>/dev/null &
  beats=$!
  trap 'kill -s TERM "$beats"; release; exit 0' TERM HUP PIPE INT
  while read -r line; do :; done
  kill -s TERM "$beats"
  release
  exit 0
}

release() {
  claim=
  read -r claim <"$lock" && [ "$claim" = "$mine" ] && rm -f "$lock"
}

# take_away OUR-NAME OWNER PID GROUP EPOCH BIRTH…: a dead holder's lock, or our own of a connection that we lost
take_away() {
  ours=$1 owner=$2 pid=$3 held_group=$4
  [ "$#" -lt 5 ] || shift 5
  # of another's no birth is asked: a step of the clock moves it, and its holder would be taken for dead
  if [ "$owner" != "$ours" ] && in_group "$pid" "$held_group"; then
    rm -f "$lock_draft"
    fail held "$owner"
  fi
  if [ "$owner" = "$ours" ] && in_group "$pid" "$held_group" && alive "$pid" "$*"; then
    # with the connection that it holds: a network that died leaves its sessions waiting, and their probes; between may be sudo
    connection= above=$pid
    while above=$(ps -o ppid= -p $above) && [ $above -gt 1 ]; do
      case $(ps -o comm= -p $above) in
        *sshd*)
          connection=$above
          break
          ;;
      esac
    done
    kill -s TERM -- "-$held_group"
    [ -z "$connection" ] || kill -s TERM $connection
    waits=0
    while alive "$pid" "$*" && [ "$waits" -lt 10 ]; do
      waits=$((waits + 1))
      sleep 0.1
    done
    kill -s KILL -- "-$held_group"
  fi 2>/dev/null
  mv "$lock" "$lock_draft.dead" 2>/dev/null || return 0
  taken=
  read -r taken <"$lock_draft.dead"
  [ "$taken" = "$claim" ] || ln "$lock_draft.dead" "$lock" 2>/dev/null
  rm -f "$lock_draft.dead"
}

# in_group PID GROUP: there is such a process
in_group() {
  set -- "$2" $(ps -o pgid= -p "$1" 2>/dev/null)
  [ "$#" -eq 2 ] && [ "$1" = "$2" ]
}

# alive PID BIRTH: words only, their number of spaces does not count
alive() {
  set -- "$1" "$2" $(birth_of "$1")
  pid_asked=$1 birth_asked=$2
  shift 2
  [ -n "$1" ] && [ "$*" = "$birth_asked" ]
}

serve() {
  printf '*jailops-agent* %s %s %s\n' "$edition" "$group" "$system"
  spool= draft=
  while
    line=
    IFS= read -r line
  do
    IFS=' '
    set -- $line
    for item in "$@"; do
      shift
      decode "$item"
      set -- "$@" "$word"
    done
    spoken=$1 operation=$2 frame=$3 epoch=$4 length=$5
    [ "$#" -ge 5 ] || exit 0
    shift 5
    case $frame$length in
      *[!0-9a-f]*) exit 0 ;;
    esac
    [ "$spoken" = "$version" ] || fail version
    case $operation in
      hold) op_hold "$@" ;;
      read | write | draft | place | settle | remove | move | mkdir | rmdir | list | stat | free | run | connect | collect | claim | read_group | take_over | members | signal)
        receive
        fenced
        "op_$operation" "$@"
        ;;
      *) fail usage ;;
    esac
    tidy
  done
}
`
