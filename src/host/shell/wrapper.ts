/**
 * What a recorded command starts through. It claims the group file with O_EXCL (`set -C`), so it and endGroup cannot both win: whoever comes
 * second sees the other's file. It starts as leader of its own process group, so its pid is the group's id. The line is read back because
 * endGroup may have put its own file in place of one that stayed empty too long (see group.ts). The argv are positional parameters: this
 * text never changes. What jails and daemons inherit is the system's usual umask, whatever ours is.
 */
const wrapperScript = `set -C
{ echo "$$" >"$1" && read -r line <"$1" && [ "$line" = "$$" ]; } 2>/dev/null || {
  echo 'jailops: called off before it started' >&2
  exit 125
}
shift
umask 022
exec "$@"`

export function wrapArgv(groupFile: string, argv: readonly string[]): string[] {
  return ['/bin/sh', '-c', wrapperScript, 'sh', groupFile, ...argv]
}
