/**
 * The guard itself: it outlives its starter by a moment and does nothing before. Signals that a terminal sends to the whole group are
 * ignored, so that Ctrl-C reaches the starter, which then stops in order. It only ends processes that still are what was listed.
 */
export const guardScript = String.raw`
folder=$1
trap '' HUP INT TERM QUIT
while read -r line; do :; done
[ -r "$folder/at-end.sh" ] && . "$folder/at-end.sh"

born() {
  if [ -r /proc/self/stat ]; then
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    set -- $(printf '%s' "${'$'}{line##*) }")
    [ "$1" = Z ] && return 1
    shift 19
    answer=$1
  else
    answer=$(LC_ALL=C /bin/ps -o lstart= -p "$1") || return 1
    set -- $answer
    answer="$*"
  fi
}

each() {
  left=0
  for file in "$folder"/pids/*; do
    [ -f "$file" ] || continue
    read -r pid birth <"$file" || continue
    if born "$pid" && [ "$answer" = "$birth" ]; then
      left=1
      [ "$1" = look ] && continue
      kill "-$1" "$pid" 2>/dev/null
      # a daemon leads a group of its own: workers that hang, or are stopped, go with it
      case $1 in
        TERM) kill -s CONT -- "-$pid" 2>/dev/null ;;
        KILL) kill -s KILL -- "-$pid" 2>/dev/null ;;
      esac
    else
      rm -f "$file"
    fi
  done
}

each TERM
turn=0
while each look; [ "$left" = 1 ] && [ "$turn" -lt 30 ]; do
  sleep 0.1
  turn=$((turn + 1))
done
each KILL
while each look; [ "$left" = 1 ] && [ "$turn" -lt 60 ]; do
  sleep 0.1
  turn=$((turn + 1))
done
`
