import { JailopsError } from '../../core/errors.ts'
import { checkWords, defaultsName } from './backend-file.ts'
import type { ServerState } from './servers-state.ts'
import type { StatRow } from './socket.ts'

/* Backends that come and go while HAProxy runs: 3.4 and newer. Its answers differ by version, so what they brought about is looked at. */

export interface NewServer {
  server: string
  place: { address: string; port: number }
  weight: number
}

/** A running HAProxy, as its socket shows it. */
export interface Live {
  say(...words: string[]): Promise<string>
  backends(): Promise<string[]>
  statOf(backend: string): Promise<StatRow[]>
  serversOf(backend: string): Promise<{ name: string; state: ServerState }[]>
  fullName(backend: string, server: string): string
  safeAddress(address: string): string
}

/** It gets requests only once all its servers are there. Made half by an earlier try, it is made whole. */
export async function addWhole(live: Live, backend: string, servers: readonly NewServer[]): Promise<void> {
  const said: string[] = []
  const say = async (...words: string[]) => void said.push((await live.say(...words)).trim())
  if (!(await live.backends()).includes(backend)) await say('add backend', backend, 'from', defaultsName)
  const there = await live.serversOf(backend)
  for (const { server, place, weight } of servers) {
    const name = live.fullName(backend, server)
    const known = there.some((one) => one.name === server)
    if (!known) await say('add server', name, `${live.safeAddress(place.address)}:${place.port}`, 'weight', String(weight), checkWords)
    await say('enable health', name)
    await say('set server', name, 'state ready')
  }
  await say('publish backend', backend)
  if (await isWhole(live, backend, servers)) return
  throw new JailopsError('step_failed', `HAProxy did not make the backend ${backend}: ${said.filter(Boolean).join(' ').slice(0, 300)}`)
}

/** Whether it is there as said, and gets requests. */
export async function isWhole(live: Live, backend: string, servers: readonly NewServer[]): Promise<boolean> {
  if (servers.length === 0) return !(await live.backends()).includes(backend)
  const there = await live.serversOf(backend)
  const areThere = servers.every(({ server, place, weight }) => {
    const state = there.find(({ name }) => name === server)?.state
    return state?.state === 'ready' && state.address === place.address && state.port === place.port && state.weight === weight
  })
  if (!areThere || there.length !== servers.length) return false
  const row = (await live.statOf(backend)).find(({ server }) => server === 'BACKEND')
  return row !== undefined && !row.status.includes('UNPUB')
}

export async function deleteWhole(live: Live, backend: string): Promise<void> {
  if (!(await live.backends()).includes(backend)) return
  const said: string[] = []
  const say = async (...words: string[]) => void said.push((await live.say(...words)).trim())
  await say('unpublish backend', backend)
  for (const { name: server } of await live.serversOf(backend)) {
    const name = live.fullName(backend, server)
    await say('set server', name, 'state maint')
    await say('shutdown sessions server', name)
    await say('wait 2s srv-removable', name)
    await say('del server', name)
  }
  await say('wait 2s be-removable', backend)
  await say('del backend', backend)
  if (!(await live.backends()).includes(backend)) return
  throw new JailopsError('step_failed', `HAProxy did not delete the backend ${backend}: ${said.filter(Boolean).join(' ').slice(0, 300)}`)
}
