import { accessSync, chmodSync, constants, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wordsOf } from './words.ts'

/** Real programs that only read or print: the lab links them, so that nothing else need be on the PATH. */
const harmless = wordsOf(`
  sh cat df du ls echo true false sleep head tail grep awk cut tr sort uniq wc
  openssl od printf date env expr kill test basename dirname realpath id nice timeout setsid
`)

/** Fills FOLDER/bin: one client script, a link to it for each imitated program, links to harmless real ones. */
export function installPrograms(folder: string, imitated: string[]): void {
  const bin = join(folder, 'bin')
  rmSync(bin, { recursive: true, force: true })
  mkdirSync(bin, { recursive: true })
  const client = join(bin, '.client')
  writeFileSync(client, clientScript(folder))
  chmodSync(client, 0o755)
  for (const name of imitated) symlinkSync('.client', join(bin, name))
  for (const name of harmless) linkReal(bin, name)
}

function linkReal(bin: string, name: string): void {
  const real = findReal(name)
  if (real !== undefined) symlinkSync(real, join(bin, name))
}

const usualFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/opt/homebrew/bin']

/** Suites are run against another HAProxy than the machine's by JAILOPS_TEST_HAPROXY, the program's path. */
export function findReal(name: string): string | undefined {
  const instead = name === 'haproxy' ? process.env['JAILOPS_TEST_HAPROXY'] : undefined
  return instead ?? usualFolders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Only sh builtins and one mkfifo: that is what keeps a call short. The reply fifo is opened for both directions before the request goes
 * out, so neither side ever blocks in open(2), and a resident that finds no reader there knows that the client was killed.
 */
function clientScript(folder: string): string {
  return `#!/bin/sh
# A program of the lab: hands its arguments to the resident process and repeats its answer.
lab='${folder}'
program="\${0##*/}"
call="$lab/run/calls/$$"
gone() {
  ${realOrName('rm')} -f "$call.reply" "$call.request"
  printf 'lab: %s: the lab is not running (%s)\\n' "$program" "$lab" >&2
  exit 75
}
{ read -r resident <"$lab/run/resident"; } 2>/dev/null || gone
[ -e "$call.reply" ] && ${realOrName('rm')} -f "$call".*
${realOrName('mkfifo')} -m 600 "$call.reply" 2>/dev/null || gone
exec 3<>"$call.reply"
printf '%s\\0' "$program" "$PWD" "\${TERM-}" "$@" >"$call.request"
[ -e "$lab/run/resident" ] && kill -0 "$resident" 2>/dev/null || gone
echo "$$" 1<>"$lab/run/requests"
while read -r word <&3; do
  case "$word" in
    answer) . "$call.answer" ;;
    input)
      ${realOrName('cat')} >"$call.input"
      echo "$$ input" 1<>"$lab/run/requests"
      ;;
    *) gone ;;
  esac
done
gone
`
}

function realOrName(name: string): string {
  return findReal(name) ?? name
}

/** Run by the guard when the resident died: whoever still waits for an answer is told. */
export const atEndScript = `rm -f "$folder/resident"
for reply in "$folder"/calls/*.reply; do
  [ -p "$reply" ] && echo gone 1<>"$reply"
done
`
