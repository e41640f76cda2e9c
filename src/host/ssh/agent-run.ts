import { sh } from './agent-base.ts'

/** The agent's operations on programs and connections. $environment is set at its top. */
export const agentRun = sh`
# find_program NAME: as ../shell/program.ts finds it
find_program() {
  program=
  case $1 in
    /*)
      in_folder=
      IFS=:
      for place in $program_folders; do
        case $1 in
          "$place"/*) in_folder=1 ;;
        esac
      done
      IFS=' '
      case $1/ in
        *//?* | */../* | */./*) in_folder= ;;
      esac
      [ -z "$confine_to" ] || [ -n "$in_folder" ] || fail elsewhere
      if [ -f "$1" ] && [ -x "$1" ]; then program=$1; fi
      ;;
    '' | */*) fail no-name ;;
    *)
      IFS=:
      for place in $program_folders; do
        if [ -f "$place/$1" ] && [ -x "$place/$1" ]; then
          program=$place/$1
          break
        fi
      done
      IFS=' '
      ;;
  esac
  [ -n "$program" ] || fail no-program
  [ -n "$any_program" ] && return 0
  case :$allowed_programs: in
    *":$program:"*) return 0 ;;
  esac
  fail forbidden
}

# start PROGRAM WORD…: in the foreground, from 5 to 7 and 8, with none of our descriptors; what sh itself says of its end is not for them
start() {
  case $1 in
    *=*) set -- /bin/sh -c 'exec "$0" "$@"' "$@" ;;
  esac
  IFS=,
  set -- $environment "$@"
  IFS=' '
  # in a subshell that becomes the program: sh says "Killed" by the descriptors that it has itself
  (umask 022 && exec /usr/bin/env -i "PATH=$program_folders" "HOME=$home" "$@" <&5 >&7 2>&8 5<&- 6<&- 7>&- 8>&- 9>&-)
}

# run GROUPFILE PROGRAM WORD…
op_run() {
  group_file=$1
  shift
  find_program "$1"
  shift
  set -- "$program" "$@"
  # command: a special builtin whose redirection fails would end this sh without an answer
  command exec 5<"$\{spool:-/dev/null}" || fail failed
  tidy
  if [ -n "$group_file" ]; then run_recorded "$@"; else run_probe "$@"; fi
  exit 0
}

# A probe is worth nothing without somebody who reads its answer: it ends with its connection.
run_probe() {
  exec 6<&0 7>&1 8>&2 2>/dev/null
  (
    trap '' TERM HUP PIPE INT
    exec 5<&- 7>&- 8>&- >/dev/null
    while read -r line; do :; done <&6
    kill -s TERM -- "-$group"
    sleep 2
    kill -s KILL -- "-$group"
  ) &
  watcher=$!
  trap : TERM HUP PIPE INT
  start "$@"
  code=$?
  kill -s KILL "$watcher"
  # its end is no reason for the answer to be cut short
  await "$watcher"
  exec 2>&8
  answer "$code"
}

# A change goes on without its connection: its output is kept in files, and nothing is said to anybody before it has ended.
run_recorded() {
  writable_group "$group_file"
  out=$folder/spool/$frame.out
  err=$folder/spool/$frame.err
  { printf '' >"$out" && printf '' >"$err" && mkfifo "$out.pipe" "$err.pipe"; } || fail failed
  set -C
  { ! exists "$group_file" && printf '%s\n' "$group" >"$group_file" && read -r got <"$group_file" && [ "$got" = "$group" ]; } 2>/dev/null || {
    forget_output
    printf '%s\n' 'jailops: called off before it started' >&2
    answer 125
    return
  }
  set +C
  trap : TERM HUP PIPE INT
  keep "$out" >/dev/null 2>&1 &
  out_keeper=$!
  keep "$err" >/dev/null 2>&1 &
  err_keeper=$!
  command exec 7>"$out.pipe" 8>"$err.pipe" 9>&2 2>/dev/null || {
    forget_group
    kill -s KILL "$out_keeper" "$err_keeper"
    forget_output
    fail failed
  }
  rm -f "$out.pipe" "$err.pipe"
  start "$@"
  code=$?
  exec 2>&9 7>&- 8>&- 9>&-
  await_keepers
  tell_ends "$code"
  if read -r got && [ "$got" = taken ]; then
    forget_group
    forget_output
    answer ok
  else
    forget_output
  fi
}

# collect ID GROUPFILE GROUP: what a run left whose agent was ended with it
op_collect() {
  case $1 in
    '' | *[!0-9a-f]*) fail usage ;;
  esac
  out=$folder/spool/$1.out
  err=$folder/spool/$1.err
  group_file=$2
  group=$3
  if [ -n "$group_file" ]; then
    writable_group "$group_file"
    [ -e "$group_file" ] && forget_group
  fi
  tell_ends ok
  forget_output
}

# connect SECONDS socket PATH | connect SECONDS address ADDRESS PORT: from here on the channel is the connection
op_connect() {
  trap - PIPE
  case $2 in
    socket)
      exists "$3" || {
        printf '%s\n' 'nc: No such file or directory' >&2
        exit 1
      }
      exec nc -w "$1" -U "$3"
      ;;
    address) exec nc -v -w "$1" "$3" "$4" ;;
  esac
}
`
