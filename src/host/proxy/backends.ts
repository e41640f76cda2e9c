import type { Backend, ReachableTarget, SiteAddress } from '../../core/proxy.ts'
import { siteText } from '../../core/proxy.ts'
import type { Step } from '../../core/step.ts'
import { backendFile, backendName, backendText, groupName, type ServerLine } from './backend-file.ts'
import { backendIs, isDynamic, isGroup, type Known, placeOf, serverNameIn, setServer, standingBackends, willRun } from './known.ts'
import { changeAndReload } from './reload.ts'
import { type ConfigFile, isSlot, nowhere, spareFile } from './slots.ts'
import { awaitLast } from './weights.ts'

export interface Ensured {
  backend: string
  steps: Step[]
  /** What can wait until the sites are answered. */
  after: Step[]
}

/** One jail has a backend of its own for all its sites; several have one for just these. */
export function ensureBackend(known: Known, sites: readonly SiteAddress[], targets: readonly ReachableTarget[], theirs?: Backend): Ensured {
  const [only, ...others] = targets
  const isOne = only !== undefined && others.length === 0
  const own = isOne ? backendName(only) : groupName(sites.map(siteText).join())
  const made = known.made.get(own)
  if (made !== undefined) return { backend: made, steps: [], after: [] }
  const standing =
    theirs ??
    standingBackends(known).find(({ name, targets: [first, ...more] }) =>
      isOne ? !isGroup(name) && first !== undefined && more.length === 0 && backendName(first) === own : name === own,
    )
  const ensured = standing === undefined ? newBackend(known, own, isOne, targets) : changed(known, standing, targets)
  known.made.set(own, ensured.backend)
  return ensured
}

/** One that stands is left as it is where it already is as wished. */
function changed(known: Known, standing: Backend, targets: readonly ReachableTarget[]): Ensured {
  const backend = standing.name
  const same = targets.map((target) => ({ target, old: standing.targets.find((one) => backendName(one) === backendName(target)) }))
  const isSameSet = same.every(({ old }) => old !== undefined) && same.length === standing.targets.length
  const moved = same.filter(({ target, old }) => standing.isStale || old?.address !== placeOf(known, target).address)
  const weighed = same.filter(({ target, old }) => old?.weight !== target.weight)
  if (isSameSet && moved.length === 0 && weighed.length === 0) return { backend, steps: [], after: [] }
  for (const { target, old } of same) known.weights.set(`${backend}/${serverNameIn(backend, { ...target, ...old })}`, target.weight)
  const lines = linesFor(
    known,
    backend,
    same.map(({ target, old }) => ({ ...target, ...(old?.server !== undefined && { server: old.server }) })),
  )
  const file = configStep(known, `Tell HAProxy's configuration where ${shownOf(targets)} is`, backend, lines)
  if (!isSameSet) {
    const why = `other jails stand behind ${backend}`
    return { backend, steps: willRun(known) ? changeAndReload(known.layout, file, why) : [file], after: [] }
  }
  const live = same
    .filter((one) => moved.includes(one) || weighed.includes(one))
    .map((one) => {
      const { target, old } = one
      const server = serverNameIn(backend, { ...target, ...old })
      const { address, port } = placeOf(known, target)
      return moved.includes(one)
        ? setServer(known, `Tell the running HAProxy that ${target.jail} is at ${address}:${port}`, backend, server, {
            address: { address, port },
            weight: target.weight,
            state: 'ready',
            shut: true,
          })
        : setServer(known, `Give ${target.jail} the weight ${target.weight}`, backend, server, { weight: target.weight })
    })
  return { backend, steps: [file, ...(willRun(known) ? live : [])], after: [] }
}

function newBackend(known: Known, own: string, isOne: boolean, targets: readonly ReachableTarget[]): Ensured {
  const shown = shownOf(targets)
  if (isDynamic(known)) return { backend: own, steps: dynamicBackend(known, own, targets), after: [] }
  const slot = isOne && willRun(known) ? known.slots.take() : undefined
  if (slot !== undefined) return slotFor(known, slot, targets)
  const more = isOne ? known.slots.refill() : []
  const lines = linesFor(known, own, targets)
  const change = configStep(known, `Tell HAProxy's configuration where ${shown} is`, own, lines, more)
  const why = isOne
    ? `no spare backend is left for ${shown}: ${more.length} more are declared`
    : `several jails (${shown}) stand behind one site from now on`
  const first = lines[0]?.place ?? nowhere
  return {
    backend: own,
    steps: willRun(known) ? changeAndReload(known.layout, change, why, backendIs(known, own, first)) : [change],
    after: [],
  }
}

function dynamicBackend(known: Known, backend: string, targets: readonly ReachableTarget[]): Step[] {
  const lines = linesFor(known, backend, targets)
  const servers = lines.map(({ server, place, weight }) => ({ server, place, weight }))
  return [
    configStep(known, `Tell HAProxy's configuration where ${shownOf(targets)} is`, backend, lines),
    {
      title: `Tell the running HAProxy where ${shownOf(targets)} is`,
      action: { kind: 'proxy-backend', socket: known.layout.haproxy.socket, backend, servers },
    },
  ]
}

function slotFor(known: Known, slot: string, targets: readonly ReachableTarget[]): Ensured {
  const lines = linesFor(known, slot, targets)
  const [line] = lines
  if (line === undefined) return { backend: slot, steps: [], after: [] }
  const { place, weight } = line
  const more = known.slots.refill()
  const shown = shownOf(targets)
  return {
    backend: slot,
    steps: [
      {
        title: `Check that ${slot} is spare`,
        action: {
          kind: 'require',
          otherwise: `The running HAProxy does not have ${slot} as a spare backend. Ask again; if it is said again, let it read its files anew: /proxy reload`,
        },
        done: backendIs(known, slot, nowhere, place),
      },
      configStep(known, `Give ${shown} the spare backend ${slot}`, slot, lines),
      setServer(known, `Tell the running HAProxy that ${slot} is ${shown} at ${place.address}:${place.port}`, slot, line.server, {
        address: place,
        weight,
        state: 'ready',
      }),
    ],
    after: more.length === 0 ? [] : declareMore(known, more),
  }
}

function declareMore(known: Known, files: readonly ConfigFile[]): Step[] {
  const [first, ...more] = files
  if (first === undefined) return []
  const last = files.at(-1)?.name.replace(/^20-|\.cfg$/g, '') ?? ''
  const change: Step = {
    title: `Declare ${files.length} more spare backends`,
    action: { kind: 'haproxy-config', folder: known.layout.haproxy.configFolder, ...first, more },
  }
  const why = `fewer than 4 spare backends are left: ${files.length} more are declared`
  return changeAndReload(known.layout, change, why, backendIs(known, last, nowhere))
}

/** Nobody is led there any more: the last requests end first, then nothing of it leads to its jail. */
export function forgetBackend(known: Known, backend: Backend): Step[] {
  const { name, targets } = backend
  const shown = shownOf(targets)
  known.gone.add(name)
  const spare = isSlot(name) ? spareFile(name).content : null
  const file: Step = {
    title: isSlot(name) ? `Make ${name} spare again` : `Take ${shown} out of HAProxy's configuration`,
    action: { kind: 'haproxy-config', folder: known.layout.haproxy.configFolder, name: backendFile(name), content: spare },
  }
  if (!known.proxy.running) return [file]
  const live: Step[] =
    isDynamic(known) && !isSlot(name)
      ? [
          {
            title: `Take ${shown} out of the running HAProxy`,
            action: { kind: 'proxy-backend', socket: known.layout.haproxy.socket, backend: name, servers: [] },
          },
        ]
      : targets.map((target) =>
          setServer(known, `Take ${target.jail} out of the running HAProxy`, name, serverNameIn(name, target), {
            address: nowhere,
            state: 'maint',
            shut: true,
          }),
        )
  return [...awaitLast(known, backend, shown, 10), file, ...live]
}

function configStep(known: Known, title: string, backend: string, lines: readonly ServerLine[], more: ConfigFile[] = []): Step {
  return {
    title,
    action: {
      kind: 'haproxy-config',
      folder: known.layout.haproxy.configFolder,
      name: backendFile(backend),
      content: backendText(backend, lines),
      ...(more.length > 0 && { more }),
    },
  }
}

function linesFor(known: Known, backend: string, targets: readonly ReachableTarget[]): ServerLine[] {
  return targets.map((target) => ({
    server: serverNameIn(backend, target),
    jail: target.jail,
    ...(target.port !== undefined && { appPort: target.port }),
    place: placeOf(known, target),
    weight: target.weight,
  }))
}

function shownOf(targets: readonly ReachableTarget[]): string {
  return targets.map(({ jail, port }) => (port === undefined ? jail : `${jail} port ${port}`)).join(', ')
}
