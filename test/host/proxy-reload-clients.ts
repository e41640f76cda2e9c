import { connect } from 'node:net'
import type { Layout } from '../../src/core/layout.ts'
import type { Step } from '../../src/core/step.ts'
import { spareFile } from '../../src/host/proxy/slots.ts'

/** Clients that come without a pause, each time by a connection of its own, while the work goes on. @returns every way in which one was answered */
export async function clientsDuring<T>({ haproxy }: Layout, work: () => Promise<T>): Promise<{ result: T; seen: string[]; asked: number }> {
  let isOver = false
  let asked = 0
  const seen = new Set<string>()
  const clients = Array.from({ length: 24 }, async () => {
    while (!isOver) {
      seen.add(await askOnce(haproxy))
      asked += 1
    }
  })
  try {
    const result = await work()
    return { result, seen: [...seen], asked }
  } finally {
    isOver = true
    await Promise.all(clients)
  }
}

/** How a new connection ended: the status, or the error. */
function askOnce({ bindAddress, bindPort }: Layout['haproxy']): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const client = connect(bindPort, bindAddress, () => client.write('GET / HTTP/1.1\r\nHost: nobody.invalid\r\nConnection: close\r\n\r\n'))
    client.on('data', (chunk) => (answer += chunk.toString('latin1')))
    client.on('error', (error) => resolve(error.message))
    client.on('close', () => resolve(/^HTTP\/1\.1 ([0-9]{3})/.exec(answer)?.[1] ?? 'no answer'))
  })
}

/** A change that needs a reload and does nobody any harm. */
export function spareBackends({ haproxy }: Layout, names: readonly string[]): Step {
  const [first, ...more] = names.map(spareFile)
  if (first === undefined) throw new Error('no backend to declare')
  return { title: `Declare ${names.join()}`, action: { kind: 'haproxy-config', folder: haproxy.configFolder, ...first, more } }
}
