import { sh } from './agent-base.ts'

/** How the agent keeps what a change prints, with nobody there to read it. The files are $out and $err, and what is named after them. */
export const agentOutput = sh`
# await PID: a signal that we let pass ends a wait early; 127 says that its number is somebody else's by now
await() {
  while kill -s 0 "$1"; do
    wait "$1"
    [ $? -ne 127 ] || break
  done 2>/dev/null
}

# keep FILE: what comes out of FILE.pipe, as it comes: its beginning in FILE; its end in FILE.before and FILE.end, and in FILE.count how much it
# was, once there is more. So nobody fills the disk by printing. It outlives its program, and ends with the last that could print, or when told to.
keep() {
  exec 6<"$1.pipe"
  trap '' TERM HUP PIPE INT
  reader=
  trap 'kill -s KILL $reader; exit 0' USR1
  count=0
  while
    dd bs=65536 count=1 of="$1.next" <&6 &
    reader=$!
    wait "$reader" && [ -s "$1.next" ]
  do
    measure "$1.next"
    if [ "$count" -lt 131072 ]; then
      cat "$1.next" >>"$1"
      count=$((count + size))
    else
      cat "$1.next" >>"$1.end"
      count=$((count + size))
      printf '%s\n' "$count" >"$1.count"
      measure "$1.end"
      [ "$size" -lt 1048576 ] || mv -f "$1.end" "$1.before"
    fi
  done
  # a full disk must not end the program
  cat <&6 &
  reader=$!
  wait "$reader"
}

# What a program left behind may keep its output open for ever: it is listened to for a second.
await_keepers() {
  (
    nap=
    trap 'kill -s KILL $nap; exit 0' TERM
    sleep 1 &
    nap=$!
    wait "$nap"
    kill -s USR1 "$out_keeper" "$err_keeper"
  ) >/dev/null 2>&1 &
  timer=$!
  await "$out_keeper"
  await "$err_keeper"
  kill -s TERM "$timer" 2>/dev/null
  await "$timer"
}

forget_output() {
  for kept in "$out" "$err"; do
    rm -f "$kept" "$kept.pipe" "$kept.next" "$kept.before" "$kept.end" "$kept.count"
  done
}

tell_ends() {
  count_of "$out"
  out_size=$size
  count_of "$err"
  err_size=$size
  ends "$out" "$out_size"
  ends "$err" "$err_size" >&2
  answer "$1 $out_size $err_size"
}

# count_of FILE: how much was kept of it, or passed over
count_of() {
  measure "$1"
  # on a full disk it may be there and empty
  if [ -s "$1.count" ] && read -r got <"$1.count"; then size=$got; fi
}

# ends FILE COUNT
ends() {
  if [ "$2" -le 131072 ]; then
    [ "$2" -eq 0 ] || cat "$1"
  else
    head -c 65536 "$1"
    for part in "$1" "$1.before" "$1.end"; do
      ! [ -e "$part" ] || cat "$part"
    done | tail -c 65536
  fi
}
`
