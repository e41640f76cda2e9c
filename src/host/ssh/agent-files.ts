import { sh } from './agent-base.ts'

/** The agent's operations on files and folders; their rules are those of ../shell/safe-path.ts. */
export const agentFiles = sh`
op_read() {
  readable "$1"
  if missing "$1" || ! [ -e "$1" ]; then
    answer missing
    return
  fi
  [ -f "$1" ] || fail not-file
  measure "$1"
  [ "$size" -le 8388608 ] || fail large
  cat "$1" || fail failed
  answer ok
}

name_draft() {
  parent_of "$1"
  draft=$\{parent%/}/.$\{1##*/}.jailops-draft
}

# write_draft FILE MODE [append]
write_draft() {
  writable "$1"
  name_draft "$1"
  rm -f "$draft" || fail failed
  if [ -n "$3" ] && ! missing "$1"; then
    cp -p "$1" "$draft" && cat "$\{spool:-/dev/null}" >>"$draft" || fail failed
    flush "$draft"
    return
  fi
  owner=
  exists "$1" && {
    owner=$(look "$1") || fail failed
    set -- "$1" "$2" $owner
    owner=$6:$7
  }
  set -C
  # born with its mode, and -h: where somebody puts a link in its place, what that names stays as it is
  (umask "$(printf %o $((0777 & ~0$2)))" && cat "$\{spool:-/dev/null}" >"$draft") || fail failed
  set +C
  if [ -n "$owner" ]; then
    set -- "$1" "$2" $(look "$draft")
    [ "$owner" = "$6:$7" ] || chown -h "$owner" "$draft" || fail failed
  fi
  case $2 in
    *[1357]*) chmod "$2" "$draft" || fail failed ;;
  esac
  flush "$draft"
}

place_draft() {
  [ -d "$1" ] && {
    printf '%s\n' 'mv: Is a directory' >&2
    fail failed
  }
  fenced
  mv -f "$draft" "$1" || fail failed
  draft=
}

op_write() {
  write_draft "$@"
  place_draft "$1"
  flush "$parent"
  answer ok
}

op_draft() {
  write_draft "$@"
  draft=
  answer ok
}

op_place() {
  writable "$1"
  name_draft "$1"
  place_draft "$1"
  answer ok
}

op_settle() {
  writable "$1"
  parent_of "$1"
  flush "$parent"
  answer ok
}

op_remove() {
  writable "$1"
  missing "$1" || {
    fenced
    rm -f "$1" || fail failed
    parent_of "$1"
    flush "$parent"
  }
  answer ok
}

op_move() {
  writable "$1"
  writable "$2"
  missing "$2" || fail exists
  parent_of "$2"
  to_folder=$parent
  parent_of "$1"
  from_device=$(look "$1") || fail failed
  to_device=$(look "$to_folder/.") || fail failed
  [ "$\{from_device##* }" = "$\{to_device##* }" ] || fail device
  fenced
  mv -f "$1" "$2" || fail failed
  flush "$to_folder"
  [ "$parent" = "$to_folder" ] || flush "$parent"
  answer ok
}

op_mkdir() {
  root_or_writable "$1"
  [ -d "$1" ] || {
    fenced
    mkdir -m "$2" "$1" || fail failed
    parent_of "$1"
    flush "$parent"
  }
  answer ok
}

op_rmdir() {
  root_or_writable "$1"
  missing "$1" || {
    fenced
    rmdir "$1" || fail failed
    parent_of "$1"
    flush "$parent"
  }
  answer ok
}

# Every name followed by a NUL, which no name can hold.
op_list() {
  readable "$1"
  if missing "$1" || ! [ -d "$1" ]; then
    answer ok
    return
  fi
  cd "$1" || fail failed
  [ -r . ] || {
    printf '%s\n' 'ls: Permission denied' >&2
    fail failed
  }
  set +f
  for name in * .[!.]* ..?*; do
    exists "./$name" && printf '%s\0' "$name"
  done
  set -f
  cd /
  answer ok
}

op_stat() {
  parent_of "$1"
  plain "$1"
  readable "$parent"
  missing "$1" && {
    answer missing
    return
  }
  look "$1" || fail failed
  answer ok
}

op_free() {
  plain "$1"
  place=$1
  while missing "$place"; do
    parent_of "$place"
    place=$parent
  done
  df -Pk "$place" || fail failed
  answer ok
}
`
