import { createKeyedMutex, enter, type KeyedMutex } from '../../core/mutex.ts'
import type { Action, Probe, Step } from '../../core/step.ts'
import { backendFile } from '../../host/proxy/backend-file.ts'
import { acmeEffect } from './acme.ts'
import { bootWordEffect } from './boot-word.ts'
import { certificateEffect } from './certificate.ts'
import type { Begun, Effect, EffectDeps, RunOptions, Standing } from './effect.ts'
import { editEffect } from './edit.ts'
import { folderEffect, moveEffect, removeFolderEffect } from './folders.ts'
import { filesOf, haproxyConfigEffect } from './haproxy-config.ts'
import { haproxySpliceEffect } from './haproxy-splice.ts'
import { lineEffect } from './line.ts'
import { mapEntryEffect, proxyMapEffect } from './map-entry.ts'
import { passwordEffect } from './password.ts'
import { proxyPasswordEffect } from './proxy-password.ts'
import { proxyBackendEffect } from './proxy-backend.ts'
import { proxyDrainEffect } from './proxy-drain.ts'
import { proxyReloadEffect } from './proxy-reload.ts'
import { nginxConfigEffect, nginxTarget } from './nginx-config.ts'
import { nginxPasswordEffect } from './nginx-password.ts'
import { proxyServerEffect } from './proxy-server.ts'
import { holds } from './probes.ts'
import { heldBefore, runEffect } from './run.ts'
import { undoByCommands } from './undo.ts'
import { awaitEffect, requireEffect } from './wait.ts'
import { removeEffect, writeEffect } from './write.ts'

export type { EffectDeps } from './effect.ts'

/** How steps become true on the host. Knows nothing of plans or journals; the executor says what and when. */
export interface Effects {
  /** All of a request's steps, there and back: what several requests may share is not made for one while others may soon ask for it. */
  during<T>(steps: () => Promise<T>): Promise<T>
  /** What revert will need, as JSON text or null; taken and journaled BEFORE perform. */
  capture(step: Step): Promise<string | null>
  /** Both at once, for a step that was never begun. What it gives is to be performed or called off. */
  begin(step: Step): Promise<Begun>
  /** @throws step_failed, config_invalid, timed_out, … with the tool's own words in the sentence */
  perform(step: Step, options: RunOptions): Promise<void>
  check(step: Step): Promise<Standing>
  /** Takes the step back, however much of it was done; harmless when called again. @throws undo_failed */
  revert(step: Step, before: string | null, options: { groupFile: string }): Promise<void>
  holds(probe: Probe): Promise<boolean>
}

export function createEffects(deps: EffectDeps): Effects {
  const alone = createKeyedMutex()
  const { gate, during } = deps.reloads

  /** Of a file that several requests have a line in, locks are held for what a line says. First the gate, then the file: who has the file waits for nobody. */
  function inTurn<T>(action: Action, work: () => Promise<T>): Promise<T> {
    switch (action.kind) {
      case 'boot-word':
        return alone('rc.conf', work)
      case 'map-entry':
      case 'line':
      case 'edit':
        return alone(action.path, work)
      case 'proxy-map':
      case 'proxy-password':
      case 'nginx-password':
        return gate.telling(() => alone(action.path, work))
      case 'certificate':
        return gate.writing(() => alone(action.haproxy?.list ?? action.path, work))
      case 'proxy-server':
      case 'proxy-backend':
        return gate.telling(work)
      case 'haproxy-config':
      case 'haproxy-splice':
      case 'nginx-config':
      case 'proxy-drain':
        return gate.writing(work)
      case 'run':
        return replacesProxy(action) ? gate.replacing(work) : work()
      default:
        return work()
    }
  }

  /** Of some what passes is found out before: by reading all files, of which none may come or go meanwhile. */
  function captured(step: Step, effect: Effect): Promise<string | null> {
    return checksAll.has(step.action.kind) ? inTurn(step.action, () => effect.capture()) : effect.capture()
  }

  async function begin(step: Step): Promise<Begun> {
    const effect = effectOf(deps, step, alone)
    if (effect.begin === undefined) {
      const perform = (options: RunOptions) => inTurn(step.action, () => effect.perform(options))
      return { ...nothingLeft, before: await captured(step, effect), perform }
    }
    const leave = await enter((work) => inTurn(step.action, work))
    try {
      const begun = await effect.begin()
      const perform = (options: RunOptions) => begun.perform(options).finally(leave)
      return { ...begun, perform, callOff: () => begun.callOff().finally(leave) }
    } catch (error) {
      leave()
      throw error
    }
  }

  return {
    during,
    capture: async (step) => captured(step, effectOf(deps, step, alone)),
    begin,
    perform: async (step, options) => inTurn(step.action, () => effectOf(deps, step, alone).perform(options)),
    check: async (step) => effectOf(deps, step, alone).check(),
    revert: async (step, before, options) => {
      if (step.action.kind === 'run' && heldBefore(before)) return
      const effect = effectOf(deps, step, alone)
      await inTurn(step.action, async () => {
        await effect.revert(before, options)
        // still in turn: all who write a file call their draft the same
        for (const path of filesWrittenBy(step.action)) await deps.shell.removeDraft(path)
      })
      const undo = () => undoByCommands(deps, step, options)
      await (step.undo?.some(({ action }) => replacesProxy(action)) === true ? gate.replacing(undo) : undo())
      await effect.restored?.(before)
    },
    holds: (probe) => holds(deps.shell, probe),
  }
}

const checksAll = new Set<Action['kind']>(['haproxy-config', 'haproxy-splice', 'nginx-config'])

/** `service haproxy …`, `service nginx …` of the host itself; gathered reloads see to it themselves. */
function replacesProxy(action: Action): boolean {
  if (action.kind !== 'run') return false
  const [program, name = ''] = action.argv
  return program === 'service' && ['haproxy', 'nginx'].includes(name)
}

const nothingLeft = { settled: async () => undefined, callOff: async () => undefined }

/** A worker that was killed in the middle of writing these left a draft beside them. */
function filesWrittenBy(action: Action): string[] {
  switch (action.kind) {
    case 'write':
    case 'edit':
      return [action.path, `${action.path}.new`]
    case 'map-entry':
    case 'proxy-map':
    case 'proxy-password':
    case 'nginx-password':
    case 'line':
    case 'haproxy-splice':
    case 'remove':
      return [action.path]
    case 'move':
      return [action.from, action.to]
    case 'proxy-drain':
      return [backendPath(action)]
    case 'acme':
      return [action.to]
    case 'certificate':
      return [action.path, ...(action.haproxy === undefined ? [] : [action.haproxy.list])]
    case 'haproxy-config':
      return filesOf(action).map(({ name }) => `${action.folder}/${name}`)
    case 'nginx-config':
      return [nginxTarget(action)]
    default:
      return []
  }
}

function backendPath({ folder, backend }: { folder: string; backend: string }): string {
  return `${folder}/${backendFile(backend)}`
}

function effectOf(deps: EffectDeps, { action, done }: Step, alone: KeyedMutex): Effect {
  switch (action.kind) {
    case 'run':
      return runEffect(deps, action, done)
    case 'write':
      return writeEffect(deps, action)
    case 'remove':
      return removeEffect(deps, action)
    case 'folder':
      return folderEffect(deps, action)
    case 'remove-folder':
      return removeFolderEffect(deps, action)
    case 'move':
      return moveEffect(deps, action)
    case 'map-entry':
      return mapEntryEffect(deps, action)
    case 'boot-word':
      return bootWordEffect(deps, action)
    case 'line':
      return lineEffect(deps, action)
    case 'edit':
      return editEffect(deps, action)
    case 'proxy-map':
      return proxyMapEffect(deps, action)
    case 'proxy-server':
      return proxyServerEffect(deps, action)
    case 'proxy-backend':
      return proxyBackendEffect(deps, action)
    case 'proxy-drain':
      return proxyDrainEffect(deps, action)
    case 'proxy-reload':
      return proxyReloadEffect(deps, action, done)
    case 'haproxy-config':
      return haproxyConfigEffect(deps, action)
    case 'acme':
      return acmeEffect(deps, action, (work) =>
        deps.reloads.gate.telling(() => alone('map' in action.answers ? action.answers.map : action.answers.folder, work)),
      )
    case 'certificate':
      return certificateEffect(deps, action)
    case 'haproxy-splice':
      return haproxySpliceEffect(deps, action)
    case 'nginx-config':
      return nginxConfigEffect(deps, action)
    case 'password':
      return passwordEffect(deps, action)
    case 'proxy-password':
      return proxyPasswordEffect(deps, action)
    case 'nginx-password':
      return nginxPasswordEffect(deps, action)
    case 'await':
      return awaitEffect(deps, action, done)
    case 'require':
      return requireEffect(deps, action, done)
  }
}
