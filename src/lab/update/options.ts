import { wordsOf } from '../words.ts'

/** What freebsd-update was told, before any configuration file. */
export interface UpdateOptions {
  values: Map<string, string>
  /** --not-running-from-cron: may run without a terminal. */
  withoutTerminal: boolean
  force: boolean
  commands: string[]
}

const taking: Record<string, string> = {
  ...Object.fromEntries([...'fbdjkrstv'].map((letter) => [`-${letter}`, letter])),
  '--currently-running': 'running',
}

const commands = new Set(wordsOf('cron fetch upgrade updatesready install rollback IDS showconfig'))

/** undefined: wrong, and the script shows its usage. */
export function parseUpdateOptions(args: string[]): UpdateOptions | undefined {
  const options: UpdateOptions = { values: new Map(), withoutTerminal: false, force: false, commands: [] }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const name = taking[arg]
    if (name !== undefined) {
      const value = args[++at]
      if (value === undefined || options.values.has(name)) return undefined
      options.values.set(name, value)
    } else if (arg === '--not-running-from-cron') options.withoutTerminal = true
    else if (arg === '-F') options.force = true
    else if (commands.has(arg)) options.commands.push(arg)
    else if (arg !== '--debug' && arg !== '--no-stats') return undefined
  }
  return options.commands.length > 0 ? options : undefined
}

export const usage = `usage: freebsd-update [options] command ...

Options:
  -b basedir   -- Operate on a system mounted at basedir
                  (default: /)
  -d workdir   -- Store working files in workdir
                  (default: /var/db/freebsd-update/)
  -f conffile  -- Read configuration options from conffile
                  (default: /etc/freebsd-update.conf)
  -F           -- Force a fetch operation to proceed in the
                  case of an unfinished upgrade
  -j jail      -- Operate on the given jail specified by jid or name
  -k KEY       -- Trust an RSA key with SHA256 hash of KEY
  -r release   -- Target for upgrade (e.g., 11.1-RELEASE)
  -s server    -- Server from which to fetch updates
                  (default: update.FreeBSD.org)
  -t address   -- Mail output of cron command, if any, to address
                  (default: root)
  --not-running-from-cron
               -- Run without a tty, for use by automated tools
  --currently-running release
               -- Update as if currently running this release
Commands:
  fetch        -- Fetch updates from server
  cron         -- Sleep rand(3600) seconds, fetch updates, and send an
                  email if updates were found
  upgrade      -- Fetch upgrades to FreeBSD version specified via -r option
  updatesready -- Check if there are fetched updates ready to install
  install      -- Install downloaded updates or upgrades
  rollback     -- Uninstall most recently installed updates
  IDS          -- Compare the system against an index of "known good" files
  showconfig   -- Show configuration
`
