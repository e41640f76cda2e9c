import type { ObservedFacts } from '../../core/host.ts'
import { backendFile, backendText, type Place } from './backend-file.ts'

/*
 * Before 3.4 HAProxy gets no new backend without a reload. So some are declared in advance: a new jail takes one by getting its address
 * into it, and one that was given back leads nowhere.
 */

/** Of a network that is for documentation: nobody has it, so a slot that is forgotten reaches no tenant. */
export const nowhere: Place = { address: '192.0.2.1', port: 9 }
export const slotServer = 's'
const poolSize = 16
/** When fewer are left, more are declared. */
const fewest = 4

export interface ConfigFile {
  name: string
  content: string
}

export interface Slots {
  /** Undefined where none is left. */
  take(): string | undefined
  /** As many as a full pool lacks. None while enough are left. */
  refill(): ConfigFile[]
  left(): number
  /** For the plan's reserves. */
  taken(): string[]
}

export function isSlot(backend: string): boolean {
  return /^slot_[0-9]+$/.test(backend)
}

export function spareFile(backend: string): ConfigFile {
  return { name: backendFile(backend), content: backendText(backend, [{ server: slotServer, place: nowhere, weight: 100 }]) }
}

/** Of a host that has none yet. */
export function firstSlots(): string[] {
  return numbered(1, poolSize)
}

/** `declared`: the plan's own steps declare the first ones before any is taken. */
export function createSlots(
  { proxy, reservedByOthers, reservedHere }: Pick<ObservedFacts, 'proxy' | 'reservedByOthers' | 'reservedHere'>,
  declared: () => boolean,
): Slots {
  const taken: string[] = []
  const declaredMore: string[] = []
  const known = () => [...new Set([...proxy.backends.map(({ name }) => name).filter(isSlot), ...(declared() ? firstSlots() : [])])]
  const spare = () => {
    const used = new Set(proxy.backends.filter(({ isSpare }) => !isSpare).map(({ name }) => name))
    return known()
      .filter((name) => !used.has(name) && !taken.includes(name) && !reservedByOthers.includes(slotWord(name)))
      .toSorted((one, other) => numberOf(one) - numberOf(other))
  }
  return {
    take() {
      const all = spare()
      // what this request chose when it was planned before, it chooses again
      const chosen = all.find((name) => reservedHere.includes(slotWord(name))) ?? all[0]
      if (chosen !== undefined) taken.push(chosen)
      return chosen
    },
    left: () => spare().length + declaredMore.length,
    refill() {
      const left = spare().length + declaredMore.length
      if (left >= fewest) return []
      // what another request declares at the same time may be a third one's by the time that this one does
      const theirs = reservedByOthers.filter((word) => word.startsWith(mark)).map((word) => word.slice(mark.length))
      const highest = Math.max(0, ...[...known(), ...theirs].map(numberOf))
      declaredMore.push(...numbered(highest + 1, poolSize - spare().length))
      return declaredMore.map(spareFile)
    },
    taken: () => [...taken, ...declaredMore].map(slotWord),
  }
}

function numbered(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `slot_${String(first + index).padStart(2, '0')}`)
}

function numberOf(slot: string): number {
  return Number(slot.slice('slot_'.length))
}

const mark = 'slot:'

/** For a plan's reserves. */
export function slotWord(slot: string): string {
  return mark + slot
}
