import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Said } from '../../src/chat/adapter.ts'
import { runInShell } from '../../src/chat/shell/client.ts'
import { renderAnswer, renderCard } from '../../src/chat/shell/render.ts'
import { createShellAdapter } from '../../src/chat/shell/shell.ts'
import { JailopsError } from '../../src/core/errors.ts'
import { adapterConformance, type Harness, type Taken } from './adapter-conformance.ts'
import { temporaryFolder } from './folder.ts'
import { actorNamed, people } from './people.ts'

async function makeShellHarness(): Promise<Harness> {
  const folder = temporaryFolder()
  const socketPath = join(folder, 'shell.sock')
  const ending = new AbortController()
  const seen = new Map<string, Map<string, string>>()
  const running: Promise<unknown>[] = []
  const make = () => createShellAdapter({ socketPath, proofFolder: join(folder, 'proof'), demoPeople: people, now: Date.now })
  let adapter = make()

  /** As people do who leave `jailops run` open: it is acknowledged when it says the request's id, and goes on showing its card. */
  function send(person: string, said: Said, delivery: string): Promise<Taken> {
    const screen = seen.get(person) ?? new Map<string, string>()
    seen.set(person, screen)
    return new Promise((resolve) => {
      const run = runInShell({
        socketPath,
        as: person,
        text: said,
        delivery,
        wait: 'end',
        signal: ending.signal,
        onStored: () => resolve({ kind: 'acknowledged' }),
        onCard: (card) => screen.set(card.request, renderCard(card, { files: 'full' })),
        onAnswer: (answer) => screen.set(`answer ${answer.title}`, renderAnswer(answer)),
      }).catch((error) => {
        if (error instanceof JailopsError) resolve({ kind: 'refused', sentence: error.message })
      })
      running.push(run)
    })
  }

  return {
    adapter: () => adapter,
    async start(door) {
      adapter = make()
      await adapter.start(door)
    },
    stop: () => adapter.stop(),
    actor: (person) => actorNamed('shell', person),
    place: { platform: 'shell', channel: 'shell' },
    send,
    seenBy: async (person) => [...(seen.get(person)?.values() ?? [])],
    vanish: async () => {}, // a terminal keeps nothing for us to lose
    // oxlint-disable-next-line no-control-regex -- what a terminal obeys
    live: [/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, /[\u202a-\u202e\u2066-\u2069]/],
    speaks: ['text', 'options', 'press'],
    async close() {
      ending.abort()
      await Promise.all(running)
      await adapter.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

adapterConformance('shell', makeShellHarness)
