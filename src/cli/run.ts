import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Card, hasEnded } from '../core/card.ts'
import { JailopsError, toJailopsError } from '../core/errors.ts'
import { runInShell } from '../chat/shell/client.ts'
import { renderAnswer, renderCard } from '../chat/shell/render.ts'
import { exitCodeOf, runStateOf } from './exit-codes.ts'
import { botsFolder } from './state-folder.ts'

export interface RunOptions {
  stateDir?: string
  as?: string
  wait: boolean
  waitForApproval?: boolean
  json?: boolean
  config?: string
}

/** `jailops run`: one command said in a shell. Sets the exit code by how it stands when we stop waiting. */
export async function run(words: readonly string[], options: RunOptions): Promise<void> {
  try {
    const folder = await stateFolder(options)
    const places = { socketPath: join(folder, 'run', 'shell.sock'), pointerFile: join(folder, 'shell.json') }
    const card = await runInShell({
      ...places,
      // a bot that was here may just be starting again; where none ever was nobody should wait for it
      connectSeconds: Object.values(places).some((place) => existsSync(place)) ? 10 : 1,
      ...(options.as !== undefined && { as: options.as }),
      text: lineOf(words),
      delivery: randomUUID(),
      wait: options.wait ? (options.waitForApproval === true ? 'end' : 'approval') : 'accepted',
      onCard: (latest) => !options.json && process.stderr.isTTY && !hasEnded(latest.state) && showProgress(latest),
      // a script reads one line; what is for the person alone has no other place
      onAnswer: (answer) => (options.json ? process.stderr : process.stdout).write(renderAnswer(answer)),
    })
    const shown = card.about ?? card
    print(card, shown, options)
    process.exitCode = exitCodeOf(shown)
  } catch (error) {
    const { code, message } = toJailopsError(error)
    // an error here means that no request came to be: the bot was not reached, or would not take it
    const state = code === 'bot_unreachable' || code.startsWith('store') ? 'unreachable' : 'refused'
    if (options.json)
      process.stdout.write(`${JSON.stringify({ request: null, state, reason: code, card: cardWithout(state, code, message) })}\n`)
    else process.stderr.write(`jailops: ${message}\n`)
    process.exitCode = exitCodeOf({ state, reason: code })
  }
}

/** One word is a whole line; of several, each stays the one word that the caller's own shell made of it. The first is never an argument. */
function lineOf([first = '', ...rest]: readonly string[]): string {
  return [first, ...rest.map((word) => (/^[\w.:/=@+,*-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`))].join(' ')
}

/** Where no request came to be there is no card of the bot's; what to do is said at the same place all the same. */
function cardWithout(state: 'unreachable' | 'refused', reason: string, text: string) {
  return { request: null, state, reason, title: 'Nothing was asked', text, fields: [], steps: [], buttons: [], files: [], footer: '' }
}

function print(card: Card, shown: Pick<Card, 'request' | 'state' | 'reason'>, { json }: RunOptions): void {
  if (!json) return void process.stdout.write(renderCard(card))
  process.stdout.write(
    `${JSON.stringify({ request: shown.request, state: runStateOf(shown.state), reason: shown.reason ?? null, card })}\n`,
  )
}

function showProgress(card: Card): void {
  const done = card.steps.filter((step) => step.state === 'done').length
  const running = card.steps.find((step) => step.state === 'running')
  process.stderr.write(`${card.title}${running === undefined ? '' : ` [${done + 1}/${card.steps.length}] ${running.title}`}\n`)
}

/** The demo's folder, the configured one, or whichever demo runs here. */
async function stateFolder({ stateDir, config }: RunOptions): Promise<string> {
  if (stateDir !== undefined) return resolve(stateDir)
  if (config !== undefined) {
    const { loadConfig, readFileFromDisk } = await import('../config/load.ts')
    return loadConfig({ file: config, environment: process.env, readFile: readFileFromDisk }).config.state
  }
  const here = botsFolder()
  if (here !== undefined) return here
  throw new JailopsError('bot_unreachable', 'No bot was found here. Say which: --state-dir of a demo, or --config of a bot.')
}
