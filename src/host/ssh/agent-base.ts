/** Text of a sh program: as it stands, but `$\{` is written for `${`, which a template would take for its own. */
export function sh(text: TemplateStringsArray): string {
  return text.raw.join('').replaceAll('$\\{', '${')
}

/**
 * What every operation of the agent uses. Only POSIX sh, dd with iflag=fullblock, stat and ps in the forms that GNU and FreeBSD both have
 * or that are chosen by $system. Nothing that was sent is ever read as program text.
 *
 * An answer is the payload on stdout, then `FRAME word…`; and the tools' own words on stderr, then `FRAME`.
 */
export const agentBase = sh`
LC_ALL=C PATH=/sbin:/bin:/usr/sbin:/usr/bin
export LC_ALL PATH
unset CDPATH
umask 077
set -f
cd /
# an answer that nobody hears any more must not keep us from tidying up
trap '' PIPE
system=$(uname -s)
# sshd gave this session a process group of its own; beneath sudo or doas its leader is not us
set -- $(ps -o pgid= -p $$)
group=$1
newline='
'
home=/tmp
[ "$(id -u)" = 0 ] && home=/root

answer() {
  printf '%s %s\n' "$frame" "$*"
  printf '%s\n' "$frame" >&2
}

# A draft has one name for all: without the lock, it is the next owner's.
tidy() {
  [ -z "$spool" ] || rm -f "$spool"
  [ -z "$draft" ] || ! holding || rm -f "$draft"
  spool= draft=
}

# fail WORD [PATH]: a refusal, which ends this session
fail() {
  tidy
  printf '%s' "$2"
  answer "$1"
  exit 3
}

decode() {
  word=$\{1#=}
  case $word in
    *\\*)
      word=$(printf '%b.' "$word")
      word=$\{word%.}
      ;;
  esac
}

holding() {
  now=
  { read -r _ _ _ now _ <"$folder/lock"; } 2>/dev/null
  [ "$now" = "$epoch" ]
}

# Somebody else's lock means that our connection was given up: what comes late by it must not happen any more.
fenced() {
  holding || fail fenced
}

# measure FILE: its size, 0 where there is none
measure() {
  size=0
  ! [ -e "$1" ] || size=$(wc -c <"$1") || fail failed
  size=$((size))
}

# The content reaches a file whole, or nothing happens: a connection that was cut ends it early.
receive() {
  [ "$length" -gt 0 ] || return 0
  spool=$folder/spool/$frame.in
  words=$(dd bs="$length" count=1 iflag=fullblock of="$spool" 2>&1) || {
    printf '%s\n' "$\{words%%"$newline"*}" >&2
    fail failed
  }
  measure "$spool"
  [ "$size" -eq "$length" ] || {
    tidy
    exit 0
  }
}

inside() {
  case $2 in
    "$1" | "$\{1%/}"/*) return 0 ;;
  esac
  return 1
}

exists() {
  [ -e "$1" ] || [ -h "$1" ]
}

# missing PATH: true where there is nothing; fails where it cannot be known
missing() {
  exists "$1" && return 1
  words=$(ls -d "$1" 2>&1 >/dev/null)
  case $words in
    *'No such file'* | *'Not a directory'*) return 0 ;;
    '') return 1 ;;
  esac
  printf '%s\n' "$words" >&2
  fail failed
}

plain() {
  case $1 in
    /) return 0 ;;
    [!/]* | '' | */ | *//*) fail form "$1" ;;
  esac
  case $1/ in
    */../* | */./*) fail form "$1" ;;
  esac
}

no_links() {
  current=$1
  rest=$\{2#"$1"}
  [ -h "$current" ] && fail link "$current"
  while [ -n "$rest" ]; do
    rest=$\{rest#/}
    part=$\{rest%%/*}
    case $rest in
      */*) rest=/$\{rest#*/} ;;
      *) rest= ;;
    esac
    [ -n "$part" ] || continue
    current=$\{current%/}/$part
    [ -h "$current" ] && fail link "$current"
  done
  return 0
}

readable() {
  plain "$1"
  inside "$jail_roots" "$1" && no_links "$jail_roots" "$1"
  [ -n "$confine_to" ] && inside "$confine_to" "$1" && no_links "$confine_to" "$1"
  return 0
}

parent_of() {
  parent=$\{1%/*}
  [ -n "$parent" ] || parent=/
}

# real FOLDER: the nearest one that exists, every link followed
real() {
  real=$1
  until cd -P "$real" 2>/dev/null; do
    real=$\{real%/*}
    [ -n "$real" ] || real=/
  done
  real=$PWD
  cd /
}

real_or_self() {
  if [ -d "$1" ]; then real "$1"; else real=$1; fi
}

# begins START PATH: a file named so, right in the folder that START names, and in truth there ($place)
begins() {
  case $2 in
    "$1"*/* | "$1") return 1 ;;
    "$1"*) ;;
    *) return 1 ;;
  esac
  real_or_self "$\{1%/*}"
  [ "$place" = "$real" ]
}

writable() {
  readable "$1"
  [ -h "$1" ] && fail link "$1"
  parent_of "$1"
  real "$parent"
  place=$real
  if [ -n "$confine_to" ]; then
    real_or_self "$confine_to"
    inside "$real" "$place" || fail outside "$1"
  fi
  if ! inside "$jail_roots" "$1"; then
    real_or_self "$jail_roots"
    inside "$real" "$place" && fail door "$1"
  fi
  [ -n "$any_root" ] && return 0
  IFS=:
  for root in $folder $writable_roots; do
    IFS=' '
    case $root in
      *'*')
        begins "$\{root%?}" "$1" && return 0
        continue
        ;;
    esac
    real_or_self "$root"
    inside "$root" "$1" && inside "$real" "$place" && return 0
  done
  IFS=' '
  fail closed "$1"
}

# A writable root itself may be made and, while it is empty, taken away.
root_or_writable() {
  IFS=:
  for root in $writable_roots; do
    IFS=' '
    [ "$1" = "$root" ] && ! [ -h "$1" ] && return 0
  done
  IFS=' '
  writable "$1"
}

look() {
  if [ "$system" = FreeBSD ]; then stat -f '%p %z %m %u %g %d' "$1"; else stat -c '%f %s %Y %u %g %d' "$1"; fi
}

flush() {
  if [ "$system" = FreeBSD ]; then fsync "$1"; else sync "$1"; fi || fail failed
}
`
