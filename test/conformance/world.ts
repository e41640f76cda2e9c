import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createProxyGate } from '../../src/worker/proxy-gate.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArguments } from '../../src/core/arguments.ts'
import type { Answer } from '../../src/core/card.ts'
import type { Command } from '../../src/core/command.ts'
import { JailopsError, toJailopsError } from '../../src/core/errors.ts'
import { type Facts, factsOf } from '../../src/core/host.ts'
import type { HostMessage } from '../../src/core/message.ts'
import type { Plan } from '../../src/core/plan.ts'
import { createSecretReader } from '../../src/core/sealed-secret.ts'
import { createDrivers } from '../../src/host/drivers.ts'
import { askLooks } from '../../src/host/facts/looks.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { type Lab, setFaults, startLab } from '../../src/lab/lab.ts'
import { createEffects } from '../../src/worker/effects/index.ts'
import { type Ending, execute } from '../../src/worker/executor.ts'
import { openJournalFolder } from '../../src/worker/journal.ts'
import { type Ran, runShell } from '../lab/temporary-lab.ts'
import { listing } from '../support/house.ts'
import type { Column } from './columns.ts'
import { type MortalShell, mortalShell } from './mortal-shell.ts'
import { reloadsIn } from '../support/reloads.ts'

/** A host of one driver, and jailops's way of changing it without queue and chat around it. */
export interface World {
  column: Column
  lab(): Lab
  shell(): MortalShell
  plan(command: Command, args: Record<string, unknown>): Promise<{ plan: Plan; request: string }>
  query(command: Command, args: Record<string, unknown>): Promise<Answer>
  /** Begins, or goes on with, what was planned. */
  carryOut(planned: { plan: Plan; request: string }): Promise<Ending>
  /** Plans and carries out at once. @throws when it does not end done */
  say(path: string, args: Record<string, unknown>): Promise<void>
  command(path: string): Command
  /** All that a change could leave behind. */
  traces(): Promise<Record<string, string>>
  /** `$H` stands for the host's folder, for the machine's own programs. */
  sh(line: string): Promise<Ran>
  /** Remembers the host as it is now. */
  keep(): Promise<void>
  /** The host as it was kept; jails that ran do not run. */
  rewind(): Promise<void>
  stop(): Promise<void>
}

/** What grows by itself, and what tools leave behind on a real host too. */
const passing =
  /^((usr\/jails\/[^/]+|usr\/local\/bastille\/jails\/[^/]+\/root|iocage\/jails\/[^/]+\/root)\/)?(var\/(log|run|cache|tmp|db\/freebsd-update)|tmp)(\/|$)|^usr\/jails\/\.(trash|archives)$|^var\/db\/jailops|^usr\/freebsd-dist|^iocage\/(log|jails\/[^/]+\/config\.json$)/

/** `isPatient`: waits take as long as they do for real. */
export async function openWorld(
  column: Column,
  commands: ReadonlyMap<string, Command>,
  { isPatient = false }: { isPatient?: boolean } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const kept = `${folder}.kept`
  let lab = await startLab({ folder, ...column.lab })
  let shell = mortalShell(createLocalShell(lab.layout))
  let number = 0
  const journals = await openJournalFolder(join(`${folder}.journal`), Date.now)
  const layoutOf = () => ({ ...lab.layout, manager: column.manager })

  async function stopLab(): Promise<void> {
    await shell.stop()
    await lab.stop()
  }

  async function factsFor(command: Command, args: Record<string, unknown>): Promise<Facts> {
    if (command.risk === 'bot') throw new TypeError(`${command.path} asks no host`)
    const layout = layoutOf()
    const observed = await observe({ shell, layout }, command.needs, { others: [], here: [] })
    const facts = factsOf(layout, observed)
    const looks = command.looks?.({ args, facts })
    return looks === undefined ? facts : factsOf(layout, { ...observed, looked: await askLooks(shell, looks) })
  }

  // waits are short: what the lab does, it has done when its program ends
  let past = 0
  const hands = {
    now: () => Date.now() + past,
    sleep: async (milliseconds: number) => {
      if (!isPatient) past += milliseconds
      await sleep(isPatient ? milliseconds : Math.min(milliseconds, 5))
    },
  }
  const effects = () =>
    createEffects({
      ...hands,
      shell,
      reloads: reloadsIn(lab.folder, { ...hands, shell }),
      stagingFolder: join(lab.folder, 'staging'),
    })

  const world: World = {
    column,
    lab: () => lab,
    shell: () => shell,
    async plan(command, given) {
      if (command.risk !== 'change') throw new TypeError(`${command.path} changes nothing`)
      const { args } = parseArguments(command, given)
      const facts = await factsFor(command, args)
      const request = `r${String(++number).padStart(15, 'a')}`
      return {
        plan: command.plan({ args, facts, drivers: createDrivers(facts), request, person: 'ana', granted: command.grants ?? [] }),
        request,
      }
    },
    async query(command, given) {
      if (command.risk !== 'read') throw new TypeError(`${command.path} is no question`)
      const { args } = parseArguments(command, given)
      return command.query({ args, facts: await factsFor(command, args) })
    },
    async carryOut({ plan, request }) {
      const journal = await journals.open(request)
      if (journal.last('message') === undefined) await journal.append({ kind: 'message', hash: '', message: askedFor(request) })
      mkdirSync(join(lab.folder, 'staging'), { recursive: true })
      const ending = await execute(
        { effects: effects(), endGroup: (groupFile, seconds) => shell.endGroup(groupFile, Math.min(seconds, 20)), gate: createProxyGate() },
        { journal, plan, progress: () => undefined, cancelled: () => undefined, stopping: () => false },
      ).finally(() => journal.close())
      if (ending === undefined) throw new TypeError('it came to no end')
      return ending
    },
    async say(path, args) {
      const ending = await world.carryOut(await world.plan(world.command(path), args))
      if (ending.state !== 'done') throw new Error(`/${path} ${JSON.stringify(args)} on ${column.name}: ${ending.sentence ?? ending.state}`)
    },
    async traces() {
      const questions = [
        'jls -n name path ip4.addr',
        'mount -p',
        'ifconfig -a',
        'cat /etc/rc.conf',
        'rctl',
        'zfs list -t all -H -o name,mountpoint,origin',
        // when it was last started iocage writes beside all that it knows of a jail
        'grep -Hv last_started $H/iocage/jails/*/config.json',
      ]
      // in which order a host tells of its mounts and jails says when each came, and that is no trace
      const answers = await Promise.all(
        questions.map(async (line) => [line, (await world.sh(line)).text.split('\n').toSorted().join('\n')] as const),
      )
      return { ...Object.fromEntries(answers), ...listing(lab.hostFolder, passing) }
    },
    command(path) {
      const found = commands.get(path)
      if (found === undefined) throw new Error(`there is no command ${path}`)
      return found
    },
    sh: (line) => runShell(lab.layout.programFolders, `H=${lab.hostFolder}\n${line}`),
    async keep() {
      await stopLab()
      rmSync(kept, { recursive: true, force: true })
      copy(folder, kept)
      await startAgain()
    },
    async rewind() {
      await stopLab()
      rmSync(folder, { recursive: true, force: true })
      copy(kept, folder)
      await startAgain()
    },
    async stop() {
      await stopLab()
      for (const path of [folder, kept, `${folder}.journal`]) rmSync(path, { recursive: true, force: true })
    },
  }

  async function startAgain(): Promise<void> {
    lab = await startLab({ folder, ...column.lab })
    shell = mortalShell(createLocalShell(lab.layout))
    setFaults(lab.folder, [])
  }

  return world
}

/** Without what only lives while the lab runs: fifos and sockets cannot be copied. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== join(from, 'run') && path !== join(from, 'bin') })
}

/** What a plan was refused with. */
export function refusalOf(error: unknown): JailopsError {
  const known = toJailopsError(error)
  if (known.code === 'internal') throw error
  return known
}

/** What a bot sends with what it wants to show to one person alone. */
function askedFor(request: string): HostMessage {
  const { publicKey: sealTo } = createSecretReader()
  const body = {
    kind: 'plan',
    command: '',
    args: {},
    definition: '',
    person: 'ana',
    granted: [] as string[],
    execute: true,
    dryRun: false,
    reserveUntil: 0,
    sealTo,
  } as const
  return { id: `${request}-plan-1`, request, host: 'web1', issuedAt: 0, expiresAt: 0, body }
}
